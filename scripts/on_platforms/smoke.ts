/**
 * The command lines that every platform runs, in this order and in one folder: with what they are
 * given, and what is expected of them.
 */

/** A command line. `%` in an argument stands for the folder, as the platform names it. */
export interface Line {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code: 0 by itself. */
  readonly code?: number;
  /** What stdout holds, as a whole where it is text. */
  readonly stdout?: string | RegExp;
  readonly stderr?: RegExp;
  /** Ctrl-C is pressed when stderr shows this. */
  readonly interruptAt?: RegExp;
  /** Whether it is one of those that slow platforms run. */
  readonly isShort?: true;
}

/** Names that are awkward somewhere: blanks, other scripts, devices of Windows. */
const UNICODE = "naïve ✓ 日本.txt";
const LONG = `${"a-long-folder-name/".repeat(12)}end.txt`;

/** The files that the command lines find in their folder. */
export const FILES: Readonly<Record<string, string>> = {
  "greeting.txt": "Hello\r\nWorld\r\n",
  [UNICODE]: "çé\n",
  "with blank.sql": "SELECT 'from a file' AS said;\r\n",
  "rows.sql": "CREATE TABLE things (id int PRIMARY KEY, name text);\r\n" +
    "INSERT INTO things VALUES (1, 'one'), (2, 'zwei ✓');\r\n",
  [LONG]: "deep\n",
  "secrets.env": "FROM_FILE=\"a b\"\r\nOTHER='c'\r\n",
  "insforge/functions/hello/index.ts": `
    export default async function (request: Request): Promise<Response> {
      const { name = "nobody" } = await request.json().catch(() => ({}));
      console.log("called by", name);
      return Response.json({ hello: name, secret: Deno.env.get("TOKEN") ?? null });
    }
  `,
  "insforge/functions/broken/index.ts":
    "export default () => { throw new Error('on purpose'); };\n",
};

const json = (stdout: string) => new RegExp(stdout.replaceAll(" ", "\\s*"));

