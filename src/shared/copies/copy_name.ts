/** Names of copies, which are folders. */
import { UsageError } from "../../core/errors.ts";

/** Whether a folder can have this name on every system. */
export function isCopyName(name: string): boolean {
  return /^[a-z0-9][\w-]{0,63}$/i.test(name) && !RESERVED.test(name);
}

/** A name that passes {@link isCopyName}. @throws {UsageError} */
export function copyName(name: string, what: string): string {
  if (isCopyName(name)) return name;
  throw new UsageError(`${JSON.stringify(name)} cannot name a ${what}.`, {
    hint: "Use up to 64 letters, digits and hyphens.",
  });
}

/** Devices of Windows. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name that says when, in UTC: `20260131-120000`. */
export function timeName(time: Date): string {
  const digits = time.toISOString().replaceAll(/\D/g, "");
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
