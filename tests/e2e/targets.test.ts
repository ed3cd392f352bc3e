import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const LOCAL = {
  project_id: "fa4e0000-1234-5678-90ab-cd1234567890",
  project_name: "local",
  appkey: "local",
  region: "local",
};
const CLOUD = { project_id: "0f8fad5b-d9cb-469f-a165-70867728950e", project_name: "shop" };

/** Runs in a folder that is linked with `fields`. */
async function linked<T>(fields: Record<string, unknown>, call: (cwd: string) => Promise<T>) {
  return await withFolder(async (cwd) => {
    await Deno.mkdir(`${cwd}/.insforge`);
    const link = { api_key: "ik_of_the_file", oss_host: "http://127.0.0.1:9", ...fields };
    await Deno.writeTextFile(`${cwd}/.insforge/project.json`, JSON.stringify(link));
    return await call(cwd);
  });
}

describe("what commands act on", () => {
  it("is told by current: the link, and that a local backend needs no account", async () => {
    await linked(LOCAL, async (cwd) => {
      const { code, stdout } = await insforge(["current"], { cwd });
      assertEquals(code, 0);
      assertMatch(stdout, /^Account: +none, and none is needed$/m);
      assertMatch(stdout, /^Project: +local backend, no account needed$/m);
      assertMatch(stdout, /^Named by: +\.insforge\/project\.json$/m);
    });
  });

  it("is told by current: a pair of variables beats the link", async () => {
    await linked(CLOUD, async (cwd) => {
      const env = { INSFORGE_BASE_URL: "http://127.0.0.1:8", INSFORGE_API_KEY: "ik_of_the_pair" };
      const { code, stdout } = await insforge(["current"], { cwd, env });
      assertEquals([code, stdout.includes("shop")], [0, false]);
      assertMatch(stdout, /^Backend: +http:\/\/127\.0\.0\.1:8$/m);
      assertMatch(stdout, /^Named by: +INSFORGE_BASE_URL and INSFORGE_API_KEY$/m);
      const { backend, project } = JSON.parse(
        (await insforge(["current", "--json"], { cwd, env })).stdout,
      );
      const source = "INSFORGE_BASE_URL and INSFORGE_API_KEY";
      assertEquals([backend, project], [{ url: "http://127.0.0.1:8", source }, null]);
    });
  });

  it("is told by current: INSFORGE_PROJECT_ID, asked of the platform with the token", async () => {
    await using platform = stubServer(({ target }) => {
      if (target.endsWith("/access-api-key")) return Response.json({ access_api_key: "ik_other" });
      if (target.startsWith("/projects/v1/")) {
        return Response.json({ project: { id: "p2", appkey: "app2", region: "us-east" } });
      }
      return Response.json({ user: { id: "u", name: "Ada", email: "ada@example.com" } });
    });
    await linked(CLOUD, async (cwd) => {
      const { code, stdout } = await insforge(["current"], {
        cwd,
        env: {
          INSFORGE_PROJECT_ID: "p2",
          INSFORGE_ACCESS_TOKEN: "token",
          INSFORGE_API_URL: platform.url,
        },
      });
      assertEquals(code, 0);
      assertMatch(stdout, /^Account: +Ada <ada@example\.com> \(INSFORGE_ACCESS_TOKEN\)$/m);
      assertMatch(stdout, /^Project ID: +p2$/m);
      assertMatch(stdout, /^Backend: +https:\/\/app2\.us-east\.insforge\.app$/m);
      assertMatch(stdout, /^Named by: +INSFORGE_PROJECT_ID$/m);
    });
  });

  for (const command of [["db", "tables"], ["current"]]) {
    it(`is not guessed from half of a pair: ${command.join(" ")}`, async () => {
      await using server = stubServer(() => Response.json([]));
      await linked({ ...CLOUD, oss_host: server.url }, async (cwd) => {
        for (const name of ["INSFORGE_BASE_URL", "INSFORGE_API_KEY"]) {
          const { code, stderr } = await insforge(command, { cwd, env: { [name]: server.url } });
          assertEquals(code, 1);
          assertMatch(
            stderr,
            new RegExp(`${name} is set and INSFORGE_\\w+ is not.*\\nSet INSFORGE`),
          );
        }
      });
      assertEquals(server.requests, []);
    });
  }

  it("is told where a variable is set and not used", async () => {
    await using server = stubServer(() => Response.json(["posts"]));
    const { code, stderr } = await insforge(["db", "tables"], {
      env: {
        INSFORGE_BASE_URL: server.url,
        INSFORGE_API_KEY: "ik_x",
        INSFORGE_PROJECT_ID: "other",
      },
    });
    assertEquals(code, 0);
    assertMatch(stderr, /^Warning: INSFORGE_PROJECT_ID is not used/);
  });

  it("is known to be a local backend that is stopped", async () => {
    await linked({ ...LOCAL, data_dir: "/nowhere" }, async (cwd) => {
      const { code, stderr } = await insforge(["db", "tables"], { cwd });
      assertEquals(code, 1);
      assertEquals(
        stderr,
        "Error: The local backend of this directory is stopped.\n" +
          "Start it with: insforge local start\n",
      );
    });
  });
});

