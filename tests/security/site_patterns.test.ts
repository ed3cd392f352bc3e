/**
 * A clone's site has patterns that take for ever on what a page elsewhere has the browser ask for:
 * the local backend would stand still with all that it holds.
 */
import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { serveProcess } from "../support/server_process.ts";
import { writeSite } from "../support/site.ts";
import { withFolder } from "../support/temporary.ts";

it("no pattern of a site holds the local backend up", async () => {
  await withFolder(async (cwd) => {
    const server = await serveProcess(`${cwd}/data`);
    const { env } = server;
    try {
      const deploy = async (source: string) => {
        const rewrites = [{ source, destination: "/index.html" }];
        const config = JSON.stringify({ rewrites });
        await writeSite(`${cwd}/site`, { "index.html": "home", "vercel.json": config });
        const args = ["deployments", "deploy", "site", "--json"];
        const { code, stdout, stderr } = await insforge(args, { cwd, env });
        assertEquals(code, 0, stderr);
        return JSON.parse(stdout).url as string;
      };
      const answer = async (url: string) => {
        const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
        return [response.status, await response.text()];
      };
      const path = `${"a".repeat(60)}${"-".repeat(1_000)}!`;
      for (
        const source of ["/((?:a+)+)", "/(a|aa)+x", "/(.*)-(.*)-(.*)-(.*)-x", "/((?!b|.*\\.).*)/x"]
      ) {
        assertEquals(
          await answer(`${await deploy(source)}/${path}`),
          [404, "Not found.\n"],
          source,
        );
      }
      const url = await deploy("/(.*)");
      assertEquals(await answer(`${url}/${"a".repeat(1_999)}`), [200, "home"]);
      assertEquals(await answer(`${url}/${"a".repeat(2_000)}`), [414, "The path is too long.\n"]);
    } finally {
      await server.kill();
    }
  });
});
