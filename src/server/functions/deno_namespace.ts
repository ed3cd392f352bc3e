/** What functions have of `Deno`: its network, their environment, and what needs no permission. */

import type { KvAccess } from "../kv/access.ts";
import { kvOpener } from "./open_kv.ts";
import { outputStream, stdin } from "./standard_streams.ts";

/** What is handed on as it is. */
const GIVEN = [
  "AtomicOperation",
  "HttpClient",
  "Kv",
  "KvListIterator",
  "KvU64",
  "build",
  "connectTls",
  "customInspect",
  "errors",
  "inspect",
  "memoryUsage",
  "noColor",
  "refTimer",
  "resolveDns",
  "startTls",
  "unrefTimer",
  "version",
];
/** What others are about, by the beginnings of their names. */
const LACKS: readonly (readonly [RegExp, string])[] = [
  [/^(listen|serveHttp)/, "ports of their own: Deno.serve names what answers requests"],
  [/^(Command|run|kill|exit|chdir|execPath)/, "processes"],
  [/^(dlopen|Unsafe)/, "native code"],
];
const NO_FILES = "files";
/** What functions see of the machine's memory, in bytes. */
const MEMORY = 256 * 2 ** 20;
const DENIED_STATE = { state: "denied", onchange: null, partial: false };
const GRANTED_STATE = { state: "granted", onchange: null, partial: false };
const GRANTED = ["net", "env"];

/** The requests that the runtime took, by those that functions see of them. */
const originals = new WeakMap<Request, Request>();

/** Lets a function make a WebSocket of a request that is not the one it came as. */
export function isSeenAs(original: Request, seen: Request): void {
  originals.set(seen, original);
}

/** Makes `Deno` for a function with these variables, and this key-value store. */
export function denoFor(variables: Map<string, string>, kv?: KvAccess): object {
  const real = Deno as unknown as Readonly<Record<string, unknown>>;
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(real)) {
    if (typeof real[name] === "function") own[name] = lacking(name);
  }
  for (const name of GIVEN) own[name] = real[name];
  const { upgradeWebSocket, connect, createHttpClient } = Deno;
  return Object.assign(own, {
    env: environment(variables),
    args: [],
    mainModule: "file:///index.ts",
    cwd: () => "/",
    pid: 1,
    ppid: 0,
    stdin,
    stdout: outputStream("info"),
    stderr: outputStream("error"),
    // Packages put them into logs and greetings, and ask for them as they load.
    hostname: () => "localhost",
    osRelease: () => "0",
    osUptime: () => Math.floor(performance.now() / 1000),
    loadavg: () => [0, 0, 0],
    networkInterfaces: () => [],
    systemMemoryInfo: () => ({
      total: MEMORY,
      free: MEMORY,
      available: MEMORY,
      buffers: 0,
      cached: 0,
      swapTotal: 0,
      swapFree: 0,
    }),
    uid: () => null,
    gid: () => null,
    permissions: Object.freeze({
      query: ({ name }: { name: string }) => Promise.resolve(stateOf(name)),
      querySync: ({ name }: { name: string }) => stateOf(name),
      request: ({ name }: { name: string }) => Promise.resolve(stateOf(name)),
    }),
    test() {},
    bench() {},
    // The backend ends a function's process, and tells nobody before.
    addSignalListener() {},
    removeSignalListener() {},
    openKv: kvOpener(kv, (name) => variables.get(name)),
    connect: (options: Deno.ConnectOptions) => connect(overNetwork(options)),
    createHttpClient: (given: Deno.CreateHttpClientOptions) => {
      const options = alone(given);
      return createHttpClient(
        options.proxy
          ? alone({ ...options, proxy: overNetwork<Deno.Proxy>(options.proxy) })
          : options,
      );
    },
    upgradeWebSocket: (request: Request, options?: Deno.UpgradeWebSocketOptions) =>
      upgradeWebSocket(originals.get(request) ?? request, options),
  });
}

const PROXIES = ["http:", "https:", "socks4:", "socks4a:", "socks5:", "socks5h:"];
const TRANSPORTS = ["tcp", "http", "https", "socks5"];
// A function may replace the methods of every value there is, later on.
const lowerCase = methodOf(String.prototype.toLowerCase);
const beginsWith = methodOf(String.prototype.startsWith);

function methodOf<This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
): (self: This, ...args: Args) => Result {
  return Function.prototype.call.bind(method);
}

/** Options by themselves, each read once, that nothing can be inherited by. */
function alone<T extends object>(given: T): T {
  return { __proto__: null, ...given } as T;
}

/**
 * A way that leads over the network. For the sockets of a machine Deno asks no permission where a
 * proxy's address names one, nor for those of virtual machines.
 */
function overNetwork<T extends object>(given: T): T {
  const way: { transport?: unknown; url?: unknown } & T = alone(given);
  if (way.transport !== undefined) way.transport = `${way.transport}`;
  if (way.url !== undefined) way.url = `${way.url}`;
  const { transport = "tcp", url = "http:" } = way as { transport?: string; url?: string };
  if (isAny(TRANSPORTS, transport) && beginsWithAny(PROXIES, lowerCase(url))) return way;
  throw new Deno.errors.NotCapable("edge functions have no access to the machine's own sockets");
}

function isAny(names: readonly string[], name: string): boolean {
  for (let index = 0; index < names.length; index++) if (names[index] === name) return true;
  return false;
}

function beginsWithAny(beginnings: readonly string[], text: string): boolean {
  for (let index = 0; index < beginnings.length; index++) {
    if (beginsWith(text, beginnings[index]!)) return true;
  }
  return false;
}

function stateOf(name: string) {
  return GRANTED.includes(name) ? GRANTED_STATE : DENIED_STATE;
}

/** Stands for what functions lack, and says so when it is called. */
function lacking(name: string): () => never {
  const lack = LACKS.find(([pattern]) => pattern.test(name))?.[1] ?? NO_FILES;
  return function () {
    throw new Deno.errors.NotCapable(
      `Deno.${name} cannot be had: edge functions have no access to ${lack}`,
    );
  };
}

function environment(variables: Map<string, string>): object {
  return Object.freeze({
    get: (name: string) => variables.get(name),
    has: (name: string) => variables.has(name),
    set: (name: string, value: string) => void variables.set(name, String(value)),
    delete: (name: string) => void variables.delete(name),
    toObject: () => Object.fromEntries(variables),
  });
}
