import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { zipArchive } from "../support/archive.ts";
import { insforge } from "../support/executable.ts";
import {
  EMAIL,
  PASSWORD,
  type PlatformEmulator,
  startPlatform,
  USER_KEY,
} from "../support/platform.ts";
import { openPty } from "../support/pty.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

interface Account {
  readonly platform: PlatformEmulator;
  readonly home: string;
  readonly cwd: string;
  run(args: string[], env?: Record<string, string>, stdin?: string): ReturnType<typeof insforge>;
  credentials(): Promise<Record<string, unknown>>;
  store(credentials: Record<string, unknown>): Promise<void>;
}

/** A platform, an empty home and an empty working directory. */
async function withAccount(work: (account: Account) => Promise<void>): Promise<void> {
  await using platform = startPlatform();
  await withFolder((home) =>
    withFolder((cwd) => {
      const file = `${home}/.insforge/credentials.json`;
      return work({
        platform,
        home,
        cwd,
        run: (args, env = {}, stdin) =>
          insforge(args, {
            cwd,
            stdin,
            env: { HOME: home, INSFORGE_API_URL: platform.url, ...env },
          }),
        credentials: async () => JSON.parse(await Deno.readTextFile(file)),
        async store(credentials) {
          await Deno.mkdir(`${home}/.insforge`, { recursive: true });
          await Deno.writeTextFile(file, JSON.stringify(credentials));
        },
      });
    })
  );
}

const LOGIN = { INSFORGE_EMAIL: EMAIL, INSFORGE_PASSWORD: PASSWORD };

