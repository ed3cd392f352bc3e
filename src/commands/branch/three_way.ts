/** What a branch has changed since it began, and what its parent has changed meanwhile. */
import { listOwnSchemas } from "../../client/backend/database.ts";
import { sourceOf } from "../../client/backend/source.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context } from "../../cli/context.ts";
import type { Change, Difference } from "../db/diff/change.ts";
import { compareSchemas } from "../db/diff/compare.ts";
import { readSchema } from "../db/dump/schema.ts";
import { copyData } from "../../shared/copies/data_copy.ts";
import { withScratchBackend } from "../local/scratch.ts";

/** The changes of a branch, and the objects that the parent has changed as well. */
export interface Merge extends Difference {
  readonly conflicts: readonly string[];
}

/**
 * Compares both with the data that the branch began with, on a backend of this invocation's own.
 * What both have changed alike is done already.
 */
export async function mergeChanges(
  context: Context,
  start: string,
  parent: HttpClient,
  branch: HttpClient,
): Promise<Merge> {
  const fill = (folder: string) => copyData(start, folder);
  return await withScratchBackend(context, async (scratch) => {
    const clients = [await scratch.backend(), parent, branch];
    const schemas = [...new Set((await Promise.all(clients.map(listOwnSchemas))).flat())];
    const [before, ours, theirs] = await Promise.all(
      clients.map((client) => readSchema(sourceOf(client), schemas)),
    );
    const done = byObject(compareSchemas(before!, ours!).changes);
    const { changes, unbridged } = compareSchemas(before!, theirs!);
    const wanted = byObject(changes);
    const isDone = (object: string) => done.get(object) === wanted.get(object);
    const conflicts = [...wanted.keys()].filter((object) => done.has(object) && !isDone(object));
    return {
      changes: changes.filter(({ object }) => !isDone(object!)),
      unbridged,
      conflicts: conflicts.map((object) => object.split(" ").slice(-1)[0]!),
    };
  }, { fill });
}

function byObject(changes: readonly Change[]): Map<string, string> {
  const groups = Map.groupBy(changes, ({ object }) => object!);
  return new Map(
    [...groups].map(([object, own]) => [object, own.map(({ sql }) => sql).join("\n")]),
  );
}
