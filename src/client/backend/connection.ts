/** The database's own address: section 5.2 of the HTTP contract. */
import type { Clock } from "../../core/clock.ts";
import { OperationError } from "../../core/errors.ts";
import type { HttpClient } from "../http.ts";

const INTERVAL_MS = 2_000;
const TRIES = 10;
/** A password that consists of these alone is not set up yet. */
const MASKED = /^\*+$/;

/** How the wait for the password goes on, is shown and ends. */
interface Wait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  progress(text: string): Disposable & { stop(): void };
}

/**
 * The connection URL with its password. Right after a project is set up the password is masked for
 * some seconds: that is waited for, at most 20 s. @throws {OperationError} when it stays masked.
 */
export async function connectionUrl(wait: Wait, backend: HttpClient): Promise<string> {
  const { connectionURL } = await backend.json<{ connectionURL: string }>(
    "GET",
    "/api/metadata/database-connection-string",
  );
  using progress = wait.progress("Waiting for the database's password");
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await wait.clock.sleep(INTERVAL_MS, wait.signal);
    const { databasePassword } = await backend.json<{ databasePassword?: string }>(
      "GET",
      "/api/metadata/database-password",
    );
    if (!databasePassword || MASKED.test(databasePassword)) continue;
    progress.stop();
    const url = new URL(connectionURL);
    url.password = encodeURIComponent(databasePassword);
    return url.href;
  }
  throw new OperationError("The database's password is not available yet.", "NOT_READY", {
    hint: "Try again in a minute.",
  });
}
