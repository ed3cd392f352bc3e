/** How a command is declared: in the table of its group, `src/commands/<group>/mod.ts`. */
import type { Reach } from "../invocation/grants/reach.ts";
import type { AnyCommand } from "../terminal/command_facts.ts";
import type { Run } from "./context.ts";

/** A command that acts. */
export interface Leaf {
  readonly description: string;
  readonly hidden?: boolean;
  /** The title under which help lists it; see {@link under}. */
  readonly heading?: string;
  /**
   * What it does to what is there, at most: what it destroys is not to be had again. Absent for a
   * command that only reads.
   */
  readonly effect?: "changes" | "destroys";
  /** Whether a person has to be there, or to end it: such a command is no tool for agents. */
  readonly isForPeople?: true;
  /** What its sandbox holds; absent for a command that touches nothing. */
  readonly reach?: Reach;
  /** Loads its file, when it is invoked. */
  readonly load: () => Promise<(run: Run) => AnyCommand>;
}

/** A command that only holds others. */
export interface Group {
  readonly description: string;
  readonly hidden?: boolean;
  /** The title under which help lists it; see {@link under}. */
  readonly heading?: string;
  /** What its help shows: purpose and command line. */
  readonly example: readonly [purpose: string, line: string];
  readonly commands: Commands;
}

/** Commands by name, in the order in which help lists them. */
export type Commands = Readonly<Record<string, Leaf | Group>>;

/** The commands, listed under a title by the help of what holds them. */
export function under(heading: string, commands: Commands): Commands {
  return Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, { ...command, heading }]),
  );
}
