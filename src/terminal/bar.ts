/** A bar that shows how much is done, such as `━━━━━━──────  50 %`. */
export function bar(done: number, total: number, width = 20): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * width);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${"━".repeat(filled)}${"─".repeat(width - filled)} ${percent} %`;
}
