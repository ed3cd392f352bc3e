import { catalogCommand } from "./catalog.ts";

/** `insforge db triggers`: lists the triggers of schema `public`, a row an event. */
export const triggers = catalogCommand("triggers", [
  ["Name", "triggerName"],
  ["Table", "tableName"],
  ["Timing", "actionTiming"],
  ["Events", "eventManipulation"],
  ["ActionOrientation", "actionOrientation"],
  ["ActionCondition", "actionCondition"],
  ["ActionStatement", "actionStatement"],
]);
