import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runLint } from "../../../src/commands/db/lint.ts";
import { UsageError } from "../../../src/core/errors.ts";
import type { Finding } from "../../../src/shared/advisor/rule.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { testContext } from "../../support/context.ts";

let backend: TestBackend;

const contextOf = () =>
  testContext({
    cwd: ".",
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
  });

async function findings(options = {}): Promise<Finding[]> {
  const { data } = await runLint(contextOf().context, options);
  return (data as { findings: Finding[] }).findings;
}

const OWNED = "user_id uuid REFERENCES auth.users (id)";

/** Each rule broken, by the object that breaks it. */
const BROKEN = `
  CREATE SCHEMA app;
  CREATE TABLE open (id int PRIMARY KEY, ${OWNED});
  CREATE INDEX ON open (user_id);
  CREATE TABLE app.hidden (id int PRIMARY KEY);
  CREATE TABLE closed (id int PRIMARY KEY);
  ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
  CREATE TABLE shown (id int PRIMARY KEY, ${OWNED});
  CREATE INDEX ON shown (user_id);
  CREATE UNIQUE INDEX "twice o'er" ON shown (id);
  ALTER TABLE shown ENABLE ROW LEVEL SECURITY;
  CREATE POLICY "let all" ON shown USING (true);
  CREATE TABLE read (id int PRIMARY KEY, ${OWNED});
  ALTER TABLE read ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON read FOR SELECT TO authenticated
    USING (auth.uid() = user_id AND (SELECT auth.role()) = 'authenticated');
  CREATE VIEW seen AS SELECT * FROM read;
  CREATE VIEW "seen again" AS SELECT * FROM seen;
  CREATE VIEW asked WITH (security_invoker = on) AS SELECT * FROM read;
  CREATE TABLE keyless (at date, "Of" int REFERENCES shown);
  ALTER TABLE keyless ENABLE ROW LEVEL SECURITY;
  CREATE POLICY today ON keyless TO authenticated USING (at = current_date)
    WITH CHECK (current_setting('request.jwt.claims', true) IS NOT NULL);
  CREATE TABLE counted (id smallserial PRIMARY KEY);
  ALTER TABLE counted ENABLE ROW LEVEL SECURITY;
  CREATE POLICY later ON counted TO authenticated USING (current_date > '2020-01-01');
  SELECT setval('counted_id_seq', 30000);
  CREATE FUNCTION act(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT a';
  CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS 'BEGIN RETURN NEW; END';
  CREATE TABLE large (id int PRIMARY KEY, note text);
  CREATE INDEX large_note ON large (note);
  ALTER TABLE large ENABLE ROW LEVEL SECURITY;
  CREATE POLICY odd ON large TO authenticated USING (id % 2 = 1);
  INSERT INTO large SELECT n, n || ' of many' FROM generate_series(1, 2000) n;`;

const EXPECTED = [
  "critical dangerous-function public.act(a integer)",
  "critical rls-disabled public.open",
  "critical rls-no-policy public.closed",
  "critical rls-permissive public.shown (let all)",
  "critical sequence-exhaustion public.counted_id_seq",
  "critical view-bypasses-rls public.seen",
  "critical view-bypasses-rls public.seen again",
  "warning duplicate-index public.twice o'er",
  "warning function-search-path public.act(a integer)",
  "warning missing-fk-index public.keyless.keyless_Of_fkey",
  "warning missing-fk-index public.read.read_user_id_fkey",
  "warning missing-rls-index public.keyless.at",
  "warning missing-rls-index public.read.user_id",
  "warning no-primary-key public.keyless",
  "warning rls-policy-perf public.keyless (today)",
  "warning rls-policy-perf public.read (own)",
  "info rls-select-only public.read",
  "info unused-index public.large_note",
];

describe("db lint", () => {
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  it("finds nothing in a new database", async () => {
    assertEquals(await findings(), []);
    const { context, show } = contextOf();
    assertEquals(await show(await runLint(context, {})), "✓ Nothing to mend was found.\n");
  });

  it("finds every rule that is broken, and where", async () => {
    await backend.sql(BROKEN);
    assertEquals(
      (await findings()).map(({ severity, rule, object }) => `${severity} ${rule} ${object}`),
      EXPECTED,
    );
  });

  it("shows each with the statement that mends it", async () => {
    const { context, show } = contextOf();
    const shown = await show(await runLint(context, {}));
    assertStringIncludes(shown, "critical: public.open\n");
    assertStringIncludes(shown, "ALTER TABLE public.open ENABLE ROW LEVEL SECURITY;\n");
    assertStringIncludes(shown, "18 findings: 7 critical, 9 warnings, 2 to know.\n");
  });

  it("narrows by severity and category, and fails on what is as severe as asked", async () => {
    const narrowed = await findings({ severity: "warning", category: "health" });
    assertEquals(narrowed.map(({ rule }) => rule), ["no-primary-key"]);
    for (const failOn of ["critical", "warning", "info"]) {
      assertEquals((await runLint(contextOf().context, { failOn })).exitCode, 1);
    }
    assertEquals((await runLint(contextOf().context, {})).exitCode, 0);
    await assertRejects(
      () => runLint(contextOf().context, { failOn: "error" }),
      UsageError,
      "--fail-on is none of critical, warning, info",
    );
  });

  it("has nothing left once its statements were run", async () => {
    for (let round = 0; round < 5; round++) {
      const [first, ...rest] = await findings();
      if (!first) return;
      for (const { fix } of [first, ...rest]) await backend.sql(fix);
      const again = await findings();
      for (const { rule, object, fix } of [first, ...rest]) {
        const left = again.some((other) => other.rule === rule && other.object === object);
        assert(!left, `${rule} of ${object} is still there after: ${fix}`);
      }
    }
    assertEquals(await findings(), []);
  });
});
