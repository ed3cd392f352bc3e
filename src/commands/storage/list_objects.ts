import { Command } from "@cliffy/command";
import {
  allObjects,
  listObjects as list,
  type StoredObject,
} from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { requireBucket } from "./require_bucket.ts";
import { table, text } from "../../terminal/view.ts";

interface Options {
  prefix?: string;
  search?: string;
  limit: number;
  offset: number;
  sort?: string;
}

const SORTS = ["key", "size", "uploadedAt"] as const;
const MOST = 1000;

/** `insforge storage list-objects`: what a bucket holds. */
export const listObjects = (run: Run) =>
  new Command()
    .arguments("<bucket:string>")
    .option("--prefix <text:string>", "Keys that begin with this.")
    .option("--search <text:string>", "Keys that hold this.")
    .option("--limit <count:integer>", `How many, at most ${MOST}.`, { default: 100 })
    .option("--offset <count:integer>", "How many to pass over.", { default: 0 })
    .option("--sort <field:string>", `${SORTS.join(", ")}: of all objects, not of a page.`)
    .example("List a folder", "insforge storage list-objects photos --prefix 2026/")
    .example("The largest first", "insforge storage list-objects photos --sort size")
    .action(run(runListObjects));

/**
 * Lists objects by key, or sorted otherwise: sizes and times from the largest down.
 * @throws {UsageError}
 */
export async function runListObjects(
  context: Context,
  options: Options,
  bucket: string,
): Promise<Result> {
  const { prefix, search, limit, offset, sort } = options;
  if (limit < 1 || limit > MOST) throw new UsageError(`--limit is a number from 1 to ${MOST}.`);
  if (offset < 0) throw new UsageError("--offset must not be negative.");
  const field = SORTS.find((name) => name === (sort ?? "key"));
  if (!field) throw new UsageError(`--sort is one of ${SORTS.join(", ")}.`);
  const backend = await context.backend();
  using progress = context.progress("Listing objects");
  if (field === "key") {
    const page = await list(backend, bucket, { prefix, search, limit, offset });
    if (page.objects.length === 0) await requireBucket(backend, bucket);
    progress.stop();
    return { data: page.body, view: viewOf(context, page.objects, offset, page.total) };
  }
  const all = await Array.fromAsync(allObjects(backend, bucket, { prefix, search }));
  if (all.length === 0) await requireBucket(backend, bucket);
  progress.stop();
  const byField = (a: StoredObject, b: StoredObject) => {
    const [x, y] = [a[field] ?? 0, b[field] ?? 0];
    return x < y ? 1 : x > y ? -1 : a.key < b.key ? -1 : 1;
  };
  const data = all.toSorted(byField).slice(offset, offset + limit);
  const pagination = { offset, limit, total: all.length };
  return { data: { data, pagination }, view: viewOf(context, data, offset, all.length) };
}

function viewOf(
  { terminal }: Context,
  objects: readonly StoredObject[],
  offset: number,
  total = offset + objects.length,
) {
  const range = `${offset + 1} to ${offset + objects.length}`;
  return [
    ...(objects.length > 0 && objects.length < total
      ? [text(`Showing ${range} of ${total}.`)]
      : []),
    table(
      [
        { title: "Key", whole: true },
        { title: "Size", align: "right" },
        { title: "Type", spare: true },
        { title: "Uploaded At", spare: true },
      ],
      objects.map(({ key, size, mimeType, uploadedAt }) => [
        key,
        formatBytes(size),
        mimeType ?? "",
        formatDate(uploadedAt, terminal),
      ]),
      "There are no such objects.",
    ),
  ];
}
