/** Every command that talks to a server, with a command line that makes it do so. */
import type { TestBackend } from "./backend.ts";
import { runInProcess } from "./in_process.ts";
import { withFolder } from "./temporary.ts";
import { EMAIL, PASSWORD, type PlatformEmulator, USER_KEY } from "./platform.ts";

/** What command lines need to know of the servers that they are recorded with. */
export interface Known {
  readonly schedule: string;
  readonly deployment: string;
}

/** The server that a command line is recorded with, and that then is at fault. */
export type Upstream = "backend" | "hosted" | "platform" | "releases" | "local";

/** One command line. */
export interface Line {
  readonly args: (known: Known) => readonly string[];
  readonly upstream: Upstream;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the project's folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Makes what the line uses up, before it is recorded. */
  readonly prepare?: (backend: TestBackend) => Promise<unknown>;
  /** Requests, as `METHOD /path`, without which the command does its work all the same. */
  readonly spares?: RegExp;
  /** Requests without whose answer, once there was a connection, the command does its work. */
  readonly sparesAnswer?: RegExp;
  /** Requests whose answer is content of the user's: no answer of theirs is malformed. */
  readonly content?: RegExp;
  /** Changes whose answer is needed: an empty one will not do. */
  readonly needsAnswer?: RegExp;
  /**
   * Requests that wait for a state: they go on for as long as there is time, and may end in
   * TIMED_OUT.
   */
  readonly polls?: RegExp;
  /** Requests after whose loss the command looks for itself what became of them. */
  readonly looksItself?: RegExp;
  /** Statuses of a request after which the command goes another way, which other tests have. */
  readonly elsewhere?: readonly [request: RegExp, ...statuses: number[]];
  /** Statuses that mean that nobody is logged in. */
  readonly refusesLogin?: readonly number[];
  /** Whether the result tells what became of each part: a failure is in it, and exits 1. */
  readonly reportsParts?: boolean;
  /** Requests that change nothing, or nothing more when they are repeated. */
  readonly repeats?: RegExp;
  /** Whether what comes is held against a signature, which nothing malformed has. */
  readonly isSigned?: boolean;
  /** Whether an HTTP status is no more than a general error, as a function's own is. */
  readonly anyStatusIs1?: boolean;
  /** Whether the result goes to stdout as it comes, so that a part of it may be there. */
  readonly streams?: boolean;
}

const SITE = { "dist/index.html": "<h1>home</h1>", "dist/a.css": "a{}" };
const CONFIG = "[auth.password]\nmin_length = 9\n";
const FUNCTION = "export default () => new Response('hi');\n";
const LINKED = JSON.stringify({
  project_id: "project-1",
  api_key: "ik_project-1",
  oss_host: "https://key-project-.us-east.insforge.app",
});
const CALL = ["--url", "http://127.0.0.1:1/x", "--method", "POST"];
/** SQL that only reads goes to the same address as SQL that does not. */
const READS_BY_SQL = /^POST \/api\/database\/advance\/rawsql/;

const BY_SQL: Partial<Line> = {
  repeats: READS_BY_SQL,
  needsAnswer: READS_BY_SQL,
  elsewhere: [/schemas$/, 404],
};

function of(line: string, more: Partial<Line> = {}): Line {
  return { upstream: "backend", args: () => line.split(" "), ...more };
}

/** A line that asks the platform about the linked project or its organization. */
function ofPlatform(line: string): Line {
  return of(line, {
    upstream: "platform",
    files: { ".insforge/project.json": LINKED },
    needsAnswer: /./,
  });
}

function withUser(email: string): Line["prepare"] {
  const user = { email, password: "Secret-123456", autoConfirm: true };
  return (backend) => backend.request("POST", "/api/auth/users", user);
}

