/** Why a `fetch` failed, in the runtime's words: Deno 2.9 keeps them in the error's cause. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return message === "fetch failed" && cause instanceof Error ? cause.message : message;
}
