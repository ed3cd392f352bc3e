/** The option that keeps a local backend's objects in an S3 store. */
import type { Context } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { parseStorageUrl, type StoreAccess } from "../../shared/contract/storage_url.ts";

export const STORAGE_URL_HELP = "Keep objects in this S3 store: s3://bucket?endpoint=…";

/** The variables that say the same, and what signs requests to the store. */
const STORAGE_VARIABLES = {
  url: "INSFORGE_STORAGE_URL",
  accessKeyId: "INSFORGE_STORAGE_ACCESS_KEY_ID",
  secretAccessKey: "INSFORGE_STORAGE_SECRET_ACCESS_KEY",
} as const;

/** The variables that tell another process of a store. */
export function storeVariables(access: StoreAccess): Record<string, string> {
  return Object.fromEntries(
    Object.entries(STORAGE_VARIABLES).map((
      [part, name],
    ) => [name, access[part as keyof StoreAccess]]),
  );
}

/**
 * The S3 store to keep objects in, if one is named; its key comes from variables, as other users of
 * the machine see arguments.
 * @throws {UsageError}
 */
export function objectStoreOf(
  context: Pick<Context, "env">,
  { storageUrl }: { readonly storageUrl?: string },
): StoreAccess | undefined {
  const url = storageUrl ?? context.env(STORAGE_VARIABLES.url);
  if (url === undefined) return undefined;
  try {
    parseStorageUrl(url);
  } catch (error) {
    const message = (error as Error).message;
    throw new UsageError(`${message[0]!.toUpperCase()}${message.slice(1)}.`, {
      hint: "Write it as s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1.",
    });
  }
  const accessKeyId = context.env(STORAGE_VARIABLES.accessKeyId);
  const secretAccessKey = context.env(STORAGE_VARIABLES.secretAccessKey);
  if (accessKeyId && secretAccessKey) return { url, accessKeyId, secretAccessKey };
  const { accessKeyId: id, secretAccessKey: secret } = STORAGE_VARIABLES;
  throw new UsageError("There is no access key for the store of objects.", {
    hint: `Set ${id} and ${secret}.`,
  });
}
