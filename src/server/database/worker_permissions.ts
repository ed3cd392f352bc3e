import { programFiles } from "../../core/program_files.ts";

/**
 * What the database worker may touch: its own files, and for reading the modules that it loads (in
 * the executable these are embedded files, which are read through the same permission).
 * @param packages where packages lie that read files of their own; the bundle has these
 */
export function workerPermissions(
  dataDir: string,
  packages: readonly URL[],
): Deno.PermissionOptionsObject {
  return {
    read: [dataDir, programFiles, ...packages],
    write: [dataDir],
    env: false,
    net: false,
    run: false,
    ffi: false,
    sys: false,
    import: false,
  };
}
