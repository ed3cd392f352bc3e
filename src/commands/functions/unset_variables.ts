/** Variables that functions read and that no secret sets: they are undefined where they run. */
import { listSecrets } from "../../client/backend/secrets.ts";
import type { Context } from "../../cli/context.ts";
import { CliError } from "../../core/errors.ts";
import type { Bundle } from "../../shared/bundling/bundler.ts";

/** A name that is read as it stands, and without another value for where it is not set. */
const READ = new RegExp(
  [
    String.raw`/\*[^]*?\*/`,
    // Not that of an address.
    String.raw`(?<!:)//[^\n]*`,
    String.raw`\bDeno\s*\.\s*env\s*\.\s*get\(\s*(["'\`])(?<deno>\w+)\1\s*\)(?!\s*(?:\?\?|\|\|))`,
    String.raw`\bprocess\s*\.\s*env\s*\.\s*(?<node>\w+)\b(?!\s*(?:\?\?|\|\||=[^=]))`,
  ].join("|"),
  "g",
);

/** What functions have without a secret of the project's: of the backend, and of its runtime. */
const GIVEN = /^(?:INSFORGE_|DENO_)|^(?:API_KEY|ANON_KEY|JWT_SECRET|NODE_ENV)$/;

/** The variables that sources read, each once. */
function variablesRead(sources: Bundle["sources"]): Set<string> {
  const names = Object.values(sources).flatMap((text) =>
    [...text.matchAll(READ)].map(({ groups }) => groups?.deno ?? groups?.node)
  );
  return new Set(names.filter((name) => name !== undefined && !GIVEN.test(name)) as string[]);
}

/**
 * Warns of each variable, with the functions that read it and the command that sets it. A backend
 * that does not list its secrets says nothing of them.
 * @param functions their sources by their slugs
 */
export async function warnOfUnset(
  context: Context,
  functions: ReadonlyMap<string, Bundle["sources"]>,
): Promise<void> {
  const readers = new Map<string, string[]>();
  for (const [slug, sources] of functions) {
    for (const name of variablesRead(sources)) {
      readers.set(name, [...readers.get(name) ?? [], slug]);
    }
  }
  if (readers.size === 0) return;
  const secrets = await listSecrets(await context.backend()).catch((error) => {
    if (!(error instanceof CliError) || context.signal.aborted) throw error;
  });
  if (!secrets) return;
  const now = context.clock.now().getTime();
  const set = new Set(
    secrets.filter(({ isActive, expiresAt }) =>
      isActive && !(expiresAt && Date.parse(expiresAt) <= now)
    ).map(({ key }) => key),
  );
  for (const [name, slugs] of readers) {
    if (set.has(name)) continue;
    context.warn(
      `${slugs.join(", ")} ${slugs.length === 1 ? "reads" : "read"} ${name}, which no secret ` +
        `sets: insforge secrets add ${name}`,
    );
  }
}
