import type { DatabaseBackup } from "@insforge/shared-schemas";
import type { CopiedFolder } from "../../files/copy_folder.ts";
import { CliError } from "../../core/errors.ts";
import { backupOf } from "../../shared/copies/backup_of.ts";
import { copyData, requireCopyable } from "../../shared/copies/data_copy.ts";
import {
  findSnapshot,
  listSnapshots,
  nameSnapshot,
  removeSnapshot,
  snapshotCalled,
  snapshotData,
  takeSnapshot,
  TitleTaken,
} from "../../shared/copies/snapshots.ts";
import type { Database } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import type { Jobs } from "../jobs.ts";

/** Where backups are, of what, and how one comes back. */
export interface BackupsOptions {
  /** The folder of the snapshots, absolute; it need not be there. */
  readonly store: string;
  readonly dataDir: string;
  readonly clock: () => Date;
  /** Puts the copy of a data directory in the place of the backend's. */
  readonly replaceData: (from: string) => Promise<void>;
}

/** What a backup is taken by. */
interface Taker {
  readonly database: Pick<Database, "engine" | "hold">;
  readonly jobs: Pick<Jobs, "run">;
}

/**
 * The backups that are asked for over HTTP (contract section 6.11): the snapshots which `insforge`
 * takes and brings back as well. One at a time is taken, and none while one is brought back.
 */
