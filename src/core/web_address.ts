/** Whether a text is an address of HTTP: `fetch` reads files as well, and browsers run scripts. */
export function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
