import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isKeptNumber, parseExactJson } from "../../src/core/exact_json.ts";
import { fc, holds } from "../support/arbitraries.ts";

/** Numbers as JSON may have them, digit by digit. */
const number = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);

describe("exact JSON", () => {
  it("writes every number as it stood", () =>
    holds([number, fc.constantFrom("", " ", "\n")], 500, (number, space) => {
      const json = JSON.stringify({ a: [0, "-0.0", null], b: "N", c: ["N"], d: 0 })
        .replaceAll('"N"', number);
      const read = parseExactJson(json.replaceAll(",", `${space},${space}`));
      assertEquals(JSON.stringify(read), json);
    }, [["-0", ""], ["0.0000001", ""], ["1.0", ""], ["100000000000000000000000", ""]]));

  it("leaves as numbers what JavaScript writes as it stood", () => {
    for (const text of ["0", "-1", "1.5", "-0.5", "9007199254740991", "1e+30"]) {
      assertEquals(parseExactJson(text), Number(text));
    }
    for (const text of ["1.0", "-0", "1e2", "9007199254740993", "0.0000001"]) {
      assert(isKeptNumber(parseExactJson(text)), text);
    }
    assert(!isKeptNumber({ rawJSON: "1" }));
  });

  it("refuses what is no JSON", () => {
    assertThrows(() => parseExactJson("{1.0}"), SyntaxError);
  });
});
