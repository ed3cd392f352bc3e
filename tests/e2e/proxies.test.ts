import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";

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
  insforge(["db", "tables"], {
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

  it("that cannot be reached is named, and not the server", async () => {
    const refused = await tables("https", { ALL_PROXY: "http://127.0.0.1:9" });
    assertMatch(refused.stderr, /the proxy 127\.0\.0\.1:9, which ALL_PROXY names, refused/);
    assertEquals(refused.code, 1);
    const unknown = await tables("https", { HTTPS_PROXY: "nosuch.invalid:3128" });
    assertMatch(unknown.stderr, /the proxy nosuch\.invalid:3128, which HTTPS_PROXY names, cannot/);
  });

  it("is not blamed for a host that is reached without it", async () => {
    const { stderr } = await tables("https", {
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: ".example",
    });
    assertMatch(stderr, /^Error: Cannot (find the host|reach) backend\.example/);
  });
});
