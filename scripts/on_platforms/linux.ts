/** This machine, with the executable as it is released. */
import { type Platform, ROOT } from "./platform.ts";
import { runSmoke } from "./run_smoke.ts";

const platform: Platform = {
  name: "Linux x86-64",
  runs: "the executable",
  command: (args, { env }) => ({ program: `${ROOT}/dist/insforge`, args, env }),
  path: (folder) => folder,
};

/** The smoke list. */
export async function run(isShort: boolean) {
  return { platform, results: await runSmoke(platform, isShort) };
}