/** Sixty of them. */
export const LINES: readonly Line[] = [
  // The program by itself.
  { args: ["--version"], stdout: /^\d+\.\d+\.\d+\n$/, isShort: true },
  { args: ["--help"], stdout: /^Usage: insforge <command>/ },
  { args: ["db", "query", "--help"], stdout: /--unrestricted/ },
  { args: ["help", "storage", "upload"], stdout: /^Usage: insforge storage upload/ },
  { args: ["completions", "bash"], stdout: /complete / },
  { args: ["completions", "zsh"], stdout: /compdef/ },
  { args: ["completions", "fish"], stdout: /complete -c insforge/ },
  { args: ["nonsense"], code: 1, stderr: /^Error: .*nonsense/ },
  { args: ["db", "query", "--nonsense", "x"], code: 1, stderr: /nonsense/ },
  { args: ["grants", "db", "query"], stdout: /^Command: +db query/ },
  { args: ["whoami"], code: 2, stderr: /insforge login/, isShort: true },
  { args: ["whoami", "--json"], code: 2, stdout: "", stderr: /^\{"error":/ },
  // Without a link, then linked.
  { args: ["db", "tables"], code: 3, isShort: true },
  {
    args: ["link", "--api-base-url", "$URL", "--api-key", "$KEY"],
    stdout: /✓ /,
    isShort: true,
  },
  { args: ["current", "--json"], stdout: json(`"oss_host": "http://`) },
  { args: ["metadata", "--json"], stdout: json(`"tables": \\[`) },
  // The database.
  {
    args: ["db", "query", "SELECT 1 AS one, 'ünï ✓' AS said", "--json"],
    stdout: /"said": "ünï ✓"/,
    isShort: true,
  },
  { args: ["db", "query", "--file", "with blank.sql"], stdout: /from a file/ },
  { args: ["db", "query", "--file", "-"], stdin: "SELECT 6 * 7 AS n\r\n", stdout: /42/ },
  { args: ["db", "query", "SELEC 1"], code: 1, stderr: /syntax error/, isShort: true },
  { args: ["db", "import", "rows.sql", "-y"], isShort: true },
  { args: ["db", "tables"], stdout: /things/, isShort: true },
  { args: ["db", "query", "SELECT name FROM things ORDER BY id"], stdout: /one\s+zwei ✓/ },
  { args: ["db", "query", "SELECT name FROM things", "--json"], env: { NO_COLOR: "1" } },
  { args: ["db", "export", "-o", "out.sql"] },
  { args: ["db", "export", "-o", "out put.sql.gz"], isShort: true },
  { args: ["db", "import", "out.sql", "--clean", "-y"] },
  { args: ["db", "import", "out put.sql.gz", "--truncate", "-y"] },
  { args: ["db", "import", "is not there.sql", "-y"], code: 1, stderr: /is not there\.sql/ },
  { args: ["db", "rpc", "not_there"], code: 4 },
  { args: ["db", "types", "-o", "types.ts"] },
  { args: ["db", "migrations", "new", "add-more"] },
  { args: ["db", "migrations", "list"], stdout: /^No migration was applied/ },
  { args: ["records", "list", "things", "--json"], stdout: /zwei ✓/ },
  // Storage.
  { args: ["storage", "create-bucket", "files"], isShort: true },
  {
    args: ["storage", "upload", "greeting.txt", "--bucket", "files"],
    isShort: true,
  },
  { args: ["storage", "upload", UNICODE, "--bucket", "files"] },
  {
    args: ["storage", "upload", "greeting.txt", "--bucket", "files", "--key", "CON/aux.txt"],
  },
  { args: ["storage", "upload", "a-long-folder-name", "--bucket", "files", "--recursive"] },
  { args: ["storage", "list-objects", "files", "--json"], stdout: /naïve ✓ 日本\.txt/ },
  {
    args: ["storage", "download", "greeting.txt", "--bucket", "files", "-o", "-"],
    stdout: "Hello\r\nWorld\r\n",
    isShort: true,
  },
  { args: ["storage", "download", UNICODE, "--bucket", "files", "-o", "back ✓.txt"] },
  {
    args: ["storage", "download", "a-long", "--bucket", "files", "--recursive", "-o", "copy"],
  },
  { args: ["storage", "download", "nothing", "--bucket", "files", "-o", "-"], code: 4 },
  { args: ["storage", "delete-object", "CON/aux.txt", "--bucket", "files", "-y"] },
  // Secrets, from a pipe and a file.
  { args: ["secrets", "add", "TOKEN", "-"], stdin: "from a pipe\n", isShort: true },
  { args: ["secrets", "get", "TOKEN"], stdout: "from a pipe\n" },
  { args: ["secrets", "add", "--env-file", "secrets.env"] },
  { args: ["secrets", "get", "FROM_FILE"], stdout: "a b\n" },
  { args: ["secrets", "get", "NOT_THERE"], code: 4 },
  // Functions.
  { args: ["functions", "deploy", "hello", "--no-check"], isShort: true },
  {
    args: ["functions", "invoke", "hello", "--data", '{"name":"Ada ✓"}'],
    stdout: /Ada ✓[^]*from a pipe/,
    isShort: true,
  },
  { args: ["functions", "invoke", "hello", "--data", "{"], code: 1, stderr: /JSON/ },
  { args: ["functions", "deploy", "broken", "--no-check"] },
  { args: ["functions", "invoke", "broken"], code: 1 },
  { args: ["functions", "list", "--json"], stdout: /"hello"/ },
  { args: ["functions", "code", "hello"], stdout: /export default async function/ },
  { args: ["logs", "function.logs", "--limit", "5"] },
  {
    args: ["functions", "serve", "hello", "--port", "0"],
    interruptAt: /http:\/\//,
    code: 0,
  },
  { args: ["schedules", "list", "--json"], stdout: /\[/ },
];
