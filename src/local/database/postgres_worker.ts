/// <reference lib="deno.worker" />
import { stateFiles } from "../../contract/state.ts";
import { Checkpoints } from "./checkpoints.ts";
import {
  gate,
  type RawResult,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from "./messages.ts";
import { openDatabase } from "./open.ts";
import { PostgresCrash, PostgresError, type Session } from "./session.ts";
import { parseStatements, SqlSyntaxError } from "./statements.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

let session: Session;
let checkpoints: Checkpoints;
let decision: Int32Array;

function reply(message: WorkerReply, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

/** Whether this transaction may commit; once the server has given up on it, it may not. */
function mayCommit(): boolean {
  return Atomics.compareExchange(decision, 0, gate.running, gate.committing) === gate.running;
}

async function commit(): Promise<void> {
  await session.settle();
  if (mayCommit()) await session.commit();
  else await session.rollback();
}

async function commitOrRollBack(): Promise<void> {
  try {
    await commit();
  } catch (error) {
    if (error instanceof PostgresError) await session.rollback();
    throw error;
  }
}

async function inTransaction(request: WorkerRequest & { op: "run" }): Promise<RawResult[]> {
  const results: RawResult[] = [];
  try {
    await session.begin(request.session);
    for (const statement of request.statements) results.push(await session.run(statement));
    await commit();
    return results;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await session.rollback();
    error.fields.statement = Math.min(results.length, request.statements.length - 1);
    throw error;
  }
}

async function perform(request: WorkerRequest): Promise<RawResult[]> {
  switch (request.op) {
    case "run":
      return await inTransaction(request);
    case "bare":
      return [await session.runBare(request.statement, request.session)];
    case "begin":
      await session.begin(request.session);
      return [];
    case "step":
      return [await session.run(request.statement)];
    case "commit":
      await commitOrRollBack();
      return [];
    case "rollback":
      await session.rollback();
      return [];
    case "close":
      await session.pglite.close();
      return [];
    case "parse":
      throw new TypeError("parse answers by itself");
  }
}

async function answer(request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.op === "parse") {
      return reply({ type: "statements", id, statements: await parseStatements(request.sql) });
    }
    const results = await perform(request);
    reply({ type: "results", id, results }, results.map(({ rows }) => rows.buffer));
  } catch (error) {
    if (error instanceof PostgresError) return reply({ type: "error", id, error: error.fields });
    if (error instanceof SqlSyntaxError) {
      return reply({ type: "syntax", id, message: error.message, position: error.position });
    }
    const message = error instanceof PostgresCrash ? error.message : `${error}`;
    reply({ type: "crashed", id, message });
  }
}

scope.onmessage = async ({ data }: MessageEvent<WorkerSetup>) => {
  decision = new Int32Array(data.gate);
  // Requests are answered one at a time, in the order in which they came.
  let turn = Promise.resolve();
  scope.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
    turn = turn.then(() => answer(data)).then(() => checkpoints.afterRequest());
  };
  try {
    session = await openDatabase(`${data.dataDir}/${stateFiles.postgres}`);
    checkpoints = new Checkpoints(session);
    reply({ type: "ready" });
  } catch (error) {
    reply({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};
