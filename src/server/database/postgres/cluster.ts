import { join } from "@std/path";
import { freshPath } from "../../../files/atomic.ts";
import { STATE_FILES } from "../../../shared/contract/state.ts";
import { type PostgresPrograms, programsIn } from "../../../shared/postgres/programs.ts";
import type { EngineAddress } from "../engine.ts";
import { type EngineOptions, EngineRefusal } from "../engine_options.ts";
import type { PostgresServer } from "./engine.ts";
import { isThere } from "../../../files/real_path.ts";
import { listen } from "../../http/listen.ts";

/** How often another port is tried when somebody else has taken the one that was free. */
const TRIES = 3;

/** The file of PostgreSQL's configuration that is ours, written at every start. */
const CONFIGURATION = "insforge.conf";
const SETTINGS = {
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "''",
  max_connections: "120",
  // A transaction may look into each of 10,000 tables, and locks those with their indexes.
  max_locks_per_transaction: "512",
  logging_collector: "on",
  // What it says of statements holds their values.
  log_min_messages: "log",
  log_min_error_statement: "panic",
};

export interface ClusterOptions {
  /** The backend's data directory, absolute. */
  readonly dataDir: string;
  /** The password of the superuser `postgres`. */
  readonly password: string;
  /** Ports to try in turn; 0 takes any free one. */
  readonly ports: readonly number[];
  readonly isDataThere?: EngineOptions["isDataThere"];
  /** The programs, fetched where they have to be. */
  programs(): Promise<PostgresPrograms>;
}

