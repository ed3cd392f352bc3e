/** Writes the reference of all commands from the command tree, so that it says what they are. */
import { dirname, join } from "@std/path";
import { makeFolder } from "../files/folders.ts";
import { writeFileAtomically } from "../files/atomic.ts";
import { placeWithin } from "../files/real_path.ts";
import { reason } from "../files/reason.ts";
import { placeOf } from "../files/typed_path.ts";
import type { Context } from "../cli/context.ts";
import { FileError } from "../core/errors.ts";
import {
  type AnyCommand,
  type CommandFacts,
  commandsOf,
  factsOf,
} from "../terminal/command_facts.ts";
import type { Result } from "../terminal/present.ts";
import { success } from "../terminal/view.ts";
import { manPage, pageName } from "./man.ts";
import { markdownReference } from "./markdown.ts";

/** Writes `reference.md` and the pages of `man1/` into a folder, made when absent. */
export async function writeReference(context: Context, folder: string): Promise<Result> {
  const root = placeOf(context.launch, folder);
  const files = referenceFiles(await context.everyCommand(), context.launch.version);
  try {
    for (const [name, text] of files) {
      const path = placeWithin(root, join(root, name));
      await makeFolder(dirname(path));
      await writeFileAtomically(path, text, { mode: 0o666, isDurable: false });
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`Cannot write the reference to ${root}: ${reason(error)}.`, {
      cause: error,
    });
  }
  const names = [...files.keys()];
  return {
    data: { folder: root, files: names },
    view: success(`Wrote reference.md and ${names.length - 1} man pages to ${root}.`),
  };
}

/** Every file of the reference, by its path in the folder. */
function referenceFiles(tree: AnyCommand, version: string): Map<string, string> {
  const facts = everyCommand(tree);
  return new Map([
    ["reference.md", markdownReference(facts, version)],
    ...facts.map((entry) =>
      [`man1/${pageName(entry.path)}.1`, manPage(entry, version)] as [string, string]
    ),
  ]);
}

function everyCommand(command: AnyCommand): CommandFacts[] {
  return [factsOf(command, true), ...commandsOf(command, true).flatMap(everyCommand)];
}
