import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE, insforge } from "../support/executable.ts";
import { envelope, linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;
let cwd: string;

const run = (args: string[], stdin?: string | Uint8Array) =>
  insforge(["functions", ...args], {
    cwd,
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    stdin,
  });

async function write(path: string, text: string): Promise<void> {
  const file = `${cwd}/${path}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, text);
}

const ECHO = `export default async (request: Request) =>
  Response.json({ method: request.method, x: request.headers.get("x-a"), got: await request.json() })
`;

describe("the functions commands", () => {
  beforeAll(async () => {
    backend = await startBackend({ self: [EXECUTABLE] });
    cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
    await write("insforge/functions/echo/index.ts", ECHO);
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(cwd, { recursive: true });
  });

  it("R47: deploying again updates", async () => {
    const first = await run(["deploy", "echo", "--json"]);
    assertEquals([first.code, JSON.parse(first.stdout).action], [0, "created"], first.stderr);
    const second = await run(["deploy", "echo", "--json"]);
    assertEquals([second.code, JSON.parse(second.stdout).action], [0, "updated"]);
  });

  it("finds the entry of a function in each of the languages", async () => {
    for (const kind of ["js", "mjs", "jsx", "tsx"]) {
      const body = kind.endsWith("x")
        ? "/** @jsx h */ const h = (tag, _, text) => tag + text; const page = () => <p>hi</p>;"
        : "const page = () => 'phi';";
      const folder = `insforge/functions/entry-${kind}`;
      await write(`${folder}/index.${kind}`, `${body} export default () => new Response(page());`);
      const { code, stderr } = await run(["deploy", `entry-${kind}`, "--no-check"]);
      assertEquals(code, 0, stderr);
      const answer = await fetch(`${backend.url}/functions/entry-${kind}`);
      assertEquals(await answer.text(), "phi");
      await Deno.remove(`${cwd}/${folder}`, { recursive: true });
    }
  });

  it("names the variables that a function reads and no secret sets", async () => {
    await write("insforge/functions/keys.ts", 'export const key = () => Deno.env.get("KEY_A")!;');
    await write(
      "insforge/functions/pay/index.ts",
      `import { key } from "../keys.ts";
      // Deno.env.get("KEY_OLD") was read once, and /* Deno.env.get("KEY_OLDER") */
      const base = Deno.env.get("INSFORGE_BASE_URL") ?? \`https://\${Deno.env.get("KEY_HOST")}\`;
      const model = Deno.env.get('KEY_MODEL') ?? "small", region = process.env.KEY_REGION || "eu";
      export default () => new Response(key() + base + model + region +
        Deno.env.get('KEY_B') + process.env.KEY_C + Deno.env.get("KEY_" + "D"));`,
    );
    await run(["deploy", "echo"]);
    const json = await run(["deploy", "pay", "--no-check", "--json"]);
    const warnings = json.stderr.trim().split("\n").map((line) => JSON.parse(line).warning);
    const named = (name: string) =>
      `pay reads ${name}, which no secret sets: insforge secrets add ${name}`;
    assertEquals(warnings.sort(), ["KEY_A", "KEY_B", "KEY_C", "KEY_HOST"].map(named));
    for (const name of ["KEY_A", "KEY_B", "KEY_HOST"]) {
      await backend.request("POST", "/api/secrets", { key: name, value: "x" });
    }
    await backend.request("DELETE", "/api/secrets/KEY_B");
    const all = await run(["deploy", "--all", "--no-check"]);
    assertEquals(all.stderr.match(/\bKEY_\w+(?=,)/g), ["KEY_B", "KEY_C"]);
    await Deno.remove(`${cwd}/insforge/functions/pay`, { recursive: true });
  });

  it("says nothing of variables where a backend does not list its secrets", async () => {
    await write("insforge/functions/reads/index.js", 'export default () => Deno.env.get("KEY");');
    await using stub = stubServer(({ method, target }) => {
      if (target === "/api/secrets") return envelope(403, "FORBIDDEN", "not you");
      if (method === "GET") return envelope(404, "FUNCTION_NOT_FOUND", "none");
      return Response.json({ success: true, function: {}, deployment: null });
    });
    const { code, stderr } = await insforge(["functions", "deploy", "reads"], {
      cwd,
      env: linkedTo(stub),
    });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stub.requests.some(({ target }) => target === "/api/secrets"), true);
    await Deno.remove(`${cwd}/insforge/functions/reads`, { recursive: true });
  });

  it("R47: only a 404 means that a function is new; after a 409 it is updated", async () => {
    const seen = async (getStatus: number) => {
      await using stub = stubServer(({ method }) => {
        if (method === "GET") return envelope(getStatus, "FUNCTION_NOT_FOUND", "none");
        if (method === "POST") return envelope(409, "FUNCTION_ALREADY_EXISTS", "there is one");
        return Response.json({ success: true, function: {}, deployment: null });
      });
      const { code } = await insforge(["functions", "deploy", "echo"], {
        cwd,
        env: linkedTo(stub),
      });
      return { code, methods: stub.requests.map(({ method }) => method) };
    };
    assertEquals(await seen(404), { code: 0, methods: ["GET", "POST", "PUT"] });
    assertEquals(await seen(403), { code: 5, methods: ["GET"] });
  });

  it("R48: deploying again leaves name and description as they were", async () => {
    const named = ["--name", "The Echo", "--description", "says it again"];
    assertEquals((await run(["deploy", "echo", ...named])).code, 0);
    assertEquals((await run(["deploy", "echo"])).code, 0);
    const { name, description } = JSON.parse((await run(["code", "echo", "--json"])).stdout);
    assertEquals({ name, description }, { name: "The Echo", description: "says it again" });
  });

  it("R49: a failed build ends with 1, its document on stdout", async () => {
    const deployment = {
      id: "d",
      status: "failed",
      url: null,
      buildLogs: ["line one", "it broke"],
    };
    await using stub = stubServer(({ method }) =>
      method === "GET"
        ? envelope(404, "FUNCTION_NOT_FOUND", "none")
        : Response.json({ success: false, function: {}, deployment }, { status: 201 })
    );
    const env = linkedTo(stub);
    const json = await insforge(["functions", "deploy", "echo", "--json"], { cwd, env });
    assertEquals(json.code, 1);
    assertEquals(JSON.parse(json.stdout).deployment, deployment);
    const plain = await insforge(["functions", "deploy", "echo"], { cwd, env });
    assertEquals(plain.code, 1);
    assertStringIncludes(plain.stdout, "it broke");
  });

  it("R61: what an older backend sends in snake case is shown in camel case", async () => {
    await using stub = stubServer(() =>
      Response.json({ slug: "a", name: "A", code: "x", deployed_at: "2026-01-02T03:04:05.000Z" })
    );
    const env = linkedTo(stub);
    const { stdout } = await insforge(["functions", "code", "a", "--json"], { env });
    assertEquals(JSON.parse(stdout).deployedAt, "2026-01-02T03:04:05.000Z");
    const plain = await insforge(["functions", "code", "a"], { env });
    assertEquals(plain.stdout, "x\n");
    assertStringIncludes(plain.stderr, "Deployed: 2026-01-02T03:04:05");
  });

  it("invoke sends data from the command line, a file and stdin, and headers", async () => {
    await write("order.json", '{"from":"file"}');
    const got = async (args: string[], stdin?: string) =>
      JSON.parse((await run(["invoke", "echo", ...args], stdin)).stdout);
    assertEquals(await got(["--data", '{"a":"ü"}', "--header", "X-A: 1:2"]), {
      method: "POST",
      x: "1:2",
      got: { a: "ü" },
    });
    assertEquals((await got(["--data", "@order.json", "--method", "put"])).got, { from: "file" });
    assertEquals((await got(["--data", "-"], '["stdin"]')).got, ["stdin"]);
    for (
      const wrong of [
        ["--data", "{"],
        ["--data", "{}", "--method", "GET"],
        ["--method", "TRACE"],
        ["--header", "no header"],
        ["--header", "Upgrade: websocket"],
      ]
    ) assertEquals((await run(["invoke", "echo", ...wrong])).code, 1, wrong.join(" "));
  });

  it("invoke of a function that is not there says so", async () => {
    const { code, stderr } = await run(["invoke", "nowhere"]);
    assertEquals([code, stderr.split("\n")[0]], [4, "Error: There is no function nowhere."]);
  });

  it("R1, R6: the function's own status ends with 1, and --json is always one document", async () => {
    await write(
      "insforge/functions/kinds/index.ts",
      `export default async (request: Request) => {
        const { kind } = await request.json();
        if (kind === "binary") return new Response(new Uint8Array([255, 0, 10]));
        if (kind === "text") return new Response("no JSON", { status: 404 });
        if (kind === "redirect") return Response.redirect("http://127.0.0.1:9/elsewhere");
        return new Response("{broken", { status: 401, headers: { "content-type": "application/json" } });
      }`,
    );
    assertEquals((await run(["deploy", "kinds"])).code, 0);
    const call = (kind: string, ...args: string[]) =>
      run(["invoke", "kinds", "--data", JSON.stringify({ kind }), ...args]);
    const text = await call("text", "--json");
    assertEquals(text.code, 1);
    assertEquals(JSON.parse(text.stdout).body, "no JSON");
    assertEquals(JSON.parse(text.stdout).status, 404);
    const plain = await call("text");
    assertEquals([plain.code, plain.stdout], [1, "no JSON"]);
    assertStringIncludes(plain.stderr, "HTTP 404");
    const binary = JSON.parse((await call("binary", "--json")).stdout);
    assertEquals([binary.body, binary.encoding], ["/wAK", "base64"]);
    assertEquals(JSON.parse((await call("broken", "--json")).stdout).body, "{broken");
    const redirect = JSON.parse((await call("redirect", "--json")).stdout);
    assertEquals([redirect.status, redirect.headers.location], [
      302,
      "http://127.0.0.1:9/elsewhere",
    ]);
  });

  it("code gives the source back as it was; list and delete know it", async () => {
    assertEquals((await run(["code", "echo"])).stdout, ECHO);
    assertMatch((await run(["list"])).stdout, /echo +The Echo +active/);
    assertEquals((await run(["delete", "echo"])).code, 1);
    assertEquals((await run(["delete", "echo", "-y"])).code, 0);
    assertEquals((await run(["code", "echo"])).code, 4);
  });

  it("new writes a function that can be deployed and called, and never over another", async () => {
    const made = await run(["new", "fresh", "--json"]);
    assertEquals([made.code, JSON.parse(made.stdout).slug], [0, "fresh"], made.stderr);
    assertEquals((await run(["new", "fresh"])).code, 1);
    assertEquals((await run(["new", "../out"])).code, 1);
    assertEquals((await run(["deploy", "fresh"])).code, 0);
    const { body } = JSON.parse(
      (await run(["invoke", "fresh", "--data", '{"name":"Ada"}', "--json"])).stdout,
    );
    assertEquals(body, { message: "Hello, Ada!" });
    const preflight = await fetch(`${backend.url}/functions/fresh`, { method: "OPTIONS" });
    assertEquals(preflight.status, 204);
    assertMatch(preflight.headers.get("access-control-allow-headers")!, /Authorization/);
  });

  it("local files are joined into the one that is uploaded; --all goes on after a failure", async () => {
    await write(
      "insforge/functions/_shared/greet.ts",
      "export const greet = (n: string) => `Hi ${n}`;",
    );
    await write(
      "insforge/functions/joined/index.ts",
      `import { greet } from "../_shared/greet.ts";
       export default () => new Response(greet("Ada"));`,
    );
    await write("insforge/functions/wrong/index.ts", 'import "./gone.ts"; export default 1;');
    const all = await run(["deploy", "--all", "--json"]);
    assertEquals(all.code, 1);
    const outcomes = JSON.parse(all.stdout).functions as { slug: string; success: boolean }[];
    assertEquals(outcomes.filter(({ success }) => !success).map(({ slug }) => slug), ["wrong"]);
    assertEquals(outcomes.some(({ slug }) => slug.startsWith("_")), false);
    assertEquals((await run(["invoke", "joined"])).stdout, "Hi Ada");
  });

  it("types are checked where Deno is on PATH", async () => {
    await write("insforge/functions/typed/index.ts", "export default (): number => 'text';");
    const env = {
      INSFORGE_BASE_URL: backend.url,
      INSFORGE_API_KEY: backend.apiKey,
      PATH: dirname(Deno.execPath()),
    };
    const deploy = (...args: string[]) =>
      insforge(["functions", "deploy", "typed", ...args], { cwd, env });
    const refused = await deploy();
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "TS2322");
    assertEquals((await deploy("--no-check")).code, 0);
    assertEquals(
      (await insforge(["functions", "deploy", "typed"], { cwd, env: { ...env, PATH: cwd } })).code,
      0,
    );
  });

  it("a source that is not there is named", async () => {
    await withFolder(async (folder) => {
      const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
      const one = await insforge(["functions", "deploy", "x"], { cwd: folder, env });
      assertEquals(one.code, 1);
      assertStringIncludes(one.stderr, "index.ts");
      assertEquals(
        (await insforge(["functions", "deploy", "--all"], { cwd: folder, env })).code,
        1,
      );
    });
  });
});
