/** Times: local ones for people at a terminal, ISO 8601 in UTC everywhere else. */
import type { Terminal } from "./terminal.ts";

/**
 * What a time stands for: a moment, which each zone writes its own way, a time of day without a
 * zone, or a day.
 */
export type TimeKind = "moment" | "clock" | "day";

/** Formats an ISO time for where it is shown; text that is no time stays as it is. */
export function formatDate(iso: string | null | undefined, terminal: Terminal): string | null {
  if (!iso) return null;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return terminal.stdoutIsTerminal ? localTime(date) : date.toISOString();
}

/**
 * What an ISO time in UTC reads like on a terminal: `2026-01-02 03:04:05.678`, without what is
 * zero; undefined for what is no such time.
 */
export function shownTime(value: unknown, kind: TimeKind): string | undefined {
  if (typeof value !== "string") return undefined;
  const [, day, time, fraction = ""] = ISO.exec(value) ?? [];
  if (!day || (kind === "day" && !time!.startsWith("00:00:00"))) return undefined;
  if (kind === "day") return day;
  const shown = kind === "clock" ? `${day} ${time}` : localTime(new Date(value));
  return shown + fraction.replace(/\.?0+$/, "");
}

const ISO = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/;

/** `2026-01-02 03:04:05` where this machine is, whatever the locale. */
function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
