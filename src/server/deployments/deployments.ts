import type {
  CreateDeploymentResponse,
  CreateDirectDeploymentResponse,
  StartDeploymentRequest,
} from "../../shared/contract/backend.ts";
import { BATCH_BYTES, type ManifestEntry } from "../../shared/contract/deployments.ts";
import { STATE_FILES } from "../../shared/contract/state.ts";
import type { LocalBackend } from "../services.ts";
import { Archives } from "./archives.ts";
import { BuildError, checkServable } from "./build.ts";
import type { EnvVarStore } from "./env_vars.ts";
import { invalid, notFound } from "./refusals.ts";
import { Objects } from "./objects.ts";
import { Preview } from "./preview.ts";
import { type Deployment, DeploymentStore } from "./store.ts";
import { Uploads } from "./uploads.ts";

/** How many missing files an error names. */
const NAMED_FILES = 3;

/** The life of deployments: files arrive, it is started, checked, and shown by the preview. */
export class Deployments {
  readonly store: DeploymentStore;
  readonly uploads: Uploads;
  readonly archives: Archives;
  readonly preview: Preview;
  /** Resolves when what an earlier run of the server left is in order again. */
  readonly opened: Promise<void>;
  readonly #folder: string;
  readonly #backend: LocalBackend;
  readonly #objects: Objects;
  readonly #envVars: EnvVarStore;

  constructor(backend: LocalBackend, envVars: EnvVarStore) {
    const folder = `${backend.dataDir}/${STATE_FILES.deployments}`;
    this.#folder = folder;
    this.#backend = backend;
    this.#envVars = envVars;
    this.#objects = new Objects(folder);
    this.store = new DeploymentStore(backend.database, (id) => this.preview.urlOf(id));
    this.uploads = new Uploads(this.store, this.#objects);
    this.archives = new Archives(`${folder}/archives`, backend, this.#objects);
    this.preview = new Preview(folder, this.store, this.#objects, backend.jobs);
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    backend.jobs.run("Opening the preview", () => this.#reopen().finally(opened.resolve));
  }

  /** @throws {ApiError} 404 */
  async get(id: string): Promise<Deployment> {
    const deployment = await this.store.find(id);
    if (!deployment) throw notFound(`Deployment not found: ${id}`);
    return deployment;
  }

  /**
   * Makes a deployment of single files; those whose contents are here already count as uploaded.
   */
  async createDirect(
    entries: readonly ManifestEntry[],
  ): Promise<CreateDirectDeploymentResponse & { batchBytes: number }> {
    const offered = entries.map((entry) => ({ ...entry, sha: entry.sha.toLowerCase() }));
    const isKnown = this.#objects.among(offered);
    const files = offered.map((file) => ({ ...file, isKnown: isKnown(file) }));
    const created = await this.store.create("direct", files);
    return { status: "WAITING", batchBytes: BATCH_BYTES, ...created };
  }

  /** Makes a deployment whose files come in an archive, and says where that goes. */
  async createFromArchive(): Promise<CreateDeploymentResponse> {
    const { id } = await this.store.create("legacy");
    return { id, ...this.archives.target(id) };
  }

  /** Begins to make a site of the files. @throws {ApiError} 404, 400 when files are missing */
  async start(id: string, settings: StartDeploymentRequest): Promise<Deployment> {
    const deployment = await this.get(id);
    const before = ["WAITING", "UPLOADING"] as const;
    if (!before.some((status) => status === deployment.status)) {
      throw invalid(`Deployment ${id} cannot be started: it is ${deployment.status}`);
    }
    const files = deployment.metadata?.uploadMode === "legacy"
      ? await this.#archived(id)
      : await this.#uploaded(id);
    const { envVars = [], meta, projectSettings } = settings;
    if (envVars.length > 0) await this.#envVars.set(envVars);
    const metadata = {
      fileCount: files.length,
      totalSizeBytes: files.reduce((sum, { size }) => sum + size, 0),
      envVarKeys: envVars.map(({ key }) => key),
      startedAt: this.#backend.clock().toISOString(),
      ...(meta ? { meta } : {}),
      ...(projectSettings ? { projectSettings } : {}),
    };
    const started = await this.store.move(id, "QUEUED", { from: [...before], metadata });
    if (!started) throw invalid(`Deployment ${id} was started or canceled meanwhile`);
    this.uploads.close(id);
    this.#backend.jobs.run(`Deployment ${id}`, () => this.#build(id));
    return started;
  }

  /** Ends a deployment, whatever its state. @throws {ApiError} 404 */
  async cancel(id: string): Promise<Deployment> {
    const canceled = await this.store.move(id, "CANCELED");
    if (!canceled) throw notFound(`Deployment not found: ${id}`);
    this.uploads.close(id);
    this.preview.forget(id);
    await this.archives.remove(id);
    return canceled;
  }

  async #reopen(): Promise<void> {
    if (!await exists(this.#folder)) return;
    await this.preview.reopen();
    await this.#objects.clean();
    await this.store.recover();
  }

  /** What a started archive holds; without one the deployment has failed. */
  async #archived(id: string): Promise<{ size: number }[]> {
    try {
      return await this.archives.list(id);
    } catch (error) {
      const metadata = {
        error: { errorCode: "INVALID_ARCHIVE", errorMessage: (error as Error).message },
      };
      await this.store.move(id, "ERROR", { metadata });
      await this.archives.remove(id);
      throw error;
    }
  }

  /** The manifest, once all of it is here. */
  async #uploaded(id: string): Promise<readonly ManifestEntry[]> {
    const files = await this.store.files(id);
    const missing = files.filter((file) => !this.#objects.has(file)).map(({ path }) => path);
    if (missing.length === 0) return files;
    const named = missing.slice(0, NAMED_FILES).join(", ");
    const more = missing.length > NAMED_FILES ? ` and ${missing.length - NAMED_FILES} more` : "";
    throw invalid(
      `Files are not uploaded yet: ${named}${more}`,
      "Upload them, then start the deployment.",
    );
  }

  async #build(id: string): Promise<void> {
    const building = await this.store.move(id, "BUILDING", { from: ["QUEUED"] });
    if (!building) return;
    try {
      const isArchive = building.metadata?.uploadMode === "legacy";
      if (isArchive) await this.store.addFiles(id, await this.archives.unpack(id));
      const notFollowed = await checkServable(await this.store.files(id), this.#objects);
      await this.preview.open();
      await this.#objects.sync();
      const metadata = notFollowed.length > 0 ? { notFollowed } : undefined;
      await this.store.move(id, "READY", { from: ["BUILDING"], metadata });
      // Nobody waits for this.
      if (!isArchive) await this.store.completeFiles(id);
    } catch (error) {
      // The next start of the server ends it.
      if (this.#backend.jobs.signal.aborted) throw error;
      const errorCode = error instanceof BuildError ? error.code : "INTERNAL_ERROR";
      const metadata = { error: { errorCode, errorMessage: (error as Error).message } };
      await this.store.move(id, "ERROR", { from: ["BUILDING"], metadata });
      await this.archives.remove(id);
      if (!(error instanceof BuildError)) throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
