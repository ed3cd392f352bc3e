import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CliError } from "../../src/core/errors.ts";
import { ExitCode } from "../../src/core/exit_codes.ts";
import { escapeControl, escapeJson, escapeLine, escapeStream } from "../../src/terminal/escape.ts";
import { presentError, presentResult, type Result } from "../../src/terminal/present.ts";
import { startProgress } from "../../src/terminal/progress.ts";
import { terminalPrompt } from "../../src/terminal/prompt.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { facts, heading, markdown, raw, success, table, text } from "../../src/terminal/view.ts";
import { anyJson, fc, holds, terminalText } from "../support/arbitraries.ts";
import { eventually } from "../support/eventually.ts";

// deno-lint-ignore no-control-regex
const ACTS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/;
// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[\d+m/g;

/** A terminal with or without colours that keeps what it is sent. */
function screen(colour: boolean) {
  let shown = "";
  const decoder = new TextDecoder();
  const terminal: Terminal = {
    isInteractive: false,
    stdinIsTerminal: true,
    stdoutIsTerminal: true,
    stderrIsTerminal: true,
    isCi: false,
    colour: { stdout: colour, stderr: colour },
    columns: () => 80,
    errorColumns: () => 80,
    stdoutIsFile: () => Promise.resolve(false),
    stdin: new ReadableStream(),
    writeOut(bytes) {
      shown += decoder.decode(bytes, { stream: true });
      return Promise.resolve();
    },
    writeError: (text) => void (shown += text),
  };
  return { terminal, shown: () => shown };
}

function assertHarmless(shown: string): void {
  const found = ACTS.exec(shown);
  assert(!found, `reached the terminal: ${JSON.stringify(shown)}`);
}

const streamOf = (value: string) => new Blob([value]).stream();

describe("terminal sequences in data", () => {
  it("never reach the terminal from any view", () =>
    holds([terminalText, terminalText], 100, async (a, b) => {
      const views = [
        table([a, b], [[a, b], [b, { [a]: b }], [null, [a]]], a),
        table([a], [], b),
        facts([[a, b], [b, { [a]: b }]]),
        text(a),
        success(a),
        heading(a),
        raw(a),
        markdown(a),
        markdown(
          `# ${a}\n\n- ${b}\n\n| ${a} | x |\n|---|---|\n| ${b} | y |\n\n\`\`\`\n${a}\n\`\`\``,
        ),
      ];
      for (const view of views) {
        const { terminal, shown } = screen(false);
        await presentResult({ view }, terminal, false);
        assertHarmless(shown());
      }
    }));

  it("leave only the program's own colours where there are some", () =>
    holds([terminalText], 50, async (a) => {
      const { terminal, shown } = screen(true);
      const view = [
        table([a], [[a], [null]], a),
        facts([[a, a]]),
        heading(a),
        markdown(`**${a}**`),
      ];
      await presentResult({ view }, terminal, false);
      assertHarmless(shown().replaceAll(COLOUR, ""));
    }));

  it("never reach the terminal from a stream", () =>
    holds([terminalText], 30, async (a) => {
      const { terminal, shown } = screen(false);
      await presentResult({ stream: streamOf(a) }, terminal, false);
      assertHarmless(shown());
    }));

  it("go into a pipe as they are", () =>
    holds([terminalText], 30, async (a) => {
      const wellFormed = a.toWellFormed();
      for (
        const result of [{ view: raw(wellFormed) }, { stream: streamOf(wellFormed) }] as Result[]
      ) {
        const { terminal, shown } = screen(false);
        await presentResult(result, { ...terminal, stdoutIsTerminal: false }, false);
        assertEquals(shown(), new TextDecoder().decode(new TextEncoder().encode(wellFormed)));
      }
    }));

  it("are escaped in JSON, which keeps its meaning", () =>
    holds([anyJson, terminalText], 100, async (value, a) => {
      const data = { [a]: value, a };
      const { terminal, shown } = screen(false);
      await presentResult({ data }, terminal, true);
      assertHarmless(shown());
      assertEquals(JSON.parse(shown()), JSON.parse(JSON.stringify(data)));
    }));

  it("never reach the terminal from an error, as text or as JSON", () =>
    holds([terminalText, terminalText, fc.boolean()], 50, (a, b, json) => {
      const { terminal, shown } = screen(false);
      const details = { hint: b, excerpt: b, facts: { [a]: b }, cause: new Error(a) };
      const error = new CliError(a, b, ExitCode.general, details);
      presentError(error, terminal, { json, debug: !json });
      assertHarmless(shown());
      if (json) assertEquals(JSON.parse(shown()).error, a);
    }));

  it("never reach the terminal from a progress line", async () => {
    const { terminal, shown } = screen(false);
    using progress = startProgress(terminal, "\x1b[31m", { quiet: false, startedAt: 0 });
    await eventually(() => shown() !== "");
    progress.update("\u202e\x9b2J\nx");
    await eventually(() => shown().includes("\\u009b2J\\nx"));
    assertHarmless(shown().replaceAll("\r\x1b[2K", "").replaceAll(COLOUR, ""));
  });

  it("never reach the terminal from a refusal to ask", () =>
    holds([terminalText], 20, async (a) => {
      const { terminal, shown } = screen(false);
      const prompt = terminalPrompt(terminal, { yes: false, json: false });
      const error = await prompt.confirm(a).catch((error) => error);
      presentError(error, terminal, { json: false, debug: false });
      assertHarmless(shown());
    }));

  it("are harmless after escaping, which changes nothing else", () =>
    holds([fc.string({ unit: "binary" })], 100, async (a) => {
      assertHarmless(escapeControl(a));
      assert(!/[\r\n\t]/.test(escapeLine(a)));
      assertHarmless(escapeJson(JSON.stringify(a)));
      if (!ACTS.test(a)) assertEquals(escapeControl(a), a);
      const streamed = await new Response(escapeStream(streamOf(a))).text();
      assertHarmless(streamed);
    }));
});
