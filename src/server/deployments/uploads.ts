import { forgetOldest } from "../../core/forget_oldest.ts";
import type { DeploymentManifestFile } from "../../shared/contract/backend.ts";
import type { Objects } from "./objects.ts";
import type { DeploymentStatus, DeploymentStore } from "./store.ts";
import { badState, invalid, notFound } from "./refusals.ts";

/** A deployment that still takes files. */
interface OpenDeployment {
  status: DeploymentStatus;
  files: Map<string, DeploymentManifestFile>;
}

/** How many deployments take files at the same time without their manifests being read again. */
const REMEMBERED = 4;

/** Up to this size a file is read whole. */
const SMALL_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

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
    const file = fileOf(deployment, id, fileId);
    await this.#keep(body, file);
    await this.#begin(deployment, id);
    file.uploadedAt ??= new Date().toISOString();
    return file;
  }

  /**
   * Takes several small files at once: a line with a JSON list of their ids, then their contents,
   * one after the other, each as long as was announced.
   * @throws {ApiError} 404, 400 as for one file
   */
  async receiveSeveral(id: string, bytes: Uint8Array): Promise<void> {
    const deployment = await this.#find(id);
    const end = bytes.indexOf(LINE_FEED);
    const files = parseIds(bytes.subarray(0, end)).map((file) => fileOf(deployment, id, file));
    let at = end + 1;
    const announced = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes.length !== at + announced) {
      throw invalid(`There are ${bytes.length - at} bytes of contents, not ${announced}`);
    }
    this.#objects.addTogether(
      files.map((file) => ({ bytes: bytes.subarray(at, at += file.size), expected: file })),
    );
    for (const file of files) file.uploadedAt ??= new Date().toISOString();
    await this.#begin(deployment, id);
  }

  /** Forgets a deployment: it was started or canceled. */
  close(id: string): void {
    this.#open.delete(id);
  }

  async #begin(deployment: OpenDeployment, id: string): Promise<void> {
    if (deployment.status !== "WAITING") return;
    deployment.status = "UPLOADING";
    await this.#store.move(id, "UPLOADING", { from: ["WAITING"] });
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

/** @throws {ApiError} 404 */
function fileOf({ files }: OpenDeployment, id: string, fileId: string): DeploymentManifestFile {
  const file = files.get(fileId);
  if (!file) throw notFound(`Deployment ${id} has no file ${fileId}`);
  return file;
}

/** @throws {ApiError} 400 */
function parseIds(line: Uint8Array): string[] {
  let ids: unknown;
  try {
    ids = JSON.parse(new TextDecoder().decode(line));
  } catch {
    // What is no JSON is no list either.
  }
  if (Array.isArray(ids)) return ids.map(String);
  throw invalid("The first line must be a JSON list of the files' ids");
}
