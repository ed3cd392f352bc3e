/** Sends the statements of a file: in one request, or in several where they are too many. */
import { type ImportAnswer, importSql } from "../../../client/backend/database.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import type { SqlNotice } from "../../../shared/contract/raw_sql.ts";
import { FileError } from "../../../core/errors.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import type { Progress } from "../../../terminal/progress.ts";
import { importFailure } from "./failure.ts";
import { locateFailure } from "./locate.ts";
import { type Part, writeParts, writeWhole } from "./parts.ts";
import type { Plan } from "./plan.ts";
import { REST_IN_PARTS, RESUME_UNCHECKED } from "./resting.ts";
import type { Source } from "./source.ts";
import { tellMessages } from "../sql_messages.ts";
import type { Piece } from "./piece.ts";
import { Translation } from "./translate.ts";

/** What backends take at once by default (section 6.8). */
const REQUEST_BYTES = 50 * 1024 ** 2;
/** The parts of a larger file, in UTF-16 units: what a part holds is held in memory. */
const PART_LENGTH = 2_000_000;

/** A file once it was read. */
export interface Script {
  readonly translation: Translation;
  /** The length of what is sent, framed by the plan. */
  readonly bytes: number;
  /** All that is sent, of a small one. */
  readonly chunks?: readonly Uint8Array[];
  readonly longest: { readonly length: number; readonly line: number };
}

/** What an import in progress needs. */
interface Sending {
  readonly context: Context;
  readonly backend: HttpClient;
  readonly source: Source;
  readonly plan: Plan;
  readonly script: Script;
  readonly progress: Progress;
}

/**
 * Imports what was read.
 * @throws {FileError} for a statement that is longer than a request may be
 * @throws {HttpError} with the line of the statement that failed
 */
export async function sendScript(sending: Sending): Promise<ImportAnswer> {
  const isSmall = sending.script.bytes <= REQUEST_BYTES;
  return await (isSmall ? importWhole(sending) : importParts(sending));
}

async function importWhole(
  { context, backend, source, plan, script, progress }: Sending,
): Promise<ImportAnswer> {
  const { title, name, open } = source;
  const pieces = () => new Translation(title, plan).pieces(open);
  async function* counted() {
    let sent = 0;
    for await (const chunk of script.chunks ?? writeWhole(pieces(), plan)) {
      sent += chunk.length;
      progress.update(`Importing ${title}: ${formatBytes(sent)} of ${formatBytes(script.bytes)}`);
      yield chunk;
    }
  }
  const file = { name, size: script.bytes, open: counted };
  try {
    const { warnings, notices, ...answer } = await importSql(backend, file, plan);
    tellMessages(context, { warnings, notices: worthTelling(notices, script) }, { name: title });
    return answer;
  } catch (error) {
    throw await importFailure(error, {
      bytes: source.bytes,
      firstLine: 1,
      locate: (error, line) => locateFailure(backend, pieces(), plan, error, line),
      missingExtensions: plan.missingExtensions,
      foreign: script.translation.foreign,
    });
  }
}

/** Of what is there already, or not, where statements say IF; and of what a drop took along. */
const OF_REPLACING = /, skipping$|^drop cascades to /;

/** Without what a file does not want to hear, as dumps do not, and what replacing says. */
function worthTelling(notices: readonly SqlNotice[] = [], { translation }: Script): SqlNotice[] {
  return notices.filter(({ severity, message }) =>
    severity === "WARNING" || !translation.wantsWarningsAlone && !OF_REPLACING.test(message)
  );
}

/** Every part is a transaction of its own: said before the first one. */
async function importParts(
  { context, backend, source, plan, script, progress }: Sending,
): Promise<ImportAnswer> {
  const { title, name, open } = source;
  if (script.longest.length > REQUEST_BYTES) {
    const { length, line } = script.longest;
    throw new FileError(
      `${title}, line ${line}: the statement has ${formatBytes(length)}, more than a request may.`,
      { hint: "Divide it into several statements." },
    );
  }
  context.warn(
    `${title} has ${formatBytes(script.bytes)}, more than a backend takes at once (${
      formatBytes(REQUEST_BYTES)
    }): it is imported in parts, each a transaction of its own.`,
  );
  const frame = plan.rests ? REST_IN_PARTS : plan;
  const tables = new Set<string>();
  let rowsImported = 0;
  let transactions = 0;
  let done = 0;
  let importedUpTo: number | undefined;
  const translation = () => new Translation(title, { ...plan, inParts: true });
  const pieces = translation().pieces(open);
  for await (const part of writeParts(pieces, frame, PART_LENGTH)) {
    progress.update(
      `Importing ${title}: ${formatBytes(done)} of ${formatBytes(script.bytes)}, ` +
        `part ${transactions + 1}`,
    );
    const file = { name, size: part.bytes, open: () => ReadableStream.from(part.chunks) };
    const truncate = plan.truncate && transactions === 0;
    const head = transactions === 0 ? frame.head : "";
    try {
      const answer = await importSql(backend, file, { truncate });
      answer.tables?.forEach((table) => tables.add(table));
      rowsImported += answer.rowsImported ?? 0;
      const notices = worthTelling(answer.notices, script);
      tellMessages(context, { ...answer, notices }, { name: title, firstLine: part.firstLine });
    } catch (error) {
      if (plan.rests && transactions > 0) await resume(context, backend);
      const statements = () => between(translation().pieces(open), part);
      throw await importFailure(error, {
        bytes: source.bytes,
        firstLine: part.firstLine,
        locate: (error, line) =>
          locateFailure(backend, statements(), { head, truncate }, error, line),
        importedUpTo,
        missingExtensions: plan.missingExtensions,
        foreign: script.translation.foreign,
      });
    }
    transactions++;
    done += part.bytes;
    importedUpTo = part.lastLine;
  }
  return { success: true, tables: [...tables], rowsImported, transactions };
}

/** Lets keys and triggers work again that rested while the parts came. */
async function resume(context: Context, backend: HttpClient): Promise<void> {
  const bytes = new TextEncoder().encode(RESUME_UNCHECKED);
  const file = {
    name: "resume.sql",
    size: bytes.length,
    open: () => ReadableStream.from([bytes]),
  };
  try {
    await importSql(backend, file, { truncate: false });
    context.warn("Foreign keys hold again for new rows; those that are there were not checked.");
  } catch {
    context.warn(
      "Foreign keys and triggers still rest; the table " +
        "insforge_import.resting has the statements that make them work again.",
    );
  }
}

/** The statements of a part, read once more: they are not kept. */
async function* between(
  pieces: AsyncIterable<readonly Piece[]>,
  { firstLine, lastLine }: Part,
): AsyncGenerator<Piece[]> {
  for await (const some of pieces) {
    yield some.filter(({ line, isSetting }) =>
      line <= lastLine && (line >= firstLine || isSetting)
    );
  }
}
