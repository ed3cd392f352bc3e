import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { envelope, linkedTo, stubServer } from "../support/stub_server.ts";

describe("errors of a backend", () => {
  const statuses = [[401, 2], [403, 5], [404, 4], [400, 1], [409, 1], [413, 1], [500, 1]] as const;
  for (const [status, code] of statuses) {
    it(`R1: status ${status} ends with ${code}`, async () => {
      await using server = stubServer(() => envelope(status, "SOME_CODE", "It went wrong"));
      const result = await insforge(["db", "tables"], { env: linkedTo(server) });
      assertEquals(result.code, code);
      assertEquals(result.stdout, "");
    });
  }

  it("R3: shows the message and the next actions, not the code", async () => {
    await using server = stubServer(() =>
      envelope(400, "DATABASE_VALIDATION_ERROR", "No such table", "Create it first")
    );
    const { stderr } = await insforge(["db", "tables"], { env: linkedTo(server) });
    assertEquals(stderr, "Error: No such table.\nCreate it first\n");
  });

  it("R3: a body that is no JSON yields status and host", async () => {
    await using server = stubServer(() => new Response("<h1>Bad gateway</h1>", { status: 500 }));
    const { stderr, code } = await insforge(["db", "tables"], { env: linkedTo(server) });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "500");
    assertStringIncludes(stderr, new URL(server.url).host);
  });

  it("R3: an error object is never shown as [object Object]", async () => {
    await using server = stubServer(() =>
      Response.json({ error: { nested: true }, message: { also: 1 } }, { status: 400 })
    );
    const { stderr } = await insforge(["db", "tables"], { env: linkedTo(server) });
    assert(!stderr.includes("[object"), stderr);
  });

  it("R4: a route that the backend lacks is not available", async () => {
    for (const body of ["", JSON.stringify({ error: "NOT_FOUND", message: "No such route" })]) {
      await using server = stubServer(() => new Response(body, { status: 404 }));
      const { stderr, code } = await insforge(["db", "tables"], { env: linkedTo(server) });
      assertEquals(code, 4);
      assertStringIncludes(stderr, "not available on this backend");
    }
  });

  it("R4: a resource that is missing comes with the command that lists what there is", async () => {
    const lists = {
      "storage download key --bucket b": "storage list-objects b",
      "storage delete-object key --bucket a-b -y": "storage list-objects a-b",
      "secrets get KEY": "secrets list",
      "functions code slug": "functions list",
      "schedules get id": "schedules list",
      "deployments status id": "deployments list",
    };
    await using server = stubServer(() => envelope(404, "SOME_NOT_FOUND", "It is not there"));
    for (const [line, list] of Object.entries(lists)) {
      const { stderr, code } = await insforge(line.split(" "), { env: linkedTo(server) });
      assertEquals(code, 4);
      assertStringIncludes(stderr, `See what there is with: insforge ${list}\n`);
    }
  });

  it("R4: a resource that is missing keeps its own message", async () => {
    await using server = stubServer(() => envelope(404, "DATABASE_NOT_FOUND", "No table posts"));
    const { stderr } = await insforge(["db", "tables"], { env: linkedTo(server) });
    assertStringIncludes(stderr, "No table posts");
  });

  it("R6: an error leaves stdout empty and one JSON line on stderr", async () => {
    await using server = stubServer(() => envelope(403, "FORBIDDEN", "Not you"));
    const result = await insforge(["db", "tables", "--json"], { env: linkedTo(server) });
    assertEquals(result.stdout, "");
    const error = JSON.parse(result.stderr);
    assertEquals(result.stderr.trim().split("\n").length, 1);
    assertEquals([error.error, error.code, error.status], ["Not you", "FORBIDDEN", 403]);
  });

  it("R6: a success is exactly one document", async () => {
    await using server = stubServer(() => Response.json(["a", "b"]));
    const result = await insforge(["db", "tables", "--json"], { env: linkedTo(server) });
    assertEquals(JSON.parse(result.stdout), ["a", "b"]);
    assertEquals(result.stderr, "");
  });

  it("an answer that is no JSON is said to be that", async () => {
    await using server = stubServer(() => new Response("<html>", { status: 200 }));
    const { stderr, code } = await insforge(["db", "tables"], { env: linkedTo(server) });
    assertEquals(code, 1);
    assertMatch(stderr, /not JSON/);
  });
});

it("a function without code is no empty file", async () => {
  await using server = stubServer(() => Response.json({ slug: "hello" }));
  const { code, stdout, stderr } = await insforge(["functions", "code", "hello"], {
    env: linkedTo(server),
  });
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "The backend gave no code of hello.");
});

