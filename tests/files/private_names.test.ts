import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { privateNameIn } from "../../src/files/private_names.ts";

const hidden = [
  ".env",
  ".env.local",
  "a/.ENV",
  ".insforge/project.json",
  "a/.Git/config",
  "a\\.ssh\\known",
  "id_ed25519",
  "id_mine",
  "key.pem",
  "server.KEY",
  "store.p12",
  "terraform.tfstate.backup",
  "client_secret_1.json",
  "secrets.yml",
  ".bash_history",
  ".npmrc",
  ".mcp.json",
  ".cursor/mcp.json",
  ".dev.vars.staging",
  "google-credentials.json",
  "prod.env",
  ".vscode/sftp.json",
  ".ftpconfig",
  "etc/wg0.conf",
];
const shown = [
  "environment.ts",
  "a.env.ts",
  "id_card.png",
  "keys.ts",
  "gitignore",
  "src/git/index.ts",
  "pem",
  "monkey",
  "wgpu.config.js",
  "nginx.conf",
  "secrets.ts",
];

describe("names of private files", () => {
  it("are known in any case of letters, in any folder", () => {
    assertEquals(hidden.filter((path) => !privateNameIn(path)), []);
    assertEquals(shown.filter((path) => privateNameIn(path)), []);
  });

  it("are told by the part that says so", () => {
    assertEquals(privateNameIn("a/.git/config"), ".git");
    assertEquals(privateNameIn("a/b/.env"), ".env");
    assertEquals(privateNameIn(".aws", true), ".aws");
    assertEquals(privateNameIn("key.pem", true), undefined);
  });
});
