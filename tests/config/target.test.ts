import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkedUrl, resolveTarget } from "../../src/config/target.ts";
import { NotLinkedError, UsageError } from "../../src/core/errors.ts";
import { launchIn } from "../support/launch.ts";
import { withFolder } from "../support/temporary.ts";

const LINKED = { project_id: "p", api_key: "ik_linked", oss_host: "https://linked.example" };
const OTHER = { url: "https://other.example", apiKey: "ik_other" };

/** The address that a command would talk to, in a folder that is linked or not. */
async function targetOf(
  env: Record<string, string>,
  isLinked: boolean,
  args: readonly string[] = [],
): Promise<string> {
  let url = "";
  await withFolder(async (folder) => {
    if (isLinked) {
      await Deno.mkdir(`${folder}/.insforge`);
      await Deno.writeTextFile(`${folder}/.insforge/project.json`, JSON.stringify(LINKED));
    }
    const target = await resolveTarget(
      launchIn(folder, ["metadata", ...args]),
      (name) => env[name],
      () => Promise.resolve(OTHER),
    );
    url = target.url;
  });
  return url;
}

const PAIR = { INSFORGE_BASE_URL: "https://env.example/", INSFORGE_API_KEY: "ik_env" };

describe("the backend of a command", () => {
  it("is that of the option, of the variables, then that of the id, then the linked one", async () => {
    assertEquals(
      await targetOf({ ...PAIR, INSFORGE_PROJECT_ID: "q" }, true),
      "https://env.example",
    );
    assertEquals(await targetOf({ INSFORGE_PROJECT_ID: "q" }, true), OTHER.url);
    assertEquals(await targetOf({ INSFORGE_PROJECT_ID: "p" }, true), LINKED.oss_host);
    assertEquals(await targetOf({}, true), LINKED.oss_host);
    assertEquals(await targetOf(PAIR, true, ["--project-id", "q"]), OTHER.url);
    assertEquals(await targetOf(PAIR, true, ["--project-id", "p"]), LINKED.oss_host);
  });

  it("is no other where half of the variables are set", async () => {
    for (const [name, value] of Object.entries(PAIR)) {
      await assertRejects(() => targetOf({ [name]: value }, true), UsageError, "is set and");
      await assertRejects(() => targetOf({ [name]: value }, false), NotLinkedError);
    }
    await assertRejects(() => targetOf({}, false), NotLinkedError);
  });

  it("has a plain address", () => {
    assertEquals(checkedUrl("http://127.0.0.1:1//", "X"), "http://127.0.0.1:1");
    const refused = [
      "ftp://a",
      "a",
      "http://",
      "http://u@a",
      "http://:p@a",
      "http://a?b",
      "http://a#b",
    ];
    for (const address of refused) assertThrows(() => checkedUrl(address, "X"), UsageError);
  });
});
