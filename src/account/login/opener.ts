/** The system's program that opens an address in the browser. */

/** The opener's command; the address comes last, as an argument of its own. */
export function openerCommand(os: typeof Deno.build.os): readonly [string, ...string[]] {
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  return [os === "darwin" ? "open" : "xdg-open"];
}

/** Opens an address; false where no opener is to be had. */
export async function openInBrowser(url: string): Promise<boolean> {
  const [program, ...args] = openerCommand(Deno.build.os);
  try {
    const command = new Deno.Command(program, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    return (await command.output()).success;
  } catch {
    return false;
  }
}
