import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compareReleases, isVersion } from "../../src/releases/version.ts";

describe("versions", () => {
  it("come in the order of their numbers, and before them what leads to them", () => {
    const ordered = ["0.9.10", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1", "1.10.0", "2.0.0"];
    assertEquals(ordered.toReversed().sort(compareReleases), ordered);
    assertEquals(compareReleases("1.0.0", "1.0.0"), 0);
  });

  it("are nothing that leads elsewhere in an address", () => {
    const texts = ["1.2.3", "1.2.3-rc.1", "1.2", "1.2.3/..", "1.2.3-a/b", "1.2.3\n", "v1.2.3", 1];
    assertEquals(texts.filter(isVersion), ["1.2.3", "1.2.3-rc.1"]);
  });
});
