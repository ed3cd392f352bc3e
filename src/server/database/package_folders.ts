import { isCheckout } from "../../core/program_files.ts";

/** Where the packages lie that the database worker reads files of; the bundle has these. */
export function packageFolders(): URL[] {
  if (!isCheckout) return [];
  // Never called: an import in this module's graph is what makes the names below resolve to files.
  const _graph = [
    () => import("@electric-sql/pglite"),
    () => import("libpg-query"),
    () => import("libpg-query-15"),
  ];
  return ["libpg-query", "libpg-query-15", "@electric-sql/pglite"].map((name) =>
    new URL("../", import.meta.resolve(name))
  );
}