/** The lines, by command. */
export const LINES: Readonly<Record<string, readonly Line[]>> = {
  login: [
    of("login --email", {
      upstream: "platform",
      env: { INSFORGE_EMAIL: EMAIL, INSFORGE_PASSWORD: PASSWORD },
      refusesLogin: [403, 404],
      needsAnswer: /./,
    }),
    of(`login --user-api-key ${USER_KEY}`, { upstream: "platform", refusesLogin: [403] }),
    of("login --device", {
      upstream: "platform",
      spares: /profile/,
      polls: /token$/,
      needsAnswer: /./,
    }),
  ],
  whoami: [of("whoami", { upstream: "platform" })],
  list: [of("list", { upstream: "platform", spares: /projects$/ })],
  current: [
    of("current", {
      upstream: "platform",
      env: { INSFORGE_ACCESS_TOKEN: USER_KEY },
      spares: /profile/,
    }),
  ],
  create: [
    of("create --name other --org-id org-1 --region us-east -y", {
      upstream: "platform",
      polls: /^GET \/projects\/v1\/[^/]+$/,
      looksItself: /^POST .*projects$/,
      needsAnswer: /projects$/,
    }),
  ],
  link: [
    of("link --project-id project-1 -y", { upstream: "platform" }),
    of("link --api-base-url URL --api-key KEY -y"),
  ],
  metadata: [of("metadata")],
  "db query": [
    {
      upstream: "backend",
      args: () => ["db", "query", "INSERT INTO posts (title) VALUES ('b') RETURNING id"],
      needsAnswer: READS_BY_SQL,
    },
  ],
  "db migrations list": [of("db migrations list")],
  "db migrations fetch": [
    of("db migrations fetch", {
      prepare: (backend) =>
        backend.request("POST", "/api/database/migrations", {
          version: "1",
          name: "first",
          sql: "CREATE TABLE first (id int)",
        }),
    }),
  ],
  "db migrations up": [
    of("db migrations up", {
      files: { "migrations/0001_more.sql": "CREATE TABLE more (id int);" },
      needsAnswer: /migrations$/,
    }),
  ],
  "db migrations status": [
    of("db migrations status", {
      files: { "migrations/0009_new.sql": "CREATE TABLE n (id int);" },
    }),
  ],
  "db shell": [
    of("db shell --stop-on-error", {
      stdin: "SELECT 1;\nSELECT 2;\n",
      streams: true,
      anyStatusIs1: true,
      needsAnswer: READS_BY_SQL,
    }),
  ],
  "db types": [of("db types -o types.ts", BY_SQL)],
  "db rpc": [{
    upstream: "backend",
    args: () => ["db", "rpc", "add", "--data", '{"a": 1, "b": 2}'],
  }],
  "db export": [
    of("db export -o dump.sql", BY_SQL),
    of("db export --format json -o dump.json", {
      ...BY_SQL,
      repeats: /rawsql|export$/,
      needsAnswer: /rawsql|export$/,
    }),
    of("db export", { ...BY_SQL, streams: true }),
    of("db export --server -o dump.sql", { repeats: /export$/, needsAnswer: /export$/ }),
  ],
  "db import": [
    of("db import seed.sql", {
      files: { "seed.sql": "CREATE TABLE seeded (id int);\n" },
      needsAnswer: /import$/,
      sparesAnswer: /tables$/,
    }),
  ],
  "db seed": [
    of("db seed", {
      files: { "insforge/seed.sql": "CREATE TABLE planted (id int);\n" },
      needsAnswer: /import$/,
      sparesAnswer: /tables$/,
    }),
  ],
  "db lint": [of("db lint", BY_SQL)],
  "db tables": [of("db tables")],
  "db indexes": [of("db indexes", BY_SQL)],
  "db policies": [of("db policies", BY_SQL)],
  "db triggers": [of("db triggers", BY_SQL)],
  "db functions": [of("db functions", BY_SQL)],
  "db connection-string": [of("db connection-string", { upstream: "hosted" })],
  diagnose: [
    of("diagnose", { ...BY_SQL, elsewhere: [/schemas$|advisor|logs/, 404] }),
  ],
  "records list": [of("records list posts")],
  "records create": [{
    upstream: "backend",
    args: () => ["records", "create", "posts", "--data", '{"title": "new"}'],
    needsAnswer: /records/,
  }],
  "records update": [{
    upstream: "backend",
    args: () => ["records", "update", "posts", "--filter", "id=eq.1", "--data", '{"title": "c"}'],
    needsAnswer: /records/,
  }],
  "records delete": [of("records delete posts --filter id=eq.999 -y", { needsAnswer: /records/ })],
  "config export": [of("config export", { elsewhere: [/config$/, 404] })],
  "config plan": [
    of("config plan", { files: { "insforge.toml": CONFIG }, elsewhere: [/config$/, 404] }),
  ],
  "config apply": [
    of("config apply -y", {
      files: { "insforge.toml": CONFIG },
      repeats: /config$/,
      elsewhere: [/^GET .*config$/, 404],
    }),
  ],
  "env pull": [of("env pull", { repeats: /tokens\/anon$/, needsAnswer: /./ })],
  "functions list": [of("functions list")],
  "functions code": [of("functions code hello")],
  "functions deploy": [
    of("functions deploy hello --no-check", {
      files: { "insforge/functions/hello/index.ts": FUNCTION },
      repeats: /^PUT/,
      elsewhere: [/^GET/, 404],
    }),
    of("functions deploy fresh --no-check", {
      files: { "insforge/functions/fresh/index.ts": FUNCTION },
      elsewhere: [/^GET|^POST/, 404, 409],
    }),
  ],
  "functions logs": [of("functions logs hello")],
  "functions invoke": [
    of("functions invoke hello", { anyStatusIs1: true, content: /./, elsewhere: [/./, 404] }),
    of("functions invoke hello --method GET", {
      anyStatusIs1: true,
      content: /./,
      elsewhere: [/./, 404],
    }),
  ],
  "functions delete": [
    of("functions delete doomed -y", {
      prepare: (backend) =>
        backend.request("POST", "/api/functions", { slug: "doomed", name: "d", code: FUNCTION }),
    }),
  ],
  "secrets list": [of("secrets list")],
  "secrets get": [of("secrets get TOKEN")],
  "secrets add": [
    of("secrets add NEW value"),
    of("secrets add --env-file .env.more", {
      files: { ".env.more": "A=1\nB=2\n" },
      reportsParts: true,
    }),
  ],
  "secrets update": [of("secrets update TOKEN --value changed")],
  "secrets delete": [
    of("secrets delete DOOMED -y", {
      prepare: (backend) => backend.request("POST", "/api/secrets", { key: "DOOMED", value: "x" }),
    }),
  ],
  "secrets rotate": [of("secrets rotate anon-key -y", { needsAnswer: /rotate$/ })],
  "realtime channels list": [of("realtime channels list")],
  "realtime channels create": [of("realtime channels create orders")],
  "realtime channels delete": [
    of("realtime channels delete doomed -y", {
      prepare: (backend) =>
        backend.request("POST", "/api/realtime/channels", { pattern: "doomed" }),
    }),
  ],
  "realtime messages": [of("realtime messages")],
  "realtime stats": [of("realtime stats")],
  "auth users list": [of("auth users list")],
  "auth users create": [of("auth users create new@example.com Secret-123456")],
  "auth users delete": [
    of("auth users delete doomed@example.com -y", {
      prepare: withUser("doomed@example.com"),
      needsAnswer: /users$/,
    }),
  ],
  "auth users token": [
    of("auth users token ada@example.com", {
      prepare: withUser("ada@example.com"),
      needsAnswer: /tokens$/,
      elsewhere: [/tokens$/, 404],
    }),
  ],
  "auth config": [of("auth config")],
  "local mail list": [of("local mail list", { elsewhere: [/mail/, 404] })],
  logs: [of("logs insforge.logs")],
  "storage buckets": [of("storage buckets")],
  "storage create-bucket": [of("storage create-bucket more")],
  "storage delete-bucket": [
    of("storage delete-bucket doomed -y", {
      prepare: (backend) =>
        backend.request("POST", "/api/storage/buckets", { bucketName: "doomed", isPublic: false }),
    }),
  ],
  "storage list-objects": [of("storage list-objects files")],
  "storage config": [of("storage config"), of("storage config --max-size 60MB")],
  "storage s3-keys list": [of("storage s3-keys list")],
  "storage s3-keys create": [
    of("storage s3-keys create", {
      needsAnswer: /access-keys$/,
      elsewhere: [/config$/, 404],
    }),
  ],
  "storage s3-keys delete": [
    of("storage s3-keys delete INSFDOOMEDDOOMEDDOOM -y", {
      prepare: (backend) =>
        backend.sql(
          `INSERT INTO storage.s3_access_keys (access_key_id, secret_access_key_encrypted)
          VALUES ('INSFDOOMEDDOOMEDDOOM', 'x') ON CONFLICT DO NOTHING`,
          { unrestricted: true },
        ),
    }),
  ],
  "storage upload": [
    of("storage upload up.txt --bucket files", {
      files: { "up.txt": "content" },
      repeats: /upload-strategy/,
      needsAnswer: /^PUT/,
      elsewhere: [/config$|strategy$/, 403, 404],
    }),
  ],
  "storage download": [
    of("storage download a.txt --bucket files -o a.txt", {
      content: /files\/objects\/a\.txt$/,
    }),
    of("storage download a.txt --bucket files -o a.txt", {
      files: { "a.txt": "what was there before" },
      content: /files\/objects\/a\.txt$/,
    }),
  ],
  "storage delete-object": [
    of("storage delete-object doomed.txt --bucket files -y", {
      prepare: (backend) => putObject(backend, "doomed.txt"),
    }),
  ],
  "schedules list": [of("schedules list")],
  "schedules get": [
    { upstream: "backend", args: ({ schedule }) => ["schedules", "get", schedule] },
  ],
  "schedules create": [{
    upstream: "backend",
    args: () => ["schedules", "create", "--name", "Another", "--cron", "0 3 * * *", ...CALL],
    needsAnswer: /schedules$/,
  }],
  "schedules update": [{
    upstream: "backend",
    args: ({ schedule }) => ["schedules", "update", schedule, "--active", "false"],
  }],
  "schedules logs": [
    { upstream: "backend", args: ({ schedule }) => ["schedules", "logs", schedule] },
  ],
  "schedules delete": [
    { upstream: "backend", args: ({ schedule }) => ["schedules", "delete", schedule, "-y"] },
  ],
  "deployments deploy": [
    of("deployments deploy dist --timeout 10", {
      files: SITE,
      repeats: /^PUT/,
      needsAnswer: /direct$/,
      polls: /sync$|^GET/,
      looksItself: /start$/,
      elsewhere: [/direct$/, 404],
    }),
  ],
  "deployments list": [of("deployments list")],
  "deployments status": [
    { upstream: "backend", args: ({ deployment }) => ["deployments", "status", deployment] },
  ],
  "deployments open": [of("deployments open")],
  "deployments cancel": [
    {
      upstream: "backend",
      args: ({ deployment }) => ["deployments", "cancel", deployment, "-y"],
      repeats: /cancel$/,
    },
  ],
  "deployments metadata": [of("deployments metadata")],
  "deployments env list": [of("deployments env list")],
  "deployments env set": [of("deployments env set NAME value", { repeats: /env-vars$/ })],
  "deployments env unset": [of("deployments env unset DOOMED -y", {
    prepare: (backend) =>
      backend.request("POST", "/api/deployments/env-vars", {
        envVars: [{ key: "DOOMED", value: "x" }],
      }),
  })],
  "branch list": [
    of("branch list", { upstream: "platform", files: { ".insforge/project.json": LINKED } }),
  ],
  "orgs list": [ofPlatform("orgs list")],
  "orgs members list": [ofPlatform("orgs members list --org-id org-1")],
  "billing status": [ofPlatform("billing status --org-id org-1")],
  "billing credits": [ofPlatform("billing credits --org-id org-1")],
  "billing history": [ofPlatform("billing history --org-id org-1")],
  "billing cycles": [ofPlatform("billing cycles --org-id org-1")],
  "usage": [ofPlatform("usage --org-id org-1")],
  "projects list": [ofPlatform("projects list --org-id org-1")],
  "projects get": [ofPlatform("projects get")],
  "domains list": [of("domains list")],
  "domains status": [of("domains status example.com")],
  "ai setup": [of("ai setup", {
    prepare: (backend) =>
      backend.request("POST", "/api/secrets", { key: "OPENROUTER_API_KEY", value: "sk-or-1" }),
    needsAnswer: /./,
  })],
  "ai overview": [of("ai overview", {
    // With a key it would ask OpenRouter.
    prepare: (backend) =>
      backend.sql(
        "DELETE FROM system.secrets WHERE key = 'OPENROUTER_API_KEY'",
        { unrestricted: true },
      ),
    needsAnswer: /./,
  })],
  "payments stripe status": [of("payments stripe status", { needsAnswer: /./ })],
  "payments stripe catalog": [
    of("payments stripe catalog --environment test", { needsAnswer: /./ }),
  ],
  "payments stripe products list": [
    of("payments stripe products list --environment test", { needsAnswer: /./ }),
  ],
  "payments stripe prices list": [
    of("payments stripe prices list --environment test", { needsAnswer: /./ }),
  ],
  "payments stripe customers": [
    of("payments stripe customers --environment test", { needsAnswer: /./ }),
  ],
  "payments stripe subscriptions": [
    of("payments stripe subscriptions --environment test", { needsAnswer: /./ }),
  ],
  "payments stripe transactions": [
    of("payments stripe transactions --environment test", { needsAnswer: /./ }),
  ],
  "memory remember": [
    {
      upstream: "backend",
      args: () => ["memory", "remember", "Retries are capped at 3", "--kind", "decision"],
      needsAnswer: /./,
    },
  ],
  "memory recall": [of("memory recall retries", { repeats: /recall$/, needsAnswer: /./ })],
  "memory list": [of("memory list", { repeats: /index$/, needsAnswer: /./ })],
  "local status": [of("local status", { upstream: "local", spares: /identity$|project-id$/ })],
  docs: [of("docs instructions")],
  upgrade: [of("upgrade --check", { upstream: "releases", anyStatusIs1: true, isSigned: true })],
};