describe("login", () => {
  it("R15: takes email and password from the environment, in a pipe, spaces kept", async () => {
    await withAccount(async ({ run, credentials, home }) => {
      const result = await run(["login", "--email", "-y"], LOGIN);
      assertEquals([result.code, result.stdout], [0, `✓ Logged in as ${EMAIL}.\n`], result.stderr);
      assert(String((await credentials()).refresh_token).startsWith("refresh-"));
      if (Deno.build.os === "windows") return;
      const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
      assertEquals(await mode(`${home}/.insforge`), 0o700);
      assertEquals(await mode(`${home}/.insforge/credentials.json`), 0o600);
    });
  });

  it("R9: without them, in a pipe, it ends with 1 and logs nobody in", async () => {
    await withAccount(async ({ run }) => {
      const result = await run(["login", "--email", "-y"], { INSFORGE_EMAIL: EMAIL });
      assertEquals(result.code, 1);
      assertStringIncludes(result.stderr, "INSFORGE_PASSWORD");
      const { stderr } = await run(["login", "--email", "-y"]);
      assertStringIncludes(stderr, "Missing INSFORGE_EMAIL and INSFORGE_PASSWORD.");
    });
  });

  it("R25: makes an existing open file private", async () => {
    if (Deno.build.os === "windows") return;
    await withAccount(async ({ run, store, home }) => {
      await store({ access_token: "old", theirs: 1 });
      await run(["login", "--email", "-y"], LOGIN);
      const { mode } = await Deno.stat(`${home}/.insforge/credentials.json`);
      assertEquals(mode! & 0o777, 0o600);
    });
  });

  it("a wrong password ends with 2 and is not repeated on the screen", async () => {
    await withAccount(async ({ run }) => {
      const result = await run(["login", "--email", "--json"], {
        ...LOGIN,
        INSFORGE_PASSWORD: "hunter2",
      });
      assertEquals(result.code, 2);
      assertEquals(JSON.parse(result.stderr).code, "AUTH_ERROR");
      assertEquals(result.stderr.includes("hunter2"), false);
    });
  });

  it("R24: works without a refresh cookie, and says later to log in again", async () => {
    await withAccount(async ({ platform, run }) => {
      platform.setsCookie = false;
      assertEquals((await run(["login", "--email", "-y"], LOGIN)).code, 0);
      assertEquals((await run(["whoami"])).code, 0);
      platform.expireTokens();
      const result = await run(["whoami"]);
      assertEquals(result.code, 2);
      assertStringIncludes(result.stderr, "expired");
    });
  });

  it("takes a user API key from standard input", async () => {
    await withAccount(async ({ run, credentials }) => {
      const result = await run(["login", "--user-api-key", "-"], {}, `${USER_KEY}\n`);
      assertEquals(result.code, 0, result.stderr);
      assertEquals((await credentials()).user_api_key, USER_KEY);
      assertEquals((await run(["whoami"])).code, 0);
      assertEquals((result.stdout + result.stderr).includes(USER_KEY), false);
    });
  });

  it("says that a key on the command line can be seen, and refuses a wrong one", async () => {
    await withAccount(async ({ run }) => {
      const shown = await run(["login", "--user-api-key", USER_KEY]);
      assertStringIncludes(shown.stderr, "process list");
      assertEquals((await run(["login", "--user-api-key", "uak_other"])).code, 2);
      assertEquals((await run(["login", "--user-api-key", "nonsense"])).code, 1);
    });
  });

  it("by device slows down when told to, and goes on with the code of a killed run", async () => {
    await withAccount(async ({ platform, run, home }) => {
      platform.deviceAnswers.push("access_denied");
      const denied = await run(["login", "--device"]);
      assertEquals(denied.code, 2);
      assertStringIncludes(denied.stderr, "ABCD-EFGH");

      platform.deviceAnswers.push("authorization_pending");
      const done = await run(["login", "--device"]);
      assertEquals(done.code, 0, done.stderr);
      const files = [...Deno.readDirSync(`${home}/.insforge`)].map(({ name }) => name);
      assertEquals(files.includes("pending-device.json"), false);

      await Deno.writeTextFile(
        `${home}/.insforge/pending-device.json`,
        JSON.stringify({
          device_code: "device-1",
          user_code: "KEPT-CODE",
          verification_uri_complete: `${platform.url}/device`,
          interval: 1,
          expires_at: new Date(Date.now() + 600_000).toISOString(),
          platform_url: platform.url,
          client_id: "clf_NK8cMUs41gm8ZcfdtSguVw",
        }),
      );
      const resumed = await run(["login", "--device"]);
      assertEquals(resumed.code, 0);
      assertStringIncludes(resumed.stderr, "KEPT-CODE");
    });
  });

  it("by device tells link and code as one line of JSON before it waits", async () => {
    await withAccount(async ({ platform, run }) => {
      platform.deviceAnswers.push("authorization_pending", "access_denied");
      const { code, stdout, stderr } = await run(["login", "--device", "--json"]);
      assertEquals([code, stdout], [2, ""]);
      const [told, refused] = stderr.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(told.user_code, "ABCD-EFGH");
      assertStringIncludes(told.verification_uri_complete, platform.url);
      assert(Date.parse(told.expires_at) > Date.now());
      assertEquals(refused.code, "AUTH_ERROR");
    });
  });

  it("without a terminal never opens a browser", async () => {
    await withAccount(async ({ platform, run }) => {
      const result = await run(["login"]);
      assertEquals(result.code, 2);
      for (const way of ["--device", "--user-api-key", "--email` with INSFORGE_EMAIL"]) {
        assertStringIncludes(result.stderr, way);
      }
      assertEquals(platform.requests, []);
    });
  });
});

