/** The local backend on a platform that is not this machine's. */
import { ROOT } from "./platform.ts";
import type { Platform, Result } from "./platform.ts";
import { addressIn } from "./backend.ts";

/**
 * Has `local serve` open a data directory that this machine has made (a first start takes minutes
 * under emulation), and asks it for what is there.
 */
export async function runBackend(platform: Platform): Promise<Result> {
  const name = "insforge local serve";
  const folder = await Deno.makeTempDir({ prefix: "insforge-platform-" });
  try {
    const env = { HOME: platform.path(folder) };
    const data = `${folder}/data`;
    await prepare(folder, data);
    const args = ["local", "serve", "--port", "0", "--no-postgres", "--data-dir"];
    const command = platform.command([...args, platform.path(data)], { cwd: folder, env });
    const child = new Deno.Command(command.program, {
      args: [...command.args],
      cwd: folder,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", ...command.env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    try {
      const url = await addressIn(child.stderr);
      const { apiKey } = JSON.parse(await Deno.readTextFile(`${data}/keys.json`));
      const response = await fetch(`${url}/api/database/advance/rawsql`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "SELECT said FROM here" }),
      });
      const text = await response.text();
      return { name, failure: text.includes("from this machine") ? undefined : text };
    } finally {
      child.kill("SIGTERM");
      await child.status;
    }
  } catch (error) {
    console.error(`✗ ${name}\n${error}`);
    return { name, failure: String(error) };
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

async function prepare(folder: string, data: string): Promise<void> {
  const insforge = (...args: string[]) =>
    new Deno.Command(`${ROOT}/dist/insforge`, {
      args,
      cwd: folder,
      env: { HOME: folder },
      stdout: "null",
      stderr: "inherit",
    }).output();
  await insforge("local", "start", "--data-dir", data, "--port", "0");
  await insforge("db", "query", "CREATE TABLE here AS SELECT 'from this machine'::text AS said");
  await insforge("local", "stop", "--data-dir", data);
}
