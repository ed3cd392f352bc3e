import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { planImport } from "../../../../src/commands/db/script/plan.ts";
import { sendScript } from "../../../../src/commands/db/script/send.ts";
import { Translation } from "../../../../src/commands/db/script/translate.ts";
import { CliError } from "../../../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../../../support/backend.ts";
import { testContext } from "../../../support/context.ts";

/** Long enough that no two statements are sent together. */
const LONG = "x".repeat(1_200_000);

let backend: TestBackend;

/** Replaces the rows by those of a text, as if it were too large for one request. */
async function replaceInParts(sql: string) {
  const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
  const { context, err } = testContext({ cwd: "/", env, options: { yes: true } });
  const client = await context.backend();
  const open = () => Promise.resolve(new Blob([sql]).stream());
  const translation = new Translation("large.sql");
  await Array.fromAsync(translation.pieces(open));
  const plan = await planImport(context, client, translation.facts, { truncate: true });
  using progress = context.progress("");
  const source = {
    name: "large.sql",
    title: "large.sql",
    bytes: 60_000_000,
    isStream: false,
    open,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const script = { translation, bytes: source.bytes, longest: { length: LONG.length, line: 1 } };
  const answer = sendScript({ context, backend: client, source, plan, script, progress });
  return { answer, err };
}

const STATE = `SELECT convalidated AS checked, tgenabled AS trigger,
    to_regnamespace('insforge_import') AS rests
  FROM pg_constraint, pg_trigger
  WHERE conrelid = 'child'::regclass AND contype = 'f' AND tgname = 'mark'`;

const CHECKS =
  `SELECT coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text) AS on, convalidated AS checked,
    obj_description(oid, 'pg_constraint') AS comment
  FROM pg_constraint WHERE conname = 'known' ORDER BY 1`;

describe("an import in parts with --truncate", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`CREATE TABLE child (parent int, fill text);
      CREATE TABLE parent (id int PRIMARY KEY, fill text);
      ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent ON DELETE CASCADE;
      CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.fill = ''no''; RETURN NEW; END';
      CREATE TRIGGER mark BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION mark();
      CREATE FUNCTION known(i int) RETURNS bool LANGUAGE plpgsql STABLE
        AS 'BEGIN RETURN i IS NULL OR EXISTS (SELECT FROM parent WHERE id = i); END';
      CREATE DOMAIN parent_id AS int CONSTRAINT known CHECK (known(VALUE));
      COMMENT ON CONSTRAINT known ON DOMAIN parent_id IS 'of a parent';
      INSERT INTO parent VALUES (7); INSERT INTO child VALUES (7);
      ALTER TABLE child ADD CONSTRAINT known CHECK (known(parent)), ADD again parent_id;
      COMMENT ON CONSTRAINT known ON child IS 'as it says'`);
  });
  afterAll(() => backend.close());

  it("lets keys, checks and triggers rest until the last part", async () => {
    const { answer } = await replaceInParts(
      `INSERT INTO child VALUES (1, '${LONG}', 1);\nINSERT INTO parent VALUES (1, '${LONG}');`,
    );
    assertEquals((await answer).transactions, 2);
    const state = { checked: true, trigger: "O", rests: null };
    assertEquals(await backend.sql(STATE), [state]);
    const rows = "SELECT parent, length(child.fill) FROM child JOIN parent ON parent = id";
    assertEquals(await backend.sql(rows), [{ parent: 1, length: LONG.length }]);
    assertEquals(await backend.sql(CHECKS), [
      { on: "child", checked: true, comment: "as it says" },
      { on: "parent_id", checked: true, comment: "of a parent" },
    ]);
  });

  it("leaves the trigger of a partition off that was off", async () => {
    await backend.sql(`CREATE TABLE split (id int, fill text) PARTITION BY LIST (id);
      CREATE TABLE split_on PARTITION OF split FOR VALUES IN (1);
      CREATE TABLE split_off PARTITION OF split FOR VALUES IN (2);
      CREATE TRIGGER split_mark BEFORE INSERT ON split FOR EACH ROW EXECUTE FUNCTION mark();
      ALTER TABLE split_off DISABLE TRIGGER split_mark`);
    const { answer } = await replaceInParts(
      `INSERT INTO split VALUES (1, '${LONG}');\nINSERT INTO split VALUES (2, '${LONG}');`,
    );
    assertEquals((await answer).transactions, 2);
    const states =
      `SELECT string_agg(tgrelid::regclass || ' ' || tgenabled::text, ', ' ORDER BY tgrelid)
      AS states FROM pg_trigger WHERE tgname = 'split_mark'`;
    assertEquals(await backend.sql(states), [{ states: "split O, split_on O, split_off D" }]);
    const marked = "SELECT count(*)::int AS marked FROM split WHERE fill = 'no'";
    assertEquals(await backend.sql(marked), [{ marked: 0 }]);
    await backend.sql("DROP TABLE split");
  });

  it("lets them work again for new rows when a part fails, and says so", async () => {
    const { answer, err } = await replaceInParts(
      `INSERT INTO child VALUES (2, '${LONG}', 2);\nINSERT INTO parent VALUES ('x', '${LONG}');`,
    );
    const error = await assertRejects(() => answer, CliError);
    assertEquals(error.facts.line, 2);
    assertStringIncludes(err(), "Foreign keys hold again for new rows");
    const state = { checked: false, trigger: "O", rests: null };
    assertEquals(await backend.sql(STATE), [state]);
    assertEquals(await backend.sql(CHECKS), [
      { on: "child", checked: false, comment: "as it says" },
      { on: "parent_id", checked: false, comment: "of a parent" },
    ]);
    await backend.sql("ALTER TABLE child DROP CONSTRAINT known");
    await assertRejects(() => backend.sql("INSERT INTO child VALUES (5)"), Error, "foreign key");
  });
});
