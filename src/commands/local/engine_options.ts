/** The options that choose the PostgreSQL beneath a local backend. */
import type { Context } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";

/** What `--engine` takes. */
export const ENGINES = ["pglite", "postgres"] as const;
export type EngineName = typeof ENGINES[number];

export const ENGINE_HELP =
  "PostgreSQL to run: pglite (inside) or postgres (installed, else fetched).";
export const DATABASE_URL_HELP = "Use the PostgreSQL at this address: postgres://…";

/** What was typed. */
export interface EngineOptions {
  readonly engine?: EngineName;
  readonly databaseUrl?: string;
}

/**
 * The address of the PostgreSQL to use, if one is named; the variable counts where no option says
 * otherwise.
 * @throws {UsageError}
 */
export function databaseUrlOf(
  context: Pick<Context, "env">,
  { engine, databaseUrl }: EngineOptions,
): string | undefined {
  if (engine && databaseUrl) {
    throw new UsageError("Give --engine or --database-url, not both.");
  }
  const url = databaseUrl ?? (engine ? undefined : context.env("INSFORGE_DATABASE_URL"));
  if (url === undefined || /^postgres(ql)?:\/\/./.test(url)) return url;
  throw new UsageError("The address of the database does not begin with postgres://.", {
    hint: "Write it as postgres://user:password@host:5432/database.",
  });
}
