/** What every run of the program must end in, whatever it was given. */
import { assert } from "@std/assert";
import { CliError } from "../../src/core/errors.ts";
import { ExitCode } from "../../src/core/exit_codes.ts";
import type { ProcessResult } from "./executable.ts";

const CODES: readonly number[] = Object.values(ExitCode);
const TRACE = /\n\s+at |Uncaught|panicked|Something went wrong in insforge itself/;

/** A success, or an error of the table: a sentence, no stack trace, and no fault of the program. */
export function assertOrderly({ code, stdout, stderr }: ProcessResult, input: unknown): void {
  const seen = `${code} ${stderr} for ${JSON.stringify(input)}`;
  assert(CODES.includes(code), seen);
  assert(!TRACE.test(stderr), seen);
  assert(!TRACE.test(stdout), `${stdout} for ${JSON.stringify(input)}`);
  if (code !== 0) assert(stderr.trim() !== "", seen);
}

/** Runs an action: what it throws must be an error that the program describes in its own words. */
export async function orderly<T>(work: () => Promise<T> | T): Promise<T | CliError> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    assert(CODES.includes(error.exitCode), `exit code ${error.exitCode}`);
    assert(error.message.trim() !== "", "no message");
    assert(!/\n\s+at /.test(error.message), error.message);
    return error;
  }
}
