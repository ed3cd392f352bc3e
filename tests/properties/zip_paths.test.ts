import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { configure, TextReader, Uint8ArrayWriter, ZipWriter } from "@zip-js/zip-js";
import { fetchTemplate } from "../../src/commands/projects/template.ts";
import { anyText, fc, holds } from "../support/arbitraries.ts";
import { startBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { settled } from "../support/site.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

configure({ useWebWorkers: false });

const part = fc.oneof(anyText, fc.constantFrom("a", "..", ".", "", "~", "C:", "\\", "..\\x"));
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

/** What an archive may be: well formed with any names, cut off, changed, or no archive. */
interface Archive {
  readonly paths: readonly string[];
  readonly mode: number;
  readonly damage?: { readonly at: number; readonly byte: number; readonly cut: boolean };
}

const archive: fc.Arbitrary<Archive> = fc.record({
  paths: fc.uniqueArray(path, { maxLength: 4 }),
  mode: fc.constantFrom(0o100644, 0o120777, 0o040755, 0),
  damage: fc.option(
    fc.record({ at: fc.nat(400), byte: fc.nat(255), cut: fc.boolean() }),
    { nil: undefined },
  ),
}, { requiredKeys: ["paths", "mode"] });

async function bytesOf({ paths, mode, damage }: Archive, prefix = "") {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const path of paths) {
    const options = { externalFileAttributes: mode << 16 >>> 0 };
    // What the writer itself refuses is no archive that can come.
    await writer.add(prefix + path, new TextReader("x"), options).catch(() => {});
  }
  const bytes = new Uint8Array(await writer.close());
  if (!damage) return bytes;
  if (damage.cut) return bytes.slice(0, damage.at);
  if (damage.at < bytes.length) bytes[damage.at] = damage.byte;
  return bytes;
}

function everything(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
    name,
    ...(isDirectory ? everything(`${folder}/${name}`).map((inner) => `${name}/${inner}`) : []),
  ]);
}

describe("paths in a zip archive", () => {
  it("of templates never lead out of the new folder, which is whole or not there", () =>
    withFolder(async (folder) => {
      let body = new Uint8Array();
      await using server = stubServer(() => new Response(body));
      const cwd = `${folder}/work/deep`;
      await holds([archive], 60, async (archive) => {
        await Deno.mkdir(cwd, { recursive: true });
        body = await bytesOf(archive, "templates-main/react/");
        const env = { INSFORGE_TEMPLATES_URL: `${server.url}/a.zip` };
        const { context, err } = testContext({ cwd, env });
        const made = await fetchTemplate(context, "react", "shop");
        const found = everything(folder).filter((path) => path !== "work" && path !== "work/deep");
        assertEquals(made === undefined, err() !== "");
        if (made) assert(found.every((path) => path.startsWith("work/deep/shop")), `${found}`);
        else assertEquals(found, []);
        assert(everything(folder).every((path) => !Deno.lstatSync(`${folder}/${path}`).isSymlink));
        await Deno.remove(`${folder}/work`, { recursive: true });
      }, [[{ paths: ["a", "../b"], mode: 0 }], [{ paths: ["../../b"], mode: 0o100644 }]]);
    }));

  it("of deployments never lead out of the store, and the backend goes on", async () => {
    const backend = await startBackend();
    try {
      await holds([archive], 12, async (archive) => {
        const before = [...Deno.readDirSync(backend.dataDir)].map(({ name }) => name).sort();
        const { body } = await backend.request("POST", "/api/deployments");
        const form = new FormData();
        for (const [name, value] of Object.entries(body.uploadFields as Record<string, string>)) {
          form.append(name, value);
        }
        form.append("file", new Blob([await bytesOf(archive)]), "deployment.zip");
        const sent = await fetch(body.uploadUrl, { method: "POST", body: form });
        await sent.body?.cancel();
        assertEquals(sent.status, 204);
        const started = await backend.request("POST", `/api/deployments/${body.id}/start`, {});
        assert(started.status < 500, `${started.status} ${JSON.stringify(started.body)}`);
        if (started.status === 200) await settled(backend, body.id);
        const after = [...Deno.readDirSync(backend.dataDir)].map(({ name }) => name).sort();
        assertEquals(after.filter((name) => !before.includes(name) && name !== "deployments"), []);
        const stored = everything(`${backend.dataDir}/deployments`);
        const named = /^(objects|archives|incoming|preview|[\da-f-]+|\/|\.json|\.zip)+$/;
        assert(stored.every((path) => named.test(path)), `${stored}`);
      }, [[{ paths: ["a"], mode: 0o100644, damage: { at: 0, byte: 0, cut: false } }]]);
    } finally {
      await backend.close();
    }
  });
});
