/** Reads a file once before any of it is sent: what is in it, and whether all of it can be. */
import type { Context } from "../../../cli/context.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Facts } from "./facts.ts";
import { type Frame, writeWhole } from "./parts.ts";
import type { Renamed } from "./portable.ts";
import type { Plan } from "./plan.ts";
import type { Script } from "./send.ts";
import { describeSkipped, type SkippedCounts, waysInstead } from "./skipped.ts";
import { hasTitle } from "../dump/titles.ts";
import { headOf, type Source } from "./source.ts";
import { Translation } from "./translate.ts";

/** A script of so many bytes is kept as it is sent, so that its file need not be read again. */
const KEPT_BYTES = 16 * 1024 ** 2;

/**
 * Reads a file as it will be sent.
 * @param before what was collected of other files, to collect that of this one too
 * @throws {FileError} with the line of what cannot be imported
 */
export async function readScript(
  { title, open }: Source,
  plan?: Plan,
  before?: { readonly facts: Facts; readonly skipped: SkippedCounts },
): Promise<Script> {
  const translation = new Translation(title, { ...plan, ...before });
  let longest = { length: 0, line: 0 };
  async function* measured() {
    for await (const pieces of translation.pieces(open)) {
      for (const { sql, line } of pieces) {
        if (sql.length > longest.length) longest = { length: sql.length, line };
      }
      yield pieces;
    }
  }
  let bytes = 0;
  let chunks: Uint8Array[] | undefined = before ? undefined : [];
  for await (const chunk of writeWhole(measured(), plan ?? { head: "", tail: "" })) {
    bytes += chunk.length;
    if (bytes > KEPT_BYTES) chunks = undefined;
    chunks?.push(chunk);
  }
  return { translation, bytes, longest, chunks };
}

/** The same with statements in front and behind, where it was read without. */
export function framed(script: Script, { head, tail }: Frame): Script {
  const [front, back] = [head, tail].map((text) => new TextEncoder().encode(text));
  return {
    ...script,
    bytes: script.bytes + front!.length + back!.length,
    chunks: script.chunks && [front!, ...script.chunks, back!],
  };
}

/**
 * Whether a file has comments and space alone, as a seed that is yet to be written. A stream
 * without a byte is none: it comes of a program that failed.
 */
export async function isBlank(source: Source, script: Script): Promise<boolean> {
  if (source.isStream && source.bytes === 0) return false;
  return script.translation.skipped.list().length === 0 && !(await hasStatements(source, script));
}

/** @throws {UsageError} when there is nothing to import */
export async function requireStatements(source: Source, script: Script): Promise<void> {
  if (await hasStatements(source, script)) return;
  const { title } = source;
  const left = describeSkipped(script.translation.skipped.list());
  if (left) {
    throw new UsageError(`Nothing of ${title} can be imported: it has ${left}.`, {
      hint: waysInstead(script.translation.skipped.list()) ||
        "Make a dump that has the project's own schemas.",
    });
  }
  throw new UsageError(`${title} has no SQL statement.`, {
    hint: source.isStream
      ? "See whether the program that writes it failed."
      : "Give at least one statement.",
  });
}

/**
 * Whether there is a statement; of a database without anything an export has none, and is as good
 * as any other.
 */
export async function hasStatements({ open }: Source, { translation }: Script): Promise<boolean> {
  return translation.statements > 0 || hasTitle(new TextDecoder().decode(await headOf(open)));
}

/** What of a file, or of several, is not imported as it is. */
export interface Left {
  readonly skipped: SkippedCounts;
  /** What is called otherwise here, and where. */
  readonly renamed: ReadonlyMap<Renamed, string>;
}

/** What of a file is not imported as it is, beside that of others. */
export function leftOf({ title }: Source, translation: Translation, before?: Left): Left {
  const renamed = new Map(before?.renamed);
  for (const [name, line] of translation.renamed) {
    if (!renamed.has(name)) renamed.set(name, `${title}, line ${line}`);
  }
  return { skipped: translation.skipped, renamed };
}

/** Adds what is not imported as the backend does not have it. */
export function addMissing({ skipped }: Left, { extensions }: Facts, plan: Plan): void {
  for (const name of plan.missingExtensions) {
    skipped.add("missingExtension", extensions.get(name)!, [name]);
  }
}

const HERE: Readonly<Record<Renamed, string>> = {
  "service_role": "service_role is called project_admin here",
  "storage.objects": "The columns of storage.objects are called bucket, key and uploaded_by here",
  "auth.users":
    "The columns of auth.users are called password, email_verified, profile and metadata here",
};

/** Says what is not imported, and what is called otherwise. */
export function tell(context: Context, title: string, { skipped, renamed }: Left): void {
  const list = skipped.list();
  if (list.length > 0) context.note(`Left out of ${title}: ${describeSkipped(list)}.`);
  const ways = waysInstead(list);
  if (ways) context.note(ways);
  for (const [name, place] of renamed) context.note(`${HERE[name]} (${place}).`);
}

/** The same for programs. */
export function leftOut({ skipped, renamed }: Left) {
  const list = skipped.list();
  return {
    ...(list.length > 0 ? { skipped: list } : {}),
    ...(renamed.has("service_role") ? { renamed: { service_role: "project_admin" } } : {}),
  };
}
