import type { PackagesOptions } from "../../shared/packages/open_packages.ts";
import type { PostgresPrograms } from "../../shared/postgres/programs.ts";
import type { Logger } from "../logs/log_file.ts";
import type { StartedThread } from "./started_thread.ts";

/** Which PostgreSQL is wanted; the one of the data directory, PGlite at first, unless given. */
export interface EngineWish {
  readonly kind?: "pglite" | "postgres";
  /** A PostgreSQL that runs already. */
  readonly url?: string;
  /** The programs that run a PostgreSQL server of the backend's own. */
  readonly programs?: PostgresPrograms;
}

export interface EngineOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly wish?: EngineWish;
  /** Ports for clients of PostgreSQL, to try in turn. */
  readonly ports?: Iterable<number>;
  /** False once somebody has removed the data directory: what has its path then is not touched. */
  isDataThere?(): boolean;
  /** Makes room on a full disk, so that the files can be opened; false when it cannot. */
  makeRoom?(): Promise<boolean>;
  /** Whether values are encoded as InsForge does it where that is a defect. */
  readonly strict?: boolean;
  /** A worker for PGlite that was started early. */
  readonly thread?: StartedThread;
  readonly packages?: Pick<PackagesOptions, "config" | "cacheFolder">;
}

/** PostgreSQL cannot be run here; the message says why. */
export class EngineRefusal extends Error {
  override name = "EngineRefusal";
  /** What to do, in one sentence. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
