import { catalogCommand } from "./catalog.ts";

/** `insforge db policies`: lists the row-level security policies of schema `public`. */
export const policies = catalogCommand("policies", [
  ["Table", "tableName"],
  ["Policy Name", "policyName"],
  ["Command", "cmd"],
  ["Roles", ({ roles }) => Array.isArray(roles) ? roles.join(", ") : roles],
  ["Qual", "qual"],
  ["With Check", "withCheck"],
]);
