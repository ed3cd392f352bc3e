/**
 * The Cache API for one function's process, in memory: it may forget, as every cache may. Deno's
 * own keeps files.
 */

/** Bytes of all bodies; what was used least recently goes first. */
const MOST_BYTES = 32 * 1024 * 1024;

/** An answer that was put in. */
interface Entry {
  readonly cache: string;
  readonly url: string;
  /** The values of the request that `Vary` names. */
  readonly varied: ReadonlyMap<string, string | null>;
  readonly response: Pick<Response, "status" | "statusText"> & { headers: [string, string][] };
  readonly body: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the epoch after which it is no answer any more. */
  readonly expiresAt: number;
}

/** `caches` as the web has it, as far as the hosted runtime does. */
export class MemoryCaches {
  readonly #names = new Set<string>();
  readonly #entries = new Entries();

  /** The cache of a name, made when it is not there. */
  open(name: string): Promise<MemoryCache> {
    this.#names.add(name);
    return Promise.resolve(new MemoryCache(name, this.#entries));
  }

  /** Whether there is a cache of this name. */
  has(name: string): Promise<boolean> {
    return Promise.resolve(this.#names.has(name));
  }

  /** Forgets a cache with what it holds; false when there is none. */
  delete(name: string): Promise<boolean> {
    this.#entries.removeAll(name);
    return Promise.resolve(this.#names.delete(name));
  }
}

/** The answers of all caches, those that were used last at the end. */
class Entries {
  readonly #all = new Set<Entry>();
  #bytes = 0;

  /** What answers a request, unless it has expired. */
  find(cache: string, request: Request): Entry | undefined {
    for (const entry of this.#all) {
      if (entry.cache !== cache || entry.url !== urlOf(request)) continue;
      if (entry.expiresAt <= Date.now()) this.remove(entry);
      else if (isAlike(entry, request)) {
        this.#all.delete(entry);
        this.#all.add(entry);
        return entry;
      }
    }
    return undefined;
  }

  /** Keeps an answer, if it is not larger than all that can be kept. */
  add(entry: Entry): void {
    if (entry.body.length > MOST_BYTES) return;
    this.#all.add(entry);
    this.#bytes += entry.body.length;
    for (const oldest of this.#all) {
      if (this.#bytes <= MOST_BYTES) return;
      this.remove(oldest);
    }
  }

  remove(entry: Entry): void {
    if (this.#all.delete(entry)) this.#bytes -= entry.body.length;
  }

  removeAll(cache: string): void {
    for (const entry of this.#all) if (entry.cache === cache) this.remove(entry);
  }
}

/** One cache. */
class MemoryCache {
  readonly #name: string;
  readonly #entries: Entries;

  constructor(name: string, entries: Entries) {
    this.#name = name;
    this.#entries = entries;
  }

  /** The answer that was put in for a request; every call has a copy of its own. */
  match(input: RequestInfo | URL): Promise<Response | undefined> {
    const request = new Request(input);
    const entry = request.method === "GET" ? this.#entries.find(this.#name, request) : undefined;
    return Promise.resolve(entry && new Response(entry.body.slice(), entry.response));
  }

  /** Keeps an answer in place of what was there. @throws {TypeError} for what no cache takes */
  async put(input: RequestInfo | URL, response: Response): Promise<void> {
    const request = new Request(input);
    const vary = namesIn(response.headers.get("vary"));
    if (!/^https?:/.test(request.url)) throw new TypeError("Only http and https can be cached");
    if (request.method !== "GET") throw new TypeError("Only answers to GET can be cached");
    if (response.status === 206) throw new TypeError("A part of an answer cannot be cached");
    if (vary.includes("*")) throw new TypeError("What varies by * cannot be cached");
    const body = new Uint8Array(await response.arrayBuffer());
    const before = this.#entries.find(this.#name, request);
    if (before) this.#entries.remove(before);
    const { status, statusText, headers } = response;
    this.#entries.add({
      cache: this.#name,
      url: urlOf(request),
      varied: new Map(vary.map((name) => [name, request.headers.get(name)])),
      response: { status, statusText, headers: [...headers] },
      body,
      expiresAt: expiryOf(headers),
    });
  }

  /** Forgets an answer; false when there was none. */
  delete(input: RequestInfo | URL): Promise<boolean> {
    const entry = this.#entries.find(this.#name, new Request(input));
    if (entry) this.#entries.remove(entry);
    return Promise.resolve(entry !== undefined);
  }
}

function urlOf({ url }: Request): string {
  return url.split("#", 1)[0]!;
}

function isAlike({ varied }: Entry, { headers }: Request): boolean {
  return varied.entries().every(([name, value]) => headers.get(name) === value);
}

function namesIn(header: string | null): string[] {
  return header?.split(",").map((name) => name.trim().toLowerCase()).filter(Boolean) ?? [];
}

/** When an answer says that it is stale. */
function expiryOf(headers: Headers): number {
  const control = headers.get("cache-control") ?? "";
  const [, seconds] = /(?:s-maxage|max-age)=(\d+)/.exec(control) ?? [];
  if (seconds !== undefined) return Date.now() + Number(seconds) * 1000;
  const expires = headers.get("expires");
  return expires === null ? Infinity : Date.parse(expires) || 0;
}
