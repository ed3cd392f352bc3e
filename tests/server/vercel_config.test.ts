import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { deploySite } from "../support/site.ts";

const PAGES = {
  "index.html": "home",
  "about.html": "about",
  "docs/index.html": "docs",
  "app.js": "app",
};

/** A request, and what comes back: status and body, or where it leads. */
type Visit = readonly [
  target: string,
  expected: readonly [status: number, what: string],
  headers?: Record<string, string>,
];

const elsewhere = (condition: Record<string, unknown>) => ({
  redirects: [{ source: "/:path*", destination: "/elsewhere", permanent: false, ...condition }],
});
const has = (...conditions: unknown[]) => elsewhere({ has: conditions });
const missing = (...conditions: unknown[]) => elsewhere({ missing: conditions });

const stays = [200, "about"] as const;
const leaves = [307, "/elsewhere"] as const;

const table: readonly (readonly [name: string, config: unknown, visits: readonly Visit[]])[] = [
  ["a host that is not this one", has({ type: "host", value: "www.example.com" }), [
    ["/about.html", stays],
  ]],
  ["the host itself", has({ type: "host", value: "127\\.0\\.0\\.1" }), [["/about.html", leaves]]],
  ["a host that is missing", missing({ type: "host", value: "www.example.com" }), [
    ["/about.html", leaves],
  ]],
  ["a parameter", has({ type: "query", key: "old" }), [
    ["/about.html", stays],
    ["/about.html?old=1", [307, "/elsewhere?old=1"]],
    ["/about.html?older=1", stays],
  ]],
  ["a parameter's whole value", has({ type: "query", key: "v", value: "a+" }), [
    ["/about.html?v=aa", [307, "/elsewhere?v=aa"]],
    ["/about.html?v=ab", stays],
  ]],
  ["a header", has({ type: "header", key: "X-Beta", value: "(yes|on)" }), [
    ["/about.html", stays],
    ["/about.html", leaves, { "x-beta": "on" }],
    ["/about.html", stays, { "x-beta": "no" }],
  ]],
  ["a cookie, and no header", {
    redirects: [{
      source: "/about.html",
      has: [{ type: "cookie", key: "user" }],
      missing: [{ type: "header", key: "x-stay" }],
      destination: "/u/:user",
      permanent: false,
    }],
  }, [
    ["/about.html", stays],
    ["/about.html", [307, "/u/ada"], { cookie: "a=b; user=ada" }],
    ["/about.html", stays, { cookie: "user=ada", "x-stay": "1" }],
  ]],
  ["a named group of a condition", {
    redirects: [{
      source: "/:path*",
      has: [{ type: "header", key: "x-place", value: "(?<land>[a-z]+)-.*" }],
      destination: "/:land/:path*",
      permanent: false,
    }],
  }, [["/about.html", [307, "/de/about.html"], { "x-place": "de-by" }]]],
  ["comparisons", has({ type: "query", key: "n", value: { gte: 3, lt: 5 } }), [
    ["/about.html?n=2", stays],
    ["/about.html?n=3", [307, "/elsewhere?n=3"]],
    ["/about.html?n=5", stays],
  ]],
  ["conditions of rewrites", {
    rewrites: [{ source: "/x", has: [{ type: "query", key: "a" }], destination: "/about.html" }],
  }, [["/x", [404, "Not found.\n"]], ["/x?a=1", stays]]],
  ["addresses with a slash", { trailingSlash: true }, [
    ["/docs", [308, "/docs/"]],
    ["/docs/", [200, "docs"]],
    ["/about.html", stays],
    ["/", [200, "home"]],
    ["/docs?a=1", [308, "/docs/?a=1"]],
    ["/about.html/", [308, "/about.html"]],
    ["/.well-known/acme", [404, "Not found.\n"]],
  ]],
  ["a query behind a name", {
    redirects: [{ source: "/p/:id", destination: "/about.html?id=:id&old=1#:id" }],
  }, [
    ["/p/7", [308, "/about.html?id=7&old=1#7"]],
    ["/p/7?id=8&b=2", [308, "/about.html?id=7&old=1&b=2#7"]],
  ]],
  ["a name before a query", {
    redirects: [{ source: "/p/:page", destination: "/:page?old=1" }],
  }, [["/p/about.html", [308, "/about.html?old=1"]]]],
  ["addresses without a slash", { trailingSlash: false, cleanUrls: true }, [
    ["/docs/", [308, "/docs"]],
    ["/docs", [200, "docs"]],
    ["/about/", [308, "/about"]],
    ["/about", stays],
    ["/docs/index.html", [308, "/docs"]],
    ["//about.html/", [404, "Not found.\n"]],
  ]],
  ["clean addresses with a slash", { trailingSlash: true, cleanUrls: true }, [
    ["/about.html", [308, "/about/"]],
    ["/about", [308, "/about/"]],
    ["/about/", stays],
    ["/docs/index.html", [308, "/docs/"]],
    ["/docs/index?a=1", [308, "/docs/?a=1"]],
    ["/index", [308, "/"]],
    ["/app.js", [200, "app"]],
  ]],
  ["legacy routes", {
    routes: [
      { src: "/old/(.*)", status: 301, headers: { Location: "/new/$1" } },
      { src: "/(?<page>about|none)", dest: "/$page.html" },
      { src: "/post-only", methods: ["POST"], dest: "/about.html" },
      { src: "/gone", status: 410 },
      { handle: "filesystem" },
      { src: "/api/.*", status: 404 },
      { src: "/.*", dest: "/index.html" },
    ],
  }, [
    ["/old/a/b", [301, "/new/a/b"]],
    ["/about", stays],
    ["/none", [404, "Not found.\n"]],
    ["/post-only", [200, "home"]],
    ["/gone", [410, ""]],
    ["/app.js", [200, "app"]],
    ["/api/x", [404, "Not found.\n"]],
    ["/anything/else", [200, "home"]],
  ]],
  ["the folder of the site", { outputDirectory: "./docs/" }, [["/", [200, "docs"]]]],
];

