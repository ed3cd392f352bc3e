/** Every command that talks to a server, with everything that can go wrong there. */
import { assertEquals, assertMatch } from "@std/assert";
import { dirname, join, relative } from "@std/path";
import { walk } from "@std/fs";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sign } from "../../scripts/release/signing_key.ts";
import { commands } from "../../src/commands/mod.ts";
import { readInvocation } from "../../src/invocation/argv.ts";
import { forEachParallel } from "../../src/core/parallel.ts";
import type { Commands } from "../../src/cli/command.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { insforge } from "../support/executable.ts";
import { faultProxy } from "../support/fault_proxy.ts";
import { type FaultCase, FAULTS } from "../support/faults.ts";
import {
  fill,
  type Known,
  type Line,
  LINES,
  login,
  WITHOUT_LINES,
} from "../support/faulty_commands.ts";
import { impatientClock, runInProcess } from "../support/in_process.ts";
import { PASSWORD, startPlatform } from "../support/platform.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";
import { type Exchange, play, record } from "../support/tape.ts";

/** Rows at a time. */
const PARALLEL = 24;
/** Every wait for a server, where one stalls; the others have their own limits. */
const LIMIT_MS = 500;
/** Within which such a command ends on a busy machine; by its own limit it would take longer. */
const TIMELY_MS = 20_000;
/** The same once more for what did not end well: the others may have kept it waiting. */
const PATIENT_LIMIT_MS = 3_000;
/** A row that takes longer hangs: those beside it compute in the same thread, bundling functions. */
const ROW_MS = 60_000;
const RETRIES = 3;
const LONGEST_PAUSE_MS = 60_000;

/** A line that was run without a fault. */
interface Recorded {
  readonly command: string;
  readonly line: Line;
  readonly args: readonly string[];
  readonly home: Readonly<Record<string, string>>;
  readonly tape: readonly Exchange[];
}

/** From which request on a server is at fault: the one at `index` of the tape, and all alike. */
interface Point {
  readonly group: string;
  readonly index: number;
  /** Requests of the group that come before. */
  readonly skip: number;
}

interface Row {
  readonly recorded: Recorded;
  readonly point: Point;
  readonly faultCase: FaultCase;
}

let backend: TestBackend;
let foreign: StubServer;
let folder: string;
const failures = new Map<string, string[]>();
const rows: Row[] = [];
let recorded: readonly Recorded[] = [];