describe({ name: "login in the browser", ignore: Deno.build.os !== "linux" }, () => {
  /** A login on a terminal whose browser only notes the address. */
  async function withBrowserLogin(
    args: string[],
    work: (url: string, pty: ReturnType<typeof openPty>, account: Account) => Promise<void>,
  ): Promise<void> {
    await withAccount(async (account) => {
      const { home, cwd, platform } = account;
      const opener = `${home}/xdg-open`;
      await Deno.writeTextFile(opener, `#!/bin/sh\necho "$1" > "${home}/visited"\n`);
      await Deno.chmod(opener, 0o755);
      const pty = openPty(["login", ...args], {
        cwd,
        columns: 500,
        env: {
          HOME: home,
          INSFORGE_API_URL: platform.url,
          PATH: `${home}:${Deno.env.get("PATH")}`,
        },
      });
      await pty.expect("visit");
      await work((await Deno.readTextFile(`${home}/visited`)).trim(), pty, account);
    });
  }

  it("R20: exchanges the code with PKCE, as the client that was named", async () => {
    await withBrowserLogin(["--client-id", "clf_mine"], async (url, pty, account) => {
      assertEquals(new URL(url).searchParams.get("client_id"), "clf_mine");
      const page = await fetch(url);
      assertStringIncludes(await page.text(), "You are logged in");
      assertEquals(await pty.end(), 0, pty.screen());
      assertStringIncludes(pty.screen(), EMAIL);
      assert(String((await account.credentials()).access_token).startsWith("access-"));
    });
  });

  it("never reflects what it is called with, and waits on after a broken call", async () => {
    await withBrowserLogin([], async (url, pty) => {
      const callback = new URL(url).searchParams.get("redirect_uri")!;
      const broken = await fetch(`${callback}?code=<script>alert(1)</script>`);
      assertEquals(broken.status, 400);
      assertEquals((await broken.text()).includes("script"), false);
      const elsewhere = await fetch(new URL("/elsewhere", callback));
      await elsewhere.body?.cancel();
      assertEquals(elsewhere.status, 404);
      await (await fetch(url)).text();
      assertEquals(await pty.end(), 0);
    });
  });

  it("ends with 2 on a foreign state and on a refusal", async () => {
    for (const query of ["code=a&state=wrong", "error=access_denied&error_description=No"]) {
      await withBrowserLogin([], async (url, pty) => {
        const callback = new URL(url).searchParams.get("redirect_uri")!;
        await (await fetch(`${callback}?${query}`)).text();
        assertEquals(await pty.end(), 2, pty.screen());
      });
    }
  });
});

describe("a login that expires", () => {
  it("R21: is renewed once, and the new refresh token is stored", async () => {
    await withAccount(async ({ platform, run, store, credentials }) => {
      const old = platform.issue();
      await store({ ...old, theirs: "kept" });
      platform.expireTokens();
      assertEquals((await run(["whoami"])).code, 0);
      const now = await credentials();
      assert(now.refresh_token !== old.refresh_token);
      assertEquals(now.theirs, "kept");
      const refreshes = platform.requests.filter((line) => line.endsWith("/token"));
      assertEquals(refreshes.length, 1);
    });
  });

  it("R25: is renewed once by ten processes together", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      platform.expireTokens();
      const results = await Promise.all(Array.from({ length: 10 }, () => run(["whoami"])));
      assertEquals(results.map(({ code }) => code), Array(10).fill(0), results[0]!.stderr);
      assertEquals(platform.requests.filter((line) => line.endsWith("/token")).length, 1);
    });
  });

  it("R22: is left alone while a token in the environment is refused", async () => {
    await withAccount(async ({ platform, run, store, credentials }) => {
      const stored = platform.issue();
      await store(stored);
      const result = await run(["whoami"], { INSFORGE_ACCESS_TOKEN: "stale" });
      assertEquals(result.code, 2);
      assertEquals(await credentials(), stored);
    });
  });

  it("R23: a refused refresh ends with 2, a lost connection is said to be that", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store({ access_token: "old", refresh_token: "unknown" });
      const refused = await run(["whoami", "--json"]);
      assertEquals(refused.code, 2);
      assertEquals(JSON.parse(refused.stderr).code, "AUTH_ERROR");
      const lost = await run(["whoami", "--json"], { INSFORGE_API_URL: "http://127.0.0.1:9" });
      assertEquals([lost.code, JSON.parse(lost.stderr).code], [1, "NETWORK_ERROR"]);
      assertEquals(platform.requests.length > 0, true);
    });
  });

  it("R16: a token in the environment works without a home and with broken files", async () => {
    await withAccount(async ({ platform, run, home }) => {
      const env = {
        INSFORGE_API_URL: platform.url,
        INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
      };
      const { code, stdout } = await insforge(["whoami", "--json"], { cwd: "/", env });
      assertEquals([code, JSON.parse(stdout).email], [0, EMAIL]);
      await Deno.mkdir(`${home}/.insforge`);
      await Deno.writeTextFile(`${home}/.insforge/credentials.json`, "{broken");
      assertEquals((await run(["whoami"], env)).code, 0);
    });
  });
});

