import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

describe("server", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("reports health without a credential", async () => {
    const { status, body } = await backend.request("GET", "/api/health", undefined, { key: null });
    assertEquals(status, 200);
    assertEquals(body.status, "ok");
  });

  it("names an unknown route", async () => {
    const { status, body } = await backend.request("GET", "/api/nope");
    assertEquals(status, 404);
    assertEquals(body.error, "NOT_FOUND");
  });
});
