/**
 * A function replaces methods that the runtime beside it calls, waits for the runtime's own objects
 * to come along, and has them read a file of the machine.
 */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { EXECUTABLE, withChangedExecutable } from "../support/executable.ts";

/** How a function waits for an object; each calls `found` with what it comes upon. */
const WAYS: Readonly<Record<string, string>> = {
  "by an emitter's method": `
    const { emit } = EventEmitter.prototype;
    EventEmitter.prototype.emit = function (...values) {
      found(this);
      return Reflect.apply(emit, this, values);
    };
    await warning();
    EventEmitter.prototype.emit = emit;`,
  "by a method of all functions": `
    const { call } = Function.prototype;
    Function.prototype.call = function (...values) {
      for (let index = 0; index < values.length; index++) found(values[index]);
      return Reflect.apply(call, this, values);
    };
    await warning();
    await reading();
    Function.prototype.call = call;`,
  "by a property of all objects": `
    Object.defineProperty(Object.prototype, "throwDeprecation", {
      get() { found(this); },
      configurable: true,
    });
    await warning();
    delete Object.prototype.throwDeprecation;`,
};

/** How it reads a file by what was found: by the modules of Node's process, or by Deno's core. */
const tries = (file: string) =>
  `module.exports = async () => {
    const { EventEmitter } = require("node:events");
    const text = ${JSON.stringify(`import("file://${file}", { with: { type: "json" } })`)};
    const place = { filename: "file:///x.js" };
    const warning = async () => {
      require("node:util").deprecate(() => {}, "old", "D" + Math.random())();
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const reading = () => new Promise((resolve, reject) => {
      require("node:http").get("URL", (answer) => answer.resume().on("end", resolve))
        .on("error", reject);
    });
    const read = {
      vm: ({ getBuiltinModule }) => getBuiltinModule("node:vm").runInThisContext(text, place),
      worker: ({ getBuiltinModule }) => new Promise((resolve, reject) => {
        const { Worker } = getBuiltinModule("node:worker_threads");
        const send = ".then((read) => require('node:worker_threads').parentPort.postMessage(read))";
        const worker = new Worker(text + send, { eval: true });
        worker.on("message", (read) => resolve({ default: read }));
        worker.on("error", reject);
      }),
      core: ({ evalContext }) => evalContext(text, place.filename)[0],
    };
    const answers = {};
    for (const way of WAYS) {
      const objects = new Set();
      const found = (object) => {
        if (typeof object !== "object" || object === null || object === process) return;
        if ("ppid" in object || "evalContext" in object) objects.add(object);
      };
      await way(found, EventEmitter, warning, reading);
      answers[way.id] = [];
      for (const object of objects) {
        for (const [by, from] of Object.entries(read)) {
          const content = await (async () => (await from(object)).default)().catch(() => {});
          if (content?.apiKey) answers[way.id].push(by);
        }
      }
    }
    return Response.json(answers);
  }`;

let backend: TestBackend;

/**
 * Puts code in the place of the executable's first module, as if a function had come to have it
 * carried out. @returns what it prints
 */
async function insideExecutable(code: string, ...args: string[]): Promise<string> {
  const main = await Deno.readFile(".setup/bundle/main.js");
  const ours = new TextEncoder().encode(code.padEnd(main.length));
  return await withChangedExecutable(main, ours, async (changed) => {
    const { stdout, stderr } = await new Deno.Command(changed, { args }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  });
}

it({
  name: "the executable imports no file but its own, whoever asks it to",
  // Its runtime is not run when its signature does not fit.
  ignore: Deno.build.os === "darwin",
  async fn() {
    const secret = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(secret, '"of the machine"');
    const code = `for (const address of Deno.args) {
      for (const type of address.startsWith("data:") ? [undefined] : ["json", "text", "bytes"]) {
        const read = import(address, type && { with: { type } }).then((module) => module.default);
        console.log(await read.catch(() => "refused"));
      }
    }`;
    const addresses = ["data:text/javascript,export default 'own'", toFileUrl(secret).href, secret];
    const printed = await insideExecutable(code, ...addresses);
    assertEquals(printed.trim().split(/\r?\n/), ["own", ...Array(6).fill("refused")]);
    await Deno.remove(secret);
  },
});

describe("a function that replaces methods of the runtime", () => {
  beforeAll(async () => {
    backend = await startBackend({ self: [EXECUTABLE] });
  });
  afterAll(() => backend.close());

  it("reads no file by the objects that come along", async () => {
    const ways = Object.entries(WAYS).map(([id, body]) =>
      `Object.assign(async (found, EventEmitter, warning, reading) => {${body}
      }, { id: ${JSON.stringify(id)} })`
    );
    const code = tries(`${backend.dataDir}/keys.json`)
      .replace("URL", `${backend.url}/api/health`)
      .replace("WAYS", () => `[${ways.join(",\n")}]`);
    const made = await backend.request("POST", "/api/functions", { name: "reach", code });
    assertEquals(made.status, 201, made.body.message);
    const answer = await fetch(`${backend.url}/functions/reach`);
    assertEquals(
      await answer.json(),
      Object.fromEntries(Object.keys(WAYS).map((id) => [id, []])),
    );
  });

  it("gives its own functions methods of these names, as packages do", async () => {
    const code = `module.exports = () => {
      "use strict";
      const own = () => {};
      own.bind = () => "mine";
      const bound = (function () { return this.x; }).bind({ x: 1 });
      return Response.json([own.bind(), (() => 0).bind === own.bind, bound(), bound.call({ x: 2 })]);
    }`;
    const made = await backend.request("POST", "/api/functions", { name: "own", code });
    assertEquals(made.status, 201, made.body.message);
    const answer = await fetch(`${backend.url}/functions/own`);
    assertEquals(await answer.json(), ["mine", false, 1, 1]);
  });
});
