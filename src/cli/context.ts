/** Everything that an action may use. What is not here, an action does not touch. */
import type { HttpClient, SharedSettings } from "../client/http.ts";
import type { Clock } from "../core/clock.ts";
import type { BackendTarget } from "../config/target.ts";
import type { AnyCommand } from "../terminal/command_facts.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Prompt } from "../terminal/prompt.ts";
import type { Result } from "../terminal/present.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { LaunchFacts } from "../invocation/launch_facts.ts";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly yes: boolean;
  readonly apiUrl?: string;
}

export interface Context {
  readonly launch: LaunchFacts;
  readonly options: GlobalOptions;
  /** An environment variable; an empty one counts as unset. */
  env(name: string): string | undefined;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly prompt: Prompt;
  /** Aborted on Ctrl-C with an InterruptedError. */
  readonly signal: AbortSignal;
  /**
   * A line on stderr for people: a fact beside the result. Under `--json` it is `facts` as one line
   * of JSON, and silent without them.
   */
  note(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** A warning on stderr, in every mode; under `--json` one JSON line. */
  warn(message: string): void;
  /** A line on stderr's terminal while something takes its time. */
  progress(text: string): Progress;
  /** What the HTTP clients of this invocation share. */
  readonly surroundings: SharedSettings;
  /** The program with all of its commands, loaded to be described. */
  everyCommand(): Promise<AnyCommand>;
  /** Where backend requests go. @throws {NotLinkedError} */
  target(): Promise<BackendTarget>;
  /** The client of the linked backend. @throws {NotLinkedError} */
  backend(): Promise<HttpClient>;
  /** The client of the platform, as the account that is logged in. @throws {AuthError} */
  platform(): Promise<HttpClient>;
}

/** The body of a command: takes what it needs, answers its result, throws its errors. */
export type Action<O, A extends unknown[] = []> = (
  context: Context,
  options: O,
  ...args: A
) => Promise<Result> | Result;

/** Turns an action into what Cliffy calls. */
export type Run = <O, A extends unknown[]>(
  action: Action<O, A>,
) => (options: O, ...args: A) => Promise<void>;
