import type { Logger, LogLevel } from "../logs/log_file.ts";
import type { LocalBackend } from "../services.ts";

/** The log `function.logs`: what functions write, and their invocations (contract section 16.4). */
export class FunctionLog {
  readonly #logger: Logger;

  constructor({ logs }: Pick<LocalBackend, "logs">) {
    this.#logger = logs.writer("function.logs");
  }

  /** Output of a function; without an invocation where it is not known which one wrote it. */
  output(slug: string, level: LogLevel, message: string, invocation?: string): void {
    this.#logger.write(level, message, { slug, invocationId: invocation });
  }

  /** An invocation that was answered. */
  invocation(
    slug: string,
    facts: { invocationId: string; method: string; status: number; milliseconds: number },
  ): void {
    const { invocationId, method, status } = facts;
    const duration = `${Math.round(facts.milliseconds)}ms`;
    const level = status >= 500 ? "error" : "info";
    const message = `${method} ${slug} ${status} ${duration}`;
    this.#logger.write(level, message, { slug, invocationId, method, status, duration });
  }

  /** Resolves when everything is in the file. */
  flush(): Promise<void> {
    return this.#logger.flush();
  }
}
