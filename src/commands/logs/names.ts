import { UsageError } from "../../core/errors.ts";

/** The logs of a backend, but for that of deployments. */
export const LOGS = ["insforge.logs", "postgREST.logs", "postgres.logs", "function.logs"];

/** One of the logs, as it is written: it may be typed in any case. @throws {UsageError} */
export function logNamed(name: string, logs: readonly string[]): string {
  const log = logs.find((log) => log.toLowerCase() === name.toLowerCase());
  if (log) return log;
  throw new UsageError(`There is no log ${name}.`, { hint: `Use one of: ${logs.join(", ")}` });
}
