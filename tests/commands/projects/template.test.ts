import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fetchTemplate } from "../../../src/commands/projects/template.ts";
import { zipArchive } from "../../support/archive.ts";
import { testContext } from "../../support/context.ts";
import { stubServer } from "../../support/stub_server.ts";
import { withFolder } from "../../support/temporary.ts";

async function fetched(cwd: string, files: Record<string, string> | Blob) {
  const body = files instanceof Blob ? files : await zipArchive(files);
  await using server = stubServer(() => new Response(body));
  const { context, err } = testContext({
    cwd,
    env: { INSFORGE_TEMPLATES_URL: `${server.url}/a.zip` },
  });
  return { folder: await fetchTemplate(context, "react", "My Shop"), err: err() };
}

describe("templates", () => {
  it("are unpacked into a folder named after the project", async () => {
    await withFolder(async (cwd) => {
      const { folder } = await fetched(cwd, {
        "templates-main/react/src/app.tsx": "app",
        "templates-main/react/package.json": "{}",
        "templates-main/nextjs/package.json": "other",
      });
      assertEquals(folder, `${cwd}/my-shop`);
      assertEquals(await Deno.readTextFile(`${folder}/src/app.tsx`), "app");
      assertEquals([...Deno.readDirSync(folder!)].length, 2);
    });
  });

  it("R33: that are unsafe, missing or in the way leave no half-made folder", async () => {
    await withFolder(async (cwd) => {
      const unsafe = await fetched(cwd, {
        "m/react/ok.txt": "",
        "m/react/../../../evil.txt": "evil",
      });
      assertEquals(unsafe.folder, undefined);
      assertStringIncludes(unsafe.err, "unsafe");
      assertEquals((await fetched(cwd, { "m/vue/a": "" })).folder, undefined);
      assertEquals([...Deno.readDirSync(cwd)], []);
      await Deno.mkdir(`${cwd}/my-shop`);
      const inTheWay = await fetched(cwd, { "m/react/a": "" });
      assertStringIncludes(inTheWay.err, "there already");
    });
  });

  it("that hold more than they state fill no disk", async () => {
    await withFolder(async (cwd) => {
      const whole = await zipArchive({ "m/react/a": "a".repeat(300_000) });
      const bytes = new Uint8Array(await whole.arrayBuffer());
      const view = new DataView(bytes.buffer);
      for (let at = 0; at + 46 < bytes.length; at++) {
        // The size in the central directory.
        if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 10, true);
      }
      const { folder, err } = await fetched(cwd, new Blob([bytes]));
      assertEquals(folder, undefined);
      assertStringIncludes(err, "m/react/a is longer than it says");
      assertEquals([...Deno.readDirSync(cwd)], []);
    });
  });
});