describe("vercel.json", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  const deploy = (config: unknown) =>
    deploySite(backend, { ...PAGES, "vercel.json": JSON.stringify(config) });

  for (const [name, config, visits] of table) {
    it(`is followed: ${name}`, async () => {
      const { url, metadata } = await deploy(config);
      assertEquals(metadata.error, undefined);
      for (const [target, expected, headers = {}] of visits) {
        const answer = await fetch(url + target, { headers, redirect: "manual" });
        const body = await answer.text();
        const seen = [answer.status, answer.headers.get("location") ?? body];
        assertEquals(seen, [...expected], `${target} ${JSON.stringify(headers)}`);
      }
    });
  }

  it("sets headers only where their conditions hold", async () => {
    const noindex = { key: "X-Robots-Tag", value: "noindex" };
    const { url } = await deploy({
      headers: [{
        source: "/(.*)",
        has: [{ type: "host", value: "shop\\.example\\.com" }],
        headers: [noindex],
      }, {
        source: "/(.*)",
        missing: [{ type: "cookie", key: "in" }],
        headers: [{ key: "X-Out", value: "1" }],
      }, {
        source: "/:page.html",
        headers: [{ key: "X-Page", value: ":page of https://x:8080" }],
      }],
    });
    const { headers, body } = await fetch(`${url}/about.html`);
    await body?.cancel();
    const seen = ["x-robots-tag", "x-out", "x-page"].map((name) => headers.get(name));
    assertEquals(seen, [null, "1", "about of https://x:8080"]);
  });

  it("says what of it is not followed, and refuses what cannot be meant", async () => {
    const { metadata } = await deploy({
      crons: [],
      functions: {},
      rewrites: [{ source: "/api/(.*)", destination: "https://api.example.com/$1" }],
    });
    assertEquals(metadata.notFollowed, ["crons", "functions", "rewrites to other hosts"]);
    const refused: [unknown, string, string][] = [
      [{ routes: [], rewrites: [] }, "INVALID_CONFIG", "routes cannot stand beside rewrites"],
      [
        { redirects: [{ source: "/a", destination: "/b", statusCode: 200 }] },
        "INVALID_CONFIG",
        "the status 200",
      ],
      [{ cleanUrls: "yes" }, "INVALID_CONFIG", "cleanUrls is neither true nor false"],
      [has({ type: "weather" }), "INVALID_CONFIG", "the unknown type weather"],
      [has({ type: "query" }), "INVALID_CONFIG", "a query condition without a key"],
      [has({ type: "host", value: "(" }), "INVALID_CONFIG", "a value that is no pattern: ("],
      [
        { headers: [{ source: "/", headers: [{ key: "x", value: "a\r\nset-cookie: b" }] }] },
        "INVALID_CONFIG",
        'what is no header: "x: a\\r\\nset-cookie: b"',
      ],
      ...["/(a|aa)+", "/(?:a+)+", "/(.*)-(.*)-(.*)-(.*)"].map((src): [unknown, string, string] => [
        { routes: [{ src, dest: "/" }] },
        "INVALID_CONFIG",
        "routes has a pattern that can take for ever",
      ]),
      [
        { rewrites: [{ source: "/((?!api)(?:a+)+)", destination: "/" }] },
        "INVALID_CONFIG",
        "rewrites has a pattern that can take for ever",
      ],
      [has({ type: "host", value: "(a+)+\\1" }), "INVALID_CONFIG", "can take for ever"],
      [{ outputDirectory: "dist" }, "NO_OUTPUT", "the site is in dist"],
    ];
    for (const [config, code, words] of refused) {
      const { status, metadata } = await deploy(config);
      assertEquals([status, metadata.error.errorCode], ["ERROR", code]);
      assertEquals(metadata.error.errorMessage.includes(words), true, metadata.error.errorMessage);
    }
  });
});
