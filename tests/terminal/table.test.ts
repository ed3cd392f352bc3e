import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sentence } from "../../src/core/errors.ts";
import { formatBytes } from "../../src/terminal/bytes.ts";
import { escapeControl } from "../../src/terminal/escape.ts";
import { styleFor } from "../../src/terminal/style.ts";
import { renderTable } from "../../src/terminal/table.ts";
import { table } from "../../src/terminal/view.ts";
import { widthOf, wrapLong } from "../../src/terminal/width.ts";

const plain = styleFor(false);

describe("tables", () => {
  it("align numbers to the right and text to the left", () => {
    const view = table(["id", "name"], [["1", "a"], ["100", "bcd"]], "");
    assertEquals(renderTable(view, plain, undefined), [
      " id  name",
      "───  ────",
      "  1  a",
      "100  bcd",
    ]);
  });

  it("R52: keep NULL, exact numbers, JSON and booleans", () => {
    const row = [null, "9007199254740993", { a: [1] }, true, ""];
    const [, , line] = renderTable(table(["a", "b", "c", "d", "e"], [row], ""), plain, undefined);
    assertEquals(line, 'NULL  9007199254740993  {"a":[1]}  true');
  });

  it("never cut what is copied from them", () => {
    const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    const view = table(["a", { title: "ID", whole: true }], [["x".repeat(60), id]], "");
    for (const columns of [50, 20]) {
      assert(renderTable(view, plain, columns).at(-1)!.endsWith(id));
      const shown = renderTable(view, plain, columns).join("");
      assertEquals(shown.replaceAll(/[^x]/g, ""), "x".repeat(60));
    }
  });

  it("are shown row by row where they would not fit", () => {
    const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    const columns = [{ title: "ID", whole: true }, "Name", "Address"];
    const rows = [[id, "one", "y".repeat(60)], [id, null, "z"]];
    assertEquals(renderTable(table(columns, rows, ""), plain, 50), [
      `ID       ${id}`,
      "Name     one",
      `Address  ${"y".repeat(41)}`,
      `         ${"y".repeat(19)}`,
      "",
      `ID       ${id}`,
      "Name     NULL",
      "Address  z",
    ]);
  });

  it("leave out spare columns where they do not fit, and say which", () => {
    const columns = ["a", { title: "b", spare: true }, "c", { title: "d", spare: true }];
    const view = table(columns, [["x".repeat(30), "y".repeat(30), "z", "w"]], "");
    assertEquals(
      renderTable(view, plain, 66).at(-1),
      "Left out, as there is no room: d. --json has all.",
    );
    assertEquals(renderTable(view, plain, 40), [
      `a${" ".repeat(31)}c  d`,
      `${"─".repeat(30)}  ─  ─`,
      `${"x".repeat(30)}  z  w`,
      "Left out, as there is no room: b. --json has all.",
    ]);
    assert(renderTable(view, plain, 34).at(-1)!.includes("b, d"));
    assertEquals(renderTable(view, plain, 20).filter((line) => line.startsWith("d")), ["d  w"]);
  });

  it("have times as people read them on a terminal, and as they are elsewhere", () => {
    const columns = (["moment", "clock", "day"] as const).map((time) => ({ title: time, time }));
    const iso = "2026-01-02T03:04:05.670Z";
    const view = table(columns, [[iso, iso, "2026-01-02T00:00:00.000Z"]], "");
    assertEquals(
      renderTable(view, plain, undefined).at(-1),
      `${iso}  ${iso}  2026-01-02T00:00:00.000Z`,
    );
    const local = new Date(iso);
    const hours = String(local.getHours()).padStart(2, "0");
    const [moment, clock, day] = renderTable(view, plain, 90).at(-1)!.split(/ {2,}/);
    assertEquals([clock, day], ["2026-01-02 03:04:05.67", "2026-01-02"]);
    assert(moment!.includes(` ${hours}:`) && moment!.endsWith(":05.67"), moment);
  });

  it("take no more than the terminal's columns", () => {
    const row = ["x".repeat(300), "short", "y".repeat(80), "漢字".repeat(40)];
    for (const columns of [40, 80, 120]) {
      const lines = renderTable(table(["a", "b", "c", "d"], [row], ""), plain, columns);
      assert(lines.every((line) => widthOf(line) <= columns), lines.join("\n"));
    }
  });

  it("show line breaks and control characters as text", () => {
    const [, , line] = renderTable(table(["a"], [["x\ny\x1b[2J"]], ""), plain, undefined);
    assertEquals(line, "x\\ny\\u001b[2J");
  });
});

describe("text", () => {
  it("is a sentence, unless a command, an address or a path at its end is copied from it", () => {
    const command = "Made b. Switch to it: insforge branch switch b";
    for (const kept of [command, command.replace("it: ", "it:\n"), "See http://a.test/b", "Why?"]) {
      assertEquals(sentence(kept), kept);
    }
    assertEquals(sentence("insforge was upgraded"), "insforge was upgraded.");
  });

  it("is broken between words where a terminal would break within one", () => {
    const text = "  kept as it is\none two three four";
    assertEquals(wrapLong(text, 15), "  kept as it is\none two three\nfour");
    assertEquals(wrapLong(text, undefined), text);
    const [end, within] = ["insforge secrets add", "`insforge logs --follow`"];
    assertEquals(wrapLong(`It lacks one: ${end}`, 25), `It lacks one:\n${end}`);
    assertEquals(wrapLong(`See ${within}, or ask.`, 25), `See\n${within},\nor ask.`);
    assertEquals(wrapLong(`It lacks one: ${end}`, 17), "It lacks one:\ninsforge secrets\nadd");
  });

  it("keeps line feeds and shows what could move the cursor", () => {
    assertEquals(escapeControl("a\nb\tc\x1b[31m\r\u202e"), "a\nb\tc\\u001b[31m\\r\\u202e");
  });

  it("gives sizes a unit", () => {
    assertEquals([0, 1023, 1536, 5 * 1024 ** 3].map(formatBytes), [
      "0 B",
      "1023 B",
      "1.5 KiB",
      "5.0 GiB",
    ]);
  });
});
