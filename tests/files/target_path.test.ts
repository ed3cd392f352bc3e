import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { targetPath } from "../../src/files/target_path.ts";

it("no key leads out of a folder, nor into what git and insforge keep there", () => {
  const refused = [
    ..."../a a/../../b /a a//b . a/. a\0b".split(" "),
    ..."a/.a.insforge-partial .a.insforge-partial.etag".split(" "),
    // As file systems take one spelling for another.
    ..."a/.git/config .GIT/x .git./x git~1/x .insforge/project.json .InsForge/x INSFOR~1/x".split(
      " ",
    ),
    ".in\u017fforge/project.json",
    ".g\u200cit/config",
    "\uff0egit/hooks/pre-commit",
  ];
  for (const key of refused) assertEquals([key, targetPath("/f", key, "linux")], [key, undefined]);
  for (const key of ["a/b", ".gitignore", "git", "insforge/x", "..a", "~/b", "é/ſ"]) {
    assertEquals(targetPath("/f", key, "linux"), `/f/${key}`);
  }
});
