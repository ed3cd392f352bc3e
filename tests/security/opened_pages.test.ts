/** A hostile backend says which page is to be opened, and means a program of the machine. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { it } from "@std/testing/bdd";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

it({
  name: "the system's opener is handed pages of the web alone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    let url = "";
    await using host = stubServer(() => Response.json({ url }));
    await withFolder(async (folder) => {
      const opener = `${folder}/xdg-open`;
      await Deno.writeTextFile(opener, `#!/bin/sh\necho "$@" >> ${folder}/opened\n`);
      await Deno.chmod(opener, 0o755);
      const env = {
        ...linkedTo(host),
        HOME: folder,
        PATH: `${folder}:${Deno.env.get("PATH")}`,
        DISPLAY: ":0",
      };
      const attacks = [
        "file:///usr/bin/env",
        "calculator:1",
        "--version",
        "http:x",
        "../x.desktop",
      ];
      for (url of [...attacks, "http://127.0.0.1:1/page"]) {
        const pty = openPty(["local", "mail", "open"], { env });
        assertEquals(await pty.end(), 0);
        if (attacks.includes(url)) assertStringIncludes(pty.screen(), url);
      }
      assertEquals(await Deno.readTextFile(`${folder}/opened`), "http://127.0.0.1:1/page\n");
    });
  },
});
