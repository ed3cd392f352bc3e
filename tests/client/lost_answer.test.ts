import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isAnswerLost, sendChange, sendSizedChange } from "../../src/client/lost_answer.ts";
import { HttpError, NetworkError, OperationError } from "../../src/core/errors.ts";

const change = { may: "it may have happened", hint: "Look." };
const lost = () => Promise.reject(new NetworkError("It broke off.", {}, true));
const status = (status: number) => new HttpError("No.", status, "NO", 1);

describe("a change whose answer is lost", () => {
  it("is in doubt after what stands between has answered, or nobody has", () => {
    const inDoubt = [408, 429, 500, 501, 502, 503, 504].filter((n) => isAnswerLost(status(n)));
    assertEquals(inDoubt, [408, 502, 503, 504]);
    assertEquals(isAnswerLost(new NetworkError("", {}, true)), true);
    assertEquals(isAnswerLost(new NetworkError("", {}, false)), false);
    assertEquals(isAnswerLost(new OperationError("")), false);
  });

  it("is said to be one that may have happened", async () => {
    const error = await assertRejects(() => sendChange(lost, change), OperationError);
    assertEquals([error.message, error.hint], ["It broke off; it may have happened.", "Look."]);
    await assertRejects(() => sendChange(() => Promise.reject(status(500)), change), HttpError);
  });

  it("has not happened as long as a part of its body was not sent", async () => {
    async function* chunks() {
      yield new Uint8Array(1);
      yield new Uint8Array(1);
    }
    const body = { size: 2, open: chunks };
    const settings = { ...change, nothing: "nothing happened" };
    const partly = () =>
      sendSizedChange(body, async ({ open }) => {
        for await (const _ of open()) break;
        return await lost();
      }, settings);
    const whole = () =>
      sendSizedChange(body, async ({ open }) => {
        for await (const _ of open());
        return await lost();
      }, settings);
    const unsent = await assertRejects(partly, OperationError);
    assertEquals(unsent.message, "It broke off; not all of it was sent, so that nothing happened.");
    assertEquals((await assertRejects(whole, OperationError)).hint, "Look.");
  });
});
