import { isCheckout } from "../../core/program_files.ts";

/** Where the packages lie that the database worker reads files of; the bundle has these. */
export function packageFolders(): URL[] {
  if (!isCheckout) return [];
  return ["libpg-query", "libpg-query-15", "@electric-sql/pglite"].map((name) =>
    new URL("../", import.meta.resolve(name))
  );
}
