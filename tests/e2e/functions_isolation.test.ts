import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE } from "../support/executable.ts";
import { eventually } from "../support/eventually.ts";

let backend: TestBackend;

async function create(slug: string, code: string): Promise<void> {
  const answer = await backend.request("POST", "/api/functions", { slug, name: slug, code });
  assertEquals(answer.status, 201, answer.body.message);
}

const call = (slug: string) => fetch(`${backend.url}/functions/${slug}`);

async function callsSteady(): Promise<void> {
  assertEquals(await (await call("steady")).text(), "steady");
}

describe("a function", () => {
  beforeAll(async () => {
    backend = await startBackend({ self: [EXECUTABLE] });
    await create("steady", "export default () => new Response('steady')");
  });
  afterAll(() => backend.close());

  it("cannot touch files, the environment or processes, and reaches the network", async () => {
    const secret = `${backend.dataDir}/keys.json`;
    // Such as that of Docker, whose callers are root.
    await using _socket = Deno.build.os === "windows"
      ? undefined
      : Deno.serve({ path: `${backend.dataDir}/socket`, onListen() {} }, () => new Response());
    const attempts: Record<string, string> = {
      read: `await (await fetch(new URL("file://${secret}"))).text()`,
      "read by Deno": `Deno.readTextFileSync("${secret}")`,
      "read by Node": `process.getBuiltinModule("node:fs").readFileSync("${secret}")`,
      "import what is computed": `await import(["file:", "${secret}"].join("//"))`,
      "import by eval": `await eval("import('file://${secret}', { with: { type: 'json' } })")`,
      "import by Function": `await new Function("return import('file://${secret}')")()`,
      "import by another constructor":
        `await (async () => {}).constructor("return import('file://${secret}')")()`,
      "import by a timer": `await new Promise((_, no) => {
        globalThis.gone = no;
        setTimeout("globalThis.ran = import('file://${secret}', { with: { type: 'json' } })");
        setTimeout(() => globalThis.ran ? 0 : no(), 50);
      })`,
      "import in a worker": `new Worker("file://${secret}", { type: "module" })`,
      "a worker of Node":
        `new (require(["node:", "worker_threads"].join("")).Worker)("1", { eval: true })`,
      environment: `Deno.env.toObject().PATH ?? process.env.PATH ?? (() => { throw 0 })()`,
      run: `new Deno.Command("true").outputSync()`,
      internals: `Deno[Deno.internal].core`,
      "a program by Node": `process.getBuiltinModule("node:child_process").execSync("true")`,
      "a module by require": `require(["node:", "module"].join("")).createRequire("/x")("node:fs")`,
      "a signal": `process.kill(${Deno.pid}, 0)`,
      "the end of its process": `process.exit(0)`,
      "a library": `process.dlopen({}, "/lib/x.so")`,
      "a database file":
        `new (require(["node:", "sqlite"].join("")).DatabaseSync)("${backend.dataDir}/x")`,
      "a socket of this machine": `Deno.connect({ transport: "unix", path: "/tmp/x" })`,
      "a socket of this machine by a proxy": `fetch("http://127.0.0.1:1/", {
        client: Deno.createHttpClient({ proxy: { url: "unix:${backend.dataDir}/socket" } }),
      })`,
      "a worker of Node, whatever is in a set": `(() => {
        const { has } = Set.prototype;
        Set.prototype.has = () => true;
        try {
          return new (require(["node:", "worker_threads"].join("")).Worker)("1", { eval: true });
        } finally {
          Set.prototype.has = has;
        }
      })()`,
      "a worker of Node, by a name that changes": `(() => {
        let asked = 0;
        const name = { toString: () => asked++ === 0 ? "http" : "worker_threads" };
        const { replace } = String.prototype;
        String.prototype.replace = () => ({ replace: () => name });
        try {
          return new (require(["node:", "http"].join("")).Worker)("1", { eval: true });
        } finally {
          String.prototype.replace = replace;
        }
      })()`,
      "a socket of this machine by a proxy, whatever an expression tells": `(() => {
        const { test, exec } = RegExp.prototype;
        RegExp.prototype.test = RegExp.prototype.exec = () => true;
        try {
          const proxy = { url: "unix:${backend.dataDir}/socket" };
          return fetch("http://127.0.0.1:1/", { client: Deno.createHttpClient({ proxy }) });
        } finally {
          Object.assign(RegExp.prototype, { test, exec });
        }
      })()`,
      "a socket of this machine by a proxy that is inherited": `(() => {
        let asked = 0;
        Object.defineProperty(Object.prototype, "proxy", {
          get: () => asked++ === 0 ? undefined : { url: "unix:${backend.dataDir}/socket" },
          configurable: true,
        });
        try {
          return fetch("http://127.0.0.1:1/", { client: Deno.createHttpClient({}) });
        } finally {
          delete Object.prototype.proxy;
        }
      })()`,
      "a port of its own": `Deno.listen({ port: 0 })`,
      "a key-value store in a file": `Deno.openKv("${backend.dataDir}/kv")`,
      "a storage": `localStorage.setItem("a", "b")`,
    };
    const tries = Object.entries(attempts).map(([name, attempt]) =>
      `${
        JSON.stringify(name)
      }: await (async () => ${attempt})().then(() => "allowed", () => "refused")`
    );
    await create("tries", `module.exports = async () => Response.json({ ${tries.join(",\n")} })`);
    assertEquals(
      await (await call("tries")).json(),
      Object.fromEntries(Object.keys(attempts).map((name) => [name, "refused"])),
    );
    // What is written out is refused when it is deployed.
    const code = `export { default } from "file://${secret}" with { type: "json" };`;
    const refused = await backend.request("POST", "/api/functions", { name: "direct", code });
    assertStringIncludes(refused.body.message, "cannot be had: it is a file");
    const options = "{ with: { type: 'json' } }";
    const slashed = (key: string) =>
      `await (() => {
      let p; ({ return: 1, if: () => 1 }). ${key} / (p = import(name, ${options})) / 1; return p;
    })()`;
    const ways = {
      "behind a property": slashed("return"),
      "behind a method": slashed("if(1)"),
      "behind a space of its own": `await import\u00a0(name, ${options})`,
    };
    for (const [name, way] of Object.entries(ways)) {
      const code = `module.exports = async () => {
        const name = ["file:", "${secret}"].join("//");
        return Response.json((${way}).default);
      }`;
      const made = await backend.request("POST", "/api/functions", { name, code });
      if (made.status !== 201) continue;
      const answer = await (await call(made.body.slug ?? made.body.function.slug)).text();
      assert(!answer.includes("apiKey"), `${name}: ${answer}`);
    }
  });

  it("makes code of strings, as validators do, and imports by none of it", async () => {
    const name = JSON.stringify(`file://${backend.dataDir}/keys.json`);
    const text = `import(${name}, { with: { type: 'json' } })`;
    const quoted = JSON.stringify(`return ${text}`);
    const ways: Readonly<Record<string, string>> = {
      "as it is": `new Function(${quoted})()`,
      "with a comment": `eval(${JSON.stringify(text.replace("(", "/**/("))})`,
      "with an escape": `new Function(${quoted}.replace("import", "\\u0069mport"))()`,
      "by what it makes":
        `new Function("return new Function(" + JSON.stringify(${quoted}) + ")")()()`,
      "by a generator":
        `(function* () {}).constructor(${quoted}.replace("return", "yield"))().next().value`,
      "in a parameter": `new Function(${JSON.stringify(`a = ${text}`)}, "return a")()`,
      "by a constructor that it puts in the place": `(() => {
        Function.prototype.constructor = Object;
        Reflect.set(Function.prototype, "constructor", Object);
        return (() => {}).constructor(${quoted})();
      })()`,
      "with a text that changes": `(() => {
        let asked = 0;
        return new Function({ toString: () => asked++ === 0 ? "return 1" : ${quoted} })();
      })()`,
      "with tools of its own": `(() => {
        const { exec, test } = RegExp.prototype;
        const { apply, call } = Function.prototype;
        const [reflected, iterator] = [Reflect.apply, Array.prototype[Symbol.iterator]];
        RegExp.prototype.exec = RegExp.prototype.test = () => null;
        Reflect.apply = Function.prototype.apply = Function.prototype.call = () => null;
        Array.prototype[Symbol.iterator] = function* () { yield ${quoted}; };
        Object.defineProperty(Array.prototype, 0, {
          get: () => ${quoted}, set() {}, configurable: true,
        });
        try {
          return new Function(${quoted})();
        } finally {
          delete Array.prototype[0];
          Object.assign(RegExp.prototype, { exec, test });
          Object.assign(Function.prototype, { apply, call });
          Reflect.apply = reflected;
          Array.prototype[Symbol.iterator] = iterator;
        }
      })()`,
    };
    const made = `[
      new Function("a", "b", "return a + b")(1, 2), (0, eval)("1 + 2"), eval(5),
      (async () => {}).constructor.name, (() => {}) instanceof Function,
      new Function("important", "return important + reimport()\\nfunction reimport() { return 1; }")(1),
      Object.assign(() => {}, { constructor: 7 }).constructor,
    ]`;
    await create("makes", `export default () => Response.json(${made});`);
    assertEquals(await (await call("makes")).json(), [3, 3, 5, "AsyncFunction", true, 2, 7]);
    for (const [way, code] of Object.entries(ways)) {
      const slug = `makes-${way.replaceAll(" ", "-")}`;
      await create(
        slug,
        `export default async () => {
          const got = await (async () => ${code})().catch((error) => String(error));
          return new Response(typeof got === "string" ? got : JSON.stringify(got));
        }`,
      );
      const answer = await (await call(slug)).text();
      assert(!answer.includes("apiKey") && /Error|^1$/.test(answer), `${way}: ${answer}`);
    }
  });

  it("is out of reach of another one, in memory and through its process", async () => {
    await create(
      "hears",
      `globalThis.heard = "nothing";
      new BroadcastChannel("all").onmessage = ({ data }) => globalThis.heard = data;
      export default () => new Response(globalThis.heard);`,
    );
    assertEquals(await (await call("hears")).text(), "nothing");
    await create(
      "speaks",
      `export default () => {
        globalThis.heard = Object.prototype.heard = "something";
        new BroadcastChannel("all").postMessage("something");
        globalThis.postMessage?.({ ready: 1 });
        console.log('{"ready":1}', '{"failed":"spoken"}');
        return new Response("spoken");
      }`,
    );
    assertEquals(await (await call("speaks")).text(), "spoken");
    for (const slug of ["hears", "hears", "speaks"]) {
      assertEquals(await (await call(slug)).text(), slug === "hears" ? "nothing" : "spoken");
    }
  });

  it("that takes too much memory ends alone", async () => {
    await create(
      "eats",
      `export default (request: Request) => {
        const kept: unknown[] = [];
        const search = new URL(request.url).searchParams;
        while (search.has("heap")) kept.push(new Array(1000).fill(Math.random()));
        while (search.has("buffers")) kept.push(new Uint8Array(1 << 20).fill(1));
        return new Response("fine");
      }`,
    );
    for (const kind of ["heap", "buffers"]) {
      const eaten = call(`eats?${kind}`);
      await callsSteady();
      const answer = await eaten;
      const { error } = await answer.json();
      assertMatch(`${answer.status} ${error}`, /^500 .*more than \d+ MiB/, kind);
      assertEquals(await (await call("eats")).text(), "fine");
    }
  });

  it("writes to the log, with its slug and the invocation's id", async () => {
    await create(
      "talks",
      `export default async (request: Request) => {
        const n = new URL(request.url).searchParams.get("n");
        console.log("before", n, { a: 1 });
        await new Promise((resolve) => setTimeout(resolve, 20));
        console.error("after", n);
        return new Response();
      }`,
    );
    await Promise.all([1, 2].map(async (n) => (await call(`talks?n=${n}`)).body?.cancel()));
    const lines = await logLines("talks");
    assertEquals(lines.length, 6);
    for (const n of [1, 2]) {
      const before = lines.find(({ message }) => message === `before ${n} { a: 1 }`)!;
      const after = lines.find(({ message }) => message === `after ${n}`)!;
      assertEquals([before.level, after.level], ["info", "error"]);
      const id = before.metadata.invocationId;
      assert(id);
      assertEquals(after.metadata.invocationId, id);
      const call = lines.find(({ message, metadata }) =>
        metadata.invocationId === id && /^GET talks 200 \d+ms$/.test(message)
      );
      assertEquals(call?.metadata.status, 200);
    }
  });
});

