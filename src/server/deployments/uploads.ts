import { forgetOldest } from "../../core/forget_oldest.ts";
import type { DeploymentManifestFile } from "../../shared/contract/backend.ts";
import type { Objects } from "./objects.ts";
import type { DeploymentStatus, DeploymentStore } from "./store.ts";
import { badState, notFound } from "./refusals.ts";

/** A deployment that still takes files. */
interface OpenDeployment {
  status: DeploymentStatus;
  files: Map<string, DeploymentManifestFile>;
}

/** How many deployments take files at the same time without their manifests being read again. */
const REMEMBERED = 4;

/** Up to this size a file is read whole. */
const SMALL_BYTES = 1024 * 1024;

/**
 * Takes the files of direct deployments (contract section 13.2). The manifests that are in use stay
 * in memory, so that a file costs no query; what has arrived is told by the contents themselves.
 */
export class Uploads {
  readonly #store: DeploymentStore;
  readonly #objects: Objects;
  readonly #open = new Map<string, Promise<OpenDeployment>>();

  constructor(store: DeploymentStore, objects: Objects) {
    this.#store = store;
    this.#objects = objects;
  }

  /**
   * Takes one file.
   * @throws {ApiError} 404, 400 when the content or the deployment's state is wrong
   */
  async receive(
    id: string,
    fileId: string,
    body: Request,
  ): Promise<DeploymentManifestFile> {
    const deployment = await this.#find(id);
    const file = deployment.files.get(fileId);
    if (!file) throw notFound(`Deployment ${id} has no file ${fileId}`);
    await this.#keep(body, file);
    if (deployment.status === "WAITING") {
      deployment.status = "UPLOADING";
      await this.#store.move(id, "UPLOADING", { from: ["WAITING"] });
    }
    file.uploadedAt ??= new Date().toISOString();
    return file;
  }

  /** Forgets a deployment: it was started or canceled. */
  close(id: string): void {
    this.#open.delete(id);
  }

  async #keep(body: Request, file: DeploymentManifestFile): Promise<void> {
    const length = Number(body.headers.get("content-length") ?? Infinity);
    if (length <= SMALL_BYTES) this.#objects.addSmall(await body.bytes(), file);
    else await this.#objects.add(body.body ?? new Blob([]).stream(), file.size, file);
  }

  #find(id: string): Promise<OpenDeployment> {
    const known = this.#open.get(id);
    if (known) return known;
    const loaded = this.#load(id);
    this.#open.set(id, loaded);
    forgetOldest(this.#open, REMEMBERED);
    loaded.catch(() => this.#open.delete(id));
    return loaded;
  }

  async #load(id: string): Promise<OpenDeployment> {
    const deployment = await this.#store.find(id);
    if (!deployment) throw notFound(`Deployment not found: ${id}`);
    if (deployment.metadata?.uploadMode !== "direct") {
      throw badState(`Deployment ${id} takes an archive, not single files`);
    }
    if (!["WAITING", "UPLOADING"].includes(deployment.status)) {
      throw badState(`Deployment ${id} takes no files any more: it is ${deployment.status}`);
    }
    const files = await this.#store.files(id);
    return {
      status: deployment.status,
      files: new Map(files.map((file) => [file.fileId, file])),
    };
  }
}