describe("an account without files", () => {
  it("R16: current answers from a token in the environment alone", async () => {
    await using platform = startPlatform();
    const env = {
      INSFORGE_API_URL: platform.url,
      INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
    };
    const { stdout } = await insforge(["current", "--json"], { cwd: "/", env });
    const { authenticated, user, project } = JSON.parse(stdout);
    assertEquals([authenticated, user.email, project], [true, EMAIL, null]);
  });

  it("links in a home that cannot be written, and says what was not stored", async () => {
    if (Deno.build.os !== "linux") return;
    await withAccount(async ({ platform, cwd }) => {
      const env = {
        HOME: "/proc",
        INSFORGE_API_URL: platform.url,
        INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
      };
      const result = await insforge(["link", "--project-id", "project-1", "-y"], { cwd, env });
      assertEquals(result.code, 0, result.stderr);
      assertStringIncludes(result.stderr, "could not be stored");
    });
  });

  it("R60: links within 10 s where nothing but the platform answers", async () => {
    await withAccount(async ({ platform, cwd }) => {
      const env = {
        PATH: "",
        INSFORGE_API_URL: platform.url,
        INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
      };
      const started = performance.now();
      const result = await insforge(["link", "--project-id", "project-1", "-y"], { cwd, env });
      assertEquals(result.code, 0, result.stderr);
      assert(performance.now() - started < 10_000);
    });
  });
});

describe({ name: "pickers", ignore: Deno.build.os === "windows" }, () => {
  it("link asks for the organization and the project", async () => {
    await withAccount(async ({ platform, home, cwd, store }) => {
      await store(platform.issue());
      const env = { HOME: home, INSFORGE_API_URL: platform.url };
      const pty = openPty(["link"], { cwd, env });
      await pty.expect("Organization");
      await pty.type("\r");
      await pty.expect("shop");
      await pty.type("\r");
      await pty.expect("Linked this directory to shop");
      assertEquals(await pty.end(), 0);
    });
  });

  it("shows the terminal sequences in names, and obeys none", async () => {
    const hostile = [
      "\x1b[2J",
      "\x1b]52;c;aGk=\x07",
      "\x1b]8;;http://x/\x1b\\",
      "\x9b31m",
      "\b\b",
      "\n",
      "\u202e",
    ];
    await withAccount(async ({ platform, home, cwd, store }) => {
      await store(platform.issue());
      const [shop] = platform.projects.get("org-1")!;
      const evil = hostile.map((sequence, at) => ({
        ...shop!,
        id: `evil-${at}`,
        name: `a${sequence}z`,
      }));
      platform.projects.get("org-1")!.push(...evil);
      const env = { HOME: home, INSFORGE_API_URL: platform.url };
      const pty = openPty(["link"], { cwd, env });
      await pty.expect("Organization");
      await pty.type("\r");
      await pty.expect("shop");
      // One up from the first choice is the last one.
      await pty.type("\x1b[A\r");
      await pty.expect("Linked this directory to a\\u202ez");
      assertEquals(await pty.end(), 0);
      for (const sequence of hostile) {
        assert(!pty.screen().includes(`a${sequence}`), JSON.stringify(sequence));
      }
      const question = openPty(["storage", "delete-object", "a\x1b[2Jz", "--bucket", "b\x9b2J"], {
        cwd,
        env: { ...env, INSFORGE_BASE_URL: platform.url, INSFORGE_API_KEY: "ik_unused" },
      });
      await question.expect("a\\u001b[2Jz");
      await question.type("n\r");
      assertEquals(await question.end(), 1);
      assert(!question.screen().includes("\x1b[2Jz"));
    });
  });

  it("R13: with -y nothing is asked and the missing flag is named", async () => {
    await withAccount(async ({ platform, home, cwd, store }) => {
      await store(platform.issue());
      const env = { HOME: home, INSFORGE_API_URL: platform.url };
      const pty = openPty(["link", "-y"], { cwd, env });
      assertEquals(await pty.end(), 1);
      assertStringIncludes(pty.screen(), "--org-id");
    });
  });
});

