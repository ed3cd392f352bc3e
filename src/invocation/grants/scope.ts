import type { Invocation } from "../argv.ts";
import type { Session } from "../facts.ts";

/** What the words of a row are worked out for. */
export interface Scope {
  readonly invocation: Invocation;
  readonly session: Session;
  /** The operands behind the command path. */
  readonly operands: readonly string[];
}
