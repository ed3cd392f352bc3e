import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

/** What must be there before a page's examples run; they are about what comes after. */
const BEFORE: Readonly<Record<string, (backend: TestBackend) => Promise<unknown>>> = {
  db: (backend) =>
    backend.sql(
      `CREATE TABLE posts (id serial PRIMARY KEY, title text);
       CREATE TABLE comments (text text, post int REFERENCES posts);
       CREATE FUNCTION newest(n int) RETURNS SETOF posts LANGUAGE sql STABLE
         AS 'SELECT * FROM posts LIMIT n'`,
    ),
  auth: () => Promise.resolve(),
  storage: (backend) => backend.request("POST", "/api/storage/buckets", { bucketName: "avatars" }),
  functions: (backend) =>
    backend.request("POST", "/api/functions", {
      name: "hello",
      code: "export default (request) => request.json().then((body) => Response.json(body))",
    }),
};

describe("the TypeScript examples of the local backend's documentation", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  for (const [feature, prepare] of Object.entries(BEFORE)) {
    it(`those of ${feature} run with the official SDK`, async () => {
      await prepare(backend);
      const { body } = await backend.request("GET", `/api/docs/${feature}/typescript`);
      const [connect, ...rest] = blocks(body.content.slice(body.content.indexOf("## Connect")));
      const program = [connect, ...rest].join("\n").replaceAll("anon_…", backend.anonKey)
        .replaceAll("ik_…", backend.apiKey);
      const module = `${program}\nexport { error };`;
      const { error } = await import(`data:application/typescript,${encodeURIComponent(module)}`);
      assertEquals(error, null);
    });
  }
});

/** The code blocks of TypeScript, in order. */
function blocks(content: string): string[] {
  return [...content.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
}
