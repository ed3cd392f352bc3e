import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { distrustOf, requireTrusted } from "../../src/config/trust.ts";
import { FileError } from "../../src/core/errors.ts";
import { withFolder } from "../support/temporary.ts";

describe({ name: "a folder", ignore: Deno.build.os === "windows" }, () => {
  it("is trusted when it is the caller's own, with what is in it", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/project.json`, "{}");
      assertEquals(distrustOf(folder, ["project.json", "missing.json"]), undefined);
      requireTrusted(folder, ["project.json"], undefined);
    }));

  it("is not when everybody can write it, or a file in it", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/project.json`, "{}");
      await Deno.chmod(`${folder}/project.json`, 0o666);
      assertEquals(distrustOf(folder), undefined);
      assertEquals(
        distrustOf(folder, ["project.json"]),
        "project.json in it can be written by every user",
      );
      const error = assertThrows(
        () => requireTrusted(folder, ["project.json"], undefined),
        FileError,
      );
      assertStringIncludes(error.hint!, `INSFORGE_SAFE_DIRECTORY=${folder}`);
      await Deno.chmod(folder, 0o777);
      assertEquals(distrustOf(folder), "can be written by every user");
    }));

  it("is where the user says so, of this folder and no other", () =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/home`);
      await Deno.mkdir(`${folder}/open`);
      await Deno.chmod(`${folder}/open`, 0o777);
      const trust = async (safe: string[]) => {
        const text = JSON.stringify({ safe_directories: safe });
        await Deno.writeTextFile(`${folder}/home/config.json`, text);
        requireTrusted(`${folder}/open`, [], `${folder}/home`);
      };
      await trust([`${folder}/open`]);
      await trust([folder]);
      await trust(["*"]);
      for (const other of ["", `${folder}/op`, `${folder}/open/below`]) {
        let refused = false;
        await trust([other]).catch(() => refused = true);
        assertEquals(refused, true, other);
      }
    }));
});
