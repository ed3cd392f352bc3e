import { assertEquals, assertRejects } from "@std/assert";
import { dirname, join, toFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { Catalogs } from "../../../src/shared/bundling/catalogs.ts";
import { readImportMap } from "../../../src/shared/bundling/import_map.ts";
import { withFolder } from "../../support/temporary.ts";

const YAML = `
packages:
  - 'packages/*'   # ours
catalog:
  # of all
  zod: ^3.23.0
  "@types/node": '>=20 <23'   # two
  'left-pad': "1"
  alias: npm:other@^2

catalogs:
  old:
    react: ^17
  new:
      react: 18.x || 19
      '@scope/a': ~1
  flow: { hono: ^4, "@scope/b": '5' }
onlyBuiltDependencies:
  - zod
overrides:
  zod: ^2
`;

describe("catalogs", () => {
  it("are read from YAML as pnpm and Yarn write it", () => {
    for (const text of [YAML, YAML.replaceAll("\n", "\r\n")]) {
      const catalogs = new Catalogs();
      catalogs.addYaml(text);
      const found = ["zod", "@types/node", "left-pad", "alias", "react"].map((name) =>
        catalogs.rangeOf(name, "")
      );
      assertEquals(found, ["^3.23.0", ">=20 <23", "1", "npm:other@^2", undefined]);
      assertEquals(catalogs.rangeOf("zod", "default"), "^3.23.0");
      assertEquals(catalogs.rangeOf("react", "old"), "^17");
      assertEquals(catalogs.rangeOf("react", "new"), "18.x || 19");
      assertEquals(catalogs.rangeOf("@scope/a", "new"), "~1");
      assertEquals(catalogs.rangeOf("hono", "flow"), "^4");
      assertEquals(catalogs.rangeOf("@scope/b", "flow"), "5");
    }
    const flow = new Catalogs();
    flow.addYaml("catalog: {zod: ^1, a: 2}\n");
    assertEquals([flow.rangeOf("zod", ""), flow.rangeOf("a", "")], ["^1", "2"]);
  });

  const files = {
    "pnpm-workspace.yaml":
      "packages: [apps/*]\ncatalog:\n  zod: ^3\ncatalogs:\n  v4:\n    hono: ^4\n",
    "package.json": JSON.stringify({
      workspaces: { packages: ["apps/*"], catalog: { bun: "1" }, catalogs: { x: { two: "2" } } },
    }),
    "apps/web/package.json": JSON.stringify({
      dependencies: { zod: "catalog:", hono: "catalog:v4", bun: "catalog:default" },
      devDependencies: { two: "catalog:x", lost: "catalog:", plain: "^9" },
    }),
  };

  it("name the versions of what a function imports", async () => {
    await withFolder(async (root) => {
      for (const [name, content] of Object.entries(files)) {
        await Deno.mkdir(dirname(join(root, name)), { recursive: true });
        await Deno.writeTextFile(join(root, name), content);
      }
      const source = join(root, "apps/web/insforge/functions/a/index.ts");
      const { resolve } = await readImportMap(source, root);
      const of = (name: string) => resolve(name, toFileUrl(source).href);
      assertEquals(
        await Promise.all(["zod", "hono/cors", "bun", "two", "plain"].map(of)),
        ["npm:zod@^3", "npm:hono@^4/cors", "npm:bun@1", "npm:two@2", "npm:plain@^9"],
      );
      await assertRejects(
        () => of("lost"),
        Error,
        'lost as "catalog:", and no such catalog has it',
      );
    });
  });
});
