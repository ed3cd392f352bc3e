/** Opens addresses in the system's browser. */
import type { Timer } from "../core/timer.ts";
import type { Terminal } from "./terminal.ts";

/** How long an opener has to fail; some end only with the browser that they started. */
const PATIENCE_MS = 1_500;

/** The opener's command; the address comes last, as an argument of its own. */
export function openerCommand(os: typeof Deno.build.os): readonly [string, ...string[]] {
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  return [os === "darwin" ? "open" : "xdg-open"];
}

/**
 * Opens an address; false where no opener is to be had, and for what is no page of the web: the
 * system would start the program that it belongs to, and a backend may have said it.
 */
export async function openInBrowser(url: string): Promise<boolean> {
  if (!/^https?:\/\//i.test(url)) return false;
  const [program, ...args] = openerCommand(Deno.build.os);
  try {
    const opener = new Deno.Command(program, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    opener.unref();
    return await succeedsWithin(PATIENCE_MS, opener.status);
  } catch {
    return false;
  }
}

async function succeedsWithin(ms: number, status: Promise<Deno.CommandStatus>): Promise<boolean> {
  let timer: Timer | undefined;
  const patience = new Promise<true>((resolve) => timer = setTimeout(() => resolve(true), ms));
  try {
    return await Promise.race([status.then(({ success }) => success), patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** What says whether a person sits at a browser. */
interface Seat {
  readonly terminal: Terminal;
  readonly options: { readonly json: boolean };
  env(name: string): string | undefined;
}

/** Opens an address where a person sits at a browser; says whether it did. */
export async function showInBrowser(seat: Seat, url: string): Promise<boolean> {
  return hasBrowser(seat) && await openInBrowser(url);
}

/** Without a screen an opener would start a browser inside the terminal, or nothing at all. */
function hasBrowser({ terminal, options, env }: Seat): boolean {
  if (!terminal.isInteractive || options.json) return false;
  return Deno.build.os !== "linux" || Boolean(env("DISPLAY") ?? env("WAYLAND_DISPLAY"));
}
