/** Times: local with zone for people at a terminal, ISO 8601 in UTC everywhere else. */
import type { Terminal } from "./terminal.ts";

/** Formats an ISO time for where it is shown; text that is no time stays as it is. */
export function formatDate(iso: string | null | undefined, terminal: Terminal): string | null {
  if (!iso) return null;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return terminal.stdoutIsTerminal ? localTime(date) : date.toISOString();
}

/** `2026-01-02 03:04:05 +01:00`, whatever the locale. */
function localTime(date: Date): string {
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${
    two(Math.abs(offset) % 60)
  }`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${
    two(date.getSeconds())
  } ${zone}`;
}
