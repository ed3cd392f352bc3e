/** A clone has programs with the names of those that commands start, and PATH leads into it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { it } from "@std/testing/bdd";
import { EXECUTABLE } from "../support/executable.ts";
import { withHostileClone } from "../support/hostile_clone.ts";

for (const path of [undefined, "", ".", ":/nonexistent", "/nonexistent:", "tools:/nonexistent"]) {
  it({
    name: `what PATH finds below the working directory is not started: ${path ?? "without PATH"}`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withHostileClone(async ({ file, root, home }) => {
        for (const name of ["ls", "deno", "less", "xdg-open", "open"]) {
          for (const folder of [".", "tools"]) {
            await file(`${folder}/${name}`, `#!/bin/sh\necho ${name} >> "${home}/started"\n`);
            await Deno.chmod(`${root}/${folder}/${name}`, 0o755);
          }
        }
        await file("site/index.html", "hello");
        await file("insforge/functions/hello/index.ts", "export default () => new Response();");
        await file("insforge/functions/hello/index.test.ts", "");
        const run = async (...args: string[]) => {
          const env = { HOME: home, ...(path === undefined ? {} : { PATH: path }) };
          const options = { args, cwd: root, clearEnv: true, env, stdin: "null" } as const;
          const { code, stderr } = await new Deno.Command(EXECUTABLE, options).output();
          return { code, stderr: new TextDecoder().decode(stderr) };
        };
        const commands = ["deployments deploy site --dry-run", "functions deploy hello", "docs"];
        for (const line of commands) {
          const { code, stderr } = await run(...line.split(" "));
          assertEquals([code, stderr.includes("itself")], [0, false], `${line}: ${stderr}`);
        }
        assertStringIncludes((await run("functions", "test", "hello")).stderr, "no Deno on PATH");
        assertEquals(
          [...Deno.readDirSync(home)].map(({ name }) => name).includes("started"),
          false,
        );
      }),
  });
}
