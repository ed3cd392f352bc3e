import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

/** A proxy that answers everything with one status, and the port that it has. */
function refusingProxy(status: string): AsyncDisposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const work = (async () => {
    for await (const client of listener) {
      await client.read(new Uint8Array(4096));
      const head = `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
      await client.write(new TextEncoder().encode(head));
      client.close();
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await work.catch(() => {});
    },
  };
}

const tables = (scheme: string, variables: Record<string, string>) =>
  run(["db", "tables"], scheme, variables);

const run = (command: string[], scheme: string, variables: Record<string, string>) =>
  insforge(command, {
    env: {
      INSFORGE_BASE_URL: `${scheme}://backend.example`,
      INSFORGE_API_KEY: "ik_test",
      ...variables,
    },
  });

describe("a proxy", () => {
  for (const status of ["403 Forbidden", "502 Bad Gateway"]) {
    it(`that refuses with ${status} is named, with the variable that set it`, async () => {
      await using proxy = refusingProxy(status);
      const address = `127.0.0.1:${proxy.port}`;
      const { code, stderr } = await tables("https", { HTTPS_PROXY: `http://u:pw@${address}` });
      assertEquals([code, stderr.includes("pw@")], [1, false]);
      assertMatch(
        stderr,
        new RegExp(
          `^Error: The proxy ${address}, which HTTPS_PROXY names, refuses .* backend\\.example`,
        ),
      );
      assertMatch(stderr, /NO_PROXY/);
    });
  }

  for (const [scheme, variable] of [["https", "https_proxy"], ["http", "HTTP_PROXY"]] as const) {
    it(`that wants credentials for ${scheme} is named`, async () => {
      await using proxy = refusingProxy("407 Proxy Authentication Required");
      const { code, stderr } = await tables(scheme, {
        [variable]: `http://127.0.0.1:${proxy.port}`,
      });
      assertEquals(code, 1);
      assertMatch(stderr, new RegExp(`which ${variable} names, wants a name and a password`));
      assertMatch(stderr, /http:\/\/NAME:PASSWORD@127\.0\.0\.1/);
    });
  }

  for (const [status, exit] of [["403 Forbidden", 1], ["511 Sign In", 1]] as const) {
    it(`that answers ${status} itself, without a tunnel, is named`, async () => {
      await using proxy = refusingProxy(status);
      const address = `127.0.0.1:${proxy.port}`;
      for (const command of [["db", "tables"], ["realtime", "tail", "chat"]]) {
        const { code, stderr } = await run(command, "http", { http_proxy: address });
        assertEquals(code, exit, stderr);
        assertMatch(stderr, new RegExp(`The proxy ${address}, which http_proxy names, answers`));
      }
    });
  }

  it("that does not accept its credentials is said so", async () => {
    await using proxy = refusingProxy("407 Proxy Authentication Required");
    const { stderr } = await tables("https", {
      HTTPS_PROXY: `http://u:pw@127.0.0.1:${proxy.port}`,
    });
    assertMatch(stderr, /which HTTPS_PROXY names, does not accept the name and the password/);
  });

  it("that breaks off, or answers with its own page, is told as what is on the way", async () => {
    await using page = refusingProxy("200 OK");
    const answered = await tables("http", { HTTP_PROXY: `127.0.0.1:${page.port}` });
    assertMatch(answered.stderr, /no JSON|not JSON[^]*The way leads through the proxy 127/);
    await using moved = refusingProxy("302 Found\r\nlocation: http://login.example/");
    const redirected = await tables("http", { HTTP_PROXY: `127.0.0.1:${moved.port}` });
    assertMatch(redirected.stderr, /^Error: backend\.example redirects to login\.example, which/);
    assertMatch(redirected.stderr, /The way leads through the proxy 127/);
  });

  it("whose address is none is told as not followed", async () => {
    const { code, stderr } = await tables("https", { HTTPS_PROXY: "ftp://127.0.0.1:9" });
    assertEquals(code, 1);
    assertMatch(stderr, /HTTPS_PROXY holds is no address of a proxy[^]*not followed/);
  });

  it("that refuses packages of functions is named as a proxy", async () => {
    await using proxy = refusingProxy("407 Proxy Authentication Required");
    await withFolder(async (folder) => {
      const file = join(folder, "index.ts");
      await Deno.writeTextFile(file, 'import "https://esm.example/a.js"; export default () => {};');
      const { code, stderr } = await run(
        ["functions", "deploy", "a", "--file", file, "--no-check"],
        "https",
        { HTTPS_PROXY: `127.0.0.1:${proxy.port}`, INSFORGE_ALLOW_HOSTS: "esm.example" },
      );
      assertEquals(code, 1);
      assertMatch(stderr, /the proxy on the way wants a name and a password[^]*HTTPS_PROXY/);
    });
  });

  it("that cannot be reached is named, and not the server", async () => {
    const refused = await tables("https", { ALL_PROXY: "http://127.0.0.1:9" });
    assertMatch(refused.stderr, /the proxy 127\.0\.0\.1:9, which ALL_PROXY names, refused/);
    assertEquals(refused.code, 1);
    const unknown = await tables("https", { HTTPS_PROXY: "nosuch.invalid:3128" });
    assertMatch(unknown.stderr, /the proxy nosuch\.invalid:3128, which HTTPS_PROXY names, cannot/);
  });

  it("is not blamed for what is reached without it", async () => {
    for (const direct of [".example", "*.EXAMPLE", "other, backend.example"]) {
      const { stderr } = await tables("https", {
        HTTPS_PROXY: "http://127.0.0.1:9",
        NO_PROXY: direct,
      });
      assertMatch(stderr, /^Error: Cannot (find the host|reach) backend\.example/, direct);
    }
    const local = await insforge(["db", "tables"], {
      env: {
        INSFORGE_BASE_URL: "http://127.0.0.1:9",
        INSFORGE_API_KEY: "ik_test",
        ALL_PROXY: "http://127.0.0.1:10",
      },
    });
    assertMatch(
      local.stderr,
      /^Error: Cannot connect to 127\.0\.0\.1:9: the connection was refused/,
    );
  });
});
