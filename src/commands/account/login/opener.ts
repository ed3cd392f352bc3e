/** The system's program that opens an address in the browser. */

/** How long an opener has to fail; some end only with the browser that they started. */
const PATIENCE_MS = 1_500;

/** The opener's command; the address comes last, as an argument of its own. */
export function openerCommand(os: typeof Deno.build.os): readonly [string, ...string[]] {
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  return [os === "darwin" ? "open" : "xdg-open"];
}

/** Opens an address; false where no opener is to be had. */
export async function openInBrowser(url: string): Promise<boolean> {
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
  let timer: number | undefined;
  const patience = new Promise<true>((resolve) => timer = setTimeout(() => resolve(true), ms));
  try {
    return await Promise.race([status.then(({ success }) => success), patience]);
  } finally {
    clearTimeout(timer);
  }
}
