/** What the reference says beside the commands; tests hold it against the code and the README. */
import type { Row } from "../terminal/command_facts.ts";

/** Every exit code and its meaning. */
export const EXIT_CODES: readonly Row[] = [
  ["0", "Success"],
  ["1", "General error, usage errors included"],
  ["2", "Not authenticated"],
  ["3", "No project linked"],
  ["4", "Not found"],
  ["5", "Permission denied"],
  ["130", "Interrupted"],
];

/** Every environment variable that has a meaning to the program or its npm package. */
export const VARIABLES: readonly Row[] = [
  ["INSFORGE_BASE_URL, INSFORGE_API_KEY", "Stand for a linked project"],
  ["INSFORGE_PROJECT_ID", "The project to act on, instead of the linked one"],
  ["INSFORGE_ORG_ID", "The organization to act on, instead of the linked project's"],
  ["INSFORGE_ACCESS_TOKEN", "The account's token, instead of the stored one"],
  ["INSFORGE_API_URL", "The address of the platform"],
  ["INSFORGE_EMAIL, INSFORGE_PASSWORD", "Who `login --email` logs in as"],
  ["INSFORGE_FRONTEND_URL", "The address of the dashboard, for links"],
  ["INSFORGE_TEMPLATES_URL", "A zip archive of templates for `create`"],
  ["INSFORGE_ALLOW_HOSTS", "More hosts that requests may reach, comma-separated"],
  ["INSFORGE_DATABASE_URL", "The PostgreSQL that `local start` uses"],
  [
    "INSFORGE_STORAGE_URL, INSFORGE_STORAGE_ACCESS_KEY_ID, INSFORGE_STORAGE_SECRET_ACCESS_KEY",
    "The S3 store of `local start`",
  ],
  ["INSFORGE_POSTGRES_BIN", "Where the programs are that `--engine postgres` runs"],
  ["INSFORGE_GUARD", "1: a person approves what destroys; docs/security.md has more"],
  ["INSFORGE_DEBUG", "Traces requests and shows where an error came from"],
  ["INSFORGE_DOWNLOAD_URL", "A mirror of the releases"],
  ["INSFORGE_FEEDBACK_URL, INSFORGE_FEEDBACK_ANON_KEY", "Who takes the reports of `feedback`"],
  ["INSFORGE_CACHE_DIR", "Where the npm package keeps the executable"],
  ["INSFORGE_NO_UPDATE_NOTICE", "No search for a new version, no mention of it"],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxy for other machines; never for this one"],
  ["NODE_EXTRA_CA_CERTS, SSL_CERT_FILE", "Certificate authorities of your own"],
  ["DENO_TLS_CA_STORE", "`system,mozilla` adds the system's authorities"],
  ["NO_COLOR, CI", "No colours; no questions and no progress"],
  ["PAGER", "Shows long pages on a terminal, instead of less"],
];

/** The files that the program reads and writes by itself. */
export const FILES: readonly Row[] = [
  [".insforge/project.json", "The link between a directory and a project"],
  [".insforge/local", "The data of the local backend"],
  [".insforge/ephemeral", "The data of `local start --ephemeral`, while it runs"],
  [".insforge/snapshots, .insforge/branches", "Its snapshots, backups and branches"],
  ["~/.insforge/credentials.json", "The login"],
  ["~/.insforge/config.json", "Settings for every project of the account"],
];

/** The purpose of an example as what stands before it. */
export function leading(purpose: string): string {
  return /[.?!:]$/.test(purpose) ? purpose : `${purpose}:`;
}
