/** Reads a file once before any of it is sent: what is in it, and whether all of it can be. */
import type { Context } from "../../../cli/context.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Facts } from "./facts.ts";
import { writeWhole } from "./parts.ts";
import type { Plan } from "./plan.ts";
import type { Script } from "./send.ts";
import { describeSkipped } from "./skipped.ts";
import type { Source } from "./source.ts";
import { Translation } from "./translate.ts";

/**
 * Reads a file as it will be sent.
 * @param facts where others were collected already
 * @throws {FileError} with the line of what cannot be imported
 */
export async function readScript(
  { title, open }: Source,
  plan?: Plan,
  facts?: Facts,
): Promise<Script> {
  const translation = new Translation(title, { dataOnly: plan?.dataOnly, facts });
  let longest = { length: 0, line: 0 };
  async function* measured() {
    for await (const pieces of translation.pieces(open)) {
      for (const { sql, line } of pieces) {
        if (sql.length > longest.length) longest = { length: sql.length, line };
      }
      yield pieces;
    }
  }
  let bytes = 0;
  for await (const chunk of writeWhole(measured(), plan ?? { head: "", tail: "" })) {
    bytes += chunk.length;
  }
  return { translation, bytes, longest };
}

/** @throws {UsageError} when there is no statement in it */
export function requireStatements({ title }: Source, { translation }: Script): void {
  if (translation.statements > 0) return;
  throw new UsageError(`${title} has no SQL statement.`, { hint: "Give at least one statement." });
}

/** Says what of a file is not imported, and what is called otherwise. */
export function tellSkipped(
  context: Context,
  { title }: Source,
  { skipped, renamedLine }: Translation,
): void {
  const left = describeSkipped(skipped.list());
  if (left) context.note(`Left out of ${title}: ${left}.`);
  if (renamedLine !== undefined) {
    context.note(`service_role is called project_admin here (line ${renamedLine}).`);
  }
}
