/** Waits for a condition without a fixed wait. */

const BETWEEN_MS = 20;

/** Asks again and again until the answer is true. @throws {Error} when it never is */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`never true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}
