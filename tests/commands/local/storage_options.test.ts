import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { objectStoreOf } from "../../../src/commands/local/storage_options.ts";
import { UsageError } from "../../../src/core/errors.ts";
import { parseStorageUrl } from "../../../src/shared/contract/storage_url.ts";

const KEY = {
  INSFORGE_STORAGE_ACCESS_KEY_ID: "id",
  INSFORGE_STORAGE_SECRET_ACCESS_KEY: "secret",
};
const of = (storageUrl: string | undefined, env: Record<string, string> = KEY) =>
  objectStoreOf({ env: (name) => env[name] }, { storageUrl });

describe("local start --storage-url", () => {
  it("takes the store from the option, else from the variable, and its key from others", () => {
    assertEquals(of(undefined), undefined);
    const access = { accessKeyId: "id", secretAccessKey: "secret" };
    assertEquals(of("s3://a"), { url: "s3://a", ...access });
    const env = { ...KEY, INSFORGE_STORAGE_URL: "s3://b" };
    assertEquals(of(undefined, env)?.url, "s3://b");
    assertEquals(of("s3://a", env)?.url, "s3://a");
  });

  it("refuses what is no store, or has no key", () => {
    for (
      const [url, words] of [
        ["https://a", "s3://bucket"],
        ["s3://", "s3://bucket"],
        ["s3://id:secret@a", "s3://bucket"],
        ["s3://a?endpoint=ftp://b", "https://"],
        ["s3://a?endpiont=http://b", "unknown endpiont"],
      ] as const
    ) {
      const error = assertThrows(() => of(url), UsageError);
      assertStringIncludes(error.message, words);
      assertEquals(error.message.includes("secret"), false);
    }
    const error = assertThrows(() => of("s3://a", {}), UsageError);
    assertStringIncludes(error.hint ?? "", "INSFORGE_STORAGE_SECRET_ACCESS_KEY");
  });

  it("reads bucket, prefix, endpoint and region", () => {
    assertEquals(parseStorageUrl("s3://My_Bucket/a/b%20c/?endpoint=http://h:1/s3/&region=eu"), {
      ...{ endpoint: "http://h:1/s3", bucket: "My_Bucket", prefix: "a/b c/", region: "eu" },
    });
    assertEquals(parseStorageUrl("s3://b"), {
      endpoint: "https://s3.us-east-1.amazonaws.com",
      ...{ bucket: "b", prefix: "", region: "us-east-1" },
    });
  });
});
