import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { matchesUrl } from "../../src/server/auth/redirects.ts";

const cases: [pattern: string, fits: string[], others: string[]][] = [
  [
    "https://app.example/back",
    ["https://app.example/back", "https://APP.example/back/"],
    [
      "https://app.example/back/more",
      "https://app.example/back.evil",
      "https://appxexample/back",
      "http://app.example/back",
      "https://evil/https://app.example/back",
      "javascript:alert(1)",
      "back",
    ],
  ],
  [
    "https://*.example/x",
    ["https://a.example/x", "https://a.b.example/x"],
    ["https://evil/.example/x", "https://aexample/x", "https://a.example/x/y"],
  ],
  [
    "https://app-*.host.example/x",
    ["https://app-1.host.example/x"],
    ["https://app-1@evil.host.example/x", "https://app-:1@evil.host.example/x"],
  ],
  ["https://exact.example/x", [], ["https://a@exact.example/x", "https://exact.example@evil/x"]],
  ["http://localhost:3000/**", ["http://localhost:3000/a/b?c"], ["http://localhost:30001/a"]],
  ["https://a.example/?", ["https://a.example/b"], ["https://a.example/bc", "https://a.example//"]],
  [
    "https://a.example/[!a-c]",
    ["https://a.example/d"],
    ["https://a.example/b", "https://a.example//"],
  ],
  ["https://a.example/[a-c]", ["https://a.example/b"], ["https://a.example/d"]],
  ["http://[::1]:3000/x", ["http://[::1]:3000/x"], ["http://1:3000/x"]],
];

describe("the redirect allow-list", () => {
  for (const [pattern, fits, others] of cases) {
    it(`lets ${pattern} mean what it says, and no more`, () => {
      assertEquals(fits.filter((url) => !matchesUrl(pattern, url)), []);
      assertEquals(others.filter((url) => matchesUrl(pattern, url)), []);
    });
  }
});
