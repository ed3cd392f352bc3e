/**
 * Calls every tool of InsForge's official MCP server, from npm over stdio, against a new local
 * backend: `./scripts/deno run --allow-all scripts/bars/mcp_tools.ts`. Prints what came of each
 * call, and ends with 1 when a tool that concerns the project failed or was not tried.
 */
import { join } from "@std/path";
import { LocalBackend } from "./local_backend.ts";
import { McpClient } from "./mcp_client.ts";
import { node } from "./npm.ts";

const PACKAGE = "@insforge/mcp@1.2.11";

/** Tools that act on no project. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "download-template": "fetches a template from GitHub",
};

interface Call {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** What the answer says when the call has done what it should. */
  readonly says: RegExp;
}

const DOCS = [
  ...["instructions", "auth-sdk", "db-sdk", "storage-sdk", "functions-sdk", "ai-integration-sdk"],
  ...["real-time", "deployment"],
];
const FEATURES = ["db", "storage", "functions", "auth", "ai", "realtime"];
const LANGUAGES = ["typescript", "swift", "kotlin", "rest-api"];
const LOGS = ["insforge.logs", "postgREST.logs", "postgres.logs", "function.logs"];

await using backend = await LocalBackend.start();
Deno.exitCode = await callAll(backend) ? 0 : 1;

async function callAll(backend: LocalBackend): Promise<boolean> {
  const server = await installServer(backend.folder);
  await using client = new McpClient("node", [
    server,
    ...["--api_key", backend.apiKey, "--api_base_url", backend.url],
  ]);
  const tools = await client.tools();
  const calls = await allCalls(backend.folder);
  const failed = new Set<string>();
  for (const { tool, args, says } of calls) {
    const { text, isError } = await client.call(tool, args);
    const worked = !isError && says.test(text);
    if (!worked) failed.add(tool);
    const shown = worked ? "answers" : `fails: ${text.slice(0, 300)}`;
    console.log(`${tool} ${JSON.stringify(args).slice(0, 60)}: ${shown}`);
  }
  const tried = new Set(calls.map(({ tool }) => tool));
  const concerned = tools.filter((tool) => !(tool in ELSEWHERE));
  for (const tool of tools.filter((tool) => !tried.has(tool))) {
    console.log(`${tool}: left out, it ${ELSEWHERE[tool] ?? "has no call here"}`);
  }
  const done = concerned.filter((tool) => tried.has(tool) && !failed.has(tool));
  console.log(`${done.length} of ${concerned.length} tools that concern a project answer`);
  return done.length === concerned.length;
}

/** @returns the program of the server */
async function installServer(folder: string): Promise<string> {
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  const { success } = await node("npm", [...args, "--prefix", folder, PACKAGE], {
    stdin: "null",
    stdout: "null",
  });
  if (!success) throw new Error(`npm could not install ${PACKAGE}`);
  return join(folder, "node_modules", "@insforge", "mcp", "dist", "index.js");
}

async function allCalls(folder: string): Promise<Call[]> {
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
    return path;
  };
  const rows = await write("rows.csv", "id,title\n1,one\n2,two\n");
  const code = 'module.exports = async () => new Response("one")';
  const codeFile = await write("one.js", code);
  const changedFile = await write("two.js", code.replace("one", "two"));
  await write("site/index.html", "<title>Deployed by a tool</title>");
  const table = "CREATE TABLE tasks (id int PRIMARY KEY, title text)";
  return [
    ...DOCS.map((docType) => ({
      tool: "fetch-docs",
      args: { docType },
      says: /^(?!.*not avail)./,
    })),
    ...FEATURES.flatMap((sdkFeature) =>
      LANGUAGES.map((sdkLanguage) => ({
        tool: "fetch-sdk-docs",
        args: { sdkFeature, sdkLanguage },
        says: /^(?!.*not available)./,
      }))
    ),
    { tool: "get-anon-key", args: {}, says: /anon_/ },
    { tool: "run-raw-sql", args: { query: table }, says: /executed/ },
    { tool: "get-table-schema", args: { tableName: "tasks" }, says: /title/ },
    {
      tool: "bulk-upsert",
      args: { table: "tasks", filePath: rows, upsertKey: "id" },
      says: /2/,
    },
    {
      tool: "run-raw-sql",
      args: { query: "SELECT title FROM tasks WHERE id = $1", params: [2] },
      says: /two/,
    },
    { tool: "create-bucket", args: { bucketName: "photos", isPublic: true }, says: /photos/ },
    { tool: "list-buckets", args: {}, says: /photos/ },
    { tool: "get-backend-metadata", args: {}, says: /tasks[^]*photos/ },
    { tool: "delete-bucket", args: { bucketName: "photos" }, says: /deleted/i },
    { tool: "create-function", args: { slug: "one", name: "One", codeFile }, says: /one/ },
    { tool: "get-function", args: { slug: "one" }, says: /Response/ },
    { tool: "update-function", args: { slug: "one", codeFile: changedFile }, says: /updated/i },
    { tool: "delete-function", args: { slug: "one" }, says: /deleted/i },
    ...LOGS.map((source) => ({
      tool: "get-container-logs",
      args: { source, limit: 5 },
      says: /Latest logs/,
    })),
    {
      tool: "create-deployment",
      args: { sourceDirectory: join(folder, "site") },
      says: /Deployment started/,
    },
  ];
}
