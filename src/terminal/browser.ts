/** Shows people a page. */
import { openInBrowser } from "../commands/account/login/opener.ts";
import type { Context } from "../cli/context.ts";

/** Opens an address where a person sits at a browser; says whether it did. */
export async function showInBrowser(context: Context, url: string): Promise<boolean> {
  return hasBrowser(context) && await openInBrowser(url);
}

/** Without a screen an opener would start a browser inside the terminal, or nothing at all. */
function hasBrowser({ terminal, options, env }: Context): boolean {
  if (!terminal.isInteractive || options.json) return false;
  return Deno.build.os !== "linux" || Boolean(env("DISPLAY") ?? env("WAYLAND_DISPLAY"));
}
