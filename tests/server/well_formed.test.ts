import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const column = { columnName: "x", type: "string", isNullable: true, isUnique: false };

/** NUL in whatever names or filters something. */
const requests: [method: string, path: string, body?: unknown][] = [
  ["GET", "/api/database/records/no%00tes"],
  ["GET", "/api/database/records/notes?t=eq.a%00b"],
  ["GET", "/api/database/records/notes?t%00=eq.a"],
  ["GET", "/api/database/records/notes?select=t%00"],
  ["GET", "/api/database/records/notes?order=t%00"],
  ["GET", "/api/database/records/notes?or=(t.eq.a%00)"],
  ["POST", "/api/database/records/notes", [{ id: 1, t: "a\0b" }]],
  ["POST", "/api/database/records/notes", [{ id: 1, "t\0": "a" }]],
  ["POST", "/api/database/rpc/echo", { a: "\0" }],
  ["POST", "/api/database/rpc/echo", { "a\0": "x" }],
  ["POST", "/api/database/rpc/ec%00ho", {}],
  ["GET", "/api/database/rpc/echo?a=%00"],
  ["GET", "/api/database/tables/x%00/schema"],
  ["DELETE", "/api/database/tables/x%00"],
  ["GET", "/api/database/indexes?schema=a%00"],
  ["POST", "/api/database/tables", { tableName: "a\0", columns: [column], rlsEnabled: false }],
  ["POST", "/api/database/tables", {
    tableName: "a",
    columns: [{ ...column, defaultValue: "a\0" }],
    rlsEnabled: false,
  }],
  ["POST", "/api/database/advance/export", { tables: ["a\0"], format: "sql" }],
  ["GET", "/api/metadata/x%00"],
  ["POST", "/api/storage/buckets", { bucketName: "a\0", isPublic: true }],
  ["GET", "/api/storage/buckets/a/objects?prefix=%00"],
  ["GET", "/api/secrets/A%00"],
  ["GET", "/functions/a%00"],
  ["GET", "/api/schedules/a%00"],
  ["GET", "/api/deployments/a%00"],
  ["GET", "/api/logs/a%00"],
  ["GET", "/api/logs/search?q=%00"],
];

describe("a request", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(
      `CREATE TABLE notes (id int PRIMARY KEY, t text);
       CREATE FUNCTION echo(a text) RETURNS text LANGUAGE sql AS 'SELECT a'`,
    );
  });
  afterAll(() => backend.close());

  for (const [method, path, body] of requests) {
    it(`is refused with NUL: ${method} ${path} ${JSON.stringify(body) ?? ""}`, async () => {
      assertEquals((await backend.request(method, path, body)).status, 400);
    });
  }

  /** Sends bytes as they are and reads until the server ends the connection. */
  async function exchange(text: string): Promise<string> {
    using connection = await Deno.connect({ port: backend.port });
    await connection.write(new TextEncoder().encode(text));
    return await new Response(connection.readable).text();
  }

  for (
    const lengths of [
      "content-length: 3\r\ntransfer-encoding: chunked",
      "content-length: 3\r\ncontent-length: 4",
    ]
  ) {
    it(`ends its connection with conflicting lengths: ${lengths.replace("\r\n", ", ")}`, async () => {
      const head = `POST /api/health HTTP/1.1\r\nhost: localhost\r\n${lengths}\r\n\r\n`;
      assertMatch(await exchange(`${head}3\r\nabc\r\n0\r\n\r\n`), /^HTTP\/1\.1 400 /);
    });
  }

  it("is refused with half of a WebSocket's handshake", async () => {
    const halves = ["connection: upgrade, close", "connection: close\r\nsec-websocket-key: AA=="];
    for (const path of ["/socket.io/?EIO=4&transport=websocket", "/functions/none"]) {
      for (const half of halves) {
        const head =
          `GET ${path} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n${half}\r\n\r\n`;
        assertMatch(await exchange(head), /^HTTP\/1\.1 400 /, half);
      }
    }
  });
});
