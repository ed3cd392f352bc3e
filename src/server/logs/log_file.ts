export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line of a log file (contract section 16.4). */
export interface LogRecord {
  id: string;
  timestamp: string;
  message: string;
  level: LogLevel;
  metadata: Record<string, unknown>;
}

/** Bytes after which a log file is set aside as `<name>.1`. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** Appends JSON lines to one file, in order and without making the caller wait. */
export class LogFile {
  #queued = "";
  /** Whether the last line may have no end. */
  #isTorn = false;
  #writing: Promise<void> | undefined;

  /** @param path of the file; its directory must exist */
  constructor(readonly path: string) {}

  append(record: object): void {
    this.#queued += `${JSON.stringify(record)}\n`;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything appended so far is in the file. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #drain(): Promise<void> {
    // Lets the lines of one tick go out in one write.
    await Promise.resolve();
    try {
      while (this.#queued) {
        const text = (this.#isTorn ? "\n" : "") + this.#queued;
        this.#queued = "";
        await this.#rotateIfFull();
        this.#isTorn = true;
        await Deno.writeTextFile(this.path, text, { append: true, mode: 0o600 });
        this.#isTorn = false;
      }
    } catch {
      // A log that cannot be written (disk full) must not take requests down with it.
      this.#queued = "";
    } finally {
      this.#writing = undefined;
    }
  }

  async #rotateIfFull(): Promise<void> {
    const size = await Deno.stat(this.path).then((info) => info.size, () => 0);
    if (size >= MAX_FILE_BYTES) await Deno.rename(this.path, `${this.path}.1`);
  }
}

/**
 * Writes the server's own log. Messages and metadata must not hold secrets: neither keys nor bodies
 * nor query strings.
 */
export class Logger {
  readonly #file: LogFile;
  readonly #clock: () => Date;

  constructor(file: LogFile, clock: () => Date) {
    this.#file = file;
    this.#clock = clock;
  }

  info(message: string, metadata: Record<string, unknown> = {}): void {
    this.write("info", message, metadata);
  }

  warn(message: string, metadata: Record<string, unknown> = {}): void {
    this.write("warn", message, metadata);
  }

  error(message: string, metadata: Record<string, unknown> = {}): void {
    this.write("error", message, metadata);
  }

  async flush(): Promise<void> {
    await this.#file.flush();
  }

  write(level: LogLevel, message: string, metadata: Record<string, unknown>): void {
    const now = this.#clock();
    const record: LogRecord = {
      id: `${now.getTime()}-${crypto.randomUUID().slice(0, 8)}`,
      timestamp: now.toISOString(),
      message,
      level,
      metadata,
    };
    this.#file.append(record);
  }
}
