import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { fromFileUrl } from "@std/path";
import { TARGETS } from "../../scripts/release/targets.ts";
import { EXECUTABLE } from "../support/executable.ts";
import { has, run } from "../support/program.ts";
import { RELEASE, type ReleaseServer, serveReleases } from "../support/releases.ts";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const INSTALLER = `${RELEASE}/install.sh`;

let server: ReleaseServer;

/** Runs the installer in a shell, as someone whose home is `home`. */
function install(shell: string, home: string, args: string[] = [], env = {}) {
  const [program, ...before] = shell.split(" ");
  return run(program!, [...before, INSTALLER, ...args], {
    cwd: home,
    env: { HOME: home, INSFORGE_DOWNLOAD_URL: server.url, ...env },
  });
}

/** A PATH on which all tools are but some. */
async function withoutTools(folder: string, missing: string[]): Promise<string> {
  const bin = await Deno.makeTempDir({ dir: folder, prefix: "tools-" });
  for (const place of ["/bin", "/usr/bin"]) {
    for (const { name } of Deno.readDirSync(place)) {
      if (missing.includes(name)) continue;
      await Deno.symlink(`${place}/${name}`, `${bin}/${name}`).catch(() => {});
    }
  }
  return bin;
}

const isUnix = Deno.build.os !== "windows";
const shells = ["dash", "bash", "busybox sh", "zsh"];

describe({ name: "install.sh", ignore: !isUnix }, () => {
  beforeAll(async () => {
    server = await serveReleases();
  });
  afterEach(() => {
    server.fault = undefined;
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  for (const shell of shells) {
    it({
      name: `installs and removes in ${shell}, in an empty home`,
      ignore: !has(shell.split(" ")[0]!),
    }, async () => {
      await withFolder(async (home) => {
        const bin = `${home}/.local/bin`;
        const { code, stdout, stderr } = await install(shell, home);
        assertEquals(code, 0, stderr);
        assertStringIncludes(stdout, `in ${bin}.\nAdd it to PATH: `);
        assertEquals([...Deno.readDirSync(bin)].map(({ name }) => name), ["insforge"]);
        assertEquals((await run(`${bin}/insforge`, ["--version"])).code, 0);

        const removal = await install(shell, home, ["--uninstall"]);
        assertEquals([removal.code, [...Deno.readDirSync(bin)]], [0, []], removal.stderr);
        assertEquals((await install(shell, home, ["--uninstall"])).code, 1);
      });
    });
  }

  it({ name: "takes the smaller archive where xz unpacks it", ignore: !has("xz") }, async () => {
    await withFolder(async (home) => {
      const { version } = JSON.parse(await Deno.readTextFile(`${RELEASE}/manifest.json`));
      const archive = `/download/v${version}/insforge-${version}-${Deno.build.target}.tar`;
      const PATH = await withoutTools(home, ["xz"]);
      for (const [env, ending] of [[{}, "xz"], [{ PATH }, "gz"]] as const) {
        const { code, stderr } = await install("sh", home, [], env);
        assertEquals([code, server.requests.at(-1)], [0, `${archive}.${ending}`], stderr);
      }
    });
  });

  it("upgrades in place while the old one runs, and says nothing of a PATH that is right", async () => {
    await withFolder(async (home) => {
      const bin = `${home}/my bin`;
      await Deno.mkdir(bin);
      await Deno.copyFile("/bin/sleep", `${bin}/insforge`);
      const old = new Deno.Command(`${bin}/insforge`, { args: ["60"] }).spawn();
      const env = { PATH: `${bin}:${Deno.env.get("PATH")}` };
      const { code, stdout, stderr } = await install("sh", home, ["--to", bin], env);
      old.kill();
      await old.status;
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /Installed insforge .*\.\n$/);
      const size = (await Deno.stat(EXECUTABLE)).size;
      assertEquals((await Deno.stat(`${bin}/insforge`)).size, size);
    });
  });

  // Busybox runs the wget in itself, which crashes where Debian links it statically.
  for (const shell of shells.filter((shell) => !shell.startsWith("busybox"))) {
    it({
      name: `works in ${shell} with wget where there is no curl`,
      ignore: !has("wget") || !has(shell),
    }, async () => {
      await withFolder(async (home) => {
        const PATH = await withoutTools(home, ["curl", "sha256sum"]);
        const { code, stderr } = await install(shell, home, [], { PATH });
        assertEquals(code, 0, stderr);
      });
    });
  }

  it("takes no older version than the one that is there, unless it is named", async () => {
    await withFolder(async (home) => {
      const { version } = JSON.parse(await Deno.readTextFile(`${RELEASE}/manifest.json`));
      const [major] = version.split(".");
      await Deno.mkdir(`${home}/bin`);
      const path = `${home}/bin/insforge`;
      for (const there of [`${Number(major) + 10}.0.0`, `${version.replace(/\d+$/, "10")}-rc.1`]) {
        const script = `#!/bin/sh\necho ${there}\n`;
        await Deno.writeTextFile(path, script, { mode: 0o755 });
        const { code, stderr } = await install("sh", home, ["--to", "bin"]);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `insforge ${there} is in ${home}/bin, and what is offered is`);
        assertEquals(await Deno.readTextFile(path), script);
      }
      const { code, stderr } = await install("sh", home, ["--to", "bin", "--version", version]);
      assertEquals(code, 0, stderr);
    });
  });

  it("takes what replaces a version that leads up to it", async () => {
    await withFolder(async (home) => {
      const { version } = JSON.parse(await Deno.readTextFile(`${RELEASE}/manifest.json`));
      await Deno.mkdir(`${home}/bin`);
      const script = `#!/bin/sh\necho ${version}-rc.1\n`;
      await Deno.writeTextFile(`${home}/bin/insforge`, script, { mode: 0o755 });
      const { code, stderr } = await install("sh", home, ["--to", "bin"]);
      assertEquals(code, 0, stderr);
    });
  });

  for (const fault of ["damaged", "forged", "short", "broken", "missing"] as const) {
    it(`leaves everything as it was when the archive is ${fault}`, async () => {
      await withFolder(async (home) => {
        await Deno.mkdir(`${home}/bin`);
        await Deno.writeTextFile(`${home}/bin/insforge`, "the old one");
        server.fault = fault;
        const { code, stderr } = await install("sh", home, ["--to", "bin"]);
        assertEquals(code, 1);
        assertMatch(stderr, /^insforge: .*(damaged|Cannot fetch)/m);
        assertEquals([...Deno.readDirSync(`${home}/bin`)].length, 1);
        assertEquals(await Deno.readTextFile(`${home}/bin/insforge`), "the old one");
      });
    });
  }

  it("says in one sentence what is missing", async () => {
    await withFolder(async (home) => {
      const cases: [args: string[], env: Record<string, string>, said: RegExp][] = [
        [[], { HOME: "" }, /HOME is not set: name a folder with --to\./],
        [["--to"], {}, /--to needs a value\./],
        [["--bad"], {}, /There is no option --bad; see --help\./],
        [
          ["--to", "/dev/null/x"],
          {},
          /Cannot make \/dev\/null\/x: name another folder with --to\./,
        ],
        [["--version", "9.9.9"], {}, /is there a version 9\.9\.9\?/],
        [[], { PATH: await withoutTools(home, ["curl", "wget"]) }, /curl or wget is needed\./],
        [[], { PATH: await withoutTools(home, ["xz", "gzip"]) }, /xz or gzip is needed\./],
      ];
      for (const [args, env, said] of cases) {
        const { code, stderr } = await install("/bin/sh", home, args, env);
        assertEquals(code, 1, String(said));
        assertMatch(stderr, said);
      }
    });
  });

  it("knows platforms that have no executable", async () => {
    await withFolder(async (home) => {
      const PATH = await withoutTools(home, ["uname"]);
      const cases = [
        ["Linux", "riscv64", /There is no insforge for riscv64 processors\./],
        ["FreeBSD", "x86_64", /There is no insforge for FreeBSD\./],
        ["MINGW64_NT-10.0", "x86_64", /use install\.ps1 in PowerShell\./],
        ["Darwin", "arm64", /has no executable for aarch64-apple-darwin\./],
      ] as const;
      for (const [system, machine, said] of cases) {
        const script = `#!/bin/sh\n[ "$1" = -m ] && echo ${machine} || echo ${system}\n`;
        await Deno.writeTextFile(`${PATH}/uname`, script, { mode: 0o755 });
        const { code, stderr } = await install("/bin/sh", home, [], { PATH });
        assertEquals(code, 1);
        assertMatch(stderr, said);
      }
    });
  });

  it("does nothing when the script itself is cut off", async () => {
    await withFolder(async (home) => {
      const whole = await Deno.readTextFile(INSTALLER);
      const lines = whole.trimEnd().split("\n").slice(0, -1).join("\n");
      await Deno.writeTextFile(`${home}/cut.sh`, lines);
      const { stdout } = await run("sh", [`${home}/cut.sh`], { env: { HOME: home } });
      assertEquals(stdout, "");
      assert(![...Deno.readDirSync(home)].some(({ name }) => name === ".local"));
    });
  });
});

