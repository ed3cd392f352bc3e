import { catalogCommand } from "./catalog.ts";

/** `insforge db indexes`: lists the indexes of schema `public`. */
export const indexes = catalogCommand("indexes", [
  ["Table", "tableName"],
  ["Index Name", "indexName"],
  ["Definition", "indexDef"],
  ["Unique", "isUnique"],
  ["Primary", "isPrimary"],
]);
