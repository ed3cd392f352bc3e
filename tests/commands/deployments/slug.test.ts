import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../../support/answers.ts";
import { runInProcess } from "../../support/in_process.ts";
import { linkedTo, stubServer } from "../../support/stub_server.ts";

/** A hosted backend, where a slug may be chosen. */
function hosted(deployments?: { customSlug: string | null }) {
  return stubServer(({ method, body }) => {
    if (method === "GET") return Response.json({ deployments });
    const { slug } = JSON.parse(body);
    return Response.json({ success: true, slug, domain: slug && `${slug}.insforge.site` });
  });
}

describe("deployments slug", () => {
  it("shows, chooses and gives up the name of a hosted site", async () => {
    await using server = hosted({ customSlug: "old" });
    const run = (...args: string[]) =>
      runInProcess(["deployments", "slug", ...args], { cwd: "/", env: linkedTo(server) });
    const shown = JSON.parse((await run("--json")).stdout);
    requireAnswer("deployments slug", shown);
    assertEquals(shown, { slug: "old" });
    assertStringIncludes((await run("my-shop")).stdout, "my-shop.insforge.site");
    const removed = JSON.parse((await run("--remove", "--json")).stdout);
    requireAnswer("deployments slug", removed);
    assertEquals(removed.slug, null);
    assertEquals((await run("a", "--remove")).code, 1);
    const sent = server.requests.filter(({ method }) => method === "PUT");
    assertEquals(sent.map(({ target, body }) => [target, body]), [
      ["/api/deployments/slug", '{"slug":"my-shop"}'],
      ["/api/deployments/slug", '{"slug":null}'],
    ]);
  });

  it("says so where the backend chooses no addresses, before it asks for one", async () => {
    await using server = hosted();
    const env = linkedTo(server);
    const { code, stderr } = await runInProcess(["deployments", "slug", "x"], { cwd: "/", env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "insforge deployments metadata");
    assertEquals(server.requests.filter(({ method }) => method === "PUT"), []);
  });
});
