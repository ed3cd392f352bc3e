/**
 * Whether an entry of NO_PROXY names a host, which is then reached without a proxy: by its name or
 * that of a domain above it, as an address or a range of IPv4, or with all others by `*`. Ranges of
 * IPv6 are not looked into.
 */
export function isExcepted(hostname: string, entries: readonly string[]): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return entries.some((entry) => {
    const name = entry.trim().toLowerCase().replace(/^\*?\./, "");
    return name === "*" || (name !== "" && (host === name || host.endsWith(`.${name}`))) ||
      isInRange(host, name);
  });
}

/** @param range such as 10.0.0.0/8 */
function isInRange(host: string, range: string): boolean {
  const [start = "", bits] = range.split("/");
  const [a, b] = [numberOf(host), numberOf(start)];
  if (a === undefined || b === undefined || bits === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(a / size) === Math.floor(b / size);
}

function numberOf(address: string): number | undefined {
  if (!/^\d+(\.\d+){3}$/.test(address)) return undefined;
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
