import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createClient } from "@insforge/sdk";
import { startBackend, TEST_ENGINE, type TestBackend } from "../../support/backend.ts";
import { CINEMA } from "./cinema.ts";

let backend: TestBackend;
let database: ReturnType<typeof createClient>["database"];

/** The operations of what is sent to the database while something is done. */
async function messagesOf(work: () => Promise<unknown>): Promise<string[]> {
  const send = Worker.prototype.postMessage;
  const sent: string[] = [];
  Worker.prototype.postMessage = function (this: Worker, message, ...rest: unknown[]) {
    // The server looks for due jobs, and soon after a change it reads what it remembers again.
    const text = JSON.stringify(message?.statements) ?? "";
    const isOwn = ["cron.job", "FROM schedules.jobs"].some((read) => text.includes(read));
    if (typeof message?.op === "string" && !isOwn) sent.push(message.op);
    return send.call(this, message, ...rest as []);
  };
  try {
    await work();
  } finally {
    Worker.prototype.postMessage = send;
  }
  return sent;
}

describe("the data API", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(CINEMA);
    await backend.sql(`GRANT ALL ON ALL TABLES IN SCHEMA public TO anon`);
    database = createClient({ baseUrl: backend.url, anonKey: backend.anonKey }).database;
  });
  afterAll(() => backend.close());

  it("gives the official SDK parts of what a function returns", async () => {
    const films = await database.rpc("films_of", { year: 1985 }).select("id, title")
      .order("id", { ascending: false }).limit(1);
    assertEquals([films.error, films.data], [null, [{ id: 3, title: "Ran" }]]);
    const one = await database.rpc("all_films").eq("id", 1)
      .select("title, directors(last_name)").single();
    assertEquals(one.data as unknown, { title: "Cleo", directors: { last_name: "Varda" } });
    const none = await database.rpc("all_films").eq("id", 99).select("id").maybeSingle();
    assertEquals([none.error, none.data], [null, null]);
    const read = await database.rpc("films_of", { year: 1985 }, { get: true }).select("id");
    assertEquals(read.data?.length, 2);
    const counted = await database.rpc("all_films", {}, { head: true, count: "exact" });
    assertEquals([counted.error, counted.count], [null, 5]);
  });

  it("gives it related rows, spread columns, aggregates, ranges and CSV", async () => {
    const spread = await database.from("films").select("title, ...directors(last_name)").eq(
      "id",
      1,
    );
    assertEquals(spread.data as unknown, [{ title: "Cleo", last_name: "Varda" }]);
    const sums = await database.from("sales").select("region, amount.sum()").order("region");
    assertEquals(sums.data as unknown, [{ region: "eu", sum: 15 }, { region: "us", sum: 7 }]);
    const inner = await database.from("directors").select("id, films!inner(title)")
      .ilike("films.title", "r%");
    assertEquals(inner.data as unknown, [{ id: 2, films: [{ title: "Ran" }] }]);
    const sorted = await database.from("directors").select("id, films(id)").eq("id", 1)
      .order("id", { referencedTable: "films", ascending: false }).limit(1, {
        foreignTable: "films",
      });
    assertEquals(sorted.data as unknown, [{ id: 1, films: [{ id: 2 }] }]);
    const alone = await database.from("films").select("id, directors()").is("directors", null);
    assertEquals(alone.data as unknown, [{ id: 5 }]);
    const or = await database.from("films").select("id").or("year.lt.1960,title.eq.Ran").order(
      "id",
    );
    assertEquals(or.data as unknown, [{ id: 3 }, { id: 4 }]);
    const any = await database.from("films").select("id").likeAnyOf("title", ["C%", "R%"]).order(
      "id",
    );
    assertEquals(any.data as unknown, [{ id: 1 }, { id: 3 }]);
    const search = await database.from("films").select("id")
      .textSearch("plot", "kingdoms", { config: "english", type: "plain" });
    assertEquals(search.data as unknown, [{ id: 3 }]);
    const page = await database.from("films").select("id", { count: "exact" }).order("id").range(
      1,
      2,
    );
    assertEquals([page.count, page.status, page.data as unknown], [5, 206, [{ id: 2 }, { id: 3 }]]);
    const csv = await database.from("films").select("id, title").eq("id", 1).csv();
    assertEquals(csv.data as unknown, "id,title\n1,Cleo");
  });

  it("gives it writes with their counts", async () => {
    const made = await database.from("codes").insert([{ id: 50, code: "x" }, { id: 51 }], {
      count: "exact",
    });
    assertEquals([made.error, made.count, made.status], [null, 2, 201]);
    const defaults = await database.from("codes")
      .insert([{ id: 52, n: 1 }, { id: 53 }], { defaultToNull: false }).select("id, n").order("id");
    assertEquals(defaults.data as unknown, [{ id: 52, n: 1 }, { id: 53, n: 5 }]);
    const merged = await database.from("codes").upsert({ id: 50, code: "y" }).select().single();
    assertEquals(merged.data as unknown, { id: 50, code: "y", n: 5 });
    const kept = await database.from("codes")
      .upsert([{ id: 50, code: "z" }], { onConflict: "code", ignoreDuplicates: true });
    assertEquals(kept.error?.code, "23505");
    const changed = await database.from("codes").update({ n: 9 }, { count: "exact" }).gte("id", 50);
    assertEquals([changed.error, changed.count, changed.status], [null, 4, 204]);
    const many = await database.from("codes").update({ n: 8 }).gte("id", 50).select().single();
    assertEquals(many.error?.code, "PGRST116");
    const unchanged = await database.from("codes").select("n").eq("id", 50).single();
    assertEquals(unchanged.data as unknown, { n: 9 });
    const removed = await database.from("codes").delete({ count: "exact" }).gte("id", 50);
    assertEquals([removed.error, removed.count], [null, 4]);
  });

  const once = "asks the database once a request, whatever is asked for";
  // Over a PostgreSQL server there is no worker whose messages could be counted.
  it({ name: once, ignore: TEST_ENGINE !== undefined }, async () => {
    const records = "/api/database/records";
    const wants = (prefer: string) => ({ headers: { prefer } });
    const requests: [string, string, unknown?, { headers: Record<string, string> }?][] = [
      ["GET", `${records}/films?select=id,directors(*),actors!inner(name)&year=eq.1985`],
      ["GET", `${records}/films?limit=1`, undefined, wants("count=exact")],
      ["GET", `${records}/films?limit=1`, undefined, wants("count=planned")],
      ["POST", `${records}/codes`, { id: 70, code: "", n: null }],
      [
        "POST",
        `${records}/codes`,
        { id: 70 },
        wants("resolution=merge-duplicates,missing=default"),
      ],
      ["PUT", `${records}/codes?id=eq.70`, { id: 70 }],
      ["PATCH", `${records}/codes?id=eq.70&select=*`, { n: 1 }, {
        headers: { prefer: "return=representation", accept: "application/vnd.pgrst.object+json" },
      }],
      ["DELETE", `${records}/codes?id=eq.70`, undefined, wants("handling=strict,max-affected=1")],
      [
        "POST",
        "/api/database/rpc/films_of?select=id&limit=1",
        { year: 1985 },
        wants("count=exact"),
      ],
    ];
    await backend.request("GET", `${records}/films`);
    for (const [method, path, body, options] of requests) {
      let status = 0;
      const sent = await messagesOf(async () => {
        ({ status } = await backend.request(method, path, body, options));
      });
      assertEquals([status < 300, sent], [true, ["run"]], `${method} ${path}`);
    }
  });

  it("reads a schema again once it was changed, whoever did it", async () => {
    const get = async (query: string) => {
      const { status, body } = await backend.request("GET", `/api/database/records/${query}`);
      return status === 200 ? body : body.code;
    };
    assertEquals(await get("films?select=id,prizes(name)&id=eq.1"), "PGRST200");
    await backend.sql("CREATE TABLE prizes (film int REFERENCES films, name text)");
    assertEquals(await get("films?select=id,prizes(name)&id=eq.1"), [{ id: 1, prizes: [] }]);
    await backend.sql("ALTER TABLE prizes ADD UNIQUE (film)");
    assertEquals(await get("films?select=id,prizes(name)&id=eq.1"), [{ id: 1, prizes: null }]);
    await backend.sql(`CREATE FUNCTION drop_prizes() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
      AS $$ BEGIN EXECUTE 'DROP TABLE prizes'; END $$`);
    assertEquals((await backend.request("POST", "/api/database/rpc/drop_prizes", {})).status, 204);
    assertEquals(await get("prizes"), "42P01");
    assertEquals(await get("films?select=id,prizes(name)&id=eq.1"), "PGRST200");
  });
});
