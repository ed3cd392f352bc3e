// deno-lint-ignore-file no-control-regex
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startProgress } from "../../src/terminal/progress.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { commands } from "../../src/commands/mod.ts";
import { createContext } from "../../src/cli/process_context.ts";
import { testContext } from "../support/context.ts";

const SHOWN = { quiet: false, startedAt: 0 };

/** A terminal whose stderr is seen, and can be waited for. */
function screen(overrides: Partial<Terminal> = {}) {
  const { context } = testContext({ cwd: "/" });
  let written = "";
  let wake = Promise.withResolvers<void>();
  const terminal: Terminal = {
    ...context.terminal,
    stderrIsTerminal: true,
    errorColumns: () => 20,
    ...overrides,
    writeError(text) {
      written += text;
      wake.resolve();
      wake = Promise.withResolvers();
    },
  };
  const seen = async (pattern: RegExp) => {
    while (!pattern.test(written)) await wake.promise;
  };
  const contextOf = () =>
    createContext({ ...context, commands, parsed: {}, terminal, env: () => undefined });
  return { terminal, contextOf, seen, written: () => written };
}

describe("progress", () => {
  it("is one line that fits, and goes when the work ends", async () => {
    const { terminal, seen, written } = screen();
    const progress = startProgress(terminal, "Something that takes its time", SHOWN);
    await seen(/Something that t…$/);
    progress.stop();
    assertEquals(written().endsWith("\r\x1b[2K"), true);
  });

  it("shows the sooner, the longer the program has run", async () => {
    const [fresh, late] = [screen(), screen()];
    using _fresh = startProgress(fresh.terminal, "Fresh", { quiet: false, startedAt: Date.now() });
    using _late = startProgress(late.terminal, "Late", SHOWN);
    const order: string[] = [];
    await Promise.all([
      fresh.seen(/Fresh$/).then(() => order.push("fresh")),
      late.seen(/Late$/).then(() => order.push("late")),
    ]);
    assertEquals(order, ["late", "fresh"]);
  });

  it("makes room for warnings and notes, and shows again below them", async () => {
    const { contextOf, seen, written } = screen();
    const context = contextOf();
    using _progress = context.progress("Working");
    await seen(/Working$/);
    context.warn("Look out.");
    context.note("By the way.");
    assertMatch(written(), /Working\r\x1b\[2KWarning: Look out\.\nBy the way\.\n$/);
    await seen(/By the way\.\n\r\x1b\[2K\S+ Working$/);
  });

  it("is silent in CI, off a terminal and with --json", () => {
    for (const overrides of [{ isCi: true }, { stderrIsTerminal: false }]) {
      const { terminal, written } = screen(overrides);
      startProgress(terminal, "Working", SHOWN).stop();
      assertEquals(written(), "");
    }
    const { terminal, written } = screen();
    startProgress(terminal, "Working", { ...SHOWN, quiet: true }).stop();
    assertEquals(written(), "");
  });
});
