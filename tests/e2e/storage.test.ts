import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { targetPath } from "../../src/files/target_path.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { faultProxy, rawResponse } from "../support/fault_proxy.ts";
import { objectStore } from "../support/object_store.ts";
import { readPipe } from "../support/pipe.ts";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";

let backend: TestBackend;
let folder: string;

const environment = (url = backend.url) => ({
  INSFORGE_BASE_URL: url,
  INSFORGE_API_KEY: backend.apiKey,
});
const run = (args: string[], options: { env?: Record<string, string>; stdin?: string } = {}) =>
  insforge(["storage", ...args], { cwd: folder, env: environment(), ...options });
const write = (name: string, content: string | Uint8Array) =>
  typeof content === "string"
    ? Deno.writeTextFile(`${folder}/${name}`, content)
    : Deno.writeFile(`${folder}/${name}`, content);
const listed = async (bucket: string) =>
  JSON.parse((await run(["list-objects", bucket, "--json"])).stdout).data;

/** Bytes that are not the same anywhere. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
  }
  return bytes;
}

describe("the storage commands", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b" });
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  it("upload, list, download and delete an object", async () => {
    await write("photo.JPG", "not really");
    const uploaded = await run(["upload", "photo.JPG", "--bucket", "b", "--json"]);
    const object = JSON.parse(uploaded.stdout);
    assertEquals([object.key, object.size, object.mimeType], ["photo.JPG", 10, "image/jpeg"]);
    assertMatch((await run(["list-objects", "b"])).stdout, /^photo\.JPG +10 B +image\/jpeg +20/m);
    const down = await run(["download", "photo.JPG", "--bucket", "b", "-o", "copy.jpg", "--json"]);
    assertEquals(JSON.parse(down.stdout).size, 10);
    assertEquals(await Deno.readTextFile(`${folder}/copy.jpg`), "not really");
    assertEquals(
      (await run(["download", "photo.JPG", "--bucket", "b", "-o", "-"])).stdout,
      "not really",
    );
    const astray = await run(["download", "photo.JPG", "--bucket", "b", "-o", "no/folder"]);
    assertStringIncludes(astray.stderr, "folder: its folder does not exist.");
    assertEquals((await run(["delete-object", "photo.JPG", "--bucket", "b"])).code, 1);
    assertEquals((await run(["delete-object", "photo.JPG", "--bucket", "b", "-y"])).code, 0);
    assertEquals((await run(["download", "photo.JPG", "--bucket", "b"])).code, 4);
  });

  it("of several objects to delete, each outcome is told", async () => {
    await write("x", "1");
    await run(["upload", "x", "--bucket", "b", "--key", "del/1"]);
    await run(["upload", "x", "--bucket", "b", "--key", "del/2"]);
    const args = ["delete-object", "del/1", "del/none", "del/2", "--bucket", "b", "-y", "--json"];
    const { code, stdout } = await run(args);
    const { deleted, failed } = JSON.parse(stdout);
    assertEquals([code, deleted, failed[0].key], [1, ["del/1", "del/2"], "del/none"]);
  });

  it("R43: the type is that of the base name; an empty one that is given counts as none", async () => {
    await Deno.mkdir(`${folder}/v1.css`);
    await write("v1.css/README", "x");
    await write("a.json", "{}");
    await run(["upload", "v1.css/README", "--bucket", "b", "--key", "v1.css/README"]);
    await run(["upload", "a.json", "--bucket", "b", "--content-type="]);
    await run(["upload", "a.json", "--bucket", "b", "--key", "c", "--content-type", "text/x-mine"]);
    const types = (await listed("b")).map(({ mimeType }: { mimeType: string }) => mimeType);
    assertEquals(types, ["application/json", "text/x-mine", "application/octet-stream"]);
    await run(["delete-bucket", "b", "-y"]);
  });

  it("folders go up with their paths, and come down again", async () => {
    await Deno.mkdir(`${folder}/site/sub dir`, { recursive: true });
    for (const name of ["index.txt", "sub dir/ü#1?.txt", "sub dir/100%.txt"]) {
      await write(`site/${name}`, name);
    }
    assertStringIncludes((await run(["upload", "site", "--bucket", "b"])).stderr, "--recursive");
    const up = await run([
      "upload",
      "site",
      "--bucket",
      "b",
      "--recursive",
      "--key",
      "v1",
      "--json",
    ]);
    assertEquals(JSON.parse(up.stdout).uploaded, 3);
    const down = await run(["download", "v1/", "--bucket", "b", "--recursive", "-o", "out"]);
    assertStringIncludes(down.stdout, "✓ Downloaded 3 objects");
    for (const name of ["index.txt", "sub dir/ü#1?.txt", "sub dir/100%.txt"]) {
      assertEquals(await Deno.readTextFile(`${folder}/out/${name}`), name);
    }
    await run(["delete-bucket", "b", "-y"]);
  });

  it("a folder that comes down by its name is the folder that went up", async () => {
    for (const name of ["a/x.txt", "y.txt"]) {
      await Deno.mkdir(`${folder}/up/2026/a`, { recursive: true });
      await write(`up/2026/${name}`, name);
    }
    assertEquals((await run(["upload", "up/2026/", "--bucket", "b", "--recursive"])).code, 0);
    const listed = await run(["list-objects", "b", "--json"]);
    const keys = JSON.parse(listed.stdout).data.map(({ key }: { key: string }) => key);
    assertEquals(keys.sort(), ["2026/a/x.txt", "2026/y.txt"]);
    const down = ["download", "2026/", "--bucket", "b", "--recursive"];
    assertEquals((await run([...down, "-o", "copy"])).code, 0);
    assertEquals((await run(down)).code, 0);
    for (const name of ["a/x.txt", "y.txt"]) {
      assertEquals(await Deno.readTextFile(`${folder}/copy/${name}`), name);
      assertEquals(await Deno.readTextFile(`${folder}/2026/${name}`), name);
    }
    await run(["delete-bucket", "b", "-y"]);
  });

  it("the largest size of an object is shown and set", async () => {
    assertStringIncludes((await run(["config"])).stdout, "Largest object: 50 MB");
    assertStringIncludes((await run(["config", "--max-size", "60MB"])).stdout, "up to 60 MB");
    assertEquals(JSON.parse((await run(["config", "--json"])).stdout).maxFileSizeMb, 60);
    for (const size of ["0", "1.5", "big", "-1", "10KB"]) {
      const { code, stderr } = await run(["config", "--max-size", size]);
      assertEquals([code, stderr.startsWith("Error: --max-size is no size")], [1, true], size);
    }
    assertEquals((await run(["config", "--max-size", "50"])).code, 0);
  });

  it("a name in any script, and with any character, comes back as it is", async () => {
    // Other systems take some of these for the same, or for none.
    const others = ["cafe\u0301", 'a"b', "a\\b", "tab\tand\x01", "~ ", "ü".repeat(127)];
    const names = ["漢字.txt", "caf\u00e9", "😀", ...(Deno.build.os === "linux" ? others : [])];
    for (const name of names) await write(name, name);
    const up = await run(["upload", ...names, "--bucket", "b", "--key", "names/"]);
    assertStringIncludes(up.stdout, `Uploaded ${names.length} files`, up.stdout);
    const down = await run(["download", "names/", "--bucket", "b", "--recursive", "-o", "out"]);
    assertEquals(down.code, 0, down.stdout);
    for (const name of names) assertEquals(await Deno.readTextFile(`${folder}/out/${name}`), name);
    assertEquals([...Deno.readDirSync(`${folder}/out`)].length, names.length);
  });

  it("the last name of a key is the file's, whatever the key looks like", async () => {
    await write("x", "content");
    const names = { "a/b/plain": "plain", "back\\slash": "slash", "folder/": "folder" };
    for (const [key, name] of Object.entries(names)) {
      const form = new FormData();
      form.set("file", new File(["content"], "x"));
      const path = `/api/storage/buckets/b/objects/${encodeURIComponent(key)}`;
      assertEquals((await backend.request("PUT", path, form)).status, 200);
      const { code, stderr } = await run(["download", key, "--bucket", "b"]);
      assertEquals(code, 0, stderr);
      assertEquals(await Deno.readTextFile(`${folder}/${name}`), "content");
    }
    await run(["upload", "x", "--bucket", "b", "--key="]);
    assert((await listed("b")).some(({ key }: { key: string }) => key === "x"));
  });

  it({
    name: "links, and what is no file, are left out of folders, and that is said",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await Deno.mkdir(`${folder}/mixed/below`, { recursive: true });
      await write("mixed/file", "x");
      await Deno.symlink("/etc", `${folder}/mixed/outside`);
      await Deno.symlink("nowhere", `${folder}/mixed/dangling`);
      await new Deno.Command("mkfifo", { args: [`${folder}/mixed/below/pipe`] }).output();
      const args = ["upload", "mixed", "--bucket", "b", "--recursive", "--json"];
      const { code, stdout, stderr } = await run(args);
      assertEquals(code, 0, stderr);
      const { results, leftOut } = JSON.parse(stdout);
      assertEquals(results.map(({ key }: { key: string }) => key), ["mixed/file"]);
      const expected = ["mixed/below/pipe", "mixed/dangling", "mixed/outside"];
      assertEquals(leftOut.toSorted(), expected);
    },
  });

  it("a file that changes while it goes up is not uploaded as a mixture", async () => {
    const path = `${folder}/log`;
    for (const change of ["grows", "shrinks"]) {
      await write("log", noise(3_000_000));
      await using server = stubServer(async ({ method, target }) => {
        if (target.endsWith("/config")) return Response.json({ maxFileSizeMb: 50 });
        if (method !== "POST") return Response.json({ key: "log", bucket: "b" });
        if (change === "grows") await Deno.writeFile(path, noise(10), { append: true });
        else await Deno.truncate(path, 2_000_000);
        return Response.json({ method: "direct", key: "log" });
      });
      const { code, stderr } = await run(["upload", "log", "--bucket", "b"], {
        env: linkedTo(server),
      });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "log changed while it was uploaded");
    }
  });

  it("standard input becomes an object once it has a key", async () => {
    assertStringIncludes(
      (await run(["upload", "-", "--bucket", "b"], { stdin: "x" })).stderr,
      "--key",
    );
    const { code } = await run(["upload", "-", "--bucket", "b", "--key", "p"], { stdin: "piped" });
    assertEquals(code, 0);
    assertEquals((await run(["download", "p", "--bucket", "b", "-o", "-"])).stdout, "piped");
    await run(["delete-bucket", "b", "-y"]);
  });

  it("the whole listing is sorted, not a page of it", async () => {
    for (const [name, size] of [["a", 1], ["b", 3], ["c", 2]] as const) {
      await write(name, "x".repeat(size));
    }
    await run(["upload", "a", "b", "c", "--bucket", "b"]);
    const { stdout } = await run(["list-objects", "b", "--sort", "size", "--limit", "2", "--json"]);
    const { data, pagination } = JSON.parse(stdout);
    assertEquals(data.map(({ key }: { key: string }) => key), ["b", "c"]);
    assertEquals(pagination, { offset: 0, limit: 2, total: 3 });
    assertEquals((await run(["list-objects", "b", "--sort", "color"])).code, 1);
    await run(["delete-bucket", "b", "-y"]);
  });

  it("of an object in a bucket that is not there, the bucket is named", async () => {
    await Deno.mkdir(`${folder}/several`);
    await write("several/a.txt", "a");
    await write("several/b.txt", "b");
    for (
      const args of [
        ["download", "x"],
        ["download", "x", "-o", "-"],
        ["delete-object", "x"],
        ["delete-object", "x", "y"],
        ["upload", "several", "--recursive"],
      ]
    ) {
      const { code, stderr } = await run([...args, "--bucket", "nowhere", "-y"]);
      assertEquals(code, 4, stderr);
      assertMatch(stderr, /There is no bucket nowhere\.\n.*insforge storage buckets/);
    }
  });

  it("says of a bucket that is there how to see it", async () => {
    const twice = await run(["create-bucket", "b"]);
    assertEquals(twice.code, 1);
    assertMatch(twice.stderr, /See the buckets with: insforge storage buckets/);
  });

  it("deleting a bucket says what is lost, and asks", async () => {
    await write("a", "1");
    await run(["upload", "a", "--bucket", "b"]);
    const refused = await run(["delete-bucket", "b"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "Delete the bucket b and its 1 object?");
    assertEquals((await run(["delete-bucket", "b", "-y"])).code, 0);
    assertEquals((await run(["delete-bucket", "b", "-y"])).code, 4);
  });

  it("R42: limits are told before the upload, with the file and its size", async () => {
    await write("small", "x");
    await write("large", new Uint8Array(51 * 1024 ** 2));
    const { code, stderr } = await run(["upload", "small", "large", "--bucket", "b"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "which is 50.0 MiB: large (51.0 MiB)");
    assertEquals(await listed("b"), []);
  });

  it("of several files each outcome is told, and one failure ends with 1", async () => {
    await using server = stubServer(({ method, target }) => {
      if (target.endsWith("/config")) return Response.json({});
      if (method === "POST") return new Response(null, { status: 404 });
      const fails = target.endsWith("/bad");
      return Response.json(fails ? { error: "X", message: "no space" } : { key: "good", size: 1 }, {
        status: fails ? 500 : 200,
      });
    });
    for (const name of ["bad", "good"]) await write(name, "x");
    const args = ["upload", "good", "bad", "--bucket", "b", "--json"];
    const { code, stdout } = await run(args, { env: linkedTo(server) });
    assertEquals(code, 1);
    const { results, failed } = JSON.parse(stdout);
    assertEquals([failed, results[0].success, results[1].error], [1, true, "no space"]);
  });

  it("R44: a key that the backend chose is shown", async () => {
    await using server = stubServer(({ method }) =>
      method === "PUT"
        ? Response.json({ key: "photo (1).png", bucket: "b", size: 1 })
        : new Response(null, { status: 404 })
    );
    await write("photo.png", "x");
    const { stdout } = await run(["upload", "photo.png", "--bucket", "b"], {
      env: linkedTo(server),
    });
    assertStringIncludes(stdout, "as photo (1).png");
  });

  it("R41: presigned uploads and downloads carry no bearer to the object store", async () => {
    await using store = objectStore();
    await using server = stubServer(({ target }) => {
      if (target.endsWith("/config")) return Response.json({ maxFileSizeMb: 50 });
      if (target.endsWith("/upload-strategy")) {
        return Response.json({
          method: "presigned",
          uploadUrl: `${store.url}/`,
          fields: { key: "dir/a.txt", policy: "p", "Content-Type": "text/plain" },
          key: "dir/a.txt",
          confirmRequired: true,
          confirmUrl: "/api/storage/buckets/b/objects/dir%2Fa.txt/confirm-upload",
        });
      }
      if (target.endsWith("/confirm-upload")) {
        return Response.json({ bucket: "b", key: "dir/a.txt", size: 5 });
      }
      return Response.json({ method: "presigned", url: `${store.url}/dir%2Fa.txt?sig=1` });
    });
    const env = { ...linkedTo(server), INSFORGE_ALLOW_HOSTS: new URL(store.url).host };
    await write("a.txt", "hello");
    const up = await run(["upload", "a.txt", "--bucket", "b", "--key", "dir/a.txt"], { env });
    assertEquals(up.code, 0, up.stderr);
    assertEquals(store.objects.get("dir/a.txt"), "hello");
    const confirmed = server.requests.find(({ target }) => target.endsWith("/confirm-upload"))!;
    assertEquals(JSON.parse(confirmed.body), {
      size: 5,
      contentType: "text/plain",
      etag: "store-etag",
    });
    const down = await run(["download", "dir/a.txt", "--bucket", "b", "-o", "-"], { env });
    assertEquals(down.stdout, "hello");
    assert(store.requests.every(({ headers }) => !headers.has("authorization")));
    const gone = await run(["download", "x", "--bucket", "b", "-o", "-"], { env });
    assertEquals(gone.code, 0);
  });

  it("a download that breaks off leaves no file, and --resume goes on where it was", async () => {
    const content = noise(600_000);
    await write("big", content);
    await run(["upload", "big", "--bucket", "b"]);
    await Deno.remove(`${folder}/big`);
    await using proxy = faultProxy(backend.url);
    const env = environment(proxy.url);
    // The first request asks for the strategy.
    proxy.next({ kind: "none" }, { kind: "cut", afterBytes: 300_000 });
    const broken = await run(["download", "big", "--bucket", "b"], { env });
    assertEquals(broken.code, 1);
    assertStringIncludes(broken.stderr, "--resume");
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(names().includes("big"), false);
    const kept = (await Deno.stat(`${folder}/.big.insforge-partial`)).size;
    assert(kept > 0 && kept < 300_000, `${kept}`);
    const resumed = await run(["download", "big", "--bucket", "b", "--resume"], { env });
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(await Deno.readFile(`${folder}/big`), content);
    assertEquals(names(), ["big"]);
  });

  it("--resume begins anew when the object has changed meanwhile, wherever that is", async () => {
    const content = noise(600_000);
    await write("big", content);
    await run(["upload", "big", "--bucket", "b"]);
    await Deno.remove(`${folder}/big`);
    await using proxy = faultProxy(backend.url);
    const env = environment(proxy.url);
    proxy.next({ kind: "none" }, { kind: "cut", afterBytes: 300_000 });
    assertEquals((await run(["download", "big", "--bucket", "b"], { env })).code, 1);
    content[0]! ^= 1;
    await write("new", content);
    await run(["upload", "new", "--bucket", "b", "--key", "big"]);
    const resumed = await run(["download", "big", "--bucket", "b", "--resume"]);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(await Deno.readFile(`${folder}/big`), content);
  });

  it("--resume takes no file for a beginning whose version is not known", async () => {
    const content = noise(200_000);
    await write("big", content);
    await run(["upload", "big", "--bucket", "b"]);
    await write(".big.insforge-partial", noise(150_000));
    assertEquals((await run(["download", "big", "--bucket", "b", "--resume"])).code, 0);
    assertEquals(await Deno.readFile(`${folder}/big`), content);
  });

  it("--resume of a download that was killed at its last byte ends it", async () => {
    const content = noise(70_000);
    await write("big", content);
    await run(["upload", "big", "--bucket", "b"]);
    const url = `${backend.url}/api/storage/buckets/b/objects/big`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${backend.apiKey}` } });
    await write(".big.insforge-partial", await answer.bytes());
    await write(".big.insforge-partial.etag", answer.headers.get("etag")!);
    assertEquals((await run(["download", "big", "--bucket", "b", "--resume"])).code, 0);
    assertEquals(await Deno.readFile(`${folder}/big`), content);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["big"]);
  });

  it("two downloads of one file at once: the second ends, the first goes on", async () => {
    await write("big", noise(70_000));
    await run(["upload", "big", "--bucket", "b"]);
    await Deno.remove(`${folder}/big`);
    const other = await Deno.open(`${folder}/.big.insforge-partial`, { write: true, create: true });
    await other.lock(true);
    await other.write(new TextEncoder().encode("half"));
    const { code, stderr } = await run(["download", "big", "--bucket", "b"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `Another process is writing ${folder}/big.`);
    assertEquals(await Deno.readTextFile(`${folder}/.big.insforge-partial`), "half");
    other.close();
    assertEquals((await run(["download", "big", "--bucket", "b"])).code, 0);
    assertEquals((await Deno.stat(`${folder}/big`)).size, 70_000);
  });

  it({
    name: "a download goes into a pipe that is there",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await write("f", "content");
      await run(["upload", "f", "--bucket", "b"]);
      const pipe = await readPipe(`${folder}/pipe`);
      assertEquals((await run(["download", "f", "--bucket", "b", "-o", "pipe"])).code, 0);
      assertEquals(await pipe.text(), "content");
      assertEquals((await Deno.lstat(`${folder}/pipe`)).isFifo, true);
    },
  });

  it("a gateway that fails once costs a download nothing", async () => {
    await write("f", "content");
    await run(["upload", "f", "--bucket", "b"]);
    await using proxy = faultProxy(backend.url);
    proxy.next({ kind: "respond", response: rawResponse(502, "<html>bad gateway</html>") });
    const args = ["download", "f", "--bucket", "b", "-o", "-"];
    assertEquals((await run(args, { env: environment(proxy.url) })).stdout, "content");
  });

  it("an upload whose answer is lost is not sent again: a backend may make a second object", async () => {
    await write("f", "content");
    for (const status of [408, 429, 502, 504]) {
      await using server = stubServer(({ method, target }) => {
        if (target.endsWith("/config")) return Response.json({ maxFileSizeMb: 50 });
        if (method === "POST") return Response.json({ method: "direct", key: "f" });
        return new Response("<html>bad gateway</html>", { status });
      });
      const { code, stderr } = await run(["upload", "f", "--bucket", "b"], {
        env: environment(server.url),
      });
      assertEquals(code, 1, stderr);
      const uploads = server.requests.filter(({ method }) => method === "PUT");
      assertEquals(uploads.map(({ body }) => body.includes("content")), [true]);
      assertEquals(stderr.includes("may have been stored"), status !== 429, stderr);
    }
  });

  it("an upload whose connection ends before its answer is not sent again, and is there", async () => {
    await write("f", "content");
    await using proxy = faultProxy(backend.url);
    proxy.strike(({ method }) => method === "PUT" ? { kind: "reset", afterBytes: 5 } : undefined);
    const { code, stderr } = await run(["upload", "f", "--bucket", "b", "--key", "lost"], {
      env: environment(proxy.url),
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "all of it was sent, and it may have been stored.");
    assertStringIncludes(stderr, "insforge storage list-objects b");
    assertEquals(proxy.requests.filter(({ method }) => method === "PUT").length, 1);
    const kept = await run(["download", "lost", "--bucket", "b", "-o", "-"]);
    assertEquals(kept.stdout, "content");
  });

  it("--resume takes no other part of an object than the one that it asked for", async () => {
    await write(".big.insforge-partial", "0123");
    await write(".big.insforge-partial.etag", '"v"');
    await using server = stubServer(({ target, headers }) => {
      if (target.includes("download-strategy")) return new Response(null, { status: 404 });
      const part = { etag: '"v"', "content-range": "bytes 0-3/10" };
      return headers.has("range")
        ? new Response("0123", { status: 206, headers: part })
        : new Response("0123456789", { headers: { etag: '"v"' } });
    });
    const { code, stderr } = await run(["download", "big", "--bucket", "b", "--resume"], {
      env: linkedTo(server),
    });
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readTextFile(`${folder}/big`), "0123456789");
  });

  it("one object of a folder that fails is a result as those of many are", async () => {
    await write("f", "content");
    await run(["upload", "f", "--bucket", "b", "--key", "one/f"]);
    await write("one", "a file where the folder should be");
    const args = ["download", "one/", "--bucket", "b", "--recursive", "-o", "one", "--json"];
    const { code, stdout } = await run(args);
    const { results, failed } = JSON.parse(stdout);
    assertEquals([code, failed, results[0].key, results[0].success], [1, 1, "one/f", false]);
  });

  it("an object that is called as another's beginning is not downloaded as one of many", async () => {
    await write("big", noise(100));
    await run(["upload", "big", "--bucket", "b", "--key", "two/big"]);
    await run(["upload", "big", "--bucket", "b", "--key", "two/.big.insforge-partial"]);
    const args = ["download", "two/", "--bucket", "b", "--recursive", "--json"];
    const { code, stdout } = await run(args);
    const { failed, results } = JSON.parse(stdout);
    assertEquals([code, failed], [1, 1]);
    assertEquals(results.find(({ success }: { success: boolean }) => !success).code, "UNSAFE_KEY");
  });

  it("200 objects go up and come down in parallel", async () => {
    await Deno.mkdir(`${folder}/many`);
    for (let n = 0; n < 200; n++) await write(`many/${n}.txt`, `${n}`.repeat(n));
    const args = ["many", "--bucket", "b", "--recursive", "--key", "many", "--concurrency", "16"];
    assertStringIncludes((await run(["upload", ...args])).stdout, "Uploaded 200 files");
    const down = ["many/", "--bucket", "b", "--recursive", "-o", "out", "--concurrency", "16"];
    assertStringIncludes((await run(["download", ...down])).stdout, "Downloaded 200 objects");
    for (let n = 0; n < 200; n++) {
      assertEquals(await Deno.readTextFile(`${folder}/out/${n}.txt`), `${n}`.repeat(n));
    }
    await run(["delete-bucket", "b", "-y"]);
  });

  it("a hostile key never leads out of the folder", async () => {
    const keys = ["../x", "/etc/x", "a/../../x", "..", "ok.txt", "C:\\x"];
    await using server = stubServer(({ target }) => {
      if (target.includes("download-strategy")) return new Response(null, { status: 404 });
      if (!target.includes("/objects?")) return new Response("content");
      return Response.json({ data: keys.map((key) => ({ key, size: 7 })) });
    });
    const args = ["download", "", "--bucket", "b", "--recursive", "-o", "out", "--json"];
    const { code, stdout } = await run(args, { env: linkedTo(server) });
    assertEquals(code, 1);
    const { results } = JSON.parse(stdout);
    const refused = results.filter(({ code }: { code?: string }) => code === "UNSAFE_KEY");
    assertEquals(refused.map(({ key }: { key: string }) => key), keys.slice(0, 4));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["out"]);
    const single = await run(["download", "..", "--bucket", "b"], { env: linkedTo(server) });
    assertEquals(single.code, 1);
    for (const name of ["con", "NUL.txt", "com1", "a:b", "x\\..\\y", "dot.", "a/ "]) {
      assertEquals(targetPath("C:\\out", name, "windows"), undefined, name);
    }
  });

  it("shows a bar with rate and time left on a terminal", async () => {
    await using proxy = faultProxy(backend.url);
    await write("big", noise(3_000_000));
    await run(["upload", "big", "--bucket", "b"]);
    proxy.next({ kind: "none" }, { kind: "stall", afterBytes: 2_000_000 });
    const pty = openPty(["storage", "download", "big", "--bucket", "b"], {
      cwd: folder,
      env: { ...environment(proxy.url), NO_COLOR: "1" },
    });
    await pty.expect(/iB\/s/);
    await pty.type("\x03");
    assertEquals(await pty.end(), 130);
  });
});
