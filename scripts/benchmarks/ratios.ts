/** What a start costs as a multiple of what cannot be had for less, and whether that got worse. */
import type { Medians } from "./starts.ts";

/** A ratio that got worse by more than this part of it is no accident. */
const TOLERANCE = 0.1;

const BARE = "empty program";
const BARE_WITH_WORKER = "empty program with an empty worker";
const SERVER = "curl, the same query";

/** How each command is compared, and what is wanted of it. */
const COMPARISONS: Readonly<Record<string, { to: string; without?: string; wanted: number }>> = {
  "insforge --version": { to: BARE, wanted: 1.15 },
  "insforge --help": { to: BARE, wanted: 1.4 },
  "insforge db query": { to: BARE_WITH_WORKER, without: SERVER, wanted: 1.3 },
  "insforge db tables, 500": { to: BARE_WITH_WORKER, without: SERVER, wanted: 1.3 },
};

/** A command's time, without what it waits for, as a multiple of another program's. */
export interface Ratio {
  readonly command: string;
  readonly to: string;
  readonly ratio: number;
  readonly wanted: number;
}

/** The ratios of one run, rounded to hundredths. */
export function ratiosOf(medians: Medians): Ratio[] {
  return Object.entries(COMPARISONS).map(([command, { to, without, wanted }]) => {
    const own = medians[command]! - (without ? medians[without]! : 0);
    return { command, to, ratio: Math.round(own / medians[to]! * 100) / 100, wanted };
  });
}

/** A sentence for each ratio that is worse by a tenth than the one of the same command before. */
export function regressions(now: readonly Ratio[], before: readonly Ratio[]): string[] {
  return now.flatMap(({ command, to, ratio }) => {
    const old = before.find((other) => other.command === command);
    if (!old || ratio <= old.ratio * (1 + TOLERANCE)) return [];
    return [`${command} takes ${ratio} times the ${to}; it took ${old.ratio} times as long.`];
  });
}
