/** Questions to a person, asked on stderr so that stdout stays the result's alone. */
import {
  ConfirmationRequiredError,
  DeclinedError,
  ExitRequested,
  InterruptedError,
  UsageError,
} from "../core/errors.ts";
import { escapeLine } from "./escape.ts";
import { listed } from "./plural.ts";
import type { Terminal } from "./terminal.ts";
import { fit } from "./width.ts";

/** An answer that can be chosen. */
export interface Choice<T> {
  readonly label: string;
  readonly value: T;
  /** What the flag takes for it, told where nobody can be asked. */
  readonly typed?: string;
}

/** How a command asks. Every question names the flag that answers it where nobody can be asked. */
export interface Prompt {
  /** Names all that will be asked for. @throws {UsageError} when nobody can be asked for any */
  need(flags: readonly string[], hint?: string): void;
  /**
   * Asks before something that cannot be undone or loses data. `--yes` answers for the user.
   * @throws {DeclinedError} when declined
   * @throws {ConfirmationRequiredError} when nobody can be asked
   */
  confirm(question: string): Promise<void>;
  /** Asks about a small favour: true when the user agrees, or when nobody can be asked. */
  offer(question: string): Promise<boolean>;
  /** Asks for a line of text. @throws {UsageError} naming `flag` when nobody can be asked. */
  text(
    question: string,
    flag: string,
    validate?: (value: string) => true | string,
  ): Promise<string>;
  /** Asks for a line that is not echoed. @throws {UsageError} */
  secret(question: string, flag: string, hint?: string): Promise<string>;
  /** Asks for one of several. @throws {UsageError} */
  select<T>(question: string, flag: string, choices: readonly Choice<T>[]): Promise<T>;
}

/** Columns of what stands in front of a choice, and of the last, which stays free. */
const FRAME = 3;

/** The prompts of a terminal. `yes` and `json` are the global options. */
export function terminalPrompt(
  terminal: Terminal,
  options: { readonly yes: boolean; readonly json: boolean },
): Prompt {
  const canAsk = terminal.isInteractive && !options.json && !options.yes;
  const writer = {
    writeSync(bytes: Uint8Array): number {
      terminal.writeError(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  };
  const askYesOrNo = async (question: string, preset: boolean) => {
    const { Confirm } = await import("@cliffy/prompt");
    const message = escapeLine(question);
    return await ask(() => Confirm.prompt({ message, default: preset, writer }));
  };
  const need = (
    flags: readonly string[],
    hint = `Give ${listed(flags)}: nobody can be asked here.`,
  ) => {
    if (flags.length > 0 && !canAsk) throw new UsageError(`Missing ${listed(flags)}.`, { hint });
  };
  return {
    need,
    async confirm(question) {
      if (options.yes) return;
      if (!canAsk) throw new ConfirmationRequiredError(question);
      const agreed = await askYesOrNo(question, false);
      if (!agreed) throw new DeclinedError("Cancelled: nothing was changed.");
    },
    async offer(question) {
      return canAsk ? await askYesOrNo(question, true) : true;
    },
    async text(question, flag, validate) {
      need([flag]);
      const { Input } = await import("@cliffy/prompt");
      return await ask(() => Input.prompt({ message: escapeLine(question), validate, writer }));
    },
    async secret(question, flag, hint) {
      need([flag], hint);
      const { Secret } = await import("@cliffy/prompt");
      const message = escapeLine(question);
      return await withoutEcho((reader) => ask(() => Secret.prompt({ message, writer, reader })));
    },
    async select(question, flag, choices) {
      need([flag], hintFor(flag, choices));
      const { Select } = await import("@cliffy/prompt");
      const message = escapeLine(question);
      // The library redraws as many lines as there are choices: none of them may wrap.
      const room = (terminal.columns() ?? Infinity) - FRAME;
      const options = choices.map(({ label }, index) => ({
        name: fit(escapeLine(label), Math.max(1, room)),
        value: String(index),
      }));
      const picked = await ask(() => Select.prompt({ message, options, writer, search: true }));
      return choices[Number(picked)]!.value;
    },
  };
}

/** The most choices that a hint tells. */
const MOST_TOLD = 10;

function hintFor(flag: string, choices: readonly Choice<unknown>[]): string | undefined {
  const told = choices.flatMap(({ label, typed }) =>
    typed === undefined ? [] : [typed === label ? typed : `${typed} for ${label}`]
  );
  if (told.length === 0) return undefined;
  const rest = told.length > MOST_TOLD ? ", …" : "";
  return `Give ${flag}, one of: ${told.slice(0, MOST_TOLD).join(", ")}${rest}.`;
}

/** The prompt library ends the process on Ctrl-C; here that is an error like any other. */
async function ask<T>(prompt: () => Promise<T>): Promise<T> {
  try {
    return await prompt();
  } catch (error) {
    throw error instanceof ExitRequested ? new InterruptedError() : error;
  }
}

type Keyboard = Pick<typeof Deno.stdin, "read" | "isTerminal" | "setRaw">;

/** The library stops echo only while it waits for a key: what is typed sooner would be shown. */
async function withoutEcho<T>(prompt: (reader: Keyboard) => Promise<T>): Promise<T> {
  const reader: Keyboard = {
    read: (bytes: Uint8Array) => Deno.stdin.read(bytes),
    isTerminal: () => Deno.stdin.isTerminal(),
    setRaw() {},
  };
  Deno.stdin.setRaw(true);
  try {
    return await prompt(reader);
  } finally {
    Deno.stdin.setRaw(false);
  }
}
