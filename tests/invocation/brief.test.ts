/** Which invocations run without a worker. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isBrief } from "../../src/invocation/brief.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { localDataFolder } from "../../src/config/paths.ts";
import { SELF_HOSTED, writeProject } from "../../src/config/project.ts";
import { launchIn } from "../support/launch.ts";
import { withFolder } from "../support/temporary.ts";

const HOST = "127.0.0.1:7130";

async function briefIn(folder: string, ...args: string[]): Promise<boolean> {
  await writeProject(folder, {
    ...SELF_HOSTED,
    region: "local",
    api_key: "ik_ours",
    oss_host: `http://${HOST}`,
    data_dir: localDataFolder(folder),
  });
  const launch = launchIn(folder, args);
  return isBrief(launch, grantsFor(launch), HOST);
}

describe("an invocation that needs one connection alone", () => {
  it("asks the linked backend a few things, of which none is typed or read from a file", async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a.sql`, "SELECT 1");
      for (const args of [["db", "query", "SELECT 1"], ["db", "tables"], ["secrets", "list"]]) {
        assertEquals(await briefIn(folder, ...args), true, args.join(" "));
      }
      const others = [
        ["db", "query", "-"],
        ["db", "query", "--file", "-"],
        ["db", "query", "--file=-"],
        ["db", "query", "--file", "a.sql"],
        ["records", "create", "posts", "--data=-"],
        ["records", "delete", "posts", "--filter", "id=eq.1"],
        ["db", "export"],
        ["functions", "invoke", "hello"],
        ["realtime", "tail", "room"],
        ["db", "query", "SELECT 1", "--project-id", "5b1c3c6e-0000-4000-8000-000000000000"],
      ];
      for (const args of others) {
        assertEquals(await briefIn(folder, ...args), false, args.join(" "));
      }
    });
  });
});
