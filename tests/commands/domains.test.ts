import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startBackend } from "../support/backend.ts";
import { requireAnswer } from "../support/answers.ts";
import { runInProcess } from "../support/in_process.ts";
import { envelope, linkedTo, stubServer } from "../support/stub_server.ts";

const ATTACHED = {
  domain: "www.example.com",
  apexDomain: "example.com",
  verified: false,
  misconfigured: true,
  verification: [{ type: "TXT", domain: "_owner.example.com", value: "v=1" }],
  cnameTarget: "cname.host.example",
  aRecordValue: "192.0.2.1",
};

/** A hosted backend with one domain. */
function hosted() {
  return stubServer(({ method, target, body }) => {
    if (method === "GET") return Response.json({ domains: [ATTACHED] });
    if (method === "DELETE") return Response.json({ success: true, message: "Removed" });
    if (target.endsWith("/verify")) {
      return Response.json({ ...ATTACHED, verified: true, misconfigured: false });
    }
    if (JSON.parse(body).domain === ATTACHED.domain) {
      return envelope(409, "DOMAIN_ALREADY_EXISTS", "It is there");
    }
    return Response.json({ ...ATTACHED, ...JSON.parse(body) }, { status: 201 });
  });
}

describe("domains", () => {
  it("attaches, verifies, shows and removes names of a hosted site", async () => {
    await using server = hosted();
    const run = (...args: string[]) =>
      runInProcess(["domains", ...args], { cwd: "/", env: linkedTo(server) });
    const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
    const attached = await run("attach", "Example.COM.");
    assertMatch(attached.stdout, /A +example\.com +192\.0\.2\.1/);
    assertMatch(attached.stdout, /TXT +_owner\.example\.com +v=1/);
    const again = await run("attach", "www.example.com");
    assertEquals(again.code, 0, again.stderr);
    assertMatch(again.stdout, /CNAME +www\.example\.com +cname\.host\.example/);
    requireAnswer("domains attach", await json("attach", "www.example.com"));
    const verified = await json("verify", "www.example.com");
    requireAnswer("domains verify", verified);
    assertEquals(verified.verified, true);
    assertStringIncludes((await run("list")).stdout, "www.example.com");
    assertEquals(await json("status", "x.example"), { domain: null });
    requireAnswer("domains remove", await json("remove", "www.example.com", "-y"));
    const changes = server.requests.filter(({ method }) => method !== "GET");
    assertEquals(changes.map(({ method, target }) => `${method} ${target}`), [
      ...Array(3).fill("POST /api/deployments/domains"),
      "POST /api/deployments/domains/www.example.com/verify",
      "DELETE /api/deployments/domains/www.example.com",
    ]);
  });

  it("are none on a local backend, which says so", async () => {
    const backend = await startBackend();
    const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
    const run = (...args: string[]) => runInProcess(["domains", ...args], { cwd: "/", env });
    try {
      assertMatch((await run("list")).stdout, /no domain of its own/);
      const { code, stderr } = await run("attach", "example.com");
      assertEquals(code, 1);
      assertStringIncludes(stderr, "A local backend has no domain names");
    } finally {
      await backend.close();
    }
  });
});
