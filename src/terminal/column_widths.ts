/** How wide the columns of a table are whose cells can be broken into lines. */

/** No column goes below it. */
const MINIMUM = 10;

/** Takes from the widest columns first until the row, with `gap` between columns, fits. */
export function share(natural: readonly number[], columns: number, gap: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - columns;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MINIMUM) break;
    const next = Math.max(MINIMUM, ...widths.filter((width) => width < widest));
    const widestColumns = widths.filter((width) => width === widest).length;
    const step = Math.max(1, Math.min(widest - next, Math.ceil(excess / widestColumns)));
    for (let index = 0; index < widths.length && excess > 0; index++) {
      if (widths[index] !== widest) continue;
      const taken = Math.min(step, excess);
      widths[index] = widest - taken;
      excess -= taken;
    }
  }
  return widths;
}
