import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MessageReader, type MessageTarget } from "../../src/server/database/message_reader.ts";

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

function listener(heard: unknown[]): MessageTarget {
  return {
    describe: (fields) => heard.push(fields),
    row: (values) => heard.push(values),
    count: (tag) => heard.push(tag),
    emptyQuery: () => heard.push("empty"),
    fail: (error) => heard.push(error),
    say: (notice) => heard.push(notice),
    notify: (notification) => heard.push(notification),
    ready: () => heard.push("ready"),
  };
}

describe("message reader", () => {
  it("reads columns, errors, notices and notifications, whatever else they tell", () => {
    const texts = (...all: string[]) => all.map((text) => `${text}\0`).join("");
    const column = (name: string, type: string) =>
      texts(name) + "\0\0\x10\x01\0\x02" + type + "\xff\xff\0\0\0\0\0\0";
    const parts: readonly (readonly [type: string, body: string])[] = [
      ["T", `\0\x02${column("id", "\0\0\0\x17")}${column("", "\0\x01\0\0")}`],
      ["S", texts("TimeZone", "UTC")],
      ["I", ""],
      ["E", texts("SFEHLER", "VERROR", "C42601", "Mwrong", "P7", "Fscan.l", "L1") + "\0"],
      [
        "N",
        texts("SNOTICE", "C00000", "Msaid", "Da\nb", "Hdo", "Wx", "tt", "cc", "nn", "Rr") + "\0",
      ],
      ["A", `\0\0\x01\0${texts("news", "")}`],
    ];
    const heard: unknown[] = [];
    const reader = new MessageReader(listener(heard));
    for (const [type, body] of parts) {
      reader.read(message(type, Uint8Array.from(body, (byte) => byte.charCodeAt(0))));
    }
    assertEquals(heard, [
      [{ name: "id", dataTypeID: 23 }, { name: "", dataTypeID: 65_536 }],
      "empty",
      { severity: "FEHLER", sqlstate: "42601", message: "wrong", position: 7 },
      {
        severity: "NOTICE",
        sqlstate: "00000",
        message: "said",
        detail: "a\nb",
        hint: "do",
        where: "x",
        table: "t",
        column: "c",
        constraint: "n",
        routine: "r",
      },
      { processId: 256, channel: "news", payload: "" },
    ]);
  });

  const rows = [["1", null, ""], ["ü😀", "x".repeat(1000), "plain"], []];
  const answer = new Uint8Array([
    ...rows.flatMap((values) => [...row(...values)]),
    ...message("C", new TextEncoder().encode("SELECT 3\0")),
    ...message("Z", new TextEncoder().encode("I")),
  ]);

  for (const size of [1, 2, 3, 7, 64, answer.length]) {
    it(`puts messages together from pieces of ${size} bytes`, () => {
      const heard: unknown[] = [];
      const reader = new MessageReader(listener(heard));
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
