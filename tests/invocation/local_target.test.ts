import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { localDataFolder } from "../../src/config/paths.ts";
import { SELF_HOSTED } from "../../src/config/project.ts";
import type { Reach } from "../../src/invocation/grants/reach.ts";
import { meetsCertificates } from "../../src/invocation/local_target.ts";

const ROOT = "/project";
const LOCAL = {
  ...SELF_HOSTED,
  region: "local",
  api_key: "ik_x",
  oss_host: "http://127.0.0.1:7130",
  data_dir: localDataFolder(ROOT),
};

function meets(
  project: Partial<typeof LOCAL> | undefined,
  reach: Reach = { hosts: ["project"] },
  { command = ["db", "query"], values = new Map<string, string[]>() } = {},
): boolean {
  return meetsCertificates({
    invocation: { args: [], command, positionals: [], values, reach } as never,
    project: { project: project && { ...LOCAL, ...project } } as never,
    projectRoot: ROOT,
  });
}

describe("certificates", () => {
  it("are met by no command that speaks to the local backend of its directory alone", () => {
    assertEquals(meets({}), false);
  });

  it("are met by all that may reach more, or another backend", () => {
    assertEquals(meets({}, { hosts: ["project", "packages"] }), true);
    assertEquals(meets({}, { hosts: ["project"], run: ["pager"] }), true);
    assertEquals(meets({}, {}), true);
    assertEquals(meets({}, undefined, { command: ["link"] }), true);
    assertEquals(meets({}, undefined, { values: new Map([["--project-id", ["x"]]]) }), true);
    assertEquals(meets(undefined), true);
    assertEquals(meets({ oss_host: "https://127.0.0.1:7130" }), true);
    assertEquals(meets({ oss_host: "http://example.com" }), true);
    assertEquals(meets({ oss_host: "no address" }), true);
    assertEquals(meets({ data_dir: "/elsewhere" }), true);
  });
});
