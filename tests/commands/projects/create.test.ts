import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runCreate } from "../../../src/commands/projects/create.ts";
import { runLogin } from "../../../src/commands/account/login.ts";
import { OperationError } from "../../../src/core/errors.ts";
import { folderName } from "../../../src/commands/projects/template.ts";
import { testContext } from "../../support/context.ts";
import { startPlatform } from "../../support/platform.ts";
import { withFolder } from "../../support/temporary.ts";

/** A clock whose sleeps pass at once and are remembered. */
function fastClock() {
  let now = Date.now();
  const sleeps: number[] = [];
  return {
    sleeps,
    clock: {
      now: () => new Date(now),
      sleep: (milliseconds: number) => {
        sleeps.push(milliseconds);
        now += milliseconds;
        return Promise.resolve();
      },
    },
  };
}

describe("create", () => {
  const options = { name: "shop", orgId: "org-2", template: "empty" };

  it("R33: names the project when the wait runs out, and how to go on", async () => {
    await using platform = startPlatform();
    platform.provisioningReads = 1_000;
    await withFolder(async (cwd) => {
      const { clock } = fastClock();
      const env = {
        INSFORGE_API_URL: platform.url,
        INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
      };
      const { context } = testContext({ cwd, env, clock, options: { yes: true } });
      const error = await assertRejects(() => runCreate(context, options), OperationError);
      const [created] = platform.projects.get("org-2")!;
      assertStringIncludes(error.message, created!.id);
      assertStringIncludes(error.message, "120 s");
      assertStringIncludes(error.hint!, `insforge link --project-id ${created!.id}`);
    });
  });

  it("R37: takes status words in any case, and R38: stops on a failed project", async () => {
    await using platform = startPlatform();
    await withFolder(async (cwd) => {
      const env = {
        INSFORGE_API_URL: platform.url,
        INSFORGE_ACCESS_TOKEN: platform.issue().access_token,
      };
      const { context } = testContext({ cwd, env, options: { yes: true } });
      const list = platform.projects.get("org-2")!;
      const push = list.push.bind(list);
      let status = "ACTIVE";
      list.push = (...created) => push(...created.map((entry) => ({ ...entry, status })));
      const { data } = await runCreate(context, options);
      assertEquals((data as { success: boolean }).success, true);
      status = "FAILED";
      const error = await assertRejects(() => runCreate(context, options), OperationError);
      assertStringIncludes(error.message, "failed");
    });
  });

  it("R34: makes safe folder names of any project name", () => {
    assertEquals(
      ["My Shop", `it's "q"; rm -rf /`, "../../etc", "漢字", "CON?"].map(folderName),
      ["my-shop", "it-s-q-rm-rf", "etc", "insforge-project", "con"],
    );
  });
});

describe("login by device", () => {
  it("waits five seconds longer after slow_down, for good", async () => {
    await using platform = startPlatform();
    platform.deviceAnswers.push("authorization_pending", "slow_down", "authorization_pending");
    await withFolder(async (cwd) => {
      const { clock, sleeps } = fastClock();
      const { context } = testContext({
        cwd,
        globalFolder: `${cwd}/.insforge`,
        env: { INSFORGE_API_URL: platform.url },
        clock,
      });
      await runLogin(context, { device: true });
      assertEquals(sleeps, [1_000, 1_000, 6_000, 6_000]);
    });
  });
});
