import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const OPEN = { ruleId: "rls-disabled", scope: "instance", affectedObject: "public.open" };

let backend: TestBackend;

async function ask(method: string, path: string, body?: object) {
  const answer = await backend.request(method, `/api/advisor/${path}`, body);
  return [answer.status, answer.body];
}

/** `RULE OBJECT` of what is told. */
async function issues(query = ""): Promise<string[]> {
  const [status, { issues, total }] = await ask("GET", `issues${query}`);
  assertEquals(status, 200);
  assert(total >= issues.length);
  return issues.map(({ ruleId, affectedObject }: Record<string, string>) =>
    `${ruleId} ${affectedObject}`
  );
}

async function suppress(more: object = {}): Promise<string> {
  const [status, { id }] = await ask("POST", "suppressions", {
    ...OPEN,
    reason: "accepted_risk",
    ...more,
  });
  assertEquals(status, 201);
  return id;
}

describe("the advisor", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql("CREATE TABLE open (id int PRIMARY KEY)");
    await backend.sql("CREATE SCHEMA shop; CREATE TABLE shop.nameless (id int)");
  });
  afterAll(() => backend.close());

  it("has said nothing before it was asked", async () => {
    assertEquals(await ask("GET", "latest"), [200, null]);
    assertEquals(await ask("GET", "issues"), [200, { issues: [], total: 0 }]);
    assertEquals(await ask("GET", "suppressions"), [200, { suppressions: [] }]);
  });

  it("looks at the project's own schemas, and keeps what it found the last time", async () => {
    const [status, { scanId }] = await ask("POST", "scan");
    assertEquals(status, 201);
    assertEquals(await issues(), ["rls-disabled public.open", "no-primary-key shop.nameless"]);
    const [, latest] = await ask("GET", "latest");
    assertEquals({ ...latest, scannedAt: "" }, {
      scanId,
      status: "completed",
      scanType: "manual",
      scannedAt: "",
      errorMessage: null,
      summary: { total: 2, critical: 1, warning: 1, info: 0 },
    });
    const [, { issues: [open] }] = await ask("GET", "issues?limit=1");
    assertEquals([open.severity, open.category], ["critical", "security"]);
    assert(open.id && open.title && open.description && open.recommendation);
    await backend.sql("ALTER TABLE shop.nameless ADD PRIMARY KEY (id)");
    assertEquals((await issues()).length, 2);
    await ask("POST", "scan");
    assertEquals(await issues(), ["rls-disabled public.open"]);
  });

  it("narrows what it tells, and refuses what it does not know", async () => {
    assertEquals(await issues("?severity=critical&category=security"), [
      "rls-disabled public.open",
    ]);
    assertEquals(await issues("?severity=info"), []);
    assertEquals(await issues("?offset=1"), []);
    for (const query of ["severity=high", "category=luck", "limit=0", "limit=x", "offset=-1"]) {
      assertEquals((await ask("GET", `issues?${query}`))[0], 400, query);
    }
  });

  it("does not tell what is suppressed, until that is taken back", async () => {
    const id = await suppress({ note: "a demo" });
    assertEquals(await issues(), []);
    const [, { suppressions: [{ createdAt, ...kept }] }] = await ask("GET", "suppressions");
    assert(Date.parse(createdAt));
    const { title } = kept;
    assertEquals(kept, {
      ...OPEN,
      id,
      reason: "accepted_risk",
      note: "a demo",
      title,
      severity: "critical",
      category: "security",
    });
    const twice = await ask("POST", "suppressions", { ...OPEN, reason: "wont_fix" });
    assertEquals([twice[0], twice[1].error], [409, "DATABASE_DUPLICATE"]);
    assertEquals(await ask("DELETE", `suppressions/${id}`), [200, { deleted: true }]);
    assertEquals((await issues()).length, 1);
    const rule = await suppress({ scope: "rule" });
    assertEquals(await issues(), []);
    await ask("DELETE", `suppressions/${rule}`);
    assertEquals((await ask("DELETE", `suppressions/${rule}`))[0], 404);
    assertEquals((await ask("DELETE", "suppressions/nope"))[0], 400);
  });

  it("refuses a suppression that says too little, or too much", async () => {
    for (
      const wrong of [
        { ruleId: " " },
        { ruleId: "x".repeat(201) },
        { scope: "table" },
        { affectedObject: undefined },
        { reason: "because" },
        { reason: "other" },
        { note: 1 },
        { note: "x".repeat(1001) },
      ]
    ) {
      const [status] = await ask("POST", "suppressions", {
        ...OPEN,
        reason: "wont_fix",
        ...wrong,
      });
      assertEquals(status, 400, JSON.stringify(wrong).slice(0, 60));
    }
  });
});