describe({ name: "on a terminal", ignore: Deno.build.os === "windows" }, () => {
  it("projects stand in one table, or in one for each organization where there is no room", async () => {
    await withAccount(async ({ platform, home, cwd, store }) => {
      await store(platform.issue());
      const id = crypto.randomUUID();
      platform.projects.get("org-1")![0]!.id = id;
      const env = { HOME: home, INSFORGE_API_URL: platform.url, NO_COLOR: "1" };
      const wide = openPty(["list"], { cwd, env, columns: 120 });
      assertEquals(await wide.end(), 0);
      assertMatch(wide.screen(), /Organization +Project +Region +Status +AppKey +Project ID/);
      const narrow = openPty(["list"], { cwd, env, columns: 80 });
      assertEquals(await narrow.end(), 0);
      assertMatch(narrow.screen(), /org-1\S*\r\n\S*Project +Region +Status +Project ID/);
      assertStringIncludes(narrow.screen(), id);
      assertMatch(narrow.screen(), /org-2\S*\r\nIt has no projects yet/);
    });
  });
});

describe("logout", () => {
  it("forgets what login wrote, also when it is broken, and nothing else", async () => {
    await withAccount(async ({ run, store, home, platform }) => {
      await store(platform.issue());
      const config = `${home}/.insforge/config.json`;
      await Deno.writeTextFile(config, '{"default_org_id": "a", "theme": "dark"}');
      assertEquals((await run(["logout"])).code, 0);
      assertEquals(JSON.parse(await Deno.readTextFile(config)), { theme: "dark" });
      assertEquals((await run(["whoami"])).code, 2);
      await Deno.writeTextFile(`${home}/.insforge/credentials.json`, "{broken");
      assertEquals((await run(["logout"])).code, 0);
      assertEquals(platform.requests, []);
    });
  });
});

