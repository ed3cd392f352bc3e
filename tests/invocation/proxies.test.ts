import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { proxyFor } from "../../src/invocation/proxies.ts";

describe("proxyFor", () => {
  const way = (address: string, direct: string[]) =>
    proxyFor(new URL(address), { named: [{ host: "p:1", variable: "ALL_PROXY" }], direct });

  it("goes without a proxy where NO_PROXY names the host, or a range of addresses", () => {
    const direct = ["10.0.0.0/8", "example.com", ".test", "192.168.1.7", "::1"];
    for (
      const host of ["10.1.2.3", "example.com", "a.example.com", "b.test", "192.168.1.7", "[::1]"]
    ) {
      assertEquals(way(`https://${host}/`, direct), undefined, host);
    }
    for (const host of ["11.1.2.3", "anexample.com", "192.168.1.8"]) {
      assertEquals(way(`https://${host}/`, direct)?.variable, "ALL_PROXY", host);
    }
  });
});
