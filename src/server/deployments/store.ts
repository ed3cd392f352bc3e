import { forgetOldest } from "../../core/forget_oldest.ts";
import type { DeploymentManifestFile, DeploymentSchema } from "../../shared/contract/backend.ts";
import type { ManifestEntry } from "../../shared/contract/deployments.ts";
import type { Database } from "../database/client.ts";

export type Deployment = DeploymentSchema;
export type DeploymentStatus = Deployment["status"];

/** How the files of a deployment arrive: one by one, or in an archive. */
export type UploadMode = "direct" | "legacy";

/** A file of a manifest, and whether its content is known to be here. */
export interface OfferedFile extends ManifestEntry {
  isKnown: boolean;
}

/** The address of the current deployment, or that of another one; null where nothing listens. */
type PreviewUrl = (id?: string) => string | null;

/** How many manifests of single files stay in memory. */
const REMEMBERED = 4;

const COLUMNS = `id, provider_deployment_id AS "providerDeploymentId", provider, status, url,
  metadata, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Deployments and their manifests in the database. A READY one has the address of its preview. */
export class DeploymentStore {
  readonly #database: Database;
  readonly #previewUrl: PreviewUrl;
  /** Manifests that were made here: what is in one does not change any more. */
  readonly #manifests = new Map<string, readonly DeploymentManifestFile[]>();
  #current: Promise<string | undefined> | undefined;

  constructor(database: Database, previewUrl: PreviewUrl) {
    this.#database = database;
    this.#previewUrl = previewUrl;
  }

  /** A page of deployments, newest first, and how many there are in all. */
  async list(limit: number, offset: number): Promise<{ page: Deployment[]; total: number }> {
    const { rows } = await this.#database.query<Deployment>(
      `SELECT ${COLUMNS} FROM deployments.runs ORDER BY created_at DESC, id LIMIT $1 OFFSET $2`,
      [limit, offset],
    );
    const { rows: [count] } = await this.#database.query<{ total: number }>(
      "SELECT count(*)::int4 AS total FROM deployments.runs",
    );
    return { page: await Promise.all(rows.map((row) => this.#shown(row))), total: count!.total };
  }

  /** One deployment; `id` is a UUID. */
  async find(id: string): Promise<Deployment | undefined> {
    const { rows: [row] } = await this.#database.query<Deployment>(
      `SELECT ${COLUMNS} FROM deployments.runs WHERE id = $1`,
      [id],
    );
    return row && await this.#shown(row);
  }

  /** The deployment that the preview shows: the newest that is READY. */
  current(): Promise<string | undefined> {
    return this.#current ??= this.#newestReady().catch((error) => {
      this.#current = undefined;
      throw error;
    });
  }

  /**
   * Makes a deployment that waits for its files. The ids of these are made here: to hear thousands
   * of rows from the database takes longer than to write them.
   */
  async create(uploadMode: UploadMode, offered: readonly OfferedFile[] = []) {
    const rows = offered.map((file) => ({ ...file, fileId: crypto.randomUUID() }));
    const { id, createdAt } = await this.#database.transaction(async ({ query }) => {
      const { rows: [run] } = await query<Pick<Deployment, "id" | "createdAt">>(
        `INSERT INTO deployments.runs (provider, status, metadata)
        VALUES ('local', 'WAITING', $1) RETURNING id, created_at AS "createdAt"`,
        [{ uploadMode }],
      );
      if (rows.length === 0) return run!;
      // The run was made just now: to look for it for each of thousands of rows takes the longest.
      await query("SET LOCAL session_replication_role = replica");
      await query(INSERT_FILES, [run!.id, JSON.stringify(rows)]);
      return run!;
    });
    // The time of the transaction, which the rows have as well.
    const files = rows.map(({ fileId, path, sha, size, isKnown }): DeploymentManifestFile => ({
      fileId,
      path,
      sha,
      size,
      uploadedAt: isKnown ? createdAt : null,
    }));
    if (uploadMode === "direct") this.#remember(id, files);
    return { id, files };
  }

  /** The manifest of a deployment. */
  async files(id: string): Promise<readonly DeploymentManifestFile[]> {
    const known = this.#manifests.get(id);
    if (known) return known;
    const { rows } = await this.#database.query<DeploymentManifestFile>(
      `SELECT id AS "fileId", path, sha, size, uploaded_at AS "uploadedAt"
      FROM deployments.files WHERE deployment_id = $1 ORDER BY path`,
      [id],
    );
    return rows;
  }

  /** Adds what an archive held. */
  async addFiles(id: string, files: readonly ManifestEntry[]): Promise<void> {
    const known = files.map((file) => ({
      ...file,
      fileId: crypto.randomUUID(),
      isKnown: true,
    }));
    await this.#database.query(INSERT_FILES, [id, JSON.stringify(known)]);
  }

  /** Notes that every file of a deployment is here; what has arrived is told by the contents. */
  async completeFiles(id: string): Promise<void> {
    await this.#database.query(
      `UPDATE deployments.files SET uploaded_at = now()
      WHERE deployment_id = $1 AND uploaded_at IS NULL`,
      [id],
    );
  }

  /**
   * Moves a deployment on, if it is in one of the states `from`; without `from` in any case. New
   * metadata is merged into the old. Answers the deployment as it then is, or nothing when it was
   * in another state.
   */
  async move(
    id: string,
    status: DeploymentStatus,
    { from, metadata = {} }: { from?: DeploymentStatus[]; metadata?: Record<string, unknown> } = {},
  ): Promise<Deployment | undefined> {
    const { rows: [row] } = await this.#database.query<Deployment>(
      `UPDATE deployments.runs SET status = $2,
        metadata = coalesce(metadata, '{}') || $3::jsonb,
        provider_deployment_id = CASE WHEN $2 IN ('WAITING', 'UPLOADING', 'CANCELED')
          THEN provider_deployment_id ELSE 'local_' || left(id::text, 8) END,
        updated_at = now()
      WHERE id = $1 AND ($4::text[] IS NULL OR status = ANY($4)) RETURNING ${COLUMNS}`,
      [id, status, JSON.stringify(metadata), from ?? null],
    );
    this.#current = undefined;
    return row && await this.#shown(row);
  }

  /** Ends what was under way when the server stopped. */
  async recover(): Promise<void> {
    const error = {
      errorCode: "INTERRUPTED",
      errorMessage: "The local backend stopped before the deployment was ready. Deploy again.",
    };
    await this.#database.query(
      `UPDATE deployments.runs SET status = 'ERROR', updated_at = now(),
        metadata = coalesce(metadata, '{}') || $1::jsonb
      WHERE status IN ('QUEUED', 'BUILDING')`,
      [JSON.stringify({ error })],
    );
  }

  #remember(id: string, files: readonly DeploymentManifestFile[]): void {
    this.#manifests.set(id, files);
    forgetOldest(this.#manifests, REMEMBERED);
  }

  async #newestReady(): Promise<string | undefined> {
    const { rows: [row] } = await this.#database.query<{ id: string }>(
      `SELECT id FROM deployments.runs WHERE status = 'READY'
      ORDER BY created_at DESC, id LIMIT 1`,
    );
    return row?.id;
  }

  async #shown(row: Deployment): Promise<Deployment> {
    if (row.status !== "READY") return row;
    const isCurrent = row.id === await this.current();
    return { ...row, url: this.#previewUrl(isCurrent ? undefined : row.id) };
  }
}

const INSERT_FILES = `INSERT INTO deployments.files
    (id, deployment_id, path, sha, size, uploaded_at)
  SELECT "fileId", $1, path, sha, size, CASE WHEN "isKnown" THEN now() END
  FROM jsonb_to_recordset($2::jsonb)
    AS file("fileId" uuid, path text, sha text, size int4, "isKnown" bool)`;
