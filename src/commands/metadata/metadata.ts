import { Command } from "@cliffy/command";
import { getMetadata, type Metadata } from "../../client/backend/metadata.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatGigabytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, heading, table, type View } from "../../terminal/view.ts";

/** `insforge metadata`: what the backend holds, as one page. */
export const metadata = (run: Run) =>
  new Command()
    .example("See everything at once", "insforge metadata")
    .example("For scripts", "insforge metadata --json")
    .action(run(runMetadata));

/** Reads and lays out the metadata; parts that the backend did not send are left out. */
async function runMetadata(context: Context): Promise<Result> {
  const data = await getMetadata(await context.backend());
  return { data, view: [...backendFacts(data), ...contents(data)] };
}

function backendFacts({ auth, version }: Metadata): View[] {
  const views: View[] = version ? [facts([["Version", version]])] : [];
  if (!auth) return views;
  const rules = [
    auth.passwordMinLength === undefined ? "" : `at least ${auth.passwordMinLength} characters`,
    auth.requireNumber ? "a number" : "",
    auth.requireLowercase ? "a lower-case letter" : "",
    auth.requireUppercase ? "an upper-case letter" : "",
    auth.requireSpecialChar ? "a special character" : "",
  ].filter(Boolean).join(", ");
  return [
    ...views,
    heading("Authentication"),
    facts([
      ["Sign-in providers", auth.oAuthProviders?.join(", ") || "none"],
      ["Email verification", auth.requireEmailVerification ? "required" : "not required"],
      ["Password", rules || undefined],
      ["Verify by", auth.verifyEmailMethod],
      ["Reset by", auth.resetPasswordMethod],
      ["Sign-up", auth.disableSignup ? "closed" : "open"],
    ]),
  ];
}

function contents({ database, storage, functions, aiIntegration, realtime }: Metadata): View[] {
  const views: View[] = [];
  if (database) {
    views.push(
      heading(withSize("Database", database.totalSizeInGB)),
      table(
        ["Table", "Records"],
        (database.tables ?? []).map((entry) => [entry.tableName, entry.recordCount]),
        "There are no tables yet.",
      ),
    );
  }
  if (storage) {
    views.push(
      heading(withSize("Storage", storage.totalSizeInGB)),
      table(
        ["Bucket", "Public", "Objects"],
        (storage.buckets ?? []).map((b) => [b.name, b.public ? "yes" : "no", b.objectCount]),
        "There are no buckets yet.",
      ),
    );
  }
  if (functions) {
    views.push(
      heading("Functions"),
      table(
        ["Slug", "Name", "Status", "Description"],
        functions.map((entry) => [entry.slug, entry.name, entry.status, entry.description ?? ""]),
        "There are no functions yet.",
      ),
    );
  }
  if (aiIntegration?.models?.length) {
    views.push(
      heading("AI models"),
      table(
        ["Model", "Input", "Output"],
        aiIntegration.models.map((model) => [
          model.modelId,
          model.inputModality?.join(", ") ?? "",
          model.outputModality?.join(", ") ?? "",
        ]),
        "",
      ),
    );
  }
  if (realtime?.channels?.length) {
    views.push(
      heading("Realtime channels"),
      table(
        ["Id", "Pattern", "Webhook URLs", "Enabled", "Description"],
        realtime.channels.map((channel) => [
          channel.id,
          channel.pattern,
          channel.webhookUrls?.join(", ") ?? "",
          channel.enabled ? "yes" : "no",
          channel.description ?? "",
        ]),
        "",
      ),
    );
  }
  return views;
}

function withSize(title: string, gigabytes: number | undefined): string {
  return gigabytes === undefined ? title : `${title} (${formatGigabytes(gigabytes)})`;
}
