import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { has, run } from "../support/program.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

/** A server whose certificate was issued by an authority that nobody knows. */
describe("a certificate authority of one's own", () => {
  const ignore = !has("openssl");
  let folder: string;
  let server: Deno.HttpServer<Deno.NetAddr>;
  /** What happens when a change arrives. */
  let cutting = () => {};

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
    await Deno.writeTextFile(`${folder}/names`, "subjectAltName=DNS:localhost");
    const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
    const issue = ["x509", "-req", "-in", "csr.pem", ...authority];
    await openssl(...issue, "-out", "cert.pem");
    await openssl(...issue, "-days", "-1", "-out", "expired.pem");
    await openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      "o.key",
      "-out",
      "other.pem",
      "-subj",
      "/CN=O",
    );
    server = serve(`${folder}/cert.pem`);
  });
  afterAll(async () => {
    if (ignore) return;
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  });

  const serve = (certificate: string) =>
    Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      cert: Deno.readTextFileSync(certificate),
      key: Deno.readTextFileSync(`${folder}/key.pem`),
      onListen() {},
    }, async (request) => {
      await request.arrayBuffer();
      if (request.method === "POST") cutting();
      return Response.json(["posts"]);
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

  it({ name: "is accepted beside variables that are empty", ignore }, async () => {
    const { code, stderr } = await tables({
      NODE_EXTRA_CA_CERTS: `${folder}/ca.pem`,
      ...{ DENO_CERT: "", DENO_TLS_CA_STORE: "", SSL_CERT_DIR: "", SSL_CERT_FILE: "" },
    });
    assertEquals([code, stderr], [0, ""]);
  });

  it("is not taken for a local backend that is stopped", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/.insforge`);
      await Deno.writeTextFile(
        `${cwd}/.insforge/project.json`,
        JSON.stringify({
          ...{ project_id: "local", project_name: "local", org_id: "o", appkey: "local" },
          ...{ region: "local", api_key: "ik_test", oss_host: "http://127.0.0.1:9" },
          data_dir: `${cwd}/.insforge/local`,
        }),
      );
      const variables = { NODE_EXTRA_CA_CERTS: "none.pem", DENO_TLS_CA_STORE: "none" };
      for (const [name, value] of Object.entries(variables)) {
        const { code, stderr } = await insforge(["db", "tables"], { cwd, env: { [name]: value } });
        assertEquals(code, 1);
        assertMatch(stderr, new RegExp(`authorities .* cannot be used\\.\n.*${name}`));
      }
    });
  });

  it({ name: "is not blamed for a connection that is cut", ignore }, async () => {
    const { port } = server.addr;
    await withFolder(async (cwd) => {
      await Deno.writeTextFile(`${cwd}/i.sql`, "CREATE TABLE a(id int);");
      for (const when of ["in the handshake", "with the request"] as const) {
        await using relay = cuttingRelay(port);
        cutting = () => relay.cut();
        if (when === "in the handshake") relay.cutAll();
        const { code, stderr } = await insforge(["db", "import", "i.sql"], {
          cwd,
          env: {
            INSFORGE_BASE_URL: `https://localhost:${relay.port}`,
            INSFORGE_API_KEY: "ik_test",
            NODE_EXTRA_CA_CERTS: `${folder}/ca.pem`,
          },
        });
        assertEquals(code, 1);
        assertMatch(stderr, /^Error: The connection to localhost:\d+ was reset/, when);
        assertEquals(stderr.includes("may have happened"), when === "with the request", stderr);
      }
    });
  });

  it({ name: "is accepted among others, with comments between them", ignore }, async () => {
    const own = await Deno.readTextFile(`${folder}/ca.pem`);
    const other = await Deno.readTextFile(`${folder}/other.pem`);
    await Deno.writeTextFile(`${folder}/all.pem`, `# ours\r\n${other}\nNext:\n${own}${other}`);
    const { code, stderr } = await tables({ SSL_CERT_FILE: `${folder}/all.pem` });
    assertEquals([code, stderr], [0, ""]);
  });

  it({ name: "says which file cannot be used, and why", ignore }, async () => {
    await Deno.writeTextFile(`${folder}/empty.pem`, "");
    const der = await Deno.readTextFile(`${folder}/ca.pem`);
    const body = der.replaceAll(/-----.*-----|\s/g, "");
    await Deno.writeFile(`${folder}/ca.der`, Uint8Array.fromBase64(body));
    const files: [string, RegExp][] = [
      ["none.pem", /none\.pem, which cannot be read: there is no such file\./],
      [".", /, which cannot be read: it is a directory\./],
      ["ca.der", /ca\.der, which has no certificate as text \(PEM\)\..*openssl x509 -inform der/],
      ["empty.pem", /empty\.pem, which has no certificate/],
    ];
    for (const [file, said] of files) {
      for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]) {
        const { code, stderr } = await tables({ [name]: `${folder}/${file}` });
        assertEquals(code, 1);
        assertMatch(stderr, new RegExp(`\n${name} names .*${said.source}`));
      }
    }
    const { stderr } = await tables({ SSL_CERT_DIR: folder });
    assertMatch(stderr, /\nSSL_CERT_DIR is not followed: .*SSL_CERT_FILE/);
  });

  it({ name: "is not blamed for what else is wrong with a certificate", ignore }, async () => {
    await using expired = serve(`${folder}/expired.pem`);
    await using plain = stubServer(() => Response.json(["posts"]));
    const trusted = { NODE_EXTRA_CA_CERTS: `${folder}/ca.pem` };
    const at = async (url: string) => (await tables({ ...trusted, INSFORGE_BASE_URL: url })).stderr;
    assertMatch(
      await at(`https://localhost:${expired.addr.port}`),
      /not valid at this time\.\nCheck this machine's clock/,
    );
    assertMatch(
      await at(`https://127.0.0.1:${server.addr.port}`),
      /certificate is for another name/,
    );
    assertMatch(await at(plain.url.replace("http:", "https:")), /speaks no TLS\.\n.*http:\/\//);
  });
});

/** Passes bytes on to a port, up to when its connections are cut without the last words of TLS. */
function cuttingRelay(target: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  let cutsAll = false;
  const working: Promise<unknown>[] = [];
  const cut = () => {
    for (const connection of open.splice(0)) connection.close();
  };
  const serving = (async () => {
    for await (const client of listener) {
      const to = await Deno.connect({ hostname: "127.0.0.1", port: target });
      open.push(client, to);
      const there = client.readable.pipeTo(to.writable);
      const back = to.readable.pipeTo(client.writable);
      working.push(Promise.allSettled([there, back]));
      if (cutsAll) cut();
    }
  })();
  return {
    port: listener.addr.port,
    cut,
    cutAll: () => cutsAll = true,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      cut();
      await Promise.all(working);
    },
  };
}
