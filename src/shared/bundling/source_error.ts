/** Source code that cannot be read, found or bundled; the message says where and why. */
export class SourceError extends Error {
  override name = "SourceError";
  /** What to do, in one sentence. */
  readonly hint?: string;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}