export class Backups {
  readonly #options: BackupsOptions;
  /** Those that are being taken, and those that failed since the server began. */
  readonly #unfinished = new Map<string, DatabaseBackup>();
  #taking: Promise<void> | undefined;
  #changing = 0;
  /** Settles when the last change is done that was asked for. */
  #changed: Promise<unknown> = Promise.resolve();
  #isRestoring = false;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  /** Newest first. */
  async list(): Promise<DatabaseBackup[]> {
    const kept = (await listSnapshots(this.#options.store)).map(backupOf);
    const isKept = new Set(kept.map(({ id }) => id));
    const others = [...this.#unfinished.values()].filter(({ id }) => !isKept.has(id));
    return [...kept, ...others].sort((a, b) => a.createdAt < b.createdAt ? 1 : -1);
  }

  /**
   * Begins one, which is taken while the server goes on.
   * @param createdBy who asked for it
   * @throws {ApiError} 409 while another is taken or brought back, or has the name
   * @throws {ApiError} 501 where a part of the data is elsewhere
   */
  async create(
    backend: Taker,
    title: string | undefined,
    createdBy: string,
  ): Promise<DatabaseBackup> {
    this.#requireNoRestore();
    if (this.#taking) throw conflict("Another backup is being taken");
    const begun = this.#begin(title, createdBy);
    const done = Promise.withResolvers<void>();
    // At once: of two that ask, the second is refused.
    this.#taking = done.promise.finally(() => this.#taking = undefined);
    try {
      await requireCopyable(this.#options.dataDir).catch(elsewhere);
      if (title !== undefined) await this.#requireFree(title);
    } catch (error) {
      done.resolve();
      throw error;
    }
    this.#unfinished.set(begun.id, begun);
    backend.jobs.run(
      `The backup ${begun.id}`,
      () => this.#take(backend, begun).finally(done.resolve),
    );
    return begun;
  }

  /** Whether there is one of this id, which may be any name of a snapshot. */
  async has(id: string): Promise<boolean> {
    return this.#unfinished.has(id) || await findSnapshot(this.#options.store, id) !== undefined;
  }

  /** Gives one a name, or takes it away. @throws {ApiError} 404 or 409 */
  async rename(id: string, title: string | null): Promise<DatabaseBackup> {
    return await this.#change(async () => {
      await this.#taking;
      const failed = this.#unfinished.get(id);
      if (!failed) {
        await this.#require(id);
        if (title !== null) this.#requireNoUnfinished(title);
        return backupOf(await nameSnapshot(this.#options.store, id, title).catch(taken));
      }
      if (title !== null) await this.#requireFree(title, id);
      const renamed = { ...failed, name: title };
      this.#unfinished.set(id, renamed);
      return renamed;
    });
  }

  /** @throws {ApiError} 404, or 409 for the one that is being taken */
  async remove(id: string): Promise<void> {
    await this.#change(async () => {
      const unfinished = this.#unfinished.get(id);
      if (unfinished?.status === "running") throw conflict("This backup is still being taken");
      if (unfinished) return void this.#unfinished.delete(id);
      await this.#require(id);
      await removeSnapshot(this.#options.store, id);
    });
  }

  /**
   * Puts one in the place of the data; resolves when it answers.
   * @throws {ApiError} 404, or 409 while something else is done to backups
   */
  async restore(id: string): Promise<void> {
    this.#requireNoRestore();
    if (this.#taking) throw conflict("A backup is being taken");
    if (this.#changing > 0) throw conflict("A backup is being renamed or deleted");
    this.#isRestoring = true;
    try {
      if (this.#unfinished.has(id)) throw conflict("This backup failed, and holds nothing");
      await this.#require(id);
      await this.#options.replaceData(await snapshotData(this.#options.store, id));
    } finally {
      this.#isRestoring = false;
    }
  }

  #begin(title: string | undefined, createdBy: string): DatabaseBackup {
    return {
      id: crypto.randomUUID(),
      name: title ?? null,
      triggerSource: "manual",
      status: "running",
      sizeBytes: null,
      errorMessage: null,
      createdAt: this.#options.clock().toISOString(),
      completedAt: null,
      createdBy,
    };
  }

  async #take({ database }: Taker, begun: DatabaseBackup): Promise<void> {
    const { store, dataDir, clock } = this.#options;
    const { id, name, createdAt, createdBy } = begun;
    const labels = {
      name: id,
      createdAt,
      title: name ?? undefined,
      createdBy: createdBy ?? undefined,
    };
    try {
      await takeSnapshot(store, labels, clock, async (target) => {
        const copy = await copyOf(database, dataDir, target);
        await copy.sync();
        return copy.bytes;
      });
      this.#unfinished.delete(id);
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error);
      this.#unfinished.set(id, { ...begun, status: "failed", errorMessage });
      throw error;
    }
  }

  /** One after another: else two could take one name, or one be named while it goes. */
  async #change<T>(body: () => Promise<T>): Promise<T> {
    this.#requireNoRestore();
    this.#changing++;
    const change = this.#changed.then(body);
    this.#changed = change.catch(() => {});
    try {
      return await change;
    } finally {
      this.#changing--;
    }
  }

  async #require(id: string): Promise<void> {
    if (await findSnapshot(this.#options.store, id)) return;
    throw new ApiError(404, "DATABASE_NOT_FOUND", "There is no such backup", LIST_THEM);
  }

  async #requireFree(title: string, id?: string): Promise<void> {
    this.#requireNoUnfinished(title, id);
    if (await snapshotCalled(this.#options.store, title)) throw duplicate();
  }

  #requireNoUnfinished(title: string, id?: string): void {
    for (const backup of this.#unfinished.values()) {
      if (backup.name === title && backup.id !== id) throw duplicate();
    }
  }

  #requireNoRestore(): void {
    if (this.#isRestoring) throw beingRestored();
  }
}

/** PGlite waits for it; a PostgreSQL server has clients of its own, and goes on writing. */
async function copyOf(
  database: Taker["database"],
  dataDir: string,
  target: string,
): Promise<CopiedFolder> {
  if (!database.engine.address) return await database.hold(() => copyData(dataDir, target));
  const { copyRunning } = await import("../database/postgres/online_backup.ts");
  return await copyRunning(database.engine, dataDir, target);
}

/** Whoever asked before the data were others meant those. */
export function beingRestored(): ApiError {
  return conflict("A backup is being restored");
}

const LIST_THEM = "GET /api/database/backups lists them.";

function conflict(message: string): ApiError {
  return new ApiError(
    409,
    "DATABASE_CONSTRAINT_VIOLATION",
    message,
    "Try again once that is done.",
  );
}

function duplicate(): ApiError {
  return new ApiError(409, "DATABASE_DUPLICATE", "Another backup has this name", LIST_THEM);
}

function taken(error: unknown): never {
  throw error instanceof TitleTaken ? duplicate() : error;
}

function elsewhere(error: unknown): never {
  if (!(error instanceof CliError)) throw error;
  throw new ApiError(501, "INVALID_INPUT", error.message.replace(/\.$/, ""), error.hint);
}
