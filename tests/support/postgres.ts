/** A PostgreSQL server of the system's own, where one is installed, with its psql. */

const { os } = Deno.build;

/** The folder of `initdb` and its kin, if PostgreSQL is installed. */
export function postgresAt(): string | undefined {
  if (os === "windows") return undefined;
  try {
    const versions = [...Deno.readDirSync("/usr/lib/postgresql")].map(({ name }) => Number(name));
    const folder = `/usr/lib/postgresql/${Math.max(...versions)}/bin`;
    for (const program of ["initdb", "postgres", "psql"]) Deno.statSync(`${folder}/${program}`);
    return folder;
  } catch {
    return undefined;
  }
}

export interface PostgresServer extends AsyncDisposable {
  /** The folder of its socket, which is its host for every client. */
  readonly host: string;
  /** Runs psql, which stops at the first error. @returns its stdout */
  psql(args: readonly string[]): Promise<string>;
}

/**
 * Starts an empty server that listens on a socket in a temporary folder alone.
 * @param settings of its configuration
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const programs = postgresAt();
  if (!programs) throw new Error("PostgreSQL is not installed");
  const folder = await Deno.makeTempDir({ prefix: "pg-" });
  await Deno.chmod(folder, 0o777);
  // PostgreSQL refuses to run as root.
  const asUser = Deno.uid() === 0 ? ["setpriv", "--reuid=postgres", "--clear-groups", "--"] : [];
  const run = async (command: readonly string[], prefix = asUser) => {
    const [program, ...args] = [...prefix, ...command];
    const { code, stdout, stderr } = await new Deno.Command(program!, { args, cwd: "/" }).output();
    if (code !== 0) throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  const control = (action: string, ...args: string[]) =>
    run([`${programs}/pg_ctl`, action, "-w", "-s", "-D", `${folder}/data`, ...args]);
  await run([
    `${programs}/initdb`,
    "-D",
    `${folder}/data`,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
  ]);
  const flags = Object.entries({ listen_addresses: "''", ...settings })
    .map(([name, value]) => `-c ${name}=${value}`);
  await control("start", "-l", `${folder}/log`, "-o", [`-k ${folder}`, ...flags].join(" "));
  return {
    host: folder,
    psql: (args) =>
      run([
        `${programs}/psql`,
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        folder,
        "-U",
        "postgres",
        ...args,
      ], []),
    async [Symbol.asyncDispose]() {
      await control("stop", "-m", "immediate");
      await Deno.remove(folder, { recursive: true });
    },
  };
}
