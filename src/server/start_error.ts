/** The server cannot start; the message says why, the hint what to do. */
export class StartError extends Error {
  override name = "StartError";

  constructor(message: string, readonly hint: string, readonly code = "LOCAL_START_FAILED") {
    super(message);
  }
}
