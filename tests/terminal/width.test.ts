import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fit, pad, widthOf } from "../../src/terminal/width.ts";

describe("the columns that a text takes", () => {
  const widths: [text: string, columns: number][] = [
    ["abc", 3],
    ["\x1b[31mabc\x1b[0m", 3],
    ["e\u0301", 1],
    ["\u200b", 0],
    ["漢字", 4],
    ["𠮷", 2],
    ["한글", 4],
    ["ｱ", 1],
    ["🎉", 2],
    ["👨‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["1️⃣", 2],
    ["☺️", 2],
    ["☺", 1],
  ];
  for (const [text, columns] of widths) {
    it(`are ${columns} for ${JSON.stringify(text)}`, () => assertEquals(widthOf(text), columns));
  }

  it("are what fitting and filling go by", () => {
    assertEquals(fit("漢字漢字", 5), "漢字…");
    assertEquals(pad("漢字", 6), "漢字  ");
    assertEquals(pad("漢字", 6, "right"), "  漢字");
  });
});
