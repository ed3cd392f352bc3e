import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE, insforge } from "../support/executable.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let backend: TestBackend;
let registry: TestRegistry;
let root: string;

/** Runs the executable in a folder below the project, without Deno on PATH. */
const run = (folder: string, ...args: string[]) =>
  insforge(["functions", ...args], {
    cwd: `${root}/${folder}`,
    env: {
      HOME: `${root}/home`,
      PATH: "/nowhere",
      npm_config_registry: registry.url,
      INSFORGE_BASE_URL: backend.url,
      INSFORGE_API_KEY: backend.apiKey,
    },
  });

async function write(path: string, text: string): Promise<void> {
  const file = `${root}/${path}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, text);
}

const WEB = "repo/apps/web";
const HELLO = `${WEB}/insforge/functions/hello/index.ts`;
const SOURCE = `import { shared } from "../../../../../packages/shared/a.ts";
import { word } from "words";
export default (request: Request) => {
  if (request.method === "PUT") throw new Error("mine");
  return new Response(shared + word);
};
`;

describe("functions with packages, in a part of a repository", () => {
  beforeAll(async () => {
    registry = await startRegistry([{
      manifest: { name: "words", version: "1.0.0", type: "module" },
      files: { "index.js": 'export const word = " of npm";' },
    }]);
    backend = await startBackend({ self: [EXECUTABLE] });
    root = await Deno.makeTempDir({ prefix: "insforge-test-" });
    await write("home/x", "");
    await write("repo/.git/HEAD", "");
    await write("repo/packages/shared/a.ts", 'export const shared = "shared";');
    await write("repo/deno.json", '{ "imports": { "words": "npm:words@1" } }');
    await write(HELLO, SOURCE);
  });
  afterAll(async () => {
    await backend.close();
    await registry[Symbol.asyncDispose]();
    await Deno.remove(root, { recursive: true });
  });

  it("are deployed with what lies elsewhere in it, from any of its folders", async () => {
    const first = await run(WEB, "deploy", "hello");
    assertEquals([first.code, first.stderr], [0, ""]);
    assertStringIncludes(first.stdout, "npm:words@1.0.0");
    assertEquals((await run(WEB, "invoke", "hello")).stdout, "shared of npm");
    const asked = registry.requests.length;
    const below = await run(`${WEB}/insforge`, "deploy", "hello", "--cached-only");
    assertEquals([below.code, registry.requests.length], [0, asked], below.stderr);
    await write("other/fn/b.ts", "export default 'b';");
    await write(
      "other/fn/main.ts",
      "import b from './b.ts'; export default () => new Response(b);",
    );
    const outside = await run(WEB, "deploy", "other", "--file", "../../../other/fn/main.ts");
    assertEquals(outside.code, 0, outside.stderr);
    assertEquals((await run(WEB, "invoke", "other")).stdout, "b");
  });

  it("are pinned also where none lies in the folder of functions", async () => {
    await write("plain/main.ts", 'import { word } from "npm:words"; export default () => word;');
    const { code, stderr } = await run("plain", "deploy", "plain", "--file", "main.ts");
    assertEquals([code, stderr], [0, ""]);
    const lock = await Deno.readTextFile(`${root}/plain/insforge/functions/deno.lock`);
    assertStringIncludes(lock, "words@1.0.0");
  });

  it("show the author's source, and the author's lines in the log", async () => {
    assertEquals((await run(WEB, "code", "hello")).stdout, SOURCE);
    assertStringIncludes((await run(WEB, "code", "hello", "--deployed")).stdout, "module.exports=");
    assertEquals((await run(WEB, "invoke", "hello", "--method", "PUT")).code, 1);
    const log = await Deno.readTextFile(`${backend.dataDir}/logs/function.logs.jsonl`);
    assertStringIncludes(log, "(apps/web/insforge/functions/hello/index.ts:4:");
  });

  it("are left alone by --all where nothing has changed, and looked at by --dry-run", async () => {
    const all = JSON.parse((await run(WEB, "deploy", "--all", "--json")).stdout);
    assertEquals(all.functions.map(({ action }: { action: string }) => action), ["unchanged"]);
    await write(`${WEB}/insforge/functions/fresh/index.ts`, "export default () => new Response();");
    const dry = JSON.parse((await run(WEB, "deploy", "fresh", "--dry-run", "--json")).stdout);
    assertEquals(dry.contents.map(({ name }: { name: string }) => name), [
      "apps/web/insforge/functions/fresh/index.ts",
    ]);
    assertEquals((await run(WEB, "code", "fresh")).code, 4);
  });

  it("are refused what is outside, without advice on Deno, and warned of secrets", async () => {
    await write("outside.ts", "export default 1;");
    const path = `${WEB}/insforge/functions`;
    await write(`${path}/out/index.ts`, `import "../../../../../../outside.ts"; export default 1;`);
    const refused = await run(WEB, "deploy", "out");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "outside of");
    assertEquals(/deno|--allow/i.test(refused.stderr), false, refused.stderr);
    const key = ["sk", "live", "0123456789abcdefXYZ"].join("_");
    await write(`${path}/secret/index.ts`, `export default () => new Response("${key}");`);
    const warned = await run(WEB, "deploy", "secret", "--dry-run");
    assertStringIncludes(warned.stderr, "secret/index.ts:1 holds what looks like a secret key");
    assertEquals(warned.stderr.includes(key), false);
    const title = "-----BEGIN PRIVATE" + " KEY-----";
    const source = (more: string) => `export default () => "x".replace("${title}", "");\n${more}`;
    await write(`${path}/secret/index.ts`, source(""));
    assertEquals((await run(WEB, "deploy", "secret", "--dry-run")).stderr, "");
    await write(`${path}/secret/index.ts`, source(`\`${title}\n${"MIIE".repeat(16)}\`;`));
    const held = await run(WEB, "deploy", "secret", "--dry-run");
    assertStringIncludes(held.stderr, "secret/index.ts:2 holds what looks like a private key");
  });
});
