// deno-lint-ignore-file no-control-regex
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createContext } from "../../../src/cli/process_context.ts";
import { commands } from "../../../src/commands/mod.ts";
import { runExport } from "../../../src/commands/db/export.ts";
import type { Context } from "../../../src/cli/context.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { testContext } from "../../support/context.ts";
import { stubServer } from "../../support/stub_server.ts";

/** Exports from a backend that answers once the terminal shows the progress: its first output. */
async function shownBefore(backend: TestBackend, stdoutIsFile: boolean): Promise<string> {
  const shown = Promise.withResolvers<void>();
  await using slow = stubServer(async ({ method, target, headers, body }) => {
    await shown.promise;
    return await fetch(`${backend.url}${target}`, { method, headers, body: body || undefined });
  });
  const { context } = testContext({ cwd: "/" });
  let written = "";
  const seen: Context = createContext({
    ...context,
    commands,
    parsed: {},
    launch: { ...context.launch, startedAt: 0 },
    env: (name) =>
      ({ INSFORGE_BASE_URL: slow.url, INSFORGE_API_KEY: backend.apiKey } as Record<string, string>)[
        name
      ],
    terminal: {
      ...context.terminal,
      stderrIsTerminal: true,
      stdoutIsFile: () => Promise.resolve(stdoutIsFile),
      writeError(text) {
        written += text;
        if (/Reading the schema$/.test(text)) shown.resolve();
      },
    },
  });
  const { stream } = await runExport(seen, { data: true });
  const reader = stream!.getReader();
  assert((await reader.read()).value!.length > 0);
  const before = written;
  await reader.cancel();
  assertMatch(written, /\r\x1b\[2K$/);
  return before;
}

describe("db export", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  it("takes its progress away before output that may come to the same terminal", async () => {
    assertMatch(await shownBefore(backend, false), /\r\x1b\[2K$/);
  });

  it("goes on to show it where the output goes to a file", async () => {
    assertEquals(/\r\x1b\[2K$/.test(await shownBefore(backend, true)), false);
  });
});