describe("a function without end", () => {
  beforeAll(async () => {
    backend = await startBackend({ self: [EXECUTABLE], functionTimeout: 5000 });
    await create("steady", "export default () => new Response('steady')");
  });
  afterAll(() => backend.close());

  it("is answered for with 504 when its time is over", async () => {
    await create("waits", "export default () => new Promise(() => {})");
    const answer = await call("waits");
    assertEquals(answer.status, 504);
    assertMatch((await answer.json()).error, /within 5 s/);
    await callsSteady();
  });

  it("disturbs neither others nor its own next invocation while it loops", async () => {
    await create(
      "loops",
      `export default (request: Request) => {
        while (new URL(request.url).searchParams.has("forever"));
        return new Response("fine");
      }`,
    );
    assertEquals(await (await call("loops")).text(), "fine");
    const stuck = call("loops?forever");
    await callsSteady();
    let isOver = false;
    stuck.then(() => isOver = true);
    // Once its silence is noticed, another process is asked.
    const answersAtOnce = () =>
      fetch(`${backend.url}/functions/loops`, { signal: AbortSignal.timeout(1000) })
        .then((answer) => answer.text(), () => undefined);
    let answer: string | undefined;
    while (!answer && !isOver) answer = await answersAtOnce();
    assertEquals([answer, isOver], ["fine", false]);
    assertEquals((await stuck).status, 504);
    await (await stuck).body?.cancel();
    assertEquals(await (await call("loops")).text(), "fine");
  });
});

interface Line {
  level: string;
  message: string;
  metadata: { slug: string; invocationId?: string; status?: number };
}

/** The log's lines of one function, once all of its invocations are noted. */
async function logLines(slug: string): Promise<Line[]> {
  let own: Line[] = [];
  await eventually(async () => {
    const text = await Deno.readTextFile(`${backend.dataDir}/logs/function.logs.jsonl`)
      .catch(() => "");
    const lines: Line[] = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    own = lines.filter(({ metadata }) => metadata.slug === slug);
    return own.filter(({ metadata }) => metadata.status).length === 2;
  });
  return own;
}
