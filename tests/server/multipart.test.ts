import { assertEquals, assertRejects } from "@std/assert";
import { Hono } from "hono";
import { describe, it } from "@std/testing/bdd";
import { ApiError } from "../../src/server/http/api_error.ts";
import { readForm } from "../../src/server/http/multipart.ts";
import type { RequestVariables } from "../../src/server/services.ts";

const BOUNDARY = "insforge-123";
const CONTENT = "44\r\n--insforge\r\n\r\n-4-";
const FORM = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="truncate"\r\n\r\nfalse\r\n` +
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="4.txt"\r\n` +
  `Content-Type: text/plain\r\n\r\n${CONTENT}\r\n--${BOUNDARY}--\r\n`;

const app = new Hono<RequestVariables>().post("/", async (context) => {
  const decoder = new TextDecoder();
  const found = await readForm(context, async ({ chunks, filename }, fields) => {
    let content = "";
    for await (const chunk of chunks) content += decoder.decode(chunk);
    return { content, filename, truncate: fields.get("truncate") };
  });
  return context.json(found ?? null);
});

app.onError((error) => {
  throw error;
});

async function send(pieces: readonly Uint8Array[]): Promise<unknown> {
  const response = await app.request("/", {
    method: "POST",
    headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
    body: ReadableStream.from(pieces),
  });
  return await response.json();
}

describe("a form that streams in", () => {
  it("is the same wherever it is cut", async () => {
    const bytes = new TextEncoder().encode(FORM);
    const expected = { content: CONTENT, filename: "4.txt", truncate: "false" };
    for (let first = 1; first < bytes.length; first++) {
      for (const second of [first + 1, first + 17, bytes.length - 1]) {
        const cuts = [0, first, Math.min(second, bytes.length), bytes.length];
        const pieces = cuts.slice(1).map((to, n) => bytes.slice(cuts[n], to));
        assertEquals(await send(pieces.filter(({ length }) => length > 0)), expected);
      }
    }
    assertEquals(await send([...bytes].map((byte) => new Uint8Array([byte]))), expected);
  });

  it("is refused when a name in it is not encoded as it says", async () => {
    const file = "form-data; name=\"file\"; filename*=UTF-8''%E0%A4%A";
    const body = `--${BOUNDARY}\r\nContent-Disposition: ${file}\r\n\r\nx\r\n--${BOUNDARY}--\r\n`;
    await assertRejects(
      () => send([new TextEncoder().encode(body)]),
      ApiError,
      "no complete form: InvalidDisposition",
    );
  });

  it("is refused when its boundary is longer than one can be, which takes long to look for", async () => {
    const type = `multipart/form-data; boundary=${"-".repeat(71)}`;
    const init = { method: "POST", headers: { "content-type": type }, body: "-".repeat(1000) };
    await assertRejects(async () => await app.request("/", init), ApiError, "at most");
  });

  it("names its file and its fields in any script", async () => {
    for (const name of ["漢字.txt", "cafe\u0301", "Ünë", "😀; name=x", "a\\b", "ends\\"]) {
      const form = new FormData();
      form.set("truncate", name);
      form.set("file", new File(["content"], name));
      const response = await app.request("/", { method: "POST", body: form });
      const expected = { content: "content", filename: name, truncate: name };
      assertEquals(await response.json(), expected, name);
    }
  });
});
