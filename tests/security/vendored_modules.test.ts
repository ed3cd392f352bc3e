/** A clone has Deno keep what functions import in a folder of it, in which a link leads elsewhere. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { withHostileClone } from "../support/hostile_clone.ts";
import { has, run } from "../support/program.ts";
import { startProxy } from "../support/proxy.ts";

it({
  name: "what Deno fetches as types are checked is not written where the clone says",
  ignore: Deno.build.os === "windows" || !has("openssl"),
  async fn() {
    await withHostileClone(async ({ file, link, root, home }) => {
      const names = ["subjectAltName=DNS:cdn.jsdelivr.net", "basicConstraints=critical,CA:FALSE"];
      const certificate = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=CDN"];
      const extensions = names.flatMap((name) => ["-addext", name]);
      const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...certificate, ...extensions];
      assertEquals((await run("openssl", args, { cwd: home })).code, 0);
      let served = 0;
      await using server = Deno.serve({
        hostname: "127.0.0.1",
        port: 0,
        cert: await Deno.readTextFile(`${home}/cert.pem`),
        key: await Deno.readTextFile(`${home}/key.pem`),
        onListen() {},
      }, () => {
        served++;
        const headers = { "content-type": "application/typescript" };
        return new Response("export const x: number = 1;", { headers });
      });
      await using proxy = startProxy(server.addr.port);
      await file("deno.json", '{ "vendor": true }');
      await file("vendor/manifest.json", "{}");
      await Deno.mkdir(`${home}/start`);
      await link("vendor/cdn.jsdelivr.net", "start");
      await file(
        "insforge/functions/hello/index.ts",
        `import { x } from "https://cdn.jsdelivr.net/evil.ts";
         const y: string = x;
         export default () => new Response(y);`,
      );
      const env = {
        HOME: home,
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        HTTPS_PROXY: proxy.url,
        DENO_CERT: `${home}/cert.pem`,
      };
      const { code, stderr } = await insforge(["functions", "deploy", "hello"], { cwd: root, env });
      // Deno had the module.
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "'number' is not assignable to type 'string'");
      assertEquals([...Deno.readDirSync(`${home}/start`)].map(({ name }) => name), []);
      assertEquals(served > 0, true);
    });
  },
});
