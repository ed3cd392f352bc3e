/** Reports to InsForge, taken by the platform's emulator. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { shortened, withoutSecrets } from "../../src/commands/feedback/without_secrets.ts";
import { withAccount } from "../support/account.ts";

const REPORT = ["--type", "bug", "--component", "cli"] as const;

describe("feedback", () => {
  it("is sent with what is known of the project, and counted when it was told before", async () => {
    await withAccount(async ({ json, platform }) => {
      const rest = [...REPORT, "--detail", "D"];
      assertEquals(await json("feedback", "--title", "T", ...rest), {
        id: "f-1",
        status: "received",
      });
      const { title, severity, project_id, client_info } = platform.feedback.at(-1)!;
      assertEquals([title, severity, project_id], ["T", "minor", "project-1"]);
      assertEquals((client_info as Record<string, string>).source, "cli");
      assertEquals((await json("feedback", "--title", "known", ...rest)).status, "duplicate");
    });
  });

  it("has what is private taken out before", async () => {
    await withAccount(async ({ run, cwd, platform }) => {
      await Deno.writeTextFile(
        `${cwd}/report.md`,
        "ada@example.com said that postgres://ada:hunter2@db.test/x and /home/ada/app fail",
      );
      const error = `Bearer ${"x".repeat(40)}, API_KEY="a b", ik_${"0".repeat(64)}`;
      const { code } = await run(
        ...["feedback", ...REPORT, "--title", "T", "--file", "report.md", "--error", error],
      );
      assertEquals(code, 0);
      const sent = platform.feedback.at(-1)!;
      assertEquals(
        sent.detail,
        "[email] said that postgres://[credentials]@db.test/x and ~/app fail",
      );
      assertEquals(sent.error, "Bearer [token], API_KEY=[secret], [key]");
    });
  });

  it("names what is missing where nobody can be asked", async () => {
    await withAccount(async ({ run, platform }) => {
      const required: readonly (readonly [option: string, ...args: string[]])[] = [
        ["--type", "--component", "cli", "--title", "T", "--detail", "D"],
        ["--component", "--type", "bug", "--title", "T", "--detail", "D"],
        ["--language", "--type", "bug", "--component", "sdk", "--title", "T", "--detail", "D"],
        ["--title", ...REPORT, "--detail", "D"],
        ["--detail", ...REPORT, "--title", "T"],
      ];
      for (const [option, ...args] of required) {
        const { code, stderr } = await run("feedback", ...args);
        assertEquals(code, 1, option);
        assertStringIncludes(stderr, option);
      }
      const { stderr } = await run("feedback");
      assertStringIncludes(stderr, "Missing --type, --component, --title and --detail.");
      assertEquals(platform.feedback, []);
    });
  });

  it("is cut where it is too long, in its middle", () => {
    const text = shortened(`begin ${"x".repeat(5_000)} end`, 100);
    assertEquals([text.length <= 100, text.startsWith("begin"), text.endsWith(" end")], [
      true,
      true,
      true,
    ]);
    const key = ["-----BEGIN PRIVATE KEY-----", "MIIE", "-----END PRIVATE KEY-----"].join("\n");
    assertEquals(withoutSecrets(`a\n${key}\nb`), "a\n[key]\nb");
  });
});
