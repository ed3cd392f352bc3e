/**
 * Dumps of PostgreSQL 17, and exports of a backend over it: the tests of `tests/dump` that need a
 * PostgreSQL, in a Debian that has this one.
 */
import { debianRoot, need, type Platform, type Result, ROOT } from "./platform.ts";

const platform: Platform = {
  name: "PostgreSQL 17",
  runs: "tests of dumps",
  command: (args, { env }) => ({ program: `${ROOT}/dist/insforge`, args, env }),
  path: (folder) => folder,
};

/** All of them. */
export async function run() {
  await need(["mmdebstrap", "unshare", "chroot"], { root: true });
  const root = await debianRoot("postgresql-17", "trixie", [
    "--variant=essential",
    "--include=postgresql",
  ]);
  const results: Result[] = [];
  for (const name of ["pg_dump", "postgres"]) {
    results.push(await test(root, `tests/dump/${name}.test.ts`));
  }
  return { platform, results };
}

async function test(root: string, file: string): Promise<Result> {
  // Where the checkout lies, and Deno; links may lead from one to the other.
  const shown = new Set([ROOT, Deno.execPath(), "/proc", "/dev"].map((path) => path.split("/")[1]));
  const mounts = [...shown].map((name) =>
    `mkdir -p ${root}/${name} && mount --rbind /${name} ${root}/${name}`
  );
  const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
  const command = [Deno.execPath(), "test", "-A", "--no-check", ...flags, file];
  const script = `${mounts.join(" && ")} && exec chroot ${root} sh -c 'cd "$0" && exec "$@"' "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-m", "--propagation", "private", "sh", "-euc", script, "sh", ROOT, ...command],
    clearEnv: true,
    env: {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      // That of the system is not that of the Debian, which has none.
      DENO_TLS_CA_STORE: "mozilla",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
      INSFORGE_DENO_FLAGS: flags.join("\n"),
    },
    stdin: "null",
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  // Without a PostgreSQL they would be ignored, and pass.
  if (code === 0 && / 0 failed \(/.test(text!) && !/ignored/.test(text!)) return { name: file };
  const failure = `exit code ${code}\n${errors}${text}`;
  console.error(`✗ ${file}\n${failure}`);
  return { name: file, failure };
}
