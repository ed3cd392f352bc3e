/// <reference lib="deno.worker" />
import { takeKept } from "../../files/prepared_files.ts";
import { STATE_FILES } from "../../shared/contract/state.ts";
import { Fence } from "./fence.ts";
import {
  GATE,
  OPEN,
  type RawResult,
  type StatementInput,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from "./messages.ts";
import { addHttpDevice } from "./extensions/http_device.ts";
import { askServer } from "./extensions/http_exchange.ts";
import { withAdvice } from "./extensions/unavailable.ts";
import { type OpenDatabase, openDatabase } from "./open.ts";
import { loadPackedPglite } from "./packed_pglite.ts";
import { openPglite } from "./pglite.ts";
import { PostgresCrash, PostgresError } from "./postgres_error.ts";
import type { PgliteSession } from "./pglite_session.ts";
import { SyncedFiles } from "./synced_files.ts";
import { SqlSyntaxError } from "../../shared/sql/parser.ts";
import { parseStatements } from "./statements.ts";
import { encodeStrictly } from "./wire_values.ts";
import { Upkeep } from "./upkeep.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

let database: OpenDatabase;
let session: PgliteSession;
let decision: Int32Array;
/** How many requests were sent to it that it has not begun. */
let sent: Int32Array;
/** Whether it does something by itself, which the next request waits for. */
let isBusy = true;

function reply(message: WorkerReply, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

/** Whether this transaction may commit; once the server has given up on it, it may not. */
function mayCommit(): boolean {
  return Atomics.compareExchange(decision, 0, GATE.running, GATE.committing) === GATE.running;
}

async function step(statement: StatementInput, as?: "server" | "owner"): Promise<RawResult> {
  if (as === "server") return await session.runOwn(statement);
  return as === "owner" ? await session.runAsOwner(statement) : await session.run(statement);
}

async function perform(request: WorkerRequest): Promise<RawResult[]> {
  switch (request.op) {
    case "run":
      return await session.transact(request.statements, request.session, mayCommit);
    case "bare":
      return [await session.runBare(request.statement, request.session)];
    case "begin":
      await session.begin(request.session);
      return [];
    case "step":
      return [await step(request.statement, request.as)];
    case "commit":
      await session.finish(mayCommit);
      return [];
    case "rollback":
      if (request.channels) session.channels = request.channels;
      await session.rollback();
      return [];
    case "raw":
      await session.pass(
        request.bytes,
        (bytes) => reply({ type: "bytes", id: request.id, bytes }, [bytes.buffer]),
      );
      return [];
    case "listen":
      session.channels = request.channels;
      await session.reset();
      return [];
    case "close":
      await database.close();
      return [];
    case "parse":
      throw new TypeError("parse answers by itself");
  }
}

async function answer(request: WorkerRequest): Promise<void> {
  const { id } = request;
  Atomics.sub(sent, 0, 1);
  if (isBusy) reply({ type: "started", id });
  isBusy = false;
  try {
    if (request.op === "parse") {
      return reply({ type: "statements", id, statements: await parseStatements(request.sql) });
    }
    const results = await perform(request);
    await database.whenDurable();
    const rows = results.flatMap((result) => [result, ...result.earlier]).map(({ rows }) => rows);
    reply({ type: "results", id, results }, rows.map(({ buffer }) => buffer));
  } catch (error) {
    if (error instanceof PostgresError) {
      return reply({ type: "error", id, error: withAdvice(error.fields) });
    }
    if (error instanceof SqlSyntaxError) {
      return reply({ type: "syntax", id, message: error.message, position: error.position });
    }
    const message = error instanceof PostgresCrash ? error.message : `${error}`;
    reply({ type: "crashed", id, message });
  }
}

/**
 * Does once what the first request would otherwise wait for: loading the parser, filling
 * PostgreSQL's caches.
 */
async function warmUp(): Promise<void> {
  const [statement] = await parseStatements("SELECT 1");
  await session.begin({ role: "project_admin", claims: {} });
  await session.run({ sql: statement!.text });
  await session.rollback();
}

scope.onmessage = ({ data }: MessageEvent<WorkerSetup>) => {
  decision = new Int32Array(data.cells, 0, 1);
  sent = new Int32Array(data.cells, 8, 1);
  const files = new SyncedFiles(new Fence(new Int32Array(data.cells, 4, 1)));
  takeKept(data.files);
  if (data.strict) encodeStrictly();
  const pglite = loadPackedPglite(data.program).then((program) => openPglite(files, program));
  // Whoever opens is told.
  pglite.catch(() => {});
  scope.onmessage = ({ data: word }: MessageEvent<typeof OPEN>) => {
    if (word === OPEN) return open(`${data.dataDir}/${STATE_FILES.postgres}`, files, pglite);
  };
};

async function open(...opening: Parameters<typeof openDatabase>): Promise<void> {
  try {
    database = await openDatabase(...opening);
    session = database.session;
    session.onNotification = (notification) => reply({ type: "notified", notification });
    addHttpDevice(
      session.pglite,
      (request) => askServer(request, (question) => reply({ type: "asked", question })),
    );
  } catch (error) {
    return reply({
      type: "failed",
      message: error instanceof Error ? error.message : String(error),
    });
  }
  const beBusy = () => {
    isBusy = true;
    reply({ type: "busy" });
  };
  const upkeep = new Upkeep(database, beBusy, () => Atomics.load(sent, 0) > 0);
  // One thing at a time, in the order in which it came.
  let turn = warmUp();
  const inTurn = (work: () => Promise<void>) => void (turn = turn.then(work));
  scope.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
    inTurn(() => answer(data));
    // In the middle of a conversation it would discard what the client has prepared.
    if (data.op !== "raw") inTurn(() => upkeep.afterRequest(inTurn));
  };
  reply({ type: "ready" });
}
