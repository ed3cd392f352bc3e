import { createClient } from "@insforge/sdk";
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const SCHEMA = `
  CREATE TABLE notes (id int PRIMARY KEY, text text,
    owner uuid DEFAULT auth.uid() REFERENCES auth.users (id));
  CREATE TABLE marks (id int PRIMARY KEY, note int REFERENCES notes (id));
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON notes TO authenticated
    USING (owner = auth.uid()) WITH CHECK (owner = auth.uid());
  INSERT INTO marks VALUES (1, NULL);
  CREATE FUNCTION all_notes() RETURNS SETOF notes STABLE LANGUAGE sql AS 'SELECT * FROM notes';
  CREATE FUNCTION change_notes() RETURNS bigint LANGUAGE sql AS
    'WITH changed AS (UPDATE notes SET text = ''changed'' RETURNING 1) SELECT count(*) FROM changed';
  CREATE VIEW seen_notes WITH (security_invoker) AS SELECT * FROM notes;
  GRANT ALL ON notes, marks, seen_notes TO anon, authenticated;`;

/** Does with the notes what it is told, as whoever calls it. */
const FUNCTION = `export default async (request) => {
  const { baseUrl, work } = await request.json();
  const accessToken = request.headers.get("authorization").slice("Bearer ".length);
  const notes = createClient({ baseUrl, accessToken }).database.from("notes");
  const { data } = work === "read" ? await notes.select()
    : work === "change" ? await notes.update({ text: "changed" }).gte("id", 0).select()
    : await notes.delete().gte("id", 0).select();
  return Response.json(data);
};`;

type Database = ReturnType<typeof createClient>["database"];

/** What somebody tries with a note that is not theirs. */
const TRIES: Readonly<Record<string, (database: Database, ada: string) => PromiseLike<unknown>>> = {
  "read it": (database) => database.from("notes").select(),
  "read it by its id": (database) => database.from("notes").select().eq("id", 1),
  "count it": (database) => database.from("notes").select("*", { count: "exact", head: true }),
  "read it by a condition that says true": (database) =>
    database.from("notes").select().or("id.gte.0,owner.not.is.null"),
  "read it through a view": (database) => database.from("seen_notes").select(),
  "read it through a function": (database) => database.rpc("all_notes"),
  "read it beside a row that is for all": (database) =>
    database.from("marks").select("notes(*)").not("notes", "is", null),
  "change it": (database) =>
    database.from("notes").update({ text: "changed" }).eq("id", 1).select(),
  "change it through a function": (database) => database.rpc("change_notes"),
  "take it over": (database) =>
    database.from("notes").upsert({ id: 1, text: "changed" }, { ignoreDuplicates: false }).select(),
  "write in another's name": (database, ada) =>
    database.from("notes").insert({ id: 2, text: "forged", owner: ada }).select(),
  "delete it": (database) => database.from("notes").delete().eq("id", 1).select(),
  "delete all": (database) => database.from("notes").delete().gte("id", 0).select(),
};

describe("what is another user's", () => {
  let backend: TestBackend;
  let ada: { id: string; accessToken: string };
  let bea: { id: string; accessToken: string };

  async function user(email: string) {
    const account = { email, password: "correct horse", autoConfirm: true };
    await backend.request("POST", "/api/auth/users", account);
    const path = "/api/auth/sessions?client_type=server";
    const { body } = await backend.request("POST", path, account, { key: null });
    return { id: body.user.id as string, accessToken: body.accessToken as string };
  }
  const as = (accessToken: string) => createClient({ baseUrl: backend.url, accessToken }).database;
  const notes = () => backend.sql("SELECT id, text, owner FROM notes", { unrestricted: true });

  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(SCHEMA);
    ada = await user("ada@example.com");
    bea = await user("bea@example.com");
    await as(ada.accessToken).from("notes").insert({ id: 1, text: "mine" });
    await backend.sql("UPDATE marks SET note = 1");
    const code = { slug: "notes", name: "notes", code: FUNCTION };
    await backend.request("POST", "/api/functions", code);
  });
  afterAll(() => backend.close());

  /** That nothing of Ada's note came out, and that it is as it was. */
  async function requireUntouched(answer: unknown): Promise<void> {
    const { data, count } = answer as { data: unknown; count?: number | null };
    const nothing = data === null || data === 0 || Array.isArray(data) && data.length === 0;
    assertEquals([nothing, count ?? 0], [true, 0], JSON.stringify(answer));
    assertEquals(await notes(), [{ id: 1, text: "mine", owner: ada.id }]);
  }

  for (const [what, attempt] of Object.entries(TRIES)) {
    it(`cannot be had by who tries to ${what}`, async () => {
      await requireUntouched(await attempt(as(bea.accessToken), ada.id));
      const { url: baseUrl, anonKey } = backend;
      await requireUntouched(await attempt(createClient({ baseUrl, anonKey }).database, ada.id));
    });
  }

  it("cannot be had by a function that somebody else calls", async () => {
    const call = async (accessToken: string, work: string) =>
      (await backend.request("POST", "/functions/notes", { baseUrl: backend.url, work }, {
        key: accessToken,
      })).body;
    assertEquals((await call(ada.accessToken, "read")).length, 1);
    for (const work of ["read", "change", "delete"]) {
      await requireUntouched({ data: await call(bea.accessToken, work) });
    }
  });

  it("is its owner's", async () => {
    const { data } = await as(ada.accessToken).from("notes").select("text").single();
    assertEquals(data, { text: "mine" });
  });
});
