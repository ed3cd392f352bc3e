/** Has an executable that records make caches, by what is started most: see recorder.ts. */
import { join, resolve } from "@std/path";
import { SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { type CarriedCaches, recordedCarried, recordedStart } from "./recorder.ts";
import { IDENTITY_PATH, proofOf } from "../../src/shared/contract/key_proof.ts";

const API_KEY = "ik_of_the_build";

/** What the backend answers: a value of each kind that is shown in a way of its own. */
const ANSWER = {
  rows: [{ id: 1, name: "one", none: null, more: { of: [true] }, at: "2026-01-01T00:00:00.000Z" }],
  rowCount: 1,
  fields: [
    { name: "id", dataTypeID: 23 },
    { name: "name", dataTypeID: 25 },
    { name: "none", dataTypeID: 25 },
    { name: "more", dataTypeID: 114 },
    { name: "at", dataTypeID: 1184 },
  ],
};

/** What an executable has recorded. */
export interface Recorded {
  readonly start: Uint8Array;
  readonly carried: CarriedCaches;
}

/**
 * Runs the local backend, and `db query` with one that lives as long.
 * @param executable one that records into the folder `recorded`
 * @throws {Error} when it fails, or recorded nothing
 */
export async function makeCaches(executable: string, recorded: string): Promise<Recorded> {
  await Deno.remove(recorded, { recursive: true }).catch(() => {});
  await Deno.mkdir(recorded);
  await startBackend(executable);
  const carried = await recordedCarried(recorded);
  // The script's own: they take the place of those of the backend.
  await queryDatabase(executable);
  return { start: await recordedStart(recorded), carried };
}

/** What somebody has in the environment changes what runs; Windows starts nothing without it. */
function environmentIn(folder: string) {
  const env = { HOME: folder, SystemRoot: Deno.env.get("SystemRoot") ?? "" };
  return { cwd: folder, clearEnv: true, env } as const;
}

/** Starts the local backend twice, as most starts find a database, and ends it as it answers. */
async function startBackend(executable: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-start-" });
  try {
    for (let start = 0; start < 2; start++) {
      await using server = new Deno.Command(resolve(executable), {
        args: ["local", "serve", "--bound", "--data-dir", join(folder, "data")],
        ...environmentIn(folder),
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      let said = "";
      for await (const text of server.stderr.pipeThrough(new TextDecoderStream())) {
        said += text;
        if (text.includes(" listens on ")) await server.stdin.close();
      }
      if (!(await server.status).success) throw new Error(said);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function queryDatabase(executable: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-start-" });
  const backend = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const { port } = backend.addr;
  try {
    await writeProject(folder, {
      ...SELF_HOSTED,
      region: "local",
      api_key: API_KEY,
      oss_host: `http://127.0.0.1:${port}`,
      data_dir: join(folder, ".insforge", "local"),
    });
    const { code, stderr } = await new Deno.Command(resolve(executable), {
      args: ["db", "query", "SELECT 1"],
      ...environmentIn(folder),
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  } finally {
    await backend.shutdown();
    await Deno.remove(folder, { recursive: true });
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== IDENTITY_PATH) return Response.json(ANSWER);
    const challenge = searchParams.get("challenge") ?? "";
    return Response.json({ proofs: [await proofOf(API_KEY, challenge, port)] });
  }
}
