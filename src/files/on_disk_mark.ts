/** The mark in a database's folder that says what of it is on the disk. */

/**
 * Holds the time, in milliseconds, until which all that was written to the folder is on the disk; 0
 * in a new database.
 */
const MARK = "on_disk";
/** Milliseconds by which a file's time may lag behind the clock. */
export const CLOCK_STEP_MS = 100;

/** The path of the mark in a database's folder. */
export function markIn(directory: string): string {
  return `${directory}/${MARK}`;
}

/**
 * Says what is on the disk. The mark itself need not be: an earlier one is true as well, and none
 * means more work.
 * @param time when what is there had been written
 */
export function markOnDisk(directory: string, time: number): void {
  try {
    Deno.writeTextFileSync(markIn(directory), String(time), { mode: 0o600 });
  } catch {
    // A full disk.
  }
}
