import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Bench, type Calls, dataOf, type Sdk } from "./calls.ts";

const text = (content: string) => new Blob([content], { type: "text/plain" });

/** A user, and their view of the public and the private bucket of the bench. */
async function buckets(bench: Bench) {
  const { sdk } = await bench.user();
  return { open: sdk.storage.from("open"), closed: sdk.storage.from("closed") };
}

/** The keys of a listing, which comes as `data` where the type says `objects`. */
async function keysOf(bucket: ReturnType<Sdk["storage"]["from"]>, options: object) {
  const { data } = dataOf(await bucket.list(options)) as unknown as { data: { key: string }[] };
  return data.map(({ key }) => key).sort();
}

const read = async (url: string) => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};

export const storageCalls: Calls = {
  "storage.from": async (bench) => {
    const { storage } = (await bench.user()).sdk;
    const { error } = await storage.from("nowhere").upload("a.txt", text("a"));
    assertEquals(error?.statusCode, 404);
  },
  "bucket.upload": async (bench) => {
    const { open } = await buckets(bench);
    const stored = dataOf(await open.upload("up/a b.txt", text("hello")));
    assertEquals([stored.key, stored.size, stored.mimeType], ["up/a b.txt", 5, "text/plain"]);
    assertEquals(await read(open.getPublicUrl("up/a b.txt").data!.publicUrl), [200, "hello"]);
  },
  "bucket.uploadAuto": async (bench) => {
    const { open } = await buckets(bench);
    const keys = [];
    for (const content of ["one", "two"]) {
      const { key } = dataOf(await open.uploadAuto(new File([content], "note.txt")));
      assertEquals(await dataOf(await open.download(key)).text(), content);
      keys.push(key);
    }
    assertNotEquals(keys[0], keys[1]);
  },
  "bucket.download": async (bench) => {
    const { closed } = await buckets(bench);
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    dataOf(await closed.upload("down.bin", new Blob([bytes])));
    const back = dataOf(await closed.download("down.bin"));
    assertEquals(new Uint8Array(await back.arrayBuffer()), bytes);
    assert((await closed.download("other.bin")).error);
  },
  "bucket.getPublicUrl": async (bench) => {
    const { open, closed } = await buckets(bench);
    dataOf(await open.upload("public/ü.txt", text("for all")));
    dataOf(await closed.upload("private.txt", text("for one")));
    assertEquals(await read(open.getPublicUrl("public/ü.txt").data!.publicUrl), [200, "for all"]);
    const [status] = await read(closed.getPublicUrl("private.txt").data!.publicUrl);
    assertEquals(status, 401);
  },
  "bucket.createSignedUrl": async (bench) => {
    const { closed } = await buckets(bench);
    dataOf(await closed.upload("signed.txt", text("for whom I say")));
    const { signedUrl } = dataOf(await closed.createSignedUrl("signed.txt", 600));
    assertEquals(await read(signedUrl), [200, "for whom I say"]);
    dataOf(await closed.upload("secret.txt", text("not for all")));
    for (const change of [/signed\.txt/, /token=/, /token=.*/]) {
      const [status] = await read(signedUrl.replace(change, "secret.txt"));
      assertEquals(status, 401, `${change}`);
    }
    bench.later();
    assertEquals((await read(signedUrl))[0], 401);
  },
  "bucket.createSignedUrls": async (bench) => {
    const { closed } = await buckets(bench);
    dataOf(await closed.upload("signed-2.txt", text("again")));
    const [there, missing] = dataOf(await closed.createSignedUrls(["signed-2.txt", "no.txt"]));
    assertEquals(await read(there!.signedUrl!), [200, "again"]);
    assertEquals([missing!.path, missing!.signedUrl], ["no.txt", null]);
    assert(missing!.error);
  },
  "bucket.list": async (bench) => {
    const { open } = await buckets(bench);
    for (const name of ["x", "y", "z"]) dataOf(await open.upload(`list/${name}`, text(name)));
    const keys = (options: object) => keysOf(open, options);
    assertEquals(await keys({ prefix: "list/" }), ["list/x", "list/y", "list/z"]);
    assertEquals(await keys({ search: "ist/y" }), ["list/y"]);
    const pages = [await keys({ prefix: "list/", limit: 2 })];
    pages.push(await keys({ prefix: "list/", limit: 2, offset: 2 }));
    assertEquals(pages.map(({ length }) => length), [2, 1]);
    assertEquals(pages.flat().sort(), ["list/x", "list/y", "list/z"]);
  },
  "bucket.remove": async (bench) => {
    const { open } = await buckets(bench);
    dataOf(await open.upload("gone.txt", text("x")));
    dataOf(await open.remove("gone.txt"));
    assertEquals((await open.download("gone.txt")).error?.statusCode, 404);
  },
  "bucket.remove many": async (bench) => {
    const { open } = await buckets(bench);
    const keys = ["many/1", "many/2"];
    for (const key of keys) dataOf(await open.upload(key, text(key)));
    dataOf(await open.remove(keys));
    assertEquals(await keysOf(open, { prefix: "many/" }), []);
  },
};
