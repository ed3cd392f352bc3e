/** The errors that commands throw. What is not one of these is a fault of the program itself. */
import { ExitCode } from "./exit_codes.ts";

export interface ErrorDetails {
  /** What to do next, in one sentence. */
  hint?: string;
  /** Lines that show people where it happened, such as a statement and a mark below it. */
  excerpt?: string;
  /** Facts for scripts, added to the JSON error object. Never secrets. */
  facts?: Record<string, unknown>;
  cause?: unknown;
}

/** An error with a sentence for people, a code for scripts and an exit code for the shell. */
export class CliError extends Error {
  readonly hint?: string;
  readonly excerpt?: string;
  readonly facts: Record<string, unknown>;

  constructor(
    message: string,
    readonly code: string,
    readonly exitCode: ExitCode,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = this.constructor.name;
    this.hint = details.hint;
    this.excerpt = details.excerpt;
    this.facts = details.facts ?? {};
  }
}

/** The command line, a value or a file that the user gave cannot be used. */
export class UsageError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "USAGE_ERROR", ExitCode.general, details);
  }
}

/** A local file is missing, unreadable or not what it should be. */
export class FileError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "FILE_ERROR", ExitCode.general, details);
  }
}

/** The operation ran and did not succeed. */
export class OperationError extends CliError {
  constructor(message: string, code = "OPERATION_FAILED", details?: ErrorDetails) {
    super(message, code, ExitCode.general, details);
  }
}

/** No usable credential where one is needed. */
export class AuthError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "AUTH_ERROR", ExitCode.notAuthenticated, details);
  }
}

/** No project to talk to. */
export class NotLinkedError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "PROJECT_NOT_LINKED", ExitCode.notLinked, details);
  }
}

/** What was named does not exist. */
export class NotFoundError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "NOT_FOUND", ExitCode.notFound, details);
  }
}

/** A server could not be reached, or broke off. */
export class NetworkError extends CliError {
  /** @param mayHaveArrived whether the server may have the request all the same */
  constructor(message: string, details?: ErrorDetails, readonly mayHaveArrived = true) {
    super(message, "NETWORK_ERROR", ExitCode.general, details);
  }
}

/** A server answered with a status that is not success. */
export class HttpError extends CliError {
  constructor(
    message: string,
    readonly status: number,
    code: string,
    exitCode: ExitCode,
    details: ErrorDetails = {},
  ) {
    super(message, code, exitCode, { ...details, facts: { status, ...details.facts } });
  }
}

/** An error of a server with a hint that fits what was asked of it better. */
export function withHint(error: HttpError, hint: string): HttpError {
  const { message, status, code, exitCode, facts } = error;
  return new HttpError(message, status, code, exitCode, { hint, facts, cause: error });
}

/** The answer to a request; a refusal with this status gets a hint that fits it better. */
export async function advised<T>(answer: Promise<T>, status: number, hint: string): Promise<T> {
  return await answer.catch((error) => {
    throw error instanceof HttpError && error.status === status ? withHint(error, hint) : error;
  });
}

/** The user declined. */
export class DeclinedError extends CliError {
  constructor(message: string, details?: ErrorDetails) {
    super(message, "DECLINED", ExitCode.general, details);
  }
}

/** There was nobody to ask. */
export class ConfirmationRequiredError extends CliError {
  constructor(question: string) {
    const message = `Nobody can be asked here: ${question}`;
    super(message, "CONFIRMATION_REQUIRED", ExitCode.general, { hint: "Give -y to confirm." });
  }
}

/** Ctrl-C. */
export class InterruptedError extends CliError {
  constructor() {
    super("Interrupted.", "INTERRUPTED", ExitCode.interrupted);
  }
}

/** A library asked for the end of the process: carried to the one place that decides exit codes. */
export class ExitRequested extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}

/**
 * A message as a sentence; one that ends with an address, a path or a command to type keeps that as
 * it is.
 */
export function sentence(message: string): string {
  return /[.?!…:]$|\/\S*$|:\s+insforge\s[^]*$/.test(message) ? message : `${message}.`;
}
