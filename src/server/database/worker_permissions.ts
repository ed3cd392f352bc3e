import { isCheckout, programFiles } from "../../core/program_files.ts";

/**
 * What the database worker may touch: its own files, and for reading the modules that it loads (in
 * the executable these are embedded files, which are read through the same permission).
 */
export function workerPermissions(dataDir: string): Deno.PermissionOptionsObject {
  return {
    read: [dataDir, programFiles, ...packageFolders()],
    write: [dataDir],
    env: false,
    net: false,
    run: false,
    ffi: false,
    sys: false,
    import: false,
  };
}

/** Where the packages lie that read files of their own; the bundle has these. */
function packageFolders(): URL[] {
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
