import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

describe("the sandbox", () => {
  it("refuses a redirect to another host and says how to allow it", async () => {
    await using other = stubServer(() => Response.json(["stolen"]));
    await using server = stubServer(() => Response.redirect(`${other.url}/api/database/tables`));
    const result = await insforge(["db", "tables", "--json"], { env: linkedTo(server) });
    assertEquals(result.code, 1);
    const error = JSON.parse(result.stderr);
    assertEquals(error.code, "HOST_NOT_ALLOWED");
    assertStringIncludes(error.error, new URL(other.url).host);
    assertStringIncludes(error.hint, "INSFORGE_ALLOW_HOSTS");
    assertEquals(other.requests.length, 0);
  });

  it("R41: a redirect to an allowed host does not carry the key", async () => {
    await using other = stubServer(() => Response.json(["a"]));
    await using server = stubServer(() => Response.redirect(`${other.url}/elsewhere`));
    const result = await insforge(["db", "tables", "--json"], {
      env: { ...linkedTo(server), INSFORGE_ALLOW_HOSTS: new URL(other.url).host },
    });
    assertEquals(JSON.parse(result.stdout), ["a"]);
    assertEquals(other.requests[0]!.headers.has("authorization"), false);
    assertEquals(server.requests[0]!.headers.get("authorization"), "Bearer ik_test");
  });

  it("allows a host of the global configuration", async () => {
    await using other = stubServer(() => Response.json(["a"]));
    await using server = stubServer(() => Response.redirect(`${other.url}/elsewhere`));
    await withFolder(async (home) => {
      await Deno.mkdir(`${home}/.insforge`);
      await Deno.writeTextFile(
        `${home}/.insforge/config.json`,
        JSON.stringify({ allowed_hosts: [new URL(other.url).host] }),
      );
      const env = { ...linkedTo(server), HOME: home };
      assertEquals((await insforge(["db", "tables"], { env })).code, 0);
    });
  });

  it("follows a redirect loop no further than its limit", async () => {
    await using server = stubServer(({ target }) => Response.redirect(`${server.url}${target}`));
    const result = await insforge(["db", "tables"], { env: linkedTo(server) });
    assertEquals(result.code, 1);
    assertStringIncludes(result.stderr, "redirected");
  });

  it("lets a new file be made in a folder of which no other may be", async () => {
    await withFolder(async (cwd) => {
      for (const service of ["gitlab", "github"]) {
        const { code, stderr } = await insforge(["ci", "init", service], { cwd });
        assertEquals(code, 0, stderr);
      }
    });
  });

  it("shows what a command would be given", async () => {
    await withFolder(async (cwd) => {
      const { stdout } = await insforge(["grants", "db", "query", "--file", "a.sql", "--json"], {
        cwd,
        env: { INSFORGE_BASE_URL: "https://example.com:8443", INSFORGE_API_KEY: "ik_test" },
      });
      const grants = JSON.parse(stdout);
      assertEquals(grants.command, "db query");
      assertEquals(grants.net, ["example.com:8443"]);
      assertEquals(grants.read.includes(`${cwd}/a.sql`), true);
      assertEquals([grants.write, grants.run], [[], []]);
    });
  });
});