/** A PostgreSQL server of the backend's own, with its files in the data directory. */
export class Cluster implements PostgresServer {
  readonly #options: ClusterOptions;
  readonly #folder: string;
  #programs = { initdb: "", control: "" };
  #account: PostgresPrograms["account"];

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#folder = join(options.dataDir, STATE_FILES.cluster);
  }

  async start(): Promise<EngineAddress> {
    const { folder, account } = await this.#options.programs();
    const [initdb, control] = programsIn(folder);
    this.#programs = { initdb: initdb!, control: control! };
    this.#account = account;
    // It has to get at its folder.
    if (account) await Deno.chmod(this.#options.dataDir, 0o711);
    if (!isThere(join(this.#folder, "PG_VERSION"))) await this.#create();
    await this.#giveAll();
    // Left by a server of ours that was killed.
    await this.stop();
    await this.#configure();
    for (let tries = 1;; tries++) {
      const port = freePort(this.#options.ports);
      const failure = await this.#run(this.#programs.control, [
        "start",
        ...["-D", this.#folder, "-l", join(this.#folder, "start.log"), "-w", "-s"],
        ...["-o", `-p ${port}`],
      ]);
      if (failure === undefined) return this.#address(port);
      const said = await this.#said();
      if (tries < TRIES && /could not create any TCP/.test(said)) continue;
      throw new Error(
        `PostgreSQL does not start: ${lastLine(said) || lastLine(failure) || "it says nothing"}`,
      );
    }
  }

  /** Ends it cleanly: what runs is undone, what was committed is on the disk. */
  async stop(): Promise<void> {
    // By itself it ends within a minute of its files.
    if (this.#options.isDataThere?.() === false) return;
    if (!isThere(join(this.#folder, "postmaster.pid"))) return;
    await this.#run(this.#programs.control, ["stop", "-D", this.#folder, "-m", "fast", "-w", "-s"]);
  }

  #address(port: number): EngineAddress {
    const { password } = this.#options;
    return {
      host: "127.0.0.1",
      port,
      user: "postgres",
      password,
      database: "postgres",
      sslmode: "disable",
    };
  }

  async #create(): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(this.#folder, { mode: 0o700 });
    await this.#give(this.#folder);
    const passwordFile = freshPath(this.#folder);
    await Deno.writeTextFile(passwordFile, this.#options.password, { mode: 0o600 });
    await this.#give(passwordFile);
    try {
      const failure = await this.#run(this.#programs.initdb, [
        ...["-D", this.#folder, "-U", "postgres", "-A", "scram-sha-256"],
        ...["-E", "UTF8", `--pwfile=${passwordFile}`, ...localeOptions()],
      ]);
      if (failure === undefined) {
        const main = join(this.#folder, "postgresql.conf");
        return await Deno.writeTextFile(main, `include '${CONFIGURATION}'\n`, { append: true });
      }
      if (this.#account && SHUT_OUT.test(failure)) {
        const isProgram = failure.startsWith(this.#programs.initdb);
        throw isProgram ? programsShutOut(this.#programs.initdb) : shutOut(this.#options.dataDir);
      }
      throw new Error(`PostgreSQL's initdb failed: ${lastLine(failure)}`);
    } finally {
      await Deno.remove(passwordFile);
    }
  }

  /** What it said at its last start: in a log of its own once it collects them. */
  async #said(): Promise<string> {
    const folder = join(this.#folder, "log");
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
    const paths = [
      join(this.#folder, "start.log"),
      ...names.sort().slice(-1).map((name) => join(folder, name)),
    ];
    const texts = paths.map((path) => Deno.readTextFile(path).catch(() => ""));
    return (await Promise.all(texts)).join("\n");
  }

  async #configure(): Promise<void> {
    const path = join(this.#folder, CONFIGURATION);
    const lines = Object.entries(SETTINGS).map(([name, value]) => `${name} = ${value}\n`);
    await Deno.writeTextFile(path, lines.join(""), { mode: 0o600 });
    await this.#give(path);
  }

  /** @returns what it said when it failed */
  async #run(program: string, args: string[]): Promise<string | undefined> {
    const { uid, gid } = this.#account ?? {};
    const command = new Deno.Command(program, {
      args,
      ...(uid === undefined ? {} : { uid, gid, cwd: "/" }),
      stdin: "null",
      stdout: "null",
      // A server that it starts keeps a pipe open for as long as it runs.
      stderr: args[0] === "start" ? "null" : "piped",
    });
    try {
      const output = await command.output();
      if (output.success) return undefined;
      return args[0] === "start" ? "" : new TextDecoder().decode(output.stderr);
    } catch (error) {
      return `${program} cannot be run: ${(error as Error).message}`;
    }
  }

  /** A copy that root has made is root's. */
  async #giveAll(): Promise<void> {
    const owner = (await Deno.lstat(this.#folder)).uid;
    if (!this.#account || owner === this.#account.uid) return;
    const below = async (folder: string): Promise<void> => {
      for (const { name, isDirectory } of Array.from(Deno.readDirSync(folder))) {
        const path = join(folder, name);
        if (isDirectory) await below(path);
        else await this.#give(path);
      }
      // Last, so that a start that ended midway is known by it.
      await this.#give(folder);
    };
    await below(this.#folder);
  }

  async #give(path: string): Promise<void> {
    if (this.#account) await Deno.chown(path, this.#account.uid, this.#account.gid);
  }
}

const SHUT_OUT = /permission denied|could not access/i;

function shutOut(dataDir: string): EngineRefusal {
  return new EngineRefusal(
    `PostgreSQL does not run as root, and the user that it runs as cannot enter ${dataDir}.`,
    "Keep the data where it can, with `--data-dir /var/lib/insforge`, or start the backend as " +
      "another user than root.",
  );
}

function programsShutOut(program: string): EngineRefusal {
  return new EngineRefusal(
    `PostgreSQL does not run as root, and the user that it runs as cannot enter ${program}.`,
    "Install PostgreSQL with the system's packages, or start the backend as another user than root.",
  );
}

/** Sorts by bytes, as PGlite does, and knows all letters. */
function localeOptions(): string[] {
  switch (Deno.build.os) {
    case "windows":
      return ["--no-locale"];
    case "darwin":
      return ["--lc-collate=C", "--lc-ctype=en_US.UTF-8", "--lc-messages=C"];
    default:
      return ["--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"];
  }
}

/** @throws {Deno.errors.AddrInUse | PortForbidden} when none is */
function freePort(ports: readonly number[]): number {
  const listener = listen(ports);
  // At once: PostgreSQL is about to take it.
  listener.close();
  return listener.addr.port;
}

function lastLine(text: string): string {
  return text.trim().split("\n").findLast((line) => /error|fatal/i.test(line)) ??
    text.trim().split("\n").at(-1)!;
}
