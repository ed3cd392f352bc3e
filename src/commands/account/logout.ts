import { Command } from "@cliffy/command";
import { removeCredentials } from "../../config/credentials.ts";
import { updateGlobalConfig } from "../../config/global.ts";
import { configFile, pendingDeviceFile } from "../../config/paths.ts";
import { readJsonFile, removeFile } from "../../files/json_file.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge logout`: forgets what login stored. */
export const logout = (run: Run) =>
  new Command()
    .example("Forget this account", "insforge logout")
    .action(run(runLogout));

/** Removes the credentials, also broken ones, and the default organization; no request. */
async function runLogout({ launch }: Context): Promise<Result> {
  const { globalFolder } = launch;
  if (globalFolder) {
    await removeCredentials(globalFolder);
    await removeFile(pendingDeviceFile(globalFolder));
    const config = await readJsonFile(configFile(globalFolder)).catch(() => undefined);
    if (config?.default_org_id !== undefined) {
      await updateGlobalConfig(globalFolder, { default_org_id: undefined });
    }
  }
  return {
    data: { success: true, message: "Logged out." },
    view: success("Logged out."),
  };
}
