import { STATE_FILES } from "../../shared/contract/state.ts";
import { LogFile, Logger } from "./log_file.ts";

/** The log files by the name of their source (contract sections 11 and 16.4). */
export const LOG_FILES = {
  "insforge.logs": "insforge.logs.jsonl",
  "postgres.logs": "postgres.logs.jsonl",
  "postgREST.logs": "postgrest.logs.jsonl",
  "function.logs": "function.logs.jsonl",
} as const;

/** What came of putting functions into use: a source with a route of its own. */
const DEPLOY_LOG_FILE = "function-deploy.logs.jsonl";

/** A log that is read through the `/api/logs` routes. */
export type LogSource = keyof typeof LOG_FILES | "function-deploy.logs";

/** The logs of a data directory. */
export class Logs {
  readonly #open = new Map<LogSource, Logger>();

  readonly #dataDir: string;
  readonly #clock: () => Date;

  constructor(dataDir: string, clock: () => Date) {
    this.#dataDir = dataDir;
    this.#clock = clock;
  }

  /** The one writer of a log. */
  writer(source: LogSource): Logger {
    let logger = this.#open.get(source);
    if (!logger) {
      logger = new Logger(new LogFile(this.path(source)), this.#clock);
      this.#open.set(source, logger);
    }
    return logger;
  }

  /** The file of a log. */
  path(source: LogSource): string {
    const file = source === "function-deploy.logs" ? DEPLOY_LOG_FILE : LOG_FILES[source];
    return `${this.#dataDir}/${STATE_FILES.logs}/${file}`;
  }

  /** Resolves when everything that was logged is in the files. */
  async flush(): Promise<void> {
    await Promise.all(this.#open.values().map((logger) => logger.flush()));
  }
}
