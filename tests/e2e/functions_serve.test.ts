import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { insforge, spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";

let backend: TestBackend;
let cwd: string;

async function write(path: string, text: string): Promise<void> {
  const file = `${cwd}/${path}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, text);
}

const linked = () => ({ INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey });

interface Event {
  readonly event?: string;
  readonly url?: string;
  readonly functions?: string[];
  readonly slug?: string;
  readonly level?: string;
  readonly message?: string;
  readonly invocationId?: string;
}

/** The server as a process, its events awaited one by one. */
async function serve(args: string[], env: Record<string, string>) {
  const child = spawnInsforge(["functions", "serve", "--json", ...args], { cwd, env });
  const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const errors = new Response(child.stderr).text();
  const queue: Event[] = [];
  let rest = "";
  async function next(wanted: (event: Event) => boolean): Promise<Event> {
    while (true) {
      const event = queue.shift();
      if (event && wanted(event)) return event;
      if (event) continue;
      const { done, value } = await lines.next();
      if (done) throw new Error(`ended: ${await errors}`);
      const parts = (rest + value).split("\n");
      rest = parts.pop()!;
      queue.push(...parts.map((line) => JSON.parse(line)));
    }
  }
  const ready = await next(({ event }) => event === "ready");
  requireAnswer("functions serve", ready);
  return {
    functions: ready.functions,
    call: async (slug: string) => await (await fetch(`${ready.url}/functions/${slug}`)).text(),
    message: (pattern: RegExp) => next(({ message }) => pattern.test(message ?? "")),
    async stop() {
      child.kill("SIGINT");
      while (!(await lines.next()).done);
      await child.stdin.close();
      await errors;
      return (await child.status).code;
    },
  };
}

describe("functions serve", () => {
  beforeAll(async () => {
    backend = await startBackend();
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
    await backend.request("POST", "/api/secrets", { key: "TOKEN", value: "of the project" });
    await write("insforge/functions/_shared/word.ts", "export const word: string = 'one';");
    await write(
      "insforge/functions/token/index.ts",
      "export default () => { console.warn('asked'); return new Response(Deno.env.get('TOKEN')); }",
    );
    await write(
      "insforge/functions/word/index.ts",
      "import { word } from '../_shared/word.ts'; export default () => new Response(word);",
    );
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(cwd, { recursive: true });
  });

  it("serves what was saved while it bundled for the first time", async () => {
    await write("insforge/functions/early/index.ts", "export default () => new Response('old')");
    const server = await serve(["--port", "0"], linked());
    await write("insforge/functions/early/index.ts", "export default () => new Response('new')");
    await eventually(async () => await server.call("early") === "new");
    assertEquals(await server.stop(), 0);
    await Deno.remove(`${cwd}/insforge/functions/early`, { recursive: true });
  });

  it("runs the functions with the project's secrets, shows their output, and ends with 0", async () => {
    const server = await serve(["--port", "0"], linked());
    assertEquals(server.functions, ["token", "word"]);
    assertEquals(await server.call("token"), "of the project");
    const said = await server.message(/^asked$/);
    assertEquals([said.slug, said.level], ["token", "warn"]);
    const called = await server.message(/^GET 200 \d+ ms$/);
    assertEquals(called.invocationId, said.invocationId);
    assertEquals(await server.call("word"), "one");
    assertEquals((await backend.request("GET", "/api/functions")).body.functions, []);
    assertEquals(await server.stop(), 0);
  });

  it("runs them anew after a change: of a file, of what it imports, of the variables", async () => {
    await write(".env", "TOKEN='of the file'\n");
    const server = await serve(["--port", "0", "--env-file", ".env"], {});
    assertEquals(await server.call("token"), "of the file");
    await write(".env", "TOKEN=changed\n");
    for (const slug of ["token", "word"]) {
      assertEquals((await server.message(/^loaded/)).slug, slug);
    }
    assertEquals(await server.call("token"), "changed");
    await write("insforge/functions/_shared/word.ts", "export const word = 'two';");
    assertEquals((await server.message(/^loaded/)).slug, "word");
    assertEquals(await server.call("word"), "two");
    await write("insforge/functions/word/index.ts", "export default (");
    assertMatch((await server.message(/index\.ts/)).message!, /index\.ts:1:17: Unexpected end/);
    assertStringIncludes(await server.call("word"), "Unexpected end");
    await write("insforge/functions/word/index.ts", "export default () => new Response('three');");
    await server.message(/^loaded/);
    assertEquals(await server.call("word"), "three");
    await write("insforge/functions/added/index.ts", "export default () => new Response('new');");
    assertEquals((await server.message(/^loaded/)).slug, "added");
    assertEquals(await server.call("added"), "new");
    await Deno.remove(`${cwd}/insforge/functions/added`, { recursive: true });
    await server.message(/^removed/);
    assertStringIncludes(await server.call("added"), "no function added");
    assertEquals(await server.stop(), 0);
  });

  it("keeps what functions store while it runs, whatever changes", async () => {
    const store = (version: string) =>
      `const kv = await Deno.openKv();
      export default async () => {
        await kv.atomic().sum(["calls"], 1n).commit();
        return new Response("${version} " + (await kv.get(["calls"])).value.value);
      };`;
    await write("insforge/functions/store/index.ts", store("old"));
    const server = await serve(["store", "--port", "0"], linked());
    assertEquals(await server.call("store"), "old 1");
    assertEquals(await server.call("store"), "old 2");
    await write("insforge/functions/store/index.ts", store("new"));
    await server.message(/^loaded/);
    assertEquals(await server.call("store"), "new 3");
    assertEquals(await server.stop(), 0);
    await Deno.remove(`${cwd}/insforge/functions/store`, { recursive: true });
  });

  it("goes on where a function imports from a folder that it may not, or that is not there", async () => {
    await write("insforge/functions/far/index.ts", "import '../../../../far.ts';");
    await write("insforge/functions/lost/index.ts", "import '../../lost/word.ts';");
    const server = await serve(["--port", "0"], linked());
    assertEquals((await server.message(/is outside of/)).slug, "far");
    assertEquals(await server.call("word"), "three");
    assertEquals(await server.stop(), 0);
    for (const name of ["far", "lost"]) {
      await Deno.remove(`${cwd}/insforge/functions/${name}`, { recursive: true });
    }
  });

  it("names what it cannot do", async () => {
    const absent = await insforge(["functions", "serve", "absent"], { cwd });
    assertEquals(absent.code, 1);
    assertStringIncludes(absent.stderr, "absent");
    const taken = await insforge(["functions", "serve", "--port", String(backend.port)], { cwd });
    assertEquals(taken.code, 1);
    assertStringIncludes(taken.stderr, "port");
  });

  it({
    name: "shows addresses and lines on a terminal, and ends on Ctrl-C",
    ignore: Deno.build.os === "windows",
    async fn() {
      const pty = openPty(["functions", "serve", "token"], { cwd, env: linked() });
      await pty.expect("the project's secrets");
      await pty.expect("/functions/token");
      await pty.type("\x03");
      assertEquals(await pty.end(), 0, pty.screen());
    },
  });
});
