import { forgetOldest } from "../../core/forget_oldest.ts";
import { HttpServer } from "../http/http_server.ts";
import { writeFileAtomically } from "../../files/atomic.ts";
import { readFileIfPresent } from "../../files/read_file.ts";
import { isLoopbackHost } from "../http/host.ts";
import type { Jobs } from "../jobs.ts";
import { isUuid } from "../http/validate.ts";
import { LostContent, type Objects } from "./objects.ts";
import { loadSite, type Site } from "./site.ts";
import { serveSite } from "./serve_site.ts";
import type { DeploymentStore } from "./store.ts";

/** The ports that a preview tries, so that it usually has the same one on every machine. */
const ports = Array.from({ length: 50 }, (_, index) => 7180 + index);
/** How many sites stay in memory: their manifests, not their contents. */
const REMEMBERED = 8;

/**
 * Serves the deployments on a port, and so an origin, of their own: the current one at the bare
 * address, any READY one at `http://ID.localhost:PORT`. The port is kept in the data directory:
 * what browsers store for the site outlives a restart.
 */
export class Preview {
  readonly #file: string;
  readonly #store: DeploymentStore;
  readonly #objects: Objects;
  readonly #jobs: Jobs;
  readonly #sites = new Map<string, Promise<Site>>();
  #opening: Promise<void> | undefined;
  #port: number | undefined;

  constructor(folder: string, store: DeploymentStore, objects: Objects, jobs: Jobs) {
    this.#file = `${folder}/preview.json`;
    this.#store = store;
    this.#objects = objects;
    this.#jobs = jobs;
  }

  /**
   * Where a deployment is served, without a trailing slash: the current one unless `id` names
   * another; null before the first.
   */
  urlOf(id?: string): string | null {
    if (this.#port === undefined) return null;
    return `http://${id === undefined ? "127.0.0.1" : `${id}.localhost`}:${this.#port}`;
  }

  /** Listens; does nothing when it does already. */
  open(): Promise<void> {
    return this.#opening ??= this.#listen().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
  }

  /** Forgets a site whose state changed. */
  forget(id: string): void {
    this.#sites.delete(id);
  }

  /** Listens if there was a preview before. */
  async reopen(): Promise<void> {
    if (await readFileIfPresent(this.#file) !== undefined) await this.open();
  }

  async #listen(): Promise<void> {
    this.#jobs.signal.throwIfAborted();
    const [before] = /\d+/.exec(await readFileIfPresent(this.#file) ?? "") ?? [];
    const wanted = before === undefined ? ports : [Number(before), ...ports];
    const server = new HttpServer([...wanted, 0], (request) => this.#answer(request));
    this.#port = server.port;
    this.#jobs.run("The preview", async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await server.close();
    });
    await writeFileAtomically(this.#file, `${JSON.stringify({ port: this.#port })}\n`);
  }

  async #answer(request: Request): Promise<Response> {
    const { host, hostname } = new URL(request.url);
    if (!isLoopbackHost(host)) return text(403, `The preview does not answer for the host ${host}`);
    const named = hostname.replace(/\.localhost$/, "");
    const id = isUuid(named) ? named : await this.#store.current();
    try {
      const site = id && await this.#site(id);
      if (!site) return text(404, "No deployment is ready");
      return await serveSite(site, request, this.#objects);
    } catch (error) {
      if (error instanceof LostContent) return text(500, error.message);
      throw error;
    }
  }

  /** A site that is READY. */
  async #site(id: string): Promise<Site | undefined> {
    const known = this.#sites.get(id);
    if (known) return await known;
    const deployment = await this.#store.find(id);
    if (deployment?.status !== "READY") return undefined;
    const site = loadSite(id, await this.#store.files(id), this.#objects);
    this.#sites.set(id, site);
    site.catch(() => this.#sites.delete(id));
    forgetOldest(this.#sites, REMEMBERED);
    return await site;
  }
}

function text(status: number, message: string): Response {
  return new Response(`${message}\n`, { status });
}
