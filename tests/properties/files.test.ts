import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { join } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runCurrent } from "../../src/commands/projects/current.ts";
import { readGlobalConfig } from "../../src/config/global.ts";
import { readProject, writeProject } from "../../src/config/project.ts";
import { platformUrl } from "../../src/client/platform/connection.ts";
import { FileError } from "../../src/core/errors.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { anyJson, anyText, fc, holds } from "../support/arbitraries.ts";
import { launchIn } from "../support/launch.ts";
import { testContext } from "../support/context.ts";
import { insforge } from "../support/executable.ts";
import { assertOrderly, orderly } from "../support/verdict.ts";

const FILES = ["project.json", "credentials.json", "config.json"] as const;
const FIELDS = [
  "project_id",
  "project_name",
  "org_id",
  "appkey",
  "region",
  "api_key",
  "oss_host",
  "access_token",
  "refresh_token",
  "user_api_key",
  "user",
  "platform_api_url",
  "default_org_id",
  "oauth_client_id",
  "allowed_hosts",
  "__proto__",
] as const;

const address = anyText.map((text) => `http://${text}`);
const value = fc.oneof(anyJson, address, fc.array(anyText, { maxLength: 3 }));
const encode = (text: string) => new TextEncoder().encode(text);

/** What such a file may hold: bytes, JSON, JSON with the fields that are known, or nearly JSON. */
const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  anyJson.map((json) => encode(JSON.stringify(json) ?? "")),
  fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8 })
    .map((json) => encode(JSON.stringify(json))),
  fc.tuple(fc.dictionary(fc.constantFrom(...FIELDS), value), fc.nat(40))
    .map(([json, end]) => encode(JSON.stringify(json).slice(0, end))),
);

let folder: string;
let home: string;

const pathOf = (name: typeof FILES[number]) =>
  name === "project.json" ? join(folder, ".insforge", name) : join(home, name);

/**
 * Everything that reads the three files, without a request: what a command sees, and the launcher.
 */
async function readAll() {
  const { context, show } = testContext({ cwd: folder, globalFolder: home });
  const current = await orderly(async () => await show(await runCurrent(context)));
  const target = await orderly(() => context.target());
  const client = await orderly(() => context.platform());
  const address = await orderly(() => platformUrl(context));
  await orderly(() => grantsFor(launchIn(folder, ["db", "tables"], { globalFolder: home })));
  await orderly(() => grantsFor(launchIn(folder, ["whoami"], { globalFolder: home })));
  return { current, target, client, address };
}

describe("project, credential and settings files", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    home = join(folder, "home");
    await Deno.mkdir(join(folder, ".insforge"));
    await Deno.mkdir(home);
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("of any content are read, or refused in a sentence, and left as they are", () =>
    holds(
      [fc.constantFrom(...FILES), content],
      100,
      async (name, bytes) => {
        for (const file of FILES) await Deno.remove(pathOf(file)).catch(() => {});
        await Deno.writeFile(pathOf(name), bytes);
        await readAll();
        assertEquals(await Deno.readFile(pathOf(name)), bytes);
      },
      [
        ["config.json", encode('{"allowed_hosts": ["***"]}')],
        ["config.json", encode('{"platform_api_url": 5}')],
        ["config.json", encode('{"platform_api_url": "\\u0000"}')],
        ["project.json", encode('{"api_key": "k\\n", "oss_host": "http://a*b"}')],
        ["credentials.json", encode('{"access_token": {"a": 1}}')],
        ["credentials.json", encode('{"refresh_token": 1}')],
        ["credentials.json", encode('{"access_token": "x", "user": {"id": "1", "email": {}}}')],
        ["project.json", encode('{"api_key":"k","oss_host":"http://a.b","region":["x"]}')],
      ],
    ));

  it("with a byte order mark are read all the same", async () => {
    const json = { api_key: "ik_1", oss_host: "http://127.0.0.1:1", project_id: "p" };
    await Deno.writeTextFile(pathOf("project.json"), `\ufeff${JSON.stringify(json)}`);
    assertEquals((await readProject(folder))?.api_key, "ik_1");
  });

  for (const file of FILES) {
    it(`${file}: huge, deep, a folder, a link to nothing, a link in a circle or unreadable`, async () => {
      const path = pathOf(file);
      for (const other of FILES) await Deno.remove(pathOf(other)).catch(() => {});
      const read = () => file === "project.json" ? readProject(folder) : readAll();
      const kinds: Record<string, () => void | Promise<void>> = {
        huge: () => Deno.writeTextFile(path, `{"x": "${"x".repeat(5_000_000)}"}`),
        deep: () => Deno.writeTextFile(path, `${"[".repeat(200_000)}${"]".repeat(200_000)}`),
        "deep within": () =>
          Deno.writeTextFile(path, `{"x": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
        folder: () => Deno.mkdir(path),
        "link to nothing": () => Deno.symlink(join(folder, "nothing"), path),
        "link in a circle": () => Deno.symlink(path, path),
        "link to a folder": () => Deno.symlink(folder, path),
      };
      for (const [kind, make] of Object.entries(kinds)) {
        await make();
        const outcome = await orderly<unknown>(read);
        if (kind === "link in a circle") {
          assert(file !== "project.json" || outcome instanceof FileError);
        }
        await Deno.remove(path, { recursive: true });
      }
    });
  }

  it("keep the fields that this program does not know", () =>
    holds([fc.dictionary(anyText, anyJson)], 20, async (unknown) => {
      const known = { project_id: "p", api_key: "k", oss_host: "http://a.example" };
      const file = { ...JSON.parse(JSON.stringify(unknown)), ...known };
      await writeProject(folder, file);
      assertEquals(await readProject(folder), file);
    }));

  it("of settings never bring a host that is none into the sandbox", () =>
    holds([fc.array(anyText, { maxLength: 3 })], 60, async (allowed_hosts) => {
      await Deno.writeTextFile(pathOf("config.json"), JSON.stringify({ allowed_hosts }));
      const { allowed_hosts: read } = await readGlobalConfig(home);
      assertEquals(read?.length, allowed_hosts.length);
      const granted = await orderly(() =>
        grantsFor(launchIn(folder, ["whoami"], { globalFolder: home }))
      );
      if (granted instanceof Error) return;
      assertInstanceOf(granted.permissions.net, Array);
      // Throws for what cannot be granted.
      const url = "data:application/javascript,";
      new Worker(url, { type: "module", deno: { permissions: { net: granted.permissions.net } } })
        .terminate();
    }));

  it("end the executable in order", () =>
    holds([fc.constantFrom(...FILES), content], 10, async (name, bytes) => {
      for (const file of FILES) await Deno.remove(pathOf(file)).catch(() => {});
      const globalFolder = join(folder, ".insforge");
      const path = join(globalFolder, name);
      await Deno.writeFile(path, bytes);
      const result = await insforge(["current"], { cwd: folder, env: { HOME: folder } });
      assertOrderly(result, new TextDecoder().decode(bytes));
      await Deno.remove(path);
      assertEquals([...Deno.readDirSync(globalFolder)], []);
    }));
});
