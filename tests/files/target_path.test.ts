import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { fileIdentity, targetPath } from "../../src/files/target_path.ts";

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

it("knows the names that Windows keeps for devices, and which paths are one file where", () => {
  for (const key of ["aux", "NUL.txt", "com1.log", "a/LPT³", "con .txt", "CONOUT$", "a:b", "a. "]) {
    assertEquals([key, targetPath("/f", key, "windows")], [key, undefined]);
  }
  for (const key of ["console", "com.txt", "nullable", "com10"]) {
    assertEquals(targetPath("/f", key, "windows"), `/f/${key}`);
  }
  const spellings = ["/f/R\u00e9sum\u00e9.txt", "/f/re\u0301sume\u0301.TXT"];
  const identities = (os: typeof Deno.build.os) =>
    new Set(spellings.map((path) => fileIdentity(path, os))).size;
  assertEquals([identities("windows"), identities("darwin"), identities("linux")], [1, 1, 2]);
});
