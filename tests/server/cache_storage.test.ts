import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MemoryCaches } from "../../src/server/functions/cache_storage.ts";

const URL = "https://example.com/a";

describe("the Cache API of functions", () => {
  it("answers what was put in, as often as it is asked, and forgets on demand", async () => {
    const caches = new MemoryCaches();
    const cache = await caches.open("pages");
    assertEquals(await cache.match(URL), undefined);
    await cache.put(URL, new Response("one", { status: 201, headers: { "x-a": "b" } }));
    for (let time = 0; time < 2; time++) {
      const found = await cache.match(new Request(`${URL}#part`));
      assertEquals([found?.status, found?.headers.get("x-a")], [201, "b"]);
      assertEquals(await found?.text(), "one");
    }
    await cache.put(URL, new Response("two"));
    assertEquals(await (await cache.match(URL))?.text(), "two");
    assertEquals(await (await caches.open("others")).match(URL), undefined);
    assertEquals([await cache.delete(URL), await cache.delete(URL)], [true, false]);
    assertEquals(await cache.match(URL), undefined);
    assertEquals([await caches.has("pages"), await caches.delete("pages")], [true, true]);
    assertEquals(await caches.has("pages"), false);
  });

  it("tells apart what varies, and gives nothing that is stale", async () => {
    const cache = await new MemoryCaches().open("a");
    const asked = (language: string) =>
      new Request(URL, { headers: { "accept-language": language } });
    for (const language of ["de", "en"]) {
      const headers = { vary: "Accept-Language" };
      await cache.put(asked(language), new Response(language, { headers }));
    }
    assertEquals(await (await cache.match(asked("de")))?.text(), "de");
    assertEquals(await (await cache.match(asked("en")))?.text(), "en");
    assertEquals(await cache.match(asked("fr")), undefined);
    for (
      const [name, value] of [["cache-control", "max-age=0"], [
        "expires",
        new Date(0).toUTCString(),
      ]] as const
    ) {
      await cache.put(`${URL}/stale`, new Response("old", { headers: { [name]: value } }));
      assertEquals(await cache.match(`${URL}/stale`), undefined);
    }
  });

  it("takes no more than there is room for, and gives up what was used least recently", async () => {
    const cache = await new MemoryCaches().open("a");
    const large = () => new Response(new Uint8Array(12 * 1024 * 1024));
    for (const name of ["1", "2"]) await cache.put(`${URL}/${name}`, large());
    await cache.match(`${URL}/1`);
    await cache.put(`${URL}/3`, large());
    const there = ["1", "2", "3"].map(async (name) =>
      await cache.match(`${URL}/${name}`) ? name : ""
    );
    assertEquals((await Promise.all(there)).join(""), "13");
    await cache.put(`${URL}/whole`, new Response(new Uint8Array(40 * 1024 * 1024)));
    assertEquals(await cache.match(`${URL}/whole`), undefined);
  });

  it("refuses what no cache takes", async () => {
    const cache = await new MemoryCaches().open("a");
    const refused: [RequestInfo, Response][] = [
      [new Request(URL, { method: "POST" }), new Response()],
      ["data:text/plain,a", new Response()],
      [URL, new Response("a", { status: 206 })],
      [URL, new Response("a", { headers: { vary: "*" } })],
    ];
    for (const [request, response] of refused) {
      await assertRejects(() => cache.put(request, response), TypeError);
    }
  });
});
