import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isPrivateKey } from "../../../../src/commands/deployments/publishing/private_keys.ts";

const BEGINNING = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");
const account = (facts: Record<string, string>) =>
  JSON.stringify({ type: "service_account", project_id: "shop", ...facts }, undefined, 2);

const table: readonly (readonly [name: string, text: string, isKey: boolean])[] = [
  ["PEM", `${BEGINNING}\nMIIE`, true],
  ["a service account", account({ private_key: `${BEGINNING}\nMIIE` }), true],
  ["a service account without its key", account({ private_key: "" }), false],
  ["a page about keys", `<p>${BEGINNING}</p>`, false],
  ["a public key", "-----BEGIN PUBLIC KEY-----", false],
];

describe("private keys", () => {
  for (const [name, text, isKey] of table) {
    it(`are told by how they begin: ${name}`, () => {
      assertEquals(isPrivateKey(new TextEncoder().encode(text)), isKey);
    });
  }
});
