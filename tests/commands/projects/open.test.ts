import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runOpen } from "../../../src/commands/projects/open.ts";
import { OperationError, UsageError } from "../../../src/core/errors.ts";
import { SELF_HOSTED } from "../../../src/config/project.ts";
import { testContext } from "../../support/context.ts";
import { withFolder } from "../../support/temporary.ts";

/** The address that `open PLACE` answers in a directory with this project file. */
async function addressOf(
  place: string | undefined,
  project: Record<string, string> | undefined,
  env: Record<string, string> = {},
): Promise<string> {
  let url = "";
  await withFolder(async (cwd) => {
    if (project) {
      await Deno.mkdir(`${cwd}/.insforge`);
      await Deno.writeTextFile(
        `${cwd}/.insforge/project.json`,
        JSON.stringify({ api_key: "ik_test", ...project }),
      );
    }
    const { context, show } = testContext({ cwd, env });
    url = (await show(await runOpen(context, {}, place))).trimEnd();
  });
  return url;
}

const hosted = { project_id: "p 1", oss_host: "https://a.us-east.insforge.app" };
const selfHosted = { ...SELF_HOSTED, oss_host: "https://backend.example.com" };
const local = { ...SELF_HOSTED, region: "local", oss_host: "http://127.0.0.1:7130" };

describe("open", () => {
  it("answers the address where there is no browser", async () => {
    assertEquals(await addressOf("api", hosted), hosted.oss_host);
    assertEquals(await addressOf("docs", undefined), "https://docs.insforge.dev");
  });

  it("finds the dashboard of the platform, of a self-hosted backend and of none", async () => {
    assertEquals(
      await addressOf(undefined, hosted),
      "https://insforge.dev/dashboard/project/p%201",
    );
    assertEquals(await addressOf("dashboard", selfHosted), selfHosted.oss_host);
    await assertRejects(() => addressOf("dashboard", local), OperationError, "no dashboard");
  });

  it("R17: INSFORGE_PROJECT_ID names the dashboard", async () => {
    const env = { INSFORGE_PROJECT_ID: "other", INSFORGE_FRONTEND_URL: "https://front.example/" };
    const expected = "https://front.example/dashboard/project/other";
    assertEquals(await addressOf(undefined, local, env), expected);
    assertEquals(await addressOf(undefined, undefined, env), expected);
  });

  it("R19: takes no other word", async () => {
    for (const word of ["nothing", "constructor", ""]) {
      await assertRejects(() => addressOf(word, hosted), UsageError);
    }
  });
});
