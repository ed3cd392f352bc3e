import { Command } from "@cliffy/command";
import { type CatalogKind, type CatalogRow, readCatalog } from "../../client/backend/database.ts";
import type { Action, Run } from "../../cli/context.ts";
import { type Cell, table } from "../../terminal/view.ts";

/** A column of a catalog listing: its title and the field or the text that fills it. */
export type CatalogColumn = readonly [
  title: string,
  value: string | ((row: CatalogRow) => Cell),
];

/** The action of a command that lists one kind of schema object. */
function listing(
  kind: CatalogKind,
  columns: readonly CatalogColumn[],
): Action<unknown> {
  return async (context) => {
    const { body, rows } = await readCatalog(await context.backend(), kind);
    const cells = rows.map((row) =>
      columns.map(([, value]) => typeof value === "string" ? row[value] : value(row))
    );
    const titles = columns.map(([title]) => title);
    return { data: body, view: table(titles, cells, `There are no ${kind} yet.`) };
  };
}

/** The command around {@link listing}. */
export const catalogCommand =
  (kind: CatalogKind, columns: readonly CatalogColumn[]) => (run: Run) =>
    new Command()
      .example(`List the ${kind}`, `insforge db ${kind}`)
      .action(run(listing(kind, columns)));
