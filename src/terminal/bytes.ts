/** Sizes for people. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes with its unit, such as `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A size that a backend gives in gigabytes of 2^30 bytes. */
export function formatGigabytes(gigabytes: number): string {
  return formatBytes(gigabytes * 1024 ** 3);
}
