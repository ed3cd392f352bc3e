import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { barChart } from "../../scripts/benchmarks/picture.ts";
import { ratiosOf, regressions } from "../../scripts/benchmarks/ratios.ts";

const MEDIANS = {
  "empty program": 40,
  "empty program with an empty worker": 80,
  "insforge --version": 50,
  "insforge --help": 60,
  "insforge db query": 120,
  "insforge db tables, 500": 140,
  "curl, the same query": 20,
};

describe("the ratios of a benchmark", () => {
  it("compare a start with what it cannot do without, curl's time left out", () => {
    const shown = ratiosOf(MEDIANS).map(({ command, to, ratio }) => [command, to, ratio]);
    assertEquals(shown, [
      ["insforge --version", "empty program", 1.25],
      ["insforge --help", "empty program", 1.5],
      ["insforge db query", "empty program with an empty worker", 1.25],
      ["insforge db tables, 500", "empty program with an empty worker", 1.5],
    ]);
  });

  it("are worse from a tenth on, whatever the machine's own speed is", () => {
    const before = ratiosOf(MEDIANS);
    const twice = Object.entries(MEDIANS).map(([name, ms]) => [name, 2 * ms]);
    assertEquals(regressions(ratiosOf(Object.fromEntries(twice)), before), []);
    assertEquals(regressions(ratiosOf({ ...MEDIANS, "insforge --version": 54 }), before), []);
    assertEquals(regressions(ratiosOf({ ...MEDIANS, "insforge --version": 60 }), before), [
      "insforge --version takes 1.5 times the empty program; it took 1.25 times as long.",
    ]);
  });

  it("hold what a committed record has", async () => {
    const record = JSON.parse(await Deno.readTextFile("docs/measured.json"));
    assertEquals(record.ratios, ratiosOf(record.milliseconds));
    const picture = await Deno.readTextFile("docs/measured.svg");
    for (const name of Object.keys(MEDIANS)) assertStringIncludes(picture, `>${name}<`);
  });
});

describe("a picture of medians", () => {
  it("draws bars whose lengths compare, the shortest first, with their names escaped", () => {
    const picture = barChart("a & b", { "slow <tool>": 200, "insforge --version": 50 });
    const bars = [...picture.matchAll(/<rect class="(\w+)".* width="([\d.]+)"/g)];
    assertEquals(bars.map(([, kind, length]) => [kind, length]), [
      ["own", "110.0"],
      ["other", "440.0"],
    ]);
    assertStringIncludes(picture, "slow &lt;tool&gt;");
    assertStringIncludes(picture, "<title>a &amp; b</title>");
  });
});