const ASKS_STRIPE = "asks Stripe, which the backend of the tests does not reach: payments.test.ts";

const OF_ORGANIZATIONS = "of the platform, as `orgs list`; tests/commands/orgs.test.ts";
const OF_PROJECTS = "of the platform, as `projects get`; tests/commands/projects/managed.test.ts";

/** Commands whose grants name hosts and that have no line, and why. */
export const WITHOUT_LINES: Readonly<Record<string, string>> = {
  open: "opens addresses, and asks none",
  logout: "forgets what is here, and asks nobody",
  "deployments slug": "changes what hosted projects alone have: tests/commands/deployments has it",
  "deployments env delete": "is `deployments env unset` by another name",
  "domains attach": "asks what hosted projects alone have: tests/commands/domains.test.ts",
  "domains verify": "asks what hosted projects alone have: tests/commands/domains.test.ts",
  "domains remove": "asks what hosted projects alone have: tests/commands/domains.test.ts",
  "orgs create": OF_ORGANIZATIONS,
  "orgs update": OF_ORGANIZATIONS,
  "orgs leave": OF_ORGANIZATIONS,
  "orgs delete": OF_ORGANIZATIONS,
  "orgs members invite": OF_ORGANIZATIONS,
  "orgs members role": OF_ORGANIZATIONS,
  "orgs members remove": OF_ORGANIZATIONS,
  "projects update": OF_PROJECTS,
  "projects restore": OF_PROJECTS,
  "projects update-version": OF_PROJECTS,
  "projects upgrade-instance": OF_PROJECTS,
  "projects transfer": OF_PROJECTS,
  "projects delete": OF_PROJECTS,
  "billing upgrade": OF_ORGANIZATIONS,
  "billing manage": OF_ORGANIZATIONS,
  feedback: "tells InsForge, which nobody waits for: tests/commands/feedback.test.ts",
  "payments stripe config set": ASKS_STRIPE,
  "payments stripe config remove": ASKS_STRIPE,
  "payments stripe sync": ASKS_STRIPE,
  "payments stripe webhooks configure": ASKS_STRIPE,
  "payments stripe products get": ASKS_STRIPE,
  "payments stripe products create": ASKS_STRIPE,
  "payments stripe products update": ASKS_STRIPE,
  "payments stripe products delete": ASKS_STRIPE,
  "payments stripe prices get": ASKS_STRIPE,
  "payments stripe prices create": ASKS_STRIPE,
  "payments stripe prices update": ASKS_STRIPE,
  "payments stripe prices archive": ASKS_STRIPE,
  "db diff": "asks what `db export` asks, and a backend of its own",
  "local serve": "is a server",
  "local start": "starts a process, and talks to that alone",
  "local stop": "ends a process, and talks to that alone",
  "advisor scan": "one request, as `memory list` is; tests/commands/advisor.test.ts",
  "advisor suppressions": "one request, as `memory list` is; tests/commands/advisor.test.ts",
  "advisor suppress": "one request, as `memory list` is; tests/commands/advisor.test.ts",
  "advisor unsuppress": "one request, as `memory list` is; tests/commands/advisor.test.ts",
  "backups list": "asks what the backend of the tests does not have; backups.test.ts",
  "backups latest": "asks what the backend of the tests does not have; backups.test.ts",
  "backups create": "asks what the backend of the tests does not have; backups.test.ts",
  "backups rename": "asks what the backend of the tests does not have; backups.test.ts",
  "backups delete": "asks what the backend of the tests does not have; backups.test.ts",
  "backups restore": "asks what the backend of the tests does not have; backups.test.ts",
  "branch create": "of the platform, as `branch list`; tests/commands/branch.test.ts",
  "branch switch": "of the platform, as `branch list`; tests/commands/branch.test.ts",
  "branch merge": "of the platform, as `branch list`; tests/commands/branch.test.ts",
  "branch reset": "of the platform, as `branch list`; tests/commands/branch.test.ts",
  "branch delete": "of the platform, as `branch list`; tests/commands/branch.test.ts",
  "local run": "starts a process, and talks to that alone",
  "local copy": "talks to the backend of its folder alone",
  "local snapshot": "talks to the backend of its folder alone",
  "local restore": "ends a process, and talks to that alone",
  "local reset": "ends a process, and talks to that alone",
  "local mail show": "asks what `local mail list` asks",
  "local mail open": "asks what `local mail list` asks",
  "realtime tail": "runs until Ctrl-C on a WebSocket, which tests/e2e/realtime.test.ts breaks off",
  "functions serve": "runs until Ctrl-C; it asks what `secrets list` and `secrets get` ask",
};

