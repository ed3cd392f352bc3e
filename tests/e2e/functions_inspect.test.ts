import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { insforge, spawnInsforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

const SOURCE = `const who: string = Deno.env.get("WHO") ?? "nobody";
export default async (request: Request) => {
  console.log("called", new URL(request.url).pathname);
  return new Response(who + (Deno.env.get("HOME") ?? ""));
};
`;

const PATH = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;

/** A port that nobody has now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function withFunction(work: (cwd: string, HOME: string) => Promise<void>): Promise<void> {
  await withFolder(async (cwd) => {
    const folder = `${cwd}/insforge/functions/hello`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/index.ts`, SOURCE);
    await Deno.writeTextFile(`${cwd}/.env`, "WHO=Ada\n");
    await work(cwd, cwd);
  });
}

describe("functions serve --inspect", () => {
  it("runs the author's source by Deno, under a debugger", async () => {
    await withFunction(async (cwd, HOME) => {
      const [port, inspector] = [freePort(), freePort()];
      const places = ["--port", String(port), "--inspect", String(inspector)];
      const args = ["functions", "serve", "hello", "--env-file", ".env", ...places];
      const child = spawnInsforge(args, { cwd, env: { PATH, HOME } });
      await child.stdin.close();
      let said = "";
      const heard = child.stdout.pipeThrough(new TextDecoderStream())
        .pipeTo(new WritableStream({ write: (text) => void (said += text) }));
      const errors = new Response(child.stderr).text();
      try {
        const url = `http://127.0.0.1:${port}/functions/hello`;
        await eventually(() =>
          fetch(url).then((answer) => answer.text().then(() => true), () => false)
        );
        assertEquals(await (await fetch(url)).text(), "Ada");
        const other = await fetch(`http://127.0.0.1:${port}/other`);
        assertEquals([other.status, await other.text()], [
          404,
          '{"error":"There is nothing here"}',
        ]);
        await eventually(() => said.includes("called /hello"));
        const [{ webSocketDebuggerUrl }] = await (await fetch(`http://127.0.0.1:${inspector}/json`))
          .json();
        const scripts = await scriptsOf(webSocketDebuggerUrl);
        assertStringIncludes(scripts, "insforge/functions/hello/index.ts");
      } finally {
        child.kill("SIGINT");
        await Promise.all([child.status, heard]);
      }
      assertMatch(await errors, /chrome:\/\/inspect/);
    });
  });

  it("takes one function, and an address of this machine", async () => {
    await withFunction(async (cwd, HOME) => {
      await Deno.mkdir(`${cwd}/insforge/functions/other`);
      await Deno.writeTextFile(`${cwd}/insforge/functions/other/index.ts`, SOURCE);
      const run = (...args: string[]) =>
        insforge(["functions", "serve", ...args], { cwd, env: { PATH, HOME } });
      assertStringIncludes((await run("--inspect")).stderr, "functions serve hello --inspect");
      const abroad = await run("hello", "--inspect", "0.0.0.0:9229");
      assertStringIncludes(abroad.stderr, "no address of this machine");
    });
  });
});

/** The addresses of the modules that a debugger is shown. */
async function scriptsOf(debuggerUrl: string): Promise<string> {
  const socket = new WebSocket(debuggerUrl);
  let urls = "";
  const closed = new Promise<void>((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Debugger.enable" }));
    socket.onmessage = ({ data }) => {
      const { id, method, params } = JSON.parse(data);
      if (method === "Debugger.scriptParsed") urls += `${params.url}\n`;
      if (id === 1) socket.close();
    };
    socket.onclose = () => resolve();
    socket.onerror = reject;
  });
  await closed;
  return urls;
}
