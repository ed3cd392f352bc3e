import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { backups } from "../../src/server/backups/routes.ts";
import type { ApiError } from "../../src/server/http/api_error.ts";
import { Gate } from "../../src/server/http/gate.ts";
import type { LocalBackend } from "../../src/server/services.ts";

describe("the gate before a backend whose data are replaced", () => {
  it("tells who had to wait, whose change of backups is refused", async () => {
    const area = backups({ backups: { list: async () => await [] } } as unknown as LocalBackend);
    area.onError((error, context) => context.text(error.message, (error as ApiError).status));
    const gate = new Gate();
    const ask = (method: string, path: string) =>
      gate.pass((hasWaited) => {
        return area.request(path, { method }, { remoteAddress: "127.0.0.1", hasWaited });
      });
    const replaced = Promise.withResolvers<void>();
    const early = ask("GET", "/");
    const shut = gate.shut(1000, 0, () => replaced.promise);
    const late = [
      ask("POST", "/x/restore"),
      ask("POST", "/"),
      ask("DELETE", "/x"),
      ask("GET", "/"),
    ];
    assertEquals((await early).status, 200);
    replaced.resolve();
    await shut;
    const answers = await Promise.all(late);
    assertEquals(answers.map(({ status }) => status), [409, 409, 409, 200]);
    assertEquals((await ask("GET", "/")).status, 200);
  });
});
