/**
 * SQL of the project's owner that tries to take over the tables that InsForge manages, to have code
 * run where the server writes to them, or to gain a role.
 */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

/** In the body of a block, whose statements nobody parses before they run. */
const inside = (sql: string) => `DO $x$ BEGIN EXECUTE $y$${sql}$y$; END $x$`;
const objects = "storage.objects";
const forge = `INSERT INTO ${objects} (bucket, key, size) VALUES ('b', 'forged', 1)`;

/** By what they try; several statements are several requests. */
const escapes: Record<string, string | string[]> = {
  "REASSIGN OWNED": "REASSIGN OWNED BY insforge_managed TO project_admin",
  "REASSIGN OWNED in DO": inside("REASSIGN OWNED BY insforge_managed TO project_admin"),
  "REASSIGN OWNED, tried again after an error": `DO $x$ BEGIN
    REASSIGN OWNED BY insforge_managed TO project_admin;
    EXCEPTION WHEN OTHERS THEN DROP FUNCTION system.stays_with_its_owner();
    REASSIGN OWNED BY insforge_managed TO project_admin; END $x$`,
  "REASSIGN OWNED of the superuser": inside("REASSIGN OWNED BY postgres TO project_admin"),
  "DROP OWNED": inside("DROP OWNED BY insforge_managed CASCADE"),
  "DROP OWNED of the superuser": inside("DROP OWNED BY postgres"),
  "taking what keeps REASSIGN OWNED away": [
    inside("ALTER FUNCTION system.stays_with_its_owner() OWNER TO project_admin"),
    inside("ALTER FUNCTION system.stays_with_its_owner() SET SCHEMA public"),
    inside("ALTER FUNCTION system.stays_with_its_owner() RENAME TO stays"),
    inside("DROP FUNCTION system.stays_with_its_owner()"),
    inside("REASSIGN OWNED BY insforge_managed TO project_admin"),
  ],
  "ALTER TABLE OWNER": inside(`ALTER TABLE ${objects} OWNER TO project_admin`),
  "ALTER SCHEMA OWNER": inside("ALTER SCHEMA storage OWNER TO project_admin"),
  "ALTER FUNCTION OWNER": [
    `CREATE SCHEMA own; GRANT ALL ON SCHEMA own TO insforge_managed;
     CREATE FUNCTION own.write() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ ${forge} $$`,
    inside("ALTER FUNCTION own.write() OWNER TO insforge_managed"),
    "SELECT own.write()",
  ],
  "ALTER VIEW OWNER": [
    `CREATE VIEW own.seen AS SELECT * FROM ${objects}`,
    inside("ALTER VIEW own.seen OWNER TO insforge_managed"),
    "INSERT INTO own.seen (bucket, key, size) VALUES ('b', 'forged', 1)",
  ],
  "a schema of the owner's": "CREATE SCHEMA theirs AUTHORIZATION insforge_managed",
  "a function with the owner's role": [
    `CREATE FUNCTION own.as_owner() RETURNS void LANGUAGE sql SET role = 'insforge_managed' AS $$ ${forge} $$`,
    "SELECT own.as_owner()",
  ],
  "SET ROLE": inside(`SET ROLE insforge_managed`) + `; ${forge}`,
  "GRANT of the owner's role": inside("GRANT insforge_managed TO anon"),
  "GRANT WITH ADMIN OPTION": inside("GRANT insforge_managed TO project_admin WITH ADMIN OPTION"),
  "GRANT of a role of PostgreSQL's": inside("GRANT pg_read_server_files TO project_admin"),
  "GRANT of the superuser": inside("GRANT postgres TO insforge_managed"),
  "ALTER ROLE": inside("ALTER ROLE insforge_managed LOGIN SUPERUSER"),
  "ALTER ROLE SET": inside("ALTER ROLE postgres SET search_path = own"),
  "CREATE ROLE IN ROLE": inside("CREATE ROLE other IN ROLE postgres"),
  "ALTER GROUP": inside("ALTER GROUP postgres ADD USER project_admin"),
  "DROP ROLE": inside("DROP ROLE insforge_managed"),
  "SECURITY LABEL": inside(`SECURITY LABEL ON TABLE ${objects} IS 'x'`),
  "TRUNCATE by a grant to itself": [
    `GRANT TRUNCATE ON ${objects}, storage.object_tags TO project_admin`,
    `TRUNCATE ${objects} CASCADE`,
    "GRANT ALL ON payments.stripe_checkout_sessions TO project_admin",
    "TRUNCATE payments.stripe_checkout_sessions",
  ],
  "a trigger by a grant to itself": [
    `GRANT TRIGGER ON ${objects} TO project_admin`,
    `GRANT ALL ON ${objects} TO PUBLIC`,
    `CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON ${objects}
     FOR EACH ROW EXECUTE FUNCTION public.trap()`,
  ],
  "a child table": [
    `CREATE TABLE public.child () INHERITS (${objects})`,
    "INSERT INTO public.child (bucket, key, size) VALUES ('b', 'forged', 1)",
    "CREATE TRIGGER trap BEFORE DELETE ON public.child FOR EACH ROW EXECUTE FUNCTION public.trap()",
  ],
  "a table that becomes a child": [
    `CREATE TABLE public.later (LIKE ${objects} INCLUDING ALL)`,
    `ALTER TABLE public.later INHERIT ${objects}`,
    "INSERT INTO public.later (bucket, key, size) VALUES ('b', 'forged', 1)",
  ],
  "a partition": [
    "CREATE TABLE public.parted (LIKE realtime.messages) PARTITION BY LIST (event_name)",
    "ALTER TABLE public.parted ATTACH PARTITION realtime.messages DEFAULT",
  ],
  "a parent of its own": [
    "CREATE TABLE public.above (size bigint)",
    `ALTER TABLE ${objects} INHERIT public.above`,
    "ALTER TABLE public.above ALTER COLUMN size SET DEFAULT 7",
  ],
  "a grant in a block of its own": [
    `DO $x$ BEGIN BEGIN GRANT TRUNCATE ON ${objects} TO project_admin;
      EXCEPTION WHEN division_by_zero THEN NULL; END; END $x$`,
    `TRUNCATE ${objects} CASCADE`,
  ],
  "while another table is altered": `CREATE TABLE public.slow (a int);
    CREATE FUNCTION public.meanwhile(a int) RETURNS int LANGUAGE plpgsql AS $f$
      BEGIN ALTER TABLE ${objects} ALTER COLUMN size DROP NOT NULL; RETURN a; END $f$;
    INSERT INTO public.slow VALUES (1);
    ALTER TABLE public.slow ALTER COLUMN a TYPE int USING public.meanwhile(a + 0)`,
  "a default": [
    "ALTER TABLE realtime.messages ALTER COLUMN created_at SET DEFAULT public.trapped()",
    "SELECT realtime.publish('orders:1', 'x', '{}')",
  ],
  "a domain": [
    `CREATE DOMAIN public.sender AS text CHECK (public.trapped() IS NOT NULL)`,
    "ALTER TABLE realtime.messages ALTER COLUMN sender_id TYPE public.sender",
    "SELECT realtime.publish('orders:1', 'x', '{}')",
  ],
  "a constraint": `ALTER TABLE ${objects} ADD CHECK (public.trapped() IS NOT NULL) NOT VALID`,
  "an index": `CREATE INDEX ON ${objects} ((public.trapped()))`,
  "statistics that ANALYZE computes": [
    `CREATE STATISTICS public.stats ON (public.trapped_key(key)), etag FROM ${objects}`,
    `ANALYZE ${objects}`,
  ],
  "a generated column":
    `ALTER TABLE ${objects} ADD COLUMN x text GENERATED ALWAYS AS (public.trapped_key(key)) STORED`,
  "a rule": `CREATE RULE trap AS ON INSERT TO ${objects} DO ALSO SELECT public.trapped()`,
  "an extension that takes it along": [
    "CREATE EXTENSION IF NOT EXISTS hstore",
    inside(`ALTER EXTENSION hstore ADD TABLE ${objects}`),
    inside("DROP EXTENSION hstore CASCADE"),
  ],
  "a type that goes with CASCADE": "DROP FUNCTION system.refuse_write() CASCADE",
  "a guard with another name": inside(
    `ALTER TRIGGER refuse_project_admin ON ${objects} RENAME TO other`,
  ),
  "switching triggers off": "ALTER TABLE realtime.messages DISABLE TRIGGER message_notify",
  "switching the guard off": inside("ALTER EVENT TRIGGER protect_managed_tables DISABLE"),
  "session_replication_role": inside("SET session_replication_role = replica") + `; ${forge}`,
  "the list of tables": inside("DELETE FROM system.managed_tables"),
  "UNLOGGED": "ALTER TABLE payments.razorpay_orders SET UNLOGGED",
  "another schema": `ALTER TABLE ${objects} SET SCHEMA public`,
  "MERGE": `MERGE INTO ${objects} USING (VALUES (1)) AS v (n) ON false
    WHEN NOT MATCHED THEN INSERT (bucket, key, size) VALUES ('b', 'forged', 1)`,
  "a data-modifying WITH": `WITH forged AS (${forge} RETURNING 1) SELECT * FROM forged`,
  "ALTER LARGE OBJECT OWNER": inside(
    "SELECT lo_create(77); ALTER LARGE OBJECT 77 OWNER TO postgres",
  ),
  "default privileges of the owner": inside(
    "ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE ALL ON TABLES FROM project_admin",
  ),
};

