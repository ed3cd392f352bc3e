/** One function under a debugger: the Deno on PATH runs its source, as its author wrote it. */
import { basename, dirname, toFileUrl } from "@std/path";
import type { Context } from "../../cli/context.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import { linesOf } from "../../core/lines.ts";
import { placeWithin } from "../../files/real_path.ts";
import { sourceRoot } from "../../invocation/function_sources.ts";
import type { Result } from "../../terminal/present.ts";
import type { LocalFunction } from "./local_files.ts";
import { startDeno } from "./run_deno.ts";
import { environmentOf } from "./serve_environment.ts";
import { requireOwnSources } from "./test_sources.ts";

interface Options {
  readonly inspect: string | true;
  readonly port: number;
  readonly envFile?: string;
}

const USUAL_ADDRESS = "127.0.0.1:9229";

/** Characters that are shown of a line that does not end. */
const MAX_LINE = 256 * 1024;

/**
 * Serves until Ctrl-C; what the function writes goes to stdout. It has a function's rights: the
 * network, and the variables that it is given.
 * @throws {UsageError} for an address of another machine
 * @throws {OperationError} without Deno, and when it ends by itself
 */
export async function inspectFunction(
  context: Context,
  { slug, path }: LocalFunction,
  { inspect, port, envFile }: Options,
): Promise<Result> {
  const address = addressOf(inspect);
  const folder = placeWithin(sourceRoot(context.launch), dirname(path));
  const { source, read } = await environmentOf(context, envFile);
  const variables = await read();
  await requireOwnSources(context, folder, [basename(path)], {});
  const names = Object.keys(variables);
  const child = startDeno(context, "run", [
    "--no-prompt",
    `--inspect=${address}`,
    "--unstable-kv",
    "--allow-net",
    ...(names.length > 0 ? [`--allow-env=${names.join(",")}`] : []),
    "-",
  ], { folder, env: variables, stdin: "piped" });
  const url = toFileUrl(`${folder}/${basename(path)}`).href;
  const program = new Blob([programOf(url, { slug, port, variables })]);
  await program.stream().pipeTo(child.stdin);
  const serves = `http://127.0.0.1:${port}/functions/${slug}`;
  context.note(
    `Serving ${slug} with ${source} at ${serves}\n` +
      `Open chrome://inspect, or a debugger at ${address}. Ctrl-C stops it.`,
    { event: "ready", url: serves, inspector: address },
  );
  const ended = untilEnd(slug, child, (message) => context.note(message, { slug, message }));
  return { stream: ReadableStream.from(shownLines(context, slug, child.stdout, ended)) };
}

/** What the function writes; ends with why it ended. */
async function* shownLines(
  { options }: Context,
  slug: string,
  written: ReadableStream<Uint8Array<ArrayBuffer>>,
  ended: Promise<OperationError | undefined>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const message of linesOf(written, MAX_LINE)) {
    const line = options.json ? JSON.stringify({ slug, level: "info", message }) : message;
    yield encoder.encode(`${line}\n`);
  }
  const error = await ended;
  if (error) throw error;
}

/** @throws {UsageError} */
function addressOf(inspect: string | true): string {
  if (inspect === true) return USUAL_ADDRESS;
  const address = /^\d+$/.test(inspect) ? `127.0.0.1:${inspect}` : inspect;
  if (/^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(address)) return address;
  throw new UsageError(`--inspect is no address of this machine: ${JSON.stringify(inspect)}.`, {
    hint: `Whoever reaches a debugger runs what they like: give a port, as ${USUAL_ADDRESS}.`,
  });
}

/**
 * What Deno runs: it takes what the module exports or serves, and answers for it. Variables come
 * in the text, since other users of the machine see arguments.
 */
function programOf(
  url: string,
  { slug, port, variables }: {
    readonly slug: string;
    readonly port: number;
    readonly variables: Readonly<Record<string, string>>;
  },
): string {
  return `
const variables = new Map(Object.entries(${JSON.stringify(variables)}));
Object.defineProperty(Deno, "env", { value: {
  get: (name) => variables.get(name),
  has: (name) => variables.has(name),
  set: (name, value) => void variables.set(name, String(value)),
  delete: (name) => void variables.delete(name),
  toObject: () => Object.fromEntries(variables),
} });
const { serve, upgradeWebSocket } = Deno;
const originals = new WeakMap();
Deno.upgradeWebSocket = (request, options) =>
  upgradeWebSocket(originals.get(request) ?? request, options);
let handler;
Deno.serve = (...given) => {
  handler = given.find((one) => typeof one === "function") ?? given[0]?.handler;
  return { finished: new Promise(() => {}), shutdown: async () => {}, addr: {}, ref() {}, unref() {} };
};
globalThis.module = { exports: {} };
const { default: found = globalThis.module.exports } = await import(${JSON.stringify(url)});
if (typeof found === "function") handler = found;
else if (typeof found?.fetch === "function") handler = found.fetch.bind(found);
if (!handler) throw new TypeError("it exports no function and serves none");
serve({ hostname: "127.0.0.1", port: ${port}, onListen() {} }, async (request) => {
  const url = new URL(request.url);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (!isLocal || url.pathname !== ${JSON.stringify(`/functions/${slug}`)}) {
    return Response.json({ error: "There is nothing here" }, { status: 404 });
  }
  const seen = new Request(\`\${url.origin}/${slug}\${url.search}\`, request);
  originals.set(seen, request);
  const response = await handler(seen);
  if (response.status === 101) return response;
  const headers = new Headers(response.headers);
  if (!headers.has("access-control-allow-origin")) headers.set("access-control-allow-origin", "*");
  return new Response(response.body, { status: response.status, headers });
});
`;
}

/** Hands on what Deno and the function say on stderr, and answers what ended them. */
async function untilEnd(
  slug: string,
  { stderr, status }: Deno.ChildProcess,
  tell: (line: string) => void,
): Promise<OperationError | undefined> {
  for await (const line of linesOf(stderr, MAX_LINE)) tell(line);
  const { success, signal } = await status;
  if (success || signal) return undefined;
  return new OperationError(`${slug} ended: Deno said why.`, "FUNCTION_ENDED");
}