describe("projects", () => {
  it("are listed with their organizations", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      const listing = JSON.parse((await run(["list", "--json"])).stdout);
      assertEquals(listing.map(({ id }: { id: string }) => id), ["org-1", "org-2"]);
      assertStringIncludes((await run(["list"])).stdout, "project-1");
    });
  });

  it("one organization that cannot be read does not hide the others", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      platform.faults.push({ path: /org-2\/projects/, status: 403, times: 9 });
      const result = await run(["list"]);
      assertEquals(result.code, 0);
      assertStringIncludes(result.stdout, "shop");
      assertStringIncludes(result.stderr, "org-2");
    });
  });

  it("R31: link by id keeps the fields of its organization and asks for nothing", async () => {
    await withAccount(async ({ platform, run, store, cwd, home }) => {
      await store(platform.issue());
      const result = await run(["link", "--project-id", "project-1", "--org-id", "org-1", "-y"]);
      assertEquals(result.code, 0, result.stderr);
      const file = JSON.parse(await Deno.readTextFile(`${cwd}/.insforge/project.json`));
      assertEquals(file.oss_host, "https://key-project-.us-east.insforge.app");
      assertEquals(file.api_key, "ik_project-1");
      const config = JSON.parse(await Deno.readTextFile(`${home}/.insforge/config.json`));
      assertEquals(config.default_org_id, "org-1");
      assertEquals((result.stdout + result.stderr).includes("ik_"), false);
      assertEquals((await run(["link", "--project-id", "nowhere", "-y"])).code, 4);
    });
  });

  it("R17: INSFORGE_PROJECT_ID changes the target and rewrites nothing", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      const result = await run(["db", "tables", "--json"], { INSFORGE_PROJECT_ID: "project-1" });
      assertEquals(JSON.parse(result.stderr).code, "NETWORK_ERROR");
      assertStringIncludes(result.stderr, "key-project-.us-east.insforge.app");
      assert(platform.requests.includes("GET /projects/v1/project-1/access-api-key"));
      assertEquals((await run(["current", "--json"])).stdout.includes("key-project"), false);
    });
  });

  it("link and create are about the working directory, not about a link above it", async () => {
    await withAccount(async ({ platform, cwd, home, store }) => {
      await store(platform.issue());
      const env = { HOME: home, INSFORGE_API_URL: platform.url };
      const above = '{"project_id": "above", "oss_host": "http://127.0.0.1:1", "api_key": "ik_x"}';
      await Deno.mkdir(`${cwd}/.insforge`);
      await Deno.writeTextFile(`${cwd}/.insforge/project.json`, above);
      for (const args of [["link", "--project-id", "project-1"], ["create", "--name", "shop 2"]]) {
        const below = `${cwd}/${args[0]}`;
        await Deno.mkdir(below);
        const template = args[0] === "create" ? ["--template", "empty", "--org-id", "org-1"] : [];
        const done = await insforge([...args, ...template, "-y"], { cwd: below, env });
        assertEquals(done.code, 0, done.stderr);
        const link = JSON.parse(await Deno.readTextFile(`${below}/.insforge/project.json`));
        assert(link.project_id !== "above");
      }
      assertEquals(await Deno.readTextFile(`${cwd}/.insforge/project.json`), above);
    });
  });

  it("R38: create waits through gateway errors until the project is active", async () => {
    await withAccount(async ({ platform, run, store, cwd }) => {
      await store(platform.issue());
      platform.provisioningReads = 1;
      platform.faults.push({
        method: "GET",
        path: /^\/projects\/v1\/[^/]+$/,
        status: 502,
        times: 1,
      });
      const line = ["create", "--name", "My Shop", "--org-id", "org-1", "--region", "eu-central"];
      const result = await run([...line, "--template", "empty", "-y", "--json"]);
      assertEquals(result.code, 0, result.stderr);
      const { project, oss_host } = JSON.parse(result.stdout);
      assertEquals([project.name, project.region], ["My Shop", "eu-central"]);
      const file = JSON.parse(await Deno.readTextFile(`${cwd}/.insforge/project.json`));
      assertEquals([file.project_id, file.oss_host], [project.id, oss_host]);
    });
  });

  it("R46: an ambiguous answer does not create a second project", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      platform.faults.push({ method: "POST", path: /org-1\/projects/, status: 502, times: 1 });
      const result = await run(["create", "--name", "shop2", "--org-id", "org-1", "-y", "--json"]);
      assertEquals(result.code, 1);
      assertEquals(platform.requests.filter((line) => line.startsWith("POST /org")).length, 1);
    });
  });

  it("R19: create checks its values before the first request", async () => {
    await withAccount(async ({ platform, run, store }) => {
      await store(platform.issue());
      for (const wrong of [["--region", "mars"], ["--template", "cobol"], ["--name", "x"]]) {
        assertEquals((await run(["create", "--org-id", "org-1", "-y", ...wrong])).code, 1);
      }
      assertEquals(platform.requests, []);
    });
  });

  it("create unpacks a template beside the link", async () => {
    const body = await zipArchive({ "main/react/src/app.tsx": "app" });
    await using archives = stubServer(() => new Response(body));
    await withAccount(async ({ platform, run, store, cwd }) => {
      await store(platform.issue());
      const line = ["create", "--name", "It's mine", "--org-id", "org-2", "--template", "react"];
      const result = await run([...line, "-y"], {
        INSFORGE_TEMPLATES_URL: `${archives.url}/a.zip`,
      });
      assertEquals([result.code, result.stderr], [0, ""]);
      assertEquals(await Deno.readTextFile(`${cwd}/it-s-mine/src/app.tsx`), "app");
    });
  });

  it("R33: a template that cannot be had leaves the link and no folder", async () => {
    await withAccount(async ({ platform, run, store, cwd }) => {
      await store(platform.issue());
      const line = ["create", "--name", "shop", "--org-id", "org-2", "--template", "react", "-y"];
      const result = await run(line, { INSFORGE_TEMPLATES_URL: "http://127.0.0.1:9/a.zip" });
      assertEquals(result.code, 0, result.stderr);
      assertStringIncludes(result.stderr, "not fetched");
      const names = [...Deno.readDirSync(cwd)].map(({ name }) => name).sort();
      assertEquals(names, [".gitignore", ".insforge"]);
    });
  });
});
