import type { AppMetadataSchema } from "../../shared/contract/backend.ts";

/** The project's metadata as a document for people and language models. */
export function metadataMarkdown(metadata: AppMetadataSchema): string {
  const { auth, database, storage, functions, realtime, version } = metadata;
  const sections = [
    "# Project metadata",
    version && `Backend version ${version}`,
    "## Auth",
    list([
      `Sign-up: ${auth.disableSignup ? "closed" : "open"}`,
      `Email verification: ${auth.requireEmailVerification ? "required" : "not required"}`,
      `Password length: at least ${auth.passwordMinLength}`,
      `OAuth providers: ${auth.oAuthProviders.join(", ") || "none"}`,
    ]),
    `## Database (${size(database.totalSizeInGB)})`,
    table(
      ["Table", "Rows"],
      database.tables.map(({ tableName, recordCount }) => [tableName, recordCount]),
    ),
    `## Storage (${size(storage.totalSizeInGB)})`,
    table(
      ["Bucket", "Access", "Objects"],
      storage.buckets.map((bucket) => [
        bucket.name,
        bucket.public ? "public" : "private",
        bucket.objectCount ?? 0,
      ]),
    ),
    "## Functions",
    table(
      ["Slug", "Name", "Status", "Description"],
      functions.map((
        { slug, name, status, description },
      ) => [slug, name, status, description ?? ""]),
    ),
    "## Realtime",
    table(
      ["Channel", "Enabled"],
      (realtime?.channels ?? []).map(({ pattern, enabled }) => [pattern, enabled ? "yes" : "no"]),
    ),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function table(head: string[], rows: (string | number)[][]): string {
  if (rows.length === 0) return "None.";
  const line = (cells: (string | number)[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(value: string | number): string {
  return String(value).replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

function size(gigabytes: number): string {
  return `${(gigabytes * 1024).toFixed(1)} MB`;
}
