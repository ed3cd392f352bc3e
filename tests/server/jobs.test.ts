import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Jobs } from "../../src/server/jobs.ts";
import { LogFile, Logger } from "../../src/server/logs/log_file.ts";
import { eventually } from "../support/eventually.ts";

describe("jobs", () => {
  let folder: string;
  let logger: Logger;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    logger = new Logger(new LogFile(`${folder}/log`), () => new Date());
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("wait for the word to begin", async () => {
    const jobs = new Jobs(logger);
    const ran: string[] = [];
    for (const name of ["first", "second"]) {
      jobs.run(name, () => Promise.resolve(void ran.push(name)));
    }
    assertEquals(ran, []);
    jobs.begin();
    assertEquals(ran, ["first", "second"]);
    jobs.run("third", () => Promise.resolve(void ran.push("third")));
    assertEquals(ran.at(-1), "third");
    await jobs.close();
  });

  it("run again and again, never twice at once, until they are closed", async () => {
    const jobs = new Jobs(logger);
    const clock = new Jobs(logger);
    jobs.begin();
    clock.begin();
    let ticks = 0;
    clock.every("clock", 1, () => Promise.resolve(void ticks++));
    /** Until timers like those of the job have fired ten times. */
    const tenTicks = (from = ticks) => eventually(() => ticks >= from + 10);
    let runs = 0;
    let atOnce = 0;
    let most = 0;
    jobs.every("count", 1, async () => {
      runs++;
      most = Math.max(most, ++atOnce);
      await tenTicks();
      atOnce--;
    });
    await eventually(() => runs > 2);
    await jobs.close();
    const done = runs;
    assertEquals([most, atOnce], [1, 0]);
    await tenTicks();
    assertEquals(runs, done);
    await clock.close();
  });

  it("are waited for, and told to stop", async () => {
    const jobs = new Jobs(logger);
    jobs.begin();
    let ended = false;
    jobs.run("wait", async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await new Promise((resolve) => setTimeout(resolve));
      ended = true;
    });
    await jobs.close();
    assert(ended);
    jobs.run("late", () => Promise.reject(new Error("ran after the end")));
  });

  it("log what they throw", async () => {
    const jobs = new Jobs(logger);
    jobs.begin();
    jobs.run("broken", () => Promise.reject(new Error("no luck")));
    await eventually(async () => {
      await logger.flush();
      return (await Deno.readTextFile(`${folder}/log`).catch(() => "")).includes("no luck");
    });
    await jobs.close();
  });
});

describe("a log file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("keeps the order of its lines", async () => {
    const file = new LogFile(`${folder}/order`);
    for (let n = 0; n < 1000; n++) file.append({ n });
    await file.flush();
    const lines = (await Deno.readTextFile(file.path)).trim().split("\n");
    assertEquals(
      lines.map((line) => JSON.parse(line).n),
      Array.from({ length: 1000 }, (_, n) => n),
    );
  });

  it("is set aside when it is full", async () => {
    const file = new LogFile(`${folder}/full`);
    await Deno.writeFile(file.path, new Uint8Array(20 * 1024 * 1024));
    file.append({ first: true });
    await file.flush();
    assertEquals(await Deno.readTextFile(file.path), '{"first":true}\n');
    assertEquals((await Deno.stat(`${file.path}.1`)).size, 20 * 1024 * 1024);
  });

  it("does not fail its writer", async () => {
    const file = new LogFile(`${folder}/missing/log`);
    file.append({});
    await file.flush();
  });
});
