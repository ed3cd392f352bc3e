import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../src/core/errors.ts";
import {
  findOdd,
  isWithin,
  placeWithin,
  realPlace,
  requireNoWayOut,
  requirePlain,
} from "../../src/files/real_path.ts";
import { withFolder } from "../support/temporary.ts";

/** A project and a neighbour whose name begins alike, with links between them. */
function withProject(work: (project: string) => void): Promise<void> {
  return withFolder(async (made) => {
    const folder = await Deno.realPath(made);
    const project = `${folder}/app`;
    for (const path of [project, `${project}/in`, `${folder}/app-other`]) await Deno.mkdir(path);
    await Deno.writeTextFile(`${project}/in/file`, "");
    await Deno.writeTextFile(`${project}/.env`, "");
    await Deno.symlink(`${project}/in/file`, `${project}/inside`);
    await Deno.symlink(`${folder}/app-other`, `${project}/outside`);
    await Deno.symlink(`${project}/.env`, `${project}/harmless.txt`);
    await Deno.symlink(`${project}/nowhere`, `${project}/dangling`);
    work(project);
  });
}

describe({ name: "a path of a project", ignore: Deno.build.os === "windows" }, () => {
  it("is within a folder by whole names", () => {
    assertEquals(isWithin("/a/b", "/a/b"), true);
    assertEquals(isWithin("/a/b", "/a/b/c"), true);
    assertEquals(isWithin("/a/b", "/a/bc"), false);
    assertEquals(isWithin("/", "/a"), true);
  });

  it("leads to what is in the project alone", () =>
    withProject((project) => {
      assertEquals(placeWithin(project, `${project}/in/file`), `${project}/in/file`);
      assertEquals(placeWithin(project, `${project}/inside`), `${project}/in/file`);
      assertEquals(placeWithin(project, `${project}/new/one`), `${project}/new/one`);
      for (const path of [`${project}/outside`, `${project}/outside/new`]) {
        assertThrows(() => placeWithin(project, path), FileError, "leads out of");
      }
    }));

  it("leads to what is private only by that name", () =>
    withProject((project) => {
      assertEquals(placeWithin(project, `${project}/.env`), `${project}/.env`);
      assertThrows(() => placeWithin(project, `${project}/harmless.txt`), FileError, "private");
    }));

  it("is no link that leads nowhere, which would be made where it points", () =>
    withProject((project) => {
      assertThrows(() => realPlace(`${project}/dangling`), FileError, "leads nowhere");
    }));

  it("is in a folder of no links where nothing may be one", () =>
    withProject((project) => {
      requirePlain(`${project}/in`);
      requirePlain(`${project}/missing`);
      assertThrows(() => requirePlain(project), FileError, "is a link");
      assertThrows(() => requirePlain(`${project}/outside`), FileError, "is a link");
    }));

  it("is looked for as deep as it is asked", () =>
    withProject((project) => {
      Deno.mkdirSync(`${project}/in/a/b`, { recursive: true });
      Deno.symlinkSync(`${project}/in/file`, `${project}/in/a/b/link`);
      requirePlain(`${project}/in`, 2);
      assertThrows(() => requirePlain(`${project}/in`, 3), FileError, "in/a/b/link is a link");
      assertEquals(findOdd(`${project}/in`)?.path, `${project}/in/a/b/link`);
    }));

  it("is no way out of a folder that is handed on", () =>
    withProject((project) => {
      Deno.mkdirSync(`${project}/in/a`);
      Deno.symlinkSync(`${project}/in/file`, `${project}/in/a/link`);
      requireNoWayOut(`${project}/in`);
      Deno.symlinkSync(project, `${project}/in/a/up`);
      assertThrows(() => requireNoWayOut(`${project}/in`), FileError, "leads out of");
    }));
});
