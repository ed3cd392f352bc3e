import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { has, run } from "../support/program.ts";

/** A server whose certificate was issued by an authority that nobody knows. */
describe("a certificate authority of one's own", () => {
  const ignore = !has("openssl");
  let folder: string;
  let server: Deno.HttpServer<Deno.NetAddr>;

  beforeAll(async () => {
    if (ignore) return;
    folder = await Deno.makeTempDir({ prefix: "insforge-test-" });
    const openssl = async (...args: string[]) => {
      const { code, stderr } = await run("openssl", args, { cwd: folder });
      assertEquals(code, 0, stderr);
    };
    const key = ["-newkey", "rsa:2048", "-nodes"];
    await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA");
    await openssl("req", ...key, "-keyout", "key.pem", "-out", "csr.pem", "-subj", "/CN=localhost");
    await Deno.writeTextFile(`${folder}/names`, "subjectAltName=DNS:localhost,IP:127.0.0.1");
    const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
    await openssl("x509", "-req", "-in", "csr.pem", ...authority, "-out", "cert.pem");
    server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      cert: await Deno.readTextFile(`${folder}/cert.pem`),
      key: await Deno.readTextFile(`${folder}/key.pem`),
      onListen() {},
    }, () => Response.json(["posts"]));
  });
  afterAll(async () => {
    if (ignore) return;
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  });

  const tables = (variables: Record<string, string> = {}) =>
    insforge(["db", "tables"], {
      env: {
        INSFORGE_BASE_URL: `https://localhost:${server.addr.port}`,
        INSFORGE_API_KEY: "ik_test",
        ...variables,
      },
    });

  it({ name: "is refused with the variables that name one", ignore }, async () => {
    const { code, stderr } = await tables();
    assertEquals(code, 1);
    assertMatch(stderr, /TLS certificate was not accepted/);
    for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "DENO_TLS_CA_STORE"]) {
      assertMatch(stderr, new RegExp(name));
    }
  });

  for (const name of ["DENO_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]) {
    it({ name: `is accepted where ${name} names it`, ignore }, async () => {
      const { code, stdout, stderr } = await tables({ [name]: `${folder}/ca.pem` });
      assertEquals([code, stderr, stdout.includes("posts")], [0, "", true]);
    });
  }

  it({ name: "says which file cannot be used", ignore }, async () => {
    const { code, stderr } = await tables({ NODE_EXTRA_CA_CERTS: `${folder}/none.pem` });
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /file of certificate authorities .* cannot be used.*\n.*NODE_EXTRA_CA_CERTS/,
    );
  });
});