describe("SQL that no backend runs", () => {
  it("is refused with the reason, not with doubts about the key", async () => {
    await using server = stubServer(() =>
      envelope(403, "FORBIDDEN", "Transaction control statements are not allowed.")
    );
    const { stderr, code } = await insforge(["db", "query", "BEGIN"], { env: linkedTo(server) });
    assertEquals(code, 5);
    assertStringIncludes(stderr, "each text runs as one transaction");
  });
});

describe("a proxy", () => {
  it("is used for other machines, and never for this one", async () => {
    await using proxy = stubServer(() => Response.json(["behind_the_proxy"]));
    await using backend = stubServer(() => Response.json(["here"]));
    const tables = async (url: string) => {
      const env = { HTTP_PROXY: proxy.url, INSFORGE_BASE_URL: url, INSFORGE_API_KEY: "ik_proxied" };
      return JSON.parse((await insforge(["db", "tables", "--json"], { env })).stdout);
    };
    assertEquals(await tables("http://backend.invalid"), ["behind_the_proxy"]);
    assertEquals(await tables(backend.url), ["here"]);
    assertEquals([proxy.requests.length, backend.requests.length], [1, 1]);
  });
});

describe("errors of the network", () => {
  it("R5: a refused connection names host and cause", async () => {
    const env = { INSFORGE_BASE_URL: "http://127.0.0.1:9", INSFORGE_API_KEY: "ik_test" };
    const { stderr, code } = await insforge(["db", "query", "select 1", "--json"], { env });
    assertEquals(code, 1);
    const error = JSON.parse(stderr);
    assertEquals(error.code, "NETWORK_ERROR");
    assertMatch(error.error, /127\.0\.0\.1:9.*refused/);
  });

  it("R5: a name that does not resolve is named", async () => {
    const env = { INSFORGE_BASE_URL: "http://nowhere.invalid", INSFORGE_API_KEY: "ik_test" };
    const { stderr } = await insforge(["db", "query", "select 1", "--json"], { env });
    assertMatch(JSON.parse(stderr).error, /nowhere\.invalid.*does not resolve/);
  });

  it("R5: a connection that breaks off is named", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      for await (const connection of listener) connection.close();
    })();
    const url = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
    const { stderr } = await insforge(["db", "query", "select 1", "--json"], {
      env: linkedTo({ url }),
    });
    listener.close();
    await serving;
    const error = JSON.parse(stderr);
    assertEquals(error.code, "NETWORK_ERROR");
    assertStringIncludes(error.error, "reset");
  });
});

describe("usage errors", () => {
  const lines = [
    ["unknown command", ["frobnicate"]],
    ["unknown subcommand", ["db", "frobnicate"]],
    ["unknown option", ["db", "tables", "--frobnicate"]],
    ["missing value", ["db", "query", "--file"]],
    ["too many arguments", ["db", "tables", "posts"]],
    ["bad number", ["local", "start", "--port", "many"]],
    ["no such address", ["link", "--api-base-url", "nonsense", "--api-key", "ik_x"]],
  ] as const;
  for (const [name, args] of lines) {
    it(`R2: ${name} ends with 1 and one JSON error`, async () => {
      const result = await insforge(["--json", ...args]);
      assertEquals(result.code, 1, result.stderr);
      assertEquals(result.stdout, "");
      const error = JSON.parse(result.stderr);
      assertEquals(typeof error.error, "string");
      assert(!result.stderr.includes("    at "), "no stack trace");
    });
  }

  it("R13: -y asks for no value and names the flag that is missing", async () => {
    const { code, stderr } = await insforge(["link", "-y", "--api-key", "ik_x"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "--api-base-url");
  });

  it("suggests the nearest command and option", async () => {
    assertStringIncludes((await insforge(["db", "tabels"])).stderr, '"tables"');
    assertStringIncludes((await insforge(["db", "query", "--fil", "x"])).stderr, '"--file"');
  });

  it("R19: values are checked before the first request", async () => {
    await using server = stubServer(() => Response.json([]));
    const env = linkedTo(server);
    assertEquals((await insforge(["db", "query", "", "--json"], { env })).code, 1);
    assertEquals((await insforge(["local", "start", "--port", "1.5"], { env })).code, 1);
    assertEquals(server.requests.length, 0);
  });

  it("a command without a project ends with 3", async () => {
    const result = await insforge(["db", "tables", "--json"], { cwd: "/" });
    assertEquals(result.code, 3);
    assertEquals(JSON.parse(result.stderr).code, "PROJECT_NOT_LINKED");
  });
});
