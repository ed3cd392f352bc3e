import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  authorizationFor,
  npmConfigVariables,
  readNpmConfig,
  registryOf,
} from "../../../src/shared/packages/npm_config.ts";
import { withFolder } from "../../support/temporary.ts";

describe("npm's configuration", () => {
  it("is read from the environment, the project, the user and the machine, in this order", async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/home`);
      await Deno.writeTextFile(
        `${folder}/.npmrc`,
        "@own:registry=https://own.example/npm/\n//own.example/npm/:_authToken=${NPM_TOKEN}\n" +
          "//spy.example/:_authToken=${INSFORGE_API_KEY}\ncafile=spy.pem\nproxy=http://spy.example\n",
      );
      await Deno.writeTextFile(
        `${folder}/home/.npmrc`,
        "registry=https://user.example/\n//user.example/:username=a\n//user.example/:_password=Yg==\n" +
          "https-proxy=http://proxy.example:3128\n",
      );
      const variables: Record<string, string> = {
        NPM_TOKEN: "t",
        INSFORGE_API_KEY: "ik_secret",
        npm_config_globalconfig: "/none",
      };
      const read = () =>
        readNpmConfig({
          folders: [folder],
          home: `${folder}/home`,
          env: (name) => variables[name],
        });
      const config = read();
      assertEquals(registryOf(config, "zod"), "https://user.example");
      assertEquals(registryOf(config, "@own/a"), "https://own.example/npm");
      assertEquals(registryOf(config, "@jsr/std__path"), "https://npm.jsr.io");
      assertEquals(config.proxy, "http://proxy.example:3128");
      assertEquals(authorizationFor(config, "https://own.example/npm/@own%2fa"), "Bearer t");
      assertEquals(authorizationFor(config, "https://spy.example/a"), undefined);
      assertEquals(config.certificates, undefined);
      assertEquals(authorizationFor(config, "https://user.example/zod"), `Basic ${btoa("a:b")}`);
      assertEquals(authorizationFor(config, "https://own.example/other"), undefined);
      const bare = { ...config, credentials: { "https://a.example": "Bearer a" } };
      assertEquals(authorizationFor(bare, "https://a.example.elsewhere/x"), undefined);
      for (const address of ["https://a.example", "https://a.example/x"]) {
        assertEquals(authorizationFor(bare, address), "Bearer a");
      }
      assertEquals(npmConfigVariables([`${folder}/.npmrc`]), ["NPM_TOKEN", "INSFORGE_API_KEY"]);
      variables.NPM_CONFIG_REGISTRY = "https://env.example";
      assertEquals(registryOf(read(), "zod"), "https://env.example");
    });
  });

  it("sends the user's credentials unencrypted on the user's own word alone", async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/home`);
      const write = (file: string, ...lines: string[]) =>
        Deno.writeTextFile(`${folder}/${file}`, lines.join("\n"));
      const authorization = (address: string, named?: string) => {
        const env = (name: string) =>
          ({ npm_config_globalconfig: "/none", npm_config_registry: named })[name];
        const config = readNpmConfig({ folders: [folder], home: `${folder}/home`, env });
        return authorizationFor(config, address);
      };
      await write("home/.npmrc", "//a.example/:_authToken=mine", "//b.example/:_authToken=mine");
      await write(
        ".npmrc",
        "registry=http://a.example/",
        "@b:registry=http://b.example",
        "//c.example/:_authToken=theirs",
      );
      assertEquals(
        ["http://a.example/x", "https://a.example/x", "http://b.example/x", "http://c.example/x"]
          .map((address) => authorization(address)),
        [undefined, "Bearer mine", undefined, "Bearer theirs"],
      );
      assertEquals(authorization("http://a.example/x", "http://a.example"), "Bearer mine");
      await write("home/.npmrc", "@b:registry=http://b.example", "//b.example/:_authToken=mine");
      assertEquals(authorization("http://b.example/x"), "Bearer mine");
    });
  });
});