describe("the account", () => {
  it("is told by whoami, with the variable that names it", async () => {
    const user = { id: "u", name: "Ada", email: "ada@example.com" };
    await using platform = stubServer(() => Response.json({ user }));
    const env = { INSFORGE_ACCESS_TOKEN: "token", INSFORGE_API_URL: platform.url };
    assertMatch(
      (await insforge(["whoami"], { env })).stdout,
      /ada@example\.com, by INSFORGE_ACCESS/,
    );
    await linked(CLOUD, async (cwd) => {
      const { stdout } = await insforge(["whoami"], {
        cwd,
        env: { ...env, INSFORGE_PROJECT_ID: "p2" },
      });
      assertMatch(stdout, /^Commands act on: +the project p2, named by INSFORGE_PROJECT_ID$/m);
    });
  });

  it("is not asked for again by the name of the variable that holds a bad token", async () => {
    await using platform = stubServer(() => Response.json({ error: "invalid" }, { status: 401 }));
    const env = { INSFORGE_ACCESS_TOKEN: "bad", INSFORGE_API_URL: platform.url };
    const { code, stderr } = await insforge(["whoami"], { env });
    assertEquals(code, 2);
    assertMatch(stderr, /INSFORGE_ACCESS_TOKEN is not accepted: set a valid token, or unset it/);
  });

  it("is not needed for a local backend, which whoami says", async () => {
    await linked(LOCAL, async (cwd) => {
      const { code, stderr } = await insforge(["whoami"], { cwd });
      assertEquals(code, 2);
      assertMatch(stderr, /\nThe backend that \.insforge\/project\.json names needs no account\./);
    });
  });

  it("is what a named project needs, and a pair of variables does not", async () => {
    await linked(LOCAL, async (cwd) => {
      const whoami = (env: Record<string, string>) => insforge(["whoami"], { cwd, env });
      const named = await whoami({ INSFORGE_PROJECT_ID: "p2" });
      assertEquals([named.code, named.stderr.includes("needs no account")], [2, false]);
      const current = await insforge(["current"], { cwd, env: { INSFORGE_PROJECT_ID: "p2" } });
      assertMatch(current.stdout, /^Project ID: +p2\nNamed by: +INSFORGE_PROJECT_ID$/m);
      const pair = { INSFORGE_BASE_URL: "http://127.0.0.1:8", INSFORGE_API_KEY: "ik_x" };
      assertMatch((await whoami(pair)).stderr, /INSFORGE_BASE_URL and INSFORGE_API_KEY name needs/);
      const half = await whoami({ INSFORGE_API_KEY: "ik_x" });
      assertEquals([half.code, half.stderr.includes("which backend is meant?")], [1, true]);
    });
  });

  it("is looked for in the folder of --cwd, as every path is", async () => {
    await linked(LOCAL, async (cwd) => {
      await Deno.mkdir(`${cwd}/below`);
      await withFolder(async (elsewhere) => {
        for (const folder of [cwd, `${cwd}/below`]) {
          const { code, stdout } = await insforge(["--cwd", folder, "current"], { cwd: elsewhere });
          assertEquals(code, 0);
          assertMatch(stdout, /^Project: +local backend/m);
        }
        const made = await insforge(["functions", "new", "hello", "--cwd", "."], {
          cwd: elsewhere,
        });
        assertEquals([made.code, made.stderr], [0, ""]);
        await Deno.stat(`${elsewhere}/insforge/functions/hello/index.ts`);
        const none = await insforge(["current", "--cwd", "none"], { cwd: elsewhere });
        assertEquals(none.code, 1);
        assertMatch(none.stderr, /^Error: --cwd "none": there is no such file\./);
      });
    });
  });

  it("is what --project-id names, above every variable", async () => {
    await using platform = stubServer(({ target }) =>
      target.endsWith("/access-api-key")
        ? Response.json({ access_api_key: "ik_other" })
        : Response.json({ project: { id: "p2", appkey: "app2", region: "us-east" } })
    );
    await linked(CLOUD, async (cwd) => {
      const env = {
        INSFORGE_BASE_URL: "http://127.0.0.1:8",
        INSFORGE_ACCESS_TOKEN: "token",
        INSFORGE_API_URL: platform.url,
      };
      const { code, stdout, stderr } = await insforge(["current", "--project-id", "p2"], {
        cwd,
        env,
      });
      assertEquals(code, 0);
      assertMatch(stdout, /^Backend: +https:\/\/app2\.us-east\.insforge\.app$/m);
      assertMatch(stdout, /^Named by: +--project-id$/m);
      assertMatch(stderr, /^Warning: INSFORGE_BASE_URL is not used: .* --project-id/);
    });
  });

  it("is what the variables of --env-file name, unless they are set", async () => {
    await linked(CLOUD, async (cwd) => {
      const lines = "INSFORGE_BASE_URL=http://127.0.0.1:8\nINSFORGE_API_KEY=ik_of_env\nPATH=/x\n";
      await Deno.writeTextFile(`${cwd}/ci.env`, lines);
      await Deno.writeTextFile(`${cwd}/none.env`, "PATH=/x\n");
      const current = (file: string, env = {}) =>
        insforge(["current", "--env-file", file], { cwd, env });
      assertMatch((await current("ci.env")).stdout, /^Backend: +http:\/\/127\.0\.0\.1:8$/m);
      const set = { INSFORGE_BASE_URL: "http://127.0.0.1:7" };
      assertMatch((await current("ci.env", set)).stdout, /^Backend: +http:\/\/127\.0\.0\.1:7$/m);
      assertMatch((await current("none.env")).stderr, /none\.env sets no INSFORGE_ variable/);
      assertMatch((await current("missing")).stderr, /Cannot read missing/);
    });
  });
});
