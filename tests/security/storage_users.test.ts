import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

/** Who asks: two users, a visitor with the anon key, nobody, and the project's owner. */
type Caller = "ada" | "bob" | "anon" | "nobody" | "owner";
const CALLERS: readonly Caller[] = ["ada", "bob", "anon", "nobody", "owner"];

/** Policies as InsForge's own migration has them for projects with buckets. */
const OWNER_ONLY = `
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_select ON storage.objects FOR SELECT TO authenticated
  USING (uploaded_by = (SELECT auth.jwt() ->> 'sub'));
CREATE POLICY own_insert ON storage.objects FOR INSERT TO authenticated
  WITH CHECK (uploaded_by = (SELECT auth.jwt() ->> 'sub'));
CREATE POLICY own_update ON storage.objects FOR UPDATE TO authenticated
  USING (uploaded_by = (SELECT auth.jwt() ->> 'sub'))
  WITH CHECK (uploaded_by = (SELECT auth.jwt() ->> 'sub'));
CREATE POLICY own_delete ON storage.objects FOR DELETE TO authenticated
  USING (uploaded_by = (SELECT auth.jwt() ->> 'sub'));`;

describe("objects of an app's users", () => {
  let backend: TestBackend;
  let keys: Record<Caller, string | null>;

  beforeAll(async () => {
    backend = await startBackend();
    const token = async (name: string) => {
      const { body } = await backend.request("POST", "/api/auth/users", {
        ...{ email: `${name}@example.com`, password: "correct horse" },
      });
      return body.accessToken as string;
    };
    keys = {
      ada: await token("ada"),
      bob: await token("bob"),
      anon: backend.anonKey,
      nobody: null,
      owner: backend.apiKey,
    };
    for (const [bucketName, isPublic] of [["priv", false], ["pub", true]] as const) {
      await backend.request("POST", "/api/storage/buckets", { bucketName, isPublic });
    }
  });
  afterAll(() => backend.close());

  const ask = (caller: Caller, method: string, path: string, body?: unknown) =>
    backend.request(method, `/api/storage/buckets/${path}`, body, { key: keys[caller] });
  const put = (caller: Caller, path: string, content: string = caller) => {
    const form = new FormData();
    form.append("file", new File([content], "x.txt", { type: "text/plain" }));
    const [bucket, ...key] = path.split("/");
    return ask(caller, "PUT", `${bucket}/objects/${encodeURIComponent(key.join("/"))}`, form);
  };
  /** The statuses that the callers get, in their order. */
  const statuses = async (attempt: (caller: Caller) => Promise<{ status: number }>) => {
    const found: number[] = [];
    for (const caller of CALLERS) found.push((await attempt(caller)).status);
    return found;
  };
  const contentOf = async (path: string) =>
    (await ask("owner", "GET", path.replace("/", "/objects/"))).body;

  it("are everybody's who is signed in, before there are policies", async () => {
    assertEquals(await statuses((caller) => put(caller, `priv/${caller}`)), [
      ...[200, 200, 403, 401, 200],
    ]);
    assertEquals(await statuses((caller) => ask(caller, "GET", "priv/objects/ada")), [
      ...[200, 200, 404, 401, 200],
    ]);
    assertEquals(await statuses((caller) => ask(caller, "GET", "pub/objects/none")), [
      ...[404, 404, 404, 404, 404],
    ]);
  });

  it("keep their owner, whoever replaces the content", async () => {
    await put("bob", "priv/ada", "by bob");
    await put("owner", "priv/ada", "by the owner");
    const [row] = await backend.sql(
      "SELECT uploaded_by FROM storage.objects WHERE key = 'ada' AND bucket = 'priv'",
    );
    const { body } = await backend.request("GET", "/api/auth/sessions/current", undefined, {
      key: keys.ada,
    });
    assertEquals(row!.uploaded_by, body.user.id);
    assertEquals(await contentOf("priv/ada"), "by the owner");
  });

  it("are their owner's alone under policies that say so", async () => {
    await backend.sql(OWNER_ONLY);
    await put("ada", "priv/a.txt", "of ada");
    const each = async (
      expected: number[],
      attempt: (caller: Caller) => Promise<{ status: number }>,
    ) => assertEquals(await statuses(attempt), expected);
    await each([200, 404, 404, 401, 200], (it) => ask(it, "GET", "priv/objects/a.txt"));
    await each(
      [200, 404, 404, 401, 200],
      (it) => ask(it, "GET", "priv/download-strategy/objects/a.txt"),
    );
    await each(
      [200, 404, 404, 401, 200],
      (it) => ask(it, "POST", "priv/objects/a.txt/confirm-upload", { size: 1 }),
    );
    await each(
      [200, 403, 403, 401, 200],
      (it) => ask(it, "POST", "priv/upload-strategy", { filename: "a.txt", size: 1 }),
    );
    await each(
      [200, 200, 403, 401, 200],
      (it) => ask(it, "POST", "priv/upload-strategy", { filename: `new-${it}`, size: 1 }),
    );
    for (const caller of ["bob", "anon"] as const) {
      assertEquals((await put(caller, "priv/a.txt", "stolen")).status, 403);
    }
    assertEquals((await ask("bob", "DELETE", "priv/objects/a.txt")).status, 404);
    assertEquals((await ask("anon", "DELETE", "priv/objects/a.txt")).status, 403);
    const bulk = await ask("bob", "DELETE", "priv/objects", { keys: ["a.txt", "bob"] });
    assertEquals(bulk.body.results, [
      { key: "a.txt", status: "notFound" },
      { key: "bob", status: "deleted" },
    ]);
    assertEquals(await contentOf("priv/a.txt"), "of ada");
    const listed = await ask("bob", "GET", "priv/objects");
    assertEquals([listed.body.data, listed.body.pagination.total], [[], 0]);
    assertEquals((await put("ada", "priv/a.txt", "of ada, again")).status, 200);
    assertEquals(await contentOf("priv/a.txt"), "of ada, again");
    const probes = await backend.sql("SELECT key FROM storage.objects WHERE key LIKE 'new-%'");
    assertEquals(probes, []);
  });

  it("have signed addresses for whom they are readable, each for one object", async () => {
    await put("ada", "priv/other.txt", "of ada, too");
    const sign = (caller: Caller) =>
      ask(caller, "GET", "priv/download-strategy/objects/a.txt?expiresIn=60");
    assertEquals(await statuses(sign), [200, 404, 404, 401, 200]);
    const { pathname, searchParams } = new URL((await sign("ada")).body.url);
    const token = searchParams.get("token")!;
    const open = async (path: string, token: string, method = "GET") =>
      (await backend.request(method, `${path}?token=${token}`, undefined, { key: null })).status;
    assertEquals(await open(pathname, token), 200);
    for (const other of ["priv/objects/other.txt", "priv/objects/ada", "pub/objects/a.txt"]) {
      const status = await open(`/api/storage/buckets/${other}`, token);
      assertEquals(status === 401 || status === 404, true, `${other} ${status}`);
    }
    assertEquals(await open(pathname, token, "DELETE"), 401);
    assertEquals(await open("/api/storage/buckets/priv/objects", token), 401);
    const [head, body, mark] = token.split(".");
    const claims = JSON.parse(atob(body!.replaceAll("-", "+").replaceAll("_", "/")));
    const forged = btoa(JSON.stringify({ ...claims, key: "other.txt" })).replace(/=+$/, "");
    for (const wrong of [`${head}.${forged}.${mark}`, `${head}.${body}.`, "", backend.anonKey]) {
      assertEquals(await open("/api/storage/buckets/priv/objects/other.txt", wrong), 401, wrong);
    }
    // The token of a user is none for an object, nor the other way round.
    assertEquals(await open(pathname, keys.ada!), 401);
    const asUser = await backend.request("GET", "/api/auth/sessions/current", undefined, {
      key: token,
    });
    assertEquals(asUser.status, 401);
  });

  it("can be read, and no more, by whom a policy lets", async () => {
    await backend.sql(`CREATE POLICY all_see ON storage.objects FOR SELECT TO authenticated
      USING (bucket = 'priv')`);
    assertEquals((await ask("bob", "GET", "priv/objects/a.txt")).body, "of ada, again");
    assertEquals((await ask("bob", "DELETE", "priv/objects/a.txt")).status, 404);
    assertEquals((await put("bob", "priv/a.txt", "stolen")).status, 403);
    assertEquals(await contentOf("priv/a.txt"), "of ada, again");
    await backend.sql(`CREATE POLICY visitors ON storage.objects FOR SELECT TO anon
        USING (key = 'a.txt');
      GRANT SELECT ON storage.objects TO anon; GRANT USAGE ON SCHEMA storage TO anon`);
    assertEquals((await ask("anon", "GET", "priv/objects/a.txt")).body, "of ada, again");
    assertEquals((await ask("anon", "GET", "priv/objects/ada")).status, 404);
    assertEquals((await ask("nobody", "GET", "priv/objects/a.txt")).status, 401);
  });

  it("are for everybody to read in a public bucket, and for their owner to change", async () => {
    await put("ada", "pub/p.txt", "public");
    assertEquals(await statuses((caller) => ask(caller, "GET", "pub/objects/p.txt")), [
      ...[200, 200, 200, 200, 200],
    ]);
    for (const caller of ["bob", "anon", "nobody"] as const) {
      const refused = [await put(caller, "pub/p.txt", "stolen")];
      refused.push(await ask(caller, "DELETE", "pub/objects/p.txt"));
      assertEquals(refused.every(({ status }) => [401, 403, 404].includes(status)), true);
    }
    assertEquals(await contentOf("pub/p.txt"), "public");
  });

  it("are in the folder of their user, where policies go by that", async () => {
    await backend.sql(`DROP POLICY own_insert ON storage.objects;
      CREATE POLICY folder_insert ON storage.objects FOR INSERT TO authenticated
        WITH CHECK ((storage.foldername(key))[1] = auth.uid()::text)`);
    const [{ uploaded_by: ada } = { uploaded_by: "" }] = await backend.sql(
      "SELECT uploaded_by FROM storage.objects WHERE key = 'p.txt'",
    );
    assertEquals((await put("ada", `priv/${ada}/mine`)).status, 200);
    assertEquals((await put("bob", `priv/${ada}/not-mine`)).status, 403);
    assertEquals((await put("ada", "priv/elsewhere")).status, 403);
  });
});
