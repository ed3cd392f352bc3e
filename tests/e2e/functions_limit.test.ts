import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { envelope, linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

describe("functions deploy --all on a backend that limits changes", () => {
  it("goes as far as it may, says when to go on, and then skips what is there", async () => {
    const deployed = new Map<string, unknown>();
    let allowed = 2;
    await using server = stubServer(({ method, target, body }) => {
      if (method === "GET") {
        const found = deployed.get(target.split("/").at(-1)!);
        return found
          ? Response.json(found)
          : envelope(404, "FUNCTION_NOT_FOUND", "Function not found");
      }
      if (allowed-- <= 0) {
        const headers = { "retry-after": "290" };
        const error = { error: "TOO_MANY_REQUESTS", message: "Too many requests", statusCode: 429 };
        return Response.json(error, { status: 429, headers });
      }
      const { slug, code } = JSON.parse(body);
      deployed.set(slug, { id: slug, slug, name: slug, code, status: "active" });
      return Response.json({ success: true, function: deployed.get(slug) }, { status: 201 });
    });
    await withFolder(async (cwd) => {
      for (const slug of ["a", "b", "c", "d"]) {
        await Deno.mkdir(`${cwd}/insforge/functions/${slug}`, { recursive: true });
        const source = `export default () => new Response("${slug}");\n`;
        await Deno.writeTextFile(`${cwd}/insforge/functions/${slug}/index.ts`, source);
      }
      const deploy = () =>
        insforge(["functions", "deploy", "--all", "--no-check"], { cwd, env: linkedTo(server) });
      const first = await deploy();
      assertEquals([first.code, [...deployed.keys()]], [1, ["a", "b"]]);
      assertMatch(first.stderr, /try again in 5 minutes\. Run this again then/);
      // The limit is met once: each further try would count as well.
      assertEquals(server.requests.filter(({ method }) => method === "POST").length, 3);

      allowed = 2;
      const second = await deploy();
      assertEquals([second.code, [...deployed.keys()]], [0, ["a", "b", "c", "d"]]);
      assertMatch(second.stdout, /^a +unchanged$/m);
      assertMatch(second.stdout, /^d +created$/m);
    });
  });
});
