import { Command } from "@cliffy/command";
import { elsewhere } from "./elsewhere.ts";
import { openLocalBackend } from "./backend_process.ts";
import { ephemeralDataOf } from "./ephemeral.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, text } from "../../terminal/view.ts";

/** `insforge local status`: whether this directory's backend runs. */
export const status = (run: Run) =>
  new Command()
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Does it run?", "insforge local status")
    .action(run(runStatus));

/** Asks the running server, not its leftovers. */
async function runStatus(
  context: Context,
  options: { dataDir?: string },
): Promise<Result> {
  const backend = openLocalBackend(context, options.dataDir ?? ephemeralDataOf(context));
  const state = await backend.find();
  if (!state) {
    const hint = elsewhere(context, "status", backend.dataDir);
    return {
      data: { status: "stopped", dataDir: backend.dataDir },
      view: text(
        `The local backend is not running. ${hint ?? "Start it with `insforge local start`."}`,
      ),
    };
  }
  const activity = await backend.activity(state);
  const { url, port, postgresPort, engine = "PGlite", pid, startedAt, version } = state;
  return {
    data: {
      status: "running",
      url,
      port,
      postgresPort,
      engine,
      pid,
      startedAt,
      version,
      dataDir: backend.dataDir,
      activity,
    },
    view: facts([
      ["Status", "running"],
      ["Address", url],
      ["Engine", engine],
      ["PostgreSQL", postgresPort ? `127.0.0.1:${postgresPort}` : "off"],
      ["Started", formatDate(startedAt, context.terminal)],
      ["Process", pid],
      ["Version", version],
      ["Data", backend.dataDir],
      ...(activity?.running ?? []).map(({ statement, seconds }): [string, string] => [
        "Running",
        `${statement || "a transaction"} (${seconds} s)`,
      ]),
      ...(activity?.waiting ? [["Waiting", `${activity.waiting}`] as [string, string]] : []),
    ]),
  };
}
