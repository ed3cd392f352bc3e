import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { runInProcess } from "../support/in_process.ts";
import { stubServer } from "../support/stub_server.ts";

const ID = "3f2a7c1e-0d4b-4a6f-9e8d-1b2c3d4e5f60";
const SUPPRESSION = {
  id: ID,
  ruleId: "unused-index",
  affectedObject: "public.a",
  scope: "instance",
  reason: "wont_fix",
  createdAt: "2026-01-31T12:00:00.000Z",
};

/** A backend with an advisor, as far as these commands ask. */
function advisorBackend() {
  return stubServer(({ method, target }) => {
    if (target === "/api/advisor/scan") return Response.json({ scanId: "scan-1" }, { status: 201 });
    if (method === "GET") return Response.json({ suppressions: [SUPPRESSION] });
    return Response.json(method === "DELETE" ? { deleted: true } : SUPPRESSION);
  });
}

const run = (url: string, ...args: string[]) =>
  runInProcess(["advisor", ...args], {
    cwd: ".",
    env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: "ik_x" },
  });

describe("advisor", () => {
  it("has the backend look, and passes over what is named", async () => {
    await using server = advisorBackend();
    const scanned = await run(server.url, "scan", "--json");
    assertEquals(JSON.parse(scanned.stdout), { scanId: "scan-1" });
    requireAnswer("advisor scan", JSON.parse(scanned.stdout));
    const json = async (...args: string[]) =>
      JSON.parse((await run(server.url, ...args, "--json")).stdout);
    requireAnswer("advisor suppressions", await json("suppressions"));
    assertStringIncludes((await run(server.url, "suppressions")).stdout, "unused-index");
    const line = ["suppress", "unused-index", "--object", "public.a", "--reason", "wont_fix"];
    assertStringIncludes((await run(server.url, ...line)).stdout, `unsuppress ${ID}`);
    assertEquals(JSON.parse(server.requests.at(-1)!.body), {
      ruleId: "unused-index",
      scope: "instance",
      affectedObject: "public.a",
      reason: "wont_fix",
    });
    requireAnswer("advisor suppress", await json(...line));
    requireAnswer("advisor unsuppress", await json("unsuppress", ID));
  });

  it("wants a reason, and a note for another one", async () => {
    await using server = advisorBackend();
    for (const more of [[], ["--reason", "because"], ["--reason", "other"]]) {
      assertEquals((await run(server.url, "suppress", "x", ...more)).code, 1);
    }
    assertEquals((await run(server.url, "unsuppress", "nope")).code, 4);
    assertEquals(server.requests.length, 0);
  });

  it("names what looks where the backend has none", async () => {
    await using server = stubServer(() =>
      Response.json({ error: "NOT_FOUND", message: "no" }, { status: 404 })
    );
    const { code, stderr } = await run(server.url, "scan");
    assertEquals(code, 4);
    assertStringIncludes(stderr, "insforge db lint");
  });
});
