/** What the runtime calls the official SDK. */
export const SDK = "@insforge/sdk";

/** Whether a specifier names the official SDK, at any version: the runtime has it. */
export function isSdk(specifier: string): boolean {
  return /^(npm:\/?)?@insforge\/sdk(@[^/]+)?$/.test(specifier);
}
