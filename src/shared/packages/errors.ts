/** A package or module from elsewhere cannot be had; the message says which, and why. */
export class PackageError extends Error {
  override name = "PackageError";
  /** What to do, in one sentence. */
  readonly hint?: string;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}
