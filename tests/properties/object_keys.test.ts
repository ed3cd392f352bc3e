import { assert, assertEquals } from "@std/assert";
import { basename, join, relative } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runDeleteObject } from "../../src/commands/storage/delete_object.ts";
import { runDownload } from "../../src/commands/storage/download.ts";
import { runListObjects } from "../../src/commands/storage/list_objects.ts";
import { runUpload } from "../../src/commands/storage/upload.ts";
import { CliError } from "../../src/core/errors.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { targetPath } from "../../src/files/target_path.ts";
import { anyText, argumentText, fc, holds } from "../support/arbitraries.ts";
import { launchIn } from "../support/launch.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { orderly } from "../support/verdict.ts";

const segment = fc.oneof(argumentText, fc.constantFrom("a", "con.txt", "x".repeat(200)));
const key = fc.oneof(
  argumentText,
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
  fc.nat(1200).map((length) => "é".repeat(length)),
);

let backend: TestBackend;
let folder: string;
let target: string;

const bucket = "b";
const contextOf = (options = {}) =>
  testContext({
    cwd: folder,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    options: { yes: true, ...options },
  });

/** Every file below a folder. */
function filesBelow(path: string): string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(join(path, name)) : [join(path, name)]
  );
}

describe("object keys", () => {
  beforeAll(async () => {
    backend = await startBackend();
    folder = await Deno.makeTempDir();
    target = join(folder, "target");
    await backend.request("POST", "/api/storage/buckets", { bucketName: bucket });
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("of any text go up, are listed, come down the same and are deleted, or are refused", () =>
    holds(
      [key, fc.uint8Array({ maxLength: 100 })],
      50,
      async (key, bytes) => {
        await Deno.writeFile(join(folder, "source"), bytes);
        const options = { bucket, key, concurrency: 1 };
        const up = await orderly(() => runUpload(contextOf().context, options, "source"));
        if (up instanceof CliError) return;
        const stored = (up.data as { key: string }).key;
        // A key that ends in a slash is a folder for the file.
        if (key !== "") assertEquals(stored, key.endsWith("/") ? `${key}source` : key);
        const page = { limit: 10, offset: 0, prefix: stored };
        const list = await runListObjects(contextOf().context, page, bucket);
        const found = (list.data as { data: { key: string }[] }).data;
        assertEquals(found.map(({ key }) => key), [stored]);

        const output = join(folder, "copy");
        const options2 = { bucket, output, concurrency: 1 };
        await runDownload(contextOf().context, options2, stored);
        assertEquals(await Deno.readFile(output), bytes);

        // As a name of its own, it never leaves the folder.
        await Deno.mkdir(target);
        const all = { bucket, output: target, recursive: true, concurrency: 1 };
        await orderly(() => runDownload(contextOf().context, all, ""));
        for (const path of filesBelow(folder)) {
          const name = relative(folder, path);
          assert(name.startsWith("target") || ["source", "copy"].includes(name), name);
        }
        await Deno.remove(target, { recursive: true });
        await runDeleteObject(contextOf().context, { bucket }, stored);
      },
      [["a\\b", new Uint8Array()], ["..\\x", new Uint8Array()], ["a%2fb", new Uint8Array()]],
    ));

  it("never lead out of the folder of a download, on any system", () =>
    holds([anyText, fc.constantFrom("linux", "windows", "darwin")], 200, (key, os) => {
      const path = targetPath("/w/target", key, os);
      if (path === undefined) return;
      const inside = relative("/w/target", path);
      assert(inside !== "" && inside.split("/")[0] !== ".." && !inside.includes("\0"), path);
      if (os !== "windows") return;
      for (const part of inside.split("/")) {
        assert(!/[<>:"|?*\\]|[. ]$/.test(part), path);
        assert(!/^(con|nul|prn|aux|com\d|lpt\d)(\.|$)/i.test(part), path);
      }
    }));

  it("may be written, when downloaded, as the file that the command makes of them", () =>
    holds([argumentText], 60, (key) => {
      const line = ["storage", "download", "--bucket", "b", "--", key];
      const { write } = grantsFor(launchIn("/w", line)).permissions;
      const target = targetPath("/w", basename(key.replaceAll("\\", "/")));
      if (target) assert(write.includes(target), `${JSON.stringify(key)}: ${write}`);
    }, [["a\\b"], ["a/"], ["a/b"]]));

  it("of any bytes in a request's path are answered or refused, and stay in the store", () =>
    holds([anyText, fc.constantFrom("GET", "PUT", "DELETE")], 60, async (key, method) => {
      const path = encodeURI(key.toWellFormed()).replaceAll("%25", "%");
      const { status } = await backend.request(
        method,
        `/api/storage/buckets/${bucket}/objects/${path}`,
        method === "PUT" ? "x" : undefined,
      );
      assert(status < 500, `${status} for ${JSON.stringify(path)}`);
      assert(filesBelow(backend.dataDir).every((path) => path.startsWith(backend.dataDir)));
    }));

  it("and names of buckets that are hostile are refused in a sentence", () =>
    holds([anyText], 40, async (name) => {
      const page = { limit: 10, offset: 0 };
      await orderly(() => runListObjects(contextOf().context, page, name));
      await orderly(() => runDeleteObject(contextOf().context, { bucket: name }, "x"));
      const { status } = await backend.request("POST", "/api/storage/buckets", {
        bucketName: name,
      });
      assert(status < 500, `${status}`);
    }));
});
