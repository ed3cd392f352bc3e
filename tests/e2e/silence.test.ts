import { assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge, outputOf, spawnInsforge } from "../support/executable.ts";
import { openPty } from "../support/pty.ts";
import { linkedTo, stubServer } from "../support/stub_server.ts";

describe("the search for secrets in what the program writes", () => {
  it("finds a key in the output of a command, a running process and a terminal", async () => {
    const key = "ik_not_to_be_seen";
    await using server = stubServer(() => Response.json([`table_${key}`]));
    const args = ["db", "tables"];
    const options = { env: { ...linkedTo(server), INSFORGE_API_KEY: key } };
    const wrote = `wrote the secret ${key}`;
    await assertRejects(() => insforge(args, options), Error, wrote);
    const child = spawnInsforge(args, options);
    await child.stdin.close();
    await assertRejects(() => outputOf(child), Error, wrote);
    await assertRejects(() => openPty(args, options).end(), Error, wrote);
  });
});