describe("SQL that wants the tables that InsForge manages", () => {
  let backend: TestBackend;
  let untouched: unknown;
  const upload = async () => {
    const body = new FormData();
    body.append("file", new File(["abc"], "k"));
    const headers = { authorization: `Bearer ${backend.apiKey}` };
    const url = `http://127.0.0.1:${backend.port}/api/storage/buckets/b/objects/k`;
    const response = await fetch(url, { method: "PUT", headers, body });
    assertEquals(response.status, 200, await response.text());
  };
  const send = (query: string) =>
    backend.request("POST", "/api/database/advance/rawsql", { query });
  const state = async () => {
    const { body } = await backend.request("POST", "/api/database/advance/rawsql/unrestricted", {
      query: `SELECT (SELECT json_agg(c ORDER BY c) FROM (
          SELECT concat(m.name, ' ', c.relowner::regrole, ' ', system.shape_of(m.name)) AS c
          FROM system.managed_tables m LEFT JOIN pg_class c ON c.oid = m.name) AS shapes) AS tables,
        (SELECT json_agg(key) FROM storage.objects) AS objects,
        (SELECT json_agg(concat(roleid::regrole, ' ', member::regrole, admin_option) ORDER BY oid)
          FROM pg_auth_members) AS members,
        (SELECT json_agg(concat(rolname, rolsuper, rolcanlogin) ORDER BY oid) FROM pg_authid) AS roles,
        (SELECT count(*)::int FROM public.trapped) AS trapped`,
    });
    return body.rows;
  };

  beforeAll(async () => {
    backend = await startBackend();
    const trap = `IF current_user IN ('postgres', 'insforge_managed') THEN
      INSERT INTO public.trapped VALUES (current_user); END IF`;
    await backend.sql(
      `CREATE TABLE public.trapped (who text); GRANT INSERT ON public.trapped TO public;
       CREATE FUNCTION public.trap() RETURNS trigger LANGUAGE plpgsql
         AS $x$ BEGIN ${trap}; RETURN coalesce(NEW, OLD); END $x$;
       CREATE FUNCTION public.trapped() RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE
         AS $x$ BEGIN ${trap}; RETURN now(); END $x$;
       CREATE FUNCTION public.trapped_key(text) RETURNS text LANGUAGE plpgsql IMMUTABLE
         AS $x$ BEGIN ${trap}; RETURN $1; END $x$;
       INSERT INTO realtime.channels (pattern) VALUES ('orders:%')`,
    );
    await backend.request("POST", "/api/storage/buckets", { bucketName: "b", isPublic: false });
    await upload();
    untouched = await state();
  });
  afterAll(() => backend.close());

  for (const [name, queries] of Object.entries(escapes)) {
    it(`gets nowhere: ${name}`, async () => {
      const answers = [];
      for (const query of [queries].flat()) answers.push(await send(query));
      for (const { status, body } of answers) {
        assert(status === 200 || body.details?.sqlstate || body.error, JSON.stringify(body));
      }
      // What the server itself writes there.
      await upload();
      assertEquals(await state(), untouched, JSON.stringify(answers.map(({ body }) => body)));
    });
  }

  it("leaves policies, row-level security and reading to the owner", async () => {
    for (
      const query of [
        `CREATE POLICY p ON ${objects} FOR SELECT TO authenticated USING (true)`,
        `ALTER TABLE ${objects} ENABLE ROW LEVEL SECURITY`,
        `GRANT SELECT ON ${objects} TO anon`,
        "ALTER TABLE realtime.messages ALTER COLUMN sender_id TYPE text",
        "CREATE TABLE public.refs (b text, k text, FOREIGN KEY (b, k) REFERENCES storage.objects)",
      ]
    ) {
      const { status, body } = await send(query);
      assertEquals([query, status], [query, 200], JSON.stringify(body));
    }
  });
});
