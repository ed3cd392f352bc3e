/** Whoever holds the release host, or a mirror, or the way there, and wants to be run. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EXECUTABLE } from "../support/executable.ts";
import { has, run } from "../support/program.ts";
import { RELEASE, type ReleaseServer, serveReleases } from "../support/releases.ts";
import { withFolder } from "../support/temporary.ts";

const isUnix = Deno.build.os !== "windows";

async function upgradeFrom(server: ReleaseServer) {
  return await withFolder(async (home) => {
    const program = `${home}/insforge`;
    await Deno.copyFile(EXECUTABLE, program);
    const { ino } = await Deno.stat(program);
    const env = { HOME: home, INSFORGE_DOWNLOAD_URL: server.url };
    const result = await run(program, ["upgrade", "--json"], { env });
    return { ...result, isReplaced: (await Deno.stat(program)).ino !== ino };
  });
}

/** @param missing programs that are not on PATH */
async function installFrom(server: ReleaseServer, args: string[] = [], missing: string[] = []) {
  return await withFolder(async (home) => {
    const tools = `${home}/tools`;
    await Deno.mkdir(tools);
    for (const place of ["/bin", "/usr/bin"]) {
      for (const { name } of Deno.readDirSync(place)) {
        if (missing.includes(name)) continue;
        await Deno.symlink(`${place}/${name}`, `${tools}/${name}`).catch(() => {});
      }
    }
    const env = { HOME: home, INSFORGE_DOWNLOAD_URL: server.url, PATH: tools };
    const result = await run("sh", [`${RELEASE}/install.sh`, ...args], { env });
    const installed = await Deno.stat(`${home}/.local/bin/insforge`).then(() => true, () => false);
    return { ...result, installed };
  });
}

describe({ name: "a release that others made", ignore: !isUnix }, () => {
  for (const signature of ["none", "older"] as const) {
    it(`is not upgraded to: its signature is ${signature === "none" ? "none" : "another's"}`, async () => {
      await using server = await serveReleases({ version: "99.0.0", signature });
      const { code, stderr, isReplaced } = await upgradeFrom(server);
      assertEquals([code, isReplaced], [1, false]);
      assertEquals(JSON.parse(stderr).code, "NOT_SIGNED");
      assertEquals(server.requests.some((path) => path.includes(".tar.")), false);
    });
  }

  it("is not upgraded to when it is older, whoever signed it", async () => {
    await using server = await serveReleases({ version: "0.0.1" });
    const { code, stdout, isReplaced } = await upgradeFrom(server);
    assertEquals([code, isReplaced, JSON.parse(stdout).upgraded], [0, false, false]);
  });

  it("is not installed", async () => {
    await using server = await serveReleases({ signature: "none" });
    for (const missing of has("node") ? [[], ["openssl"]] : [[]]) {
      const { code, stderr, installed } = await installFrom(server, [], missing);
      assertEquals([code, installed], [1, false], stderr);
      assertStringIncludes(stderr, "is not signed by the makers of insforge");
    }
  });

  it("is not installed unseen: without a program that checks, that has to be asked for", async () => {
    await using server = await serveReleases();
    const missing = ["openssl", "node"];
    const refused = await installFrom(server, [], missing);
    assertEquals([refused.code, refused.installed], [1, false]);
    assertStringIncludes(refused.stderr, "--unsigned");
    const asked = await installFrom(server, ["--unsigned"], missing);
    assertEquals([asked.code, asked.installed], [0, true], asked.stderr);
  });

  it("is installed from where it is signed, by either program", async () => {
    await using server = await serveReleases();
    for (const missing of has("node") ? [[], ["openssl"]] : [[]]) {
      const { code, stderr, installed } = await installFrom(server, [], missing);
      assertEquals([code, installed], [0, true], stderr);
    }
  });
});
