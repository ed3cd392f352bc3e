import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MessageReader } from "../../src/server/database/message_reader.ts";

function message(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  bytes[0] = type.charCodeAt(0);
  new DataView(bytes.buffer).setUint32(1, 4 + body.length);
  bytes.set(body, 5);
  return bytes;
}

function row(...values: (string | null)[]): Uint8Array {
  const parts = values.map((value) => value === null ? null : new TextEncoder().encode(value));
  const size = parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), 2);
  const body = new Uint8Array(size);
  const view = new DataView(body.buffer);
  view.setUint16(0, parts.length);
  let offset = 2;
  for (const part of parts) {
    view.setInt32(offset, part?.length ?? -1);
    offset += 4;
    if (part) body.set(part, offset);
    offset += part?.length ?? 0;
  }
  return message("D", body);
}

describe("message reader", () => {
  const rows = [["1", null, ""], ["ü😀", "x".repeat(1000), "plain"], []];
  const answer = new Uint8Array([
    ...rows.flatMap((values) => [...row(...values)]),
    ...message("C", new TextEncoder().encode("SELECT 3\0")),
    ...message("Z", new TextEncoder().encode("I")),
  ]);

  for (const size of [1, 2, 3, 7, 64, answer.length]) {
    it(`puts messages together from pieces of ${size} bytes`, () => {
      const heard: unknown[] = [];
      const reader = new MessageReader({
        describe: () => heard.push("describe"),
        row: (values) => heard.push(values),
        count: (tag) => heard.push(tag),
        emptyQuery: () => heard.push("empty"),
        fail: () => heard.push("fail"),
        say: () => heard.push("say"),
        notify: () => heard.push("notify"),
        ready: () => heard.push("ready"),
      });
      const piece = new Uint8Array(size);
      for (let start = 0; start < answer.length; start += size) {
        // One buffer for all pieces, as PostgreSQL's memory is.
        piece.set(answer.subarray(start, start + size));
        reader.read(piece.subarray(0, Math.min(size, answer.length - start)));
      }
      assertEquals(heard, [...rows, "SELECT 3", "ready"]);
    });
  }
});
