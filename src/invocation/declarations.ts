/** What the tables of commands say to those who only look for one. */
import type { Reach } from "./grants/reach.ts";

/** A command, or a group of them. */
export interface Declared {
  readonly reach?: Reach;
  /** What it does to what is there; absent for a command that only reads. */
  readonly effect?: "changes" | "destroys";
  readonly commands?: Declarations;
}

export type Declarations = Readonly<Record<string, Declared>>;

/** Follows words for as long as they name commands. */
export function findCommand(
  declarations: Declarations,
  words: readonly string[],
): { path: readonly string[]; found?: Declared } {
  let commands: Declarations | undefined = declarations;
  let found: Declared | undefined;
  let length = 0;
  for (const word of words) {
    if (!commands || !Object.hasOwn(commands, word)) break;
    found = commands[word]!;
    commands = found.commands;
    length++;
  }
  return { path: words.slice(0, length), found };
}
