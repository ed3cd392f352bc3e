/** Waits for a condition without a fixed wait. */

const BETWEEN_MS = 20;
/** Room for a machine that is ten times slower. */
const MOST_MS = 60_000;

/**
 * Asks again and again until the answer is true.
 * @param betweenMs for what happens only while nobody asks
 * @throws {Error} when it never is
 */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = MOST_MS, betweenMs = BETWEEN_MS } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`never true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
}