/** Puts an object into the bucket `files`. */
export async function putObject(backend: TestBackend, key: string): Promise<void> {
  const form = new FormData();
  form.set("file", new File([`the content of ${key}`], key, { type: "text/plain" }));
  await backend.request("PUT", `/api/storage/buckets/files/objects/${key}`, form);
}

function deploySite({ url, apiKey }: TestBackend) {
  return withFolder(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/index.html`, "<h1>home</h1>");
    const env = { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey };
    return await runInProcess(["deployments", "deploy", ".", "--json"], { cwd, env });
  });
}

/** Fills a backend with what the lines ask for. */
export async function fill(backend: TestBackend): Promise<Known> {
  await backend.sql(
    `
    CREATE TABLE posts (id serial PRIMARY KEY, title text);
    INSERT INTO posts (title) VALUES ('a');
    ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
    CREATE POLICY everyone ON posts FOR SELECT USING (true);
    CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b';
    CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touched BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION noop();
  `,
    { unrestricted: true },
  );
  const post = async (path: string, body: unknown) => {
    const answer = await backend.request("POST", path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await post("/api/functions", { slug: "hello", name: "hello", code: FUNCTION });
  await post("/api/secrets", { key: "TOKEN", value: "s3cret" });
  await post("/api/storage/buckets", { bucketName: "files", isPublic: false });
  await putObject(backend, "a.txt");
  const schedule = await post("/api/schedules", {
    name: "Nightly",
    cronSchedule: "0 3 * * *",
    functionUrl: "http://127.0.0.1:1/x",
    httpMethod: "POST",
  });
  const { code, stdout, stderr } = await deploySite(backend);
  if (code !== 0) throw new Error(stderr);
  return { schedule: schedule.id, deployment: JSON.parse(stdout).id };
}

/** A login of the platform's, as its files hold it. */
export function login(platform: PlatformEmulator): Record<string, string> {
  const tokens = platform.issue();
  const user = { id: "user-1", name: "Ada", email: EMAIL };
  return { "credentials.json": JSON.stringify({ ...tokens, user }) };
}
