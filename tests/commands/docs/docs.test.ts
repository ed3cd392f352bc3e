import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runDocs } from "../../../src/commands/docs/docs.ts";
import { HttpError, NotFoundError, OperationError } from "../../../src/core/errors.ts";
import { testContext, type TestContextOptions } from "../../support/context.ts";
import { envelope, linkedTo, stubServer } from "../../support/stub_server.ts";

const entries = [
  { type: "instructions", filename: "a.md", endpoint: "/api/docs/instructions" },
  { type: "db-sdk-swift", filename: "b.md", endpoint: "/api/docs/db/swift" },
  { type: "db-rest-api", filename: "c.md", endpoint: "/api/docs/db/rest-api" },
];
const page = { type: "db-sdk-swift", content: "# Title\n\nText with `code`.\n" };

const docsServer = (wrap: (value: unknown) => unknown = (value) => value) =>
  stubServer(({ target }) => {
    if (target === "/api/docs") return Response.json(wrap(entries));
    if (target === "/api/docs/db/swift") return Response.json(wrap(page));
    if (target === "/api/docs/old") return new Response("Not Found", { status: 404 });
    return envelope(404, "DOCS_NOT_FOUND", "No such page");
  });

function contextFor(server: { url: string }, settings: Partial<TestContextOptions> = {}) {
  return testContext({ cwd: "/", env: linkedTo(server), ...settings });
}

describe("docs", () => {
  for (
    const [form, wrap] of [["bare", undefined], ["wrapped", (data: unknown) => ({ data })]] as const
  ) {
    it(`lists and reads ${form} answers`, async () => {
      await using server = docsServer(wrap);
      const { context, show } = contextFor(server, { options: { json: true } });
      assertEquals(JSON.parse(await show(await runDocs(context, {}))), entries);
      assertEquals(JSON.parse(await show(await runDocs(context, {}, "db", "swift"))), page);
    });
  }

  it("shows a page as it is in a pipe, laid out on a terminal", async () => {
    await using server = docsServer();
    const pipe = contextFor(server);
    assertEquals(await pipe.show(await runDocs(pipe.context, {}, "db", "swift")), page.content);
    const terminal = contextFor(server, { columns: 40 });
    assertEquals(
      await terminal.show(await runDocs(terminal.context, {}, "db", "swift")),
      "Title\n═════\n\nText with `code`.\n",
    );
  });

  it("says on a terminal alone how to read a page", async () => {
    await using server = docsServer();
    const terminal = contextFor(server, { columns: 80 });
    assertStringIncludes(
      await terminal.show(await runDocs(terminal.context, {})),
      "insforge docs db swift",
    );
    const pipe = contextFor(server);
    assert(!(await pipe.show(await runDocs(pipe.context, {}))).includes("insforge docs"));
  });

  it("names what there is when a page is missing", async () => {
    await using server = docsServer();
    const { context } = contextFor(server);
    const hintOf = async (...words: string[]) =>
      (await assertRejects(() => runDocs(context, {}, ...words), NotFoundError)).hint!;
    assertStringIncludes(await hintOf("db", "cobol"), "swift, rest-api");
    assertStringIncludes(await hintOf("db"), "swift, rest-api");
    assertStringIncludes(await hintOf("nothing"), "instructions, db");
  });

  it("R4: a backend without the route says so", async () => {
    await using server = docsServer();
    const { context } = contextFor(server);
    const error = await assertRejects(() => runDocs(context, {}, "old"), HttpError);
    assertStringIncludes(error.message, "not available on this backend");
    assertEquals(error.exitCode, 4);
  });

  it("says so when an answer is no documentation", async () => {
    for (const answer of [null, 1, {}, { data: "x" }, [null], { content: 1 }]) {
      await using server = stubServer(() => Response.json(answer));
      const { context } = contextFor(server);
      const isList = Array.isArray(answer);
      if (isList) assertEquals((await runDocs(context, {})).data, []);
      else await assertRejects(() => runDocs(context, {}), OperationError, "no list");
      await assertRejects(() => runDocs(context, {}, "x"), OperationError, "no page");
    }
  });

  it("R54: an answer with status 206 is a success", async () => {
    await using server = stubServer(() => Response.json(entries, { status: 206 }));
    const { context } = contextFor(server);
    assertEquals((await runDocs(context, {})).data, entries);
  });

  it("R45: sends the words encoded", async () => {
    await using server = docsServer();
    const { context } = contextFor(server);
    await assertRejects(() => runDocs(context, {}, "a/../b c"), NotFoundError);
    assertEquals(server.requests[0]!.target, "/api/docs/a%2F..%2Fb%20c");
  });

  it("pages on request of nobody under -y", async () => {
    await using server = docsServer();
    const asked = contextFor(server);
    assertEquals((await runDocs(asked.context, {}, "db", "swift")).paged, true);
    const unasked = contextFor(server, { options: { yes: true } });
    assertEquals((await runDocs(unasked.context, {}, "db", "swift")).paged, false);
  });
});
