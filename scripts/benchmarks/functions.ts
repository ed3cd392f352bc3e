/**
 * Times invocations on the local backend: warm ones beside Deno.serve answering the same, cold
 * ones.
 */
import { join } from "@std/path";

const SECONDS = "5";
const COLD_CALLS = 15;
/** A new function is seldom called in the same moment; the next process is made ready meanwhile. */
const PAUSE_MS = 500;

export interface FunctionTimes {
  /** Medians in milliseconds, by the number of connections. */
  readonly warm: Readonly<Record<number, { readonly deployed: number; readonly plain: number }>>;
  /** The median in milliseconds of a function's first call after its deployment. */
  readonly cold: number;
}

/** Measures on a backend; `folder` takes files of its own. */
export async function timeFunctions(
  backend: { readonly url: string; readonly apiKey: string },
  folder: string,
): Promise<FunctionTimes> {
  const create = async (slug: string) => {
    const code = `export default () => new Response("hello");`;
    const response = await fetch(`${backend.url}/api/functions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${backend.apiKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ name: slug, slug, code }),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.body?.cancel();
  };
  const first: number[] = [];
  for (let call = 0; call < COLD_CALLS; call++) {
    await create(`cold-${call}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const started = performance.now();
    await (await fetch(`${backend.url}/functions/cold-${call}`)).text();
    first.push(performance.now() - started);
  }
  const source = join(folder, "plain.ts");
  await Deno.writeTextFile(
    source,
    `Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) },
      () => new Response("hello"));`,
  );
  const plain = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--allow-net", source],
    stdout: "piped",
  }).spawn();
  const reader = plain.stdout.getReader();
  const port = new TextDecoder().decode((await reader.read()).value).trim();
  try {
    const warm: Record<number, { deployed: number; plain: number }> = {};
    for (const connections of [1, 50]) {
      warm[connections] = {
        deployed: await wrk(`${backend.url}/functions/cold-0`, connections),
        plain: await wrk(`http://127.0.0.1:${port}/`, connections),
      };
    }
    return { warm, cold: first.sort((a, b) => a - b)[Math.floor(COLD_CALLS / 2)]! };
  } finally {
    await reader.cancel();
    plain.kill();
    await plain.status;
  }
}

/** The median latency in milliseconds. */
async function wrk(url: string, connections: number): Promise<number> {
  const { stdout, success } = await new Deno.Command("wrk", {
    args: ["-t1", `-c${connections}`, `-d${SECONDS}s`, "--latency", url],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, value, unit] = /50%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  if (!success || !value || /Non-2xx/.test(text)) throw new Error(`wrk ${url}: ${text}`);
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as "us" | "ms" | "s"];
}