describe("servers and networks at fault", () => {
  beforeAll(async () => {
    backend = await startBackend();
    foreign = stubServer(() => new Response("<h1>not here</h1>", { status: 400 }));
    folder = await Deno.makeTempDir({ prefix: "insforge-faults-" });
    recorded = await recordAll();
    rows.push(
      ...recorded.flatMap((one) =>
        pointsOf(one.tape).flatMap((point) =>
          FAULTS.filter(({ status = 0 }) => !goesElsewhere(one, point, status))
            .map((faultCase) => ({ recorded: one, point, faultCase }))
        )
      ),
    );
    const check = async ([number, row]: [number, Row]) => {
      const beside = await problemsOf(row, `${number}`, LIMIT_MS);
      const problems = beside.length > 0 && row.faultCase.stalls
        ? await problemsOf(row, `${number}-again`, PATIENT_LIMIT_MS)
        : beside;
      if (problems.length === 0) return;
      const { command } = row.recorded;
      failures.set(command, [
        ...failures.get(command) ?? [],
        `${nameOf(row)}: ${problems.join("; ")}`,
      ]);
    };
    // Beside others, somebody else could be listening soon where nobody should.
    const isAlone = ([, { faultCase }]: [number, Row]) => faultCase.name === "connection refused";
    const groups = Map.groupBy(rows.entries(), isAlone);
    await forEachParallel(groups.get(false) ?? [], PARALLEL, check);
    await forEachParallel(groups.get(true) ?? [], 1, check);
    const failed = [...failures.values()].flat().length;
    console.log(
      `${Object.keys(LINES).length} commands, ${FAULTS.length} faults: ${rows.length} rows, ` +
        (failed === 0 ? "all as they should be" : `${failed} not as they should be`),
    );
  });
  afterAll(async () => {
    await backend.close();
    await foreign[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  it("leave out no command that talks to one", () => {
    const asked = leavesOf(commands).filter((path) =>
      readInvocation(path.split(" "), commands).reach.hosts?.length
    );
    const covered = [...Object.keys(LINES), ...Object.keys(WITHOUT_LINES)];
    assertEquals(covered.sort(), asked.sort());
  });

  for (const command of Object.keys(LINES)) {
    it(`${command} ends as it should with each fault`, () => {
      assertEquals(failures.get(command) ?? [], []);
    });
  }

  it("are told by the executable in one sentence, with what to do next", async () => {
    const { tape: [exchange] } = recorded.find(({ command }) => command === "secrets list")!;
    for (const faultCase of FAULTS.filter(({ stalls }) => !stalls)) {
      await using proxy = faultProxy(backend.url);
      const fault = faultCase.fault(exchange!, foreign.url);
      if (fault === "refuse") proxy.refuse();
      else proxy.strike(() => fault);
      const env = { INSFORGE_BASE_URL: proxy.url, INSFORGE_API_KEY: backend.apiKey };
      const { code, stdout, stderr } = await insforge(["secrets", "list"], { env });
      assertEquals([code, stdout], [faultCase.exit, ""], `${faultCase.name}: ${stderr}`);
      assertMatch(stderr, /^Error: [^\n]+\.\n[^\n]+\n$/, faultCase.name);
    }
  });

  it("never lead a key to a foreign host", () => {
    const seen = JSON.stringify(
      foreign.requests.map(({ target, headers, body }) => [target, [...headers], body]),
    );
    assertEquals(secrets().filter((secret) => seen.includes(secret)), []);
    assertEquals(foreign.requests.filter(({ headers }) => headers.has("authorization")), []);
  });
});

function goesElsewhere({ line }: Recorded, { group }: Point, status: number): boolean {
  const [request, ...statuses] = line.elsewhere ?? [/^$/];
  return request.test(group) && statuses.includes(status);
}

function nameOf({ recorded, point, faultCase }: Row): string {
  return `${recorded.args.join(" ")} | ${point.group}${
    point.skip ? ` #${point.skip + 1}` : ""
  } | ` +
    faultCase.name;
}

/** Runs every line against real servers. */
async function recordAll(): Promise<Recorded[]> {
  const known: Known = await fill(backend);
  const all: Recorded[] = [];
  const failed: string[] = [];
  for (const [command, lines] of Object.entries(LINES)) {
    for (const line of lines) {
      const args = [...line.args(known)];
      await line.prepare?.(backend);
      await using platform = startPlatform();
      const manifest = new TextEncoder().encode('{"version": "9.9.9", "targets": {}}');
      const signature = await sign(manifest);
      await using releases = stubServer(({ target }) =>
        new Response(target.endsWith(".sig") ? signature : manifest)
      );
      await using hosted = stubServer(({ target }) =>
        Response.json(
          target.endsWith("database-password")
            ? { databasePassword: "s3cret" }
            : { connectionURL: "postgresql://postgres:********@db.example.com:5432/insforge" },
        )
      );
      const upstream = { backend, local: backend, platform, releases, hosted }[line.upstream];
      await using recorder = record(upstream.url);
      const home = login(platform);
      const place = await prepare(`recorded-${all.length}`, { line, args, home }, recorder.url);
      const result = await runInProcess(place.args, { ...place, clock: impatientClock() });
      if (result.code !== 0 || recorder.tape.length === 0) {
        failed.push(
          `${args.join(" ")} ended with ${result.code} after ${recorder.tape.length} requests: ` +
            result.stderr,
        );
      }
      all.push({ command, line, args, home, tape: recorder.tape });
    }
  }
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return all;
}

/** The folders and surroundings of one run, before a server at `url`. */
async function prepare(
  name: string,
  { line, args, home }: Pick<Recorded, "line" | "args" | "home">,
  url: string,
) {
  const cwd = join(folder, name, "project");
  const globalFolder = join(folder, name, "home");
  const files = { ...line.files, ...linkFiles(line, url) };
  await write(cwd, files);
  await write(globalFolder, line.upstream === "platform" && !args.includes("login") ? home : {});
  const env = {
    ...line.env,
    ...(line.upstream === "platform" ? { INSFORGE_API_URL: url } : {}),
    ...(line.upstream === "releases" ? { INSFORGE_DOWNLOAD_URL: url } : {}),
  };
  const filled = args.map((arg) => arg === "URL" ? url : arg === "KEY" ? backend.apiKey : arg);
  return { cwd, globalFolder, env, stdin: line.stdin, args: ["--json", ...filled] };
}

function linkFiles({ upstream }: Line, url: string): Record<string, string> {
  if (upstream === "backend" || upstream === "hosted") {
    const project = { project_id: "p", api_key: backend.apiKey, oss_host: url };
    return { ".insforge/project.json": JSON.stringify(project) };
  }
  if (upstream !== "local") return {};
  const state = { pid: 1, port: 1, url, startedAt: new Date(0).toISOString(), version: "0.0.0" };
  return {
    ".insforge/local/server.json": JSON.stringify(state),
    ".insforge/local/keys.json": JSON.stringify({ apiKey: backend.apiKey }),
  };
}

/** The first request of each kind and, where there are more of it, the last. */
function pointsOf(tape: readonly Exchange[]): Point[] {
  const groups = Map.groupBy(tape.keys(), (index) => groupOf(tape[index]!));
  return [...groups].flatMap(([group, indices]) =>
    [...new Set([0, indices.length - 1])].map((skip) => ({ group, skip, index: indices[skip]! }))
  );
}

function groupOf({ method, target }: { readonly method: string; readonly target: string }): string {
  return `${method} ${target.split("?")[0]}`;
}

/** Runs a row in a folder of that name; answers what is not as it should be. */
async function problemsOf(row: Row, name: string, limitMs: number): Promise<string[]> {
  const { recorded, point, faultCase } = row;
  const { tape } = recorded;
  await using player = play(tape);
  await using proxy = faultProxy(player.url);
  let seen = 0;
  const fault = faultCase.fault(tape[point.index]!, foreign.url);
  if (fault === "refuse" && point.index === 0) proxy.refuse();
  proxy.strike((request) => {
    const isStruck = groupOf(request) === point.group && ++seen > point.skip;
    if (fault !== "refuse") return isStruck ? fault : undefined;
    if (proxy.requests.length === point.index) proxy.refuse();
    // Its connection was there before that of the request in front of it ended.
    if (isStruck) return { kind: "reset", afterBytes: 0 };
  });
  const place = await prepare(name, recorded, proxy.url);
  const before = await filesBelow(dirname(place.cwd));
  const clock = impatientClock(faultCase.stalls ? limitMs : undefined);
  const started = performance.now();
  const running = runInProcess(place.args, { ...place, clock });
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ROW_MS);
  const result = await Promise.race([running, late.promise]);
  clearTimeout(timer);
  if (!result) return [`is not over after ${ROW_MS} ms`];
  const took = performance.now() - started;
  const problems = [
    ...exitProblems(row, result),
    ...requestProblems(row, proxy.requests),
    ...pauseProblems(row, clock.pauses, result.code),
    ...fileProblems(row, before, await filesBelow(dirname(place.cwd)), result.code),
  ];
  const output = result.stdout + result.stderr;
  const isShown = recorded.args.includes("connection-string");
  if (!isShown && secrets().some((secret) => output.includes(secret))) problems.push("shows a key");
  const isPolled = recorded.line.polls?.test(point.group);
  if (faultCase.stalls && !isPolled && took > TIMELY_MS) {
    problems.push(`takes ${Math.round(took)} ms`);
  }
  await Deno.remove(dirname(place.cwd), { recursive: true });
  return problems;
}

/** What ends the command: success where it can do without the answer, or one error. */
function exitProblems(
  row: Row,
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
): string[] {
  const problems: string[] = [];
  const expected = expectedExit(row);
  const { line } = row.recorded;
  // Whether it was done after all is then what decides.
  const isEither = line.looksItself?.test(row.point.group) || line.polls?.test(row.point.group);
  if (code !== expected && !(isEither && code === 0)) {
    problems.push(`ends with ${code} instead of ${expected}: ${stderr.trim()}`);
  }
  const lines = stderr.split("\n").filter(Boolean);
  const documents = lines.map(parsed);
  if (documents.includes(undefined)) return [...problems, `stderr is not JSON: ${stderr}`];
  if (code === 0) {
    if (!line.streams && parsed(stdout) === undefined) problems.push("no JSON result");
    return problems;
  }
  if (line.reportsParts) {
    const parts = Object.values(parsed(stdout) ?? {}).find(Array.isArray);
    return parts?.some(({ success }) => success === false)
      ? problems
      : [...problems, `no result: ${stdout}`];
  }
  if (line.anyStatusIs1 && row.faultCase.status) return problems;
  if (stdout !== "" && !line.streams) problems.push(`stdout: ${stdout.slice(0, 200)}`);
  const errors = documents.filter((document) => document?.error !== undefined);
  if (errors.length !== 1) return [...problems, `${errors.length} errors: ${stderr}`];
  const { error, code: name, hint } = errors[0]!;
  if (
    typeof error !== "string" ||
    /\n|<|\[object|undefined|TypeError|os error|[.!?] [A-Z]/.test(error)
  ) {
    problems.push(`no sentence: ${error}`);
  }
  if (typeof hint !== "string" || hint === "") problems.push(`no hint: ${stderr.trim()}`);
  if (/\n\s+at /.test(stderr)) problems.push("a stack trace");
  const isUnsigned = row.faultCase.code === "INVALID_RESPONSE" && line.isSigned;
  const wanted = isUnsigned ? "NOT_SIGNED" : row.faultCase.code;
  if (isEither && name === "TIMED_OUT") return problems;
  if (code === expected && wanted && name !== wanted) problems.push(`${name} instead of ${wanted}`);
  return problems;
}

function expectedExit({ recorded: { line }, point: { group }, faultCase }: Row): number {
  const { answer, status, exit, code, name } = faultCase;
  if (line.spares?.test(group)) return 0;
  const isLost = code === "NETWORK_ERROR" && name !== "connection refused";
  if (isLost && line.sparesAnswer?.test(group)) return 0;
  if (line.content?.test(group) && (answer === "malformed" || answer === "empty")) return 0;
  if (line.anyStatusIs1 && line.content && answer === "redirect") return 0;
  const isChange = !/^(GET|HEAD) /.test(group);
  if (answer === "empty" && isChange && !line.needsAnswer?.test(group)) return 0;
  if (line.reportsParts) return 1;
  if (line.refusesLogin?.includes(status ?? 0)) return 2;
  return line.anyStatusIs1 && status ? 1 : exit;
}

/** Nothing that changes something is sent twice; the rest no more often than it is worth. */
function requestProblems(
  { recorded: { tape, line }, faultCase }: Row,
  requests: readonly { readonly method: string; readonly target: string }[],
): string[] {
  const wanted = countsOf(tape);
  return [...countsOf(requests)].flatMap(([group, count]) => {
    if (line.polls?.test(group)) return [];
    const reads = /^(GET|HEAD) /.test(group) || line.repeats?.test(group);
    const followed = faultCase.answer === "redirect" ? 2 : 0;
    // One that was refused and told to come again has changed nothing.
    const isRefused = faultCase.status === 429 && faultCase.retryAfter !== undefined;
    const asked = wanted.get(group) ?? 0;
    const retries = reads ? RETRIES + followed : isRefused ? RETRIES * asked : 0;
    const most = asked + retries;
    return count > Math.max(most, 1) ? [`${count} times ${group} instead of ${most}`] : [];
  });
}

function countsOf(requests: readonly { readonly method: string; readonly target: string }[]) {
  const groups = Map.groupBy(requests, groupOf);
  return new Map([...groups].map(([group, { length }]) => [group, length]));
}

/** Retry-After is honoured where the request may be repeated, and no longer than bearable. */
function pauseProblems(
  { recorded, point, faultCase }: Row,
  pauses: readonly number[],
  code: number,
) {
  const longest = Math.max(0, ...pauses);
  if (longest > LONGEST_PAUSE_MS) return [`waits for ${longest} ms`];
  if (recorded.line.polls?.test(point.group)) return [];
  const { retryAfter } = faultCase;
  if (retryAfter === undefined || code === 0 || recorded.line.anyStatusIs1) return [];
  const reads = point.group.startsWith("GET ");
  if (retryAfter * 1000 > LONGEST_PAUSE_MS) return pauses.length ? [`waits ${pauses}`] : [];
  return reads && !pauses.includes(retryAfter * 1000) ? [`waits ${pauses}`] : [];
}

/** A command that fails leaves every file as it was, but for what a later run goes on with. */
function fileProblems(
  { recorded: { command } }: Row,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  code: number,
): string[] {
  if (code === 0) return [];
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .filter((path) => !/\.lock$/.test(path))
    .filter((path) => !(command === "storage download" && /\.insforge-partial/.test(path)))
    .filter((path) => !(command === "login" && /pending-device\.json$/.test(path)));
  return changed.map((path) => `changed ${path}`);
}

async function filesBelow(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { path } of walk(root, { includeDirs: false })) {
    found.set(relative(root, path), await Deno.readTextFile(path));
  }
  return found;
}

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  await Deno.mkdir(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), content);
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secrets(): string[] {
  return [backend.apiKey, PASSWORD.trim()];
}

function leavesOf(tree: Commands, path: readonly string[] = []): string[] {
  return Object.entries(tree).flatMap(([name, entry]) =>
    "commands" in entry ? leavesOf(entry.commands, [...path, name]) : [[...path, name].join(" ")]
  );
}
