import { assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { forgetOtherPacking } from "../../scripts/release/packing_way.ts";
import { withFolder } from "../support/temporary.ts";

describe("what was packed before", () => {
  it("is packed anew where the code that packs has changed, and kept otherwise", async () => {
    await withFolder(async (folder) => {
      const [packed, code, mark] = ["packed", "code.ts", "deeper/mark"]
        .map((name) => join(folder, name)) as [string, string, string];
      const isKept = async (text: string) => {
        await Deno.mkdir(packed, { recursive: true });
        await Deno.writeTextFile(join(packed, "file"), "");
        await Deno.writeTextFile(code, text);
        await forgetOtherPacking(packed, code, mark);
        return await exists(packed);
      };
      // Of what nobody knows how it was packed, too.
      assertEquals(await isKept("const QUALITY = 10;"), false);
      assertEquals(await isKept("const QUALITY = 10;"), true);
      assertEquals(await isKept("const QUALITY = 11;"), false);
      await forgetOtherPacking(packed, code, mark);
    });
  });
});
