import { assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { OperationError } from "../../src/core/errors.ts";
import { requireSignature } from "../../src/releases/signature.ts";

describe("the signature of a release", () => {
  it("is not anybody's", async () => {
    const bytes = new TextEncoder().encode("a manifest");
    const key = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    const { privateKey } = key as CryptoKeyPair;
    const foreign = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, bytes));
    for (const signature of [foreign, new Uint8Array(64), new Uint8Array(), foreign.slice(1)]) {
      await assertRejects(
        () => requireSignature("manifest.json", bytes, signature),
        OperationError,
        "not by the makers",
      );
    }
  });
});
