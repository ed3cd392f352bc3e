import { Command } from "@cliffy/command";
import { removeEmptyFolder } from "../../files/folders.ts";
import { makeFolderAtomically } from "../../files/atomic.ts";
import { placeOf } from "../../files/typed_path.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError } from "../../core/errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { openLocalBackend } from "./backend_process.ts";
import { copyBackend } from "./copies/copy_backend.ts";

/** `insforge local copy`: a copy of all data, to be kept or run elsewhere. */
export const copy = (run: Run) =>
  new Command()
    .arguments("<folder:string>")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Copy it while it runs", "insforge local copy ../copy")
    .example("Run the copy", "insforge local serve --data-dir ../copy")
    .action(run(runCopy));

/** Copies the data directory. @throws {FileError} when the folder holds something already */
async function runCopy(
  context: Context,
  options: { dataDir?: string },
  folder: string,
): Promise<Result> {
  const backend = openLocalBackend(context, options.dataDir);
  const target = placeOf(context.launch, folder);
  await requireFree(target);
  using progress = context.progress("Copying the local backend's data");
  const bytes = await makeFolderAtomically(
    target,
    (fresh) => copyBackend(context, backend, fresh),
    { token: context.launch.token, clear: () => removeEmptyFolder(target) },
  );
  progress.stop();
  return {
    data: { success: true, path: target, bytes },
    view: success(`Copied ${formatBytes(bytes)} to ${folder}.`),
  };
}

/** An empty folder is as good as none. */
async function requireFree(target: string): Promise<void> {
  const info = await Deno.lstat(target).catch(() => undefined);
  if (!info) return;
  if (info.isDirectory && (await Array.fromAsync(Deno.readDir(target))).length === 0) return;
  throw new FileError(`${target} is there already: nothing was copied.`, {
    hint: "Name a folder that does not exist.",
  });
}
