/**
 * Makes the caches of the script in start_script.ts. V8 takes one of the same version, flags and
 * build alone, so the executable makes them itself, as it ends a query.
 */
import { join, resolve } from "@std/path";
import { SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { recordedCaches, type StartCaches } from "./start_script.ts";
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

/**
 * Runs `db query` with a local backend that lives as long.
 * @param executable one that records into the folder `recorded`
 * @throws {Error} when it fails, or recorded nothing
 */
export async function makeStartCaches(
  executable: string,
  recorded: string,
): Promise<StartCaches> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-start-" });
  const backend = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const { port } = backend.addr;
  try {
    await Deno.remove(recorded, { recursive: true }).catch(() => {});
    await Deno.mkdir(recorded);
    await writeProject(folder, {
      ...SELF_HOSTED,
      region: "local",
      api_key: API_KEY,
      oss_host: `http://127.0.0.1:${port}`,
      data_dir: join(folder, ".insforge", "local"),
    });
    const { code, stderr } = await new Deno.Command(resolve(executable), {
      args: ["db", "query", "SELECT 1"],
      cwd: folder,
      // What somebody has in the environment changes what runs; Windows starts nothing without it.
      clearEnv: true,
      env: { HOME: folder, SystemRoot: Deno.env.get("SystemRoot") ?? "" },
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return await recordedCaches(recorded);
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