describe("install.ps1", () => {
  const text = Deno.readTextFileSync(`${ROOT}scripts/install.ps1`);
  /** What is code, without strings and comments. */
  const code = text.replace(/'[^']*'|"[^"]*"|#.*$/gm, (found) => found.startsWith("#") ? "" : "''");

  it("is whole, and in letters that every code page has", () => {
    assertMatch(text, /^[\n\x20-\x7e]*$/);
    const open: string[] = [];
    for (const [bracket] of code.matchAll(/[(){}[\]]/g)) {
      if ("({[".includes(bracket)) open.push({ "(": ")", "{": "}", "[": "]" }[bracket]!);
      else assertEquals(bracket, open.pop());
    }
    assertEquals(open, []);
  });

  it("keeps to what Windows PowerShell 5.1 knows", () => {
    for (
      const newer of [/\?\?/, /\?\./, /&&/, /\|\|/, / \? .* : /, /-Parallel/, /ForEach-Object -P/]
    ) {
      assertEquals(newer.exec(code)?.[0], undefined);
    }
  });

  it("calls functions that it has, and knows the platforms of a release", () => {
    const defined = [...code.matchAll(/^function ([\w-]+)/gm)].map(([, name]) => name!);
    // Of PowerShell itself, as Windows brings it.
    const known = new Set([
      ...defined,
      ..."Invoke-WebRequest Get-Command Where-Object Select-Object Out-Null Remove-Item Test-Path"
        .split(" "),
      ..."Move-Item New-Item Join-Path Get-Content Write-Output Get-FileHash Expand-Archive"
        .split(" "),
    ]);
    const called = [...code.matchAll(/(?<![\w$.:-])([A-Z][a-z]+-[A-Z]\w+)/g)].map(([, name]) =>
      name!
    );
    assertEquals(called.filter((name) => !known.has(name)), []);
    assertEquals(defined.filter((name) => called.filter((other) => other === name).length < 2), []);
    const targets = TARGETS.filter((target) => target.includes("windows"));
    assertEquals(
      [...text.matchAll(/'(\w+-pc-windows-msvc)'/g)].map(([, name]) => name).sort(),
      [
        ...targets,
      ].sort(),
    );
  });
});
