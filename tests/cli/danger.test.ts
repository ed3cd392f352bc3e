import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dangerOf } from "../../src/cli/guard/danger.ts";
import { launchIn } from "../support/launch.ts";
import { testContext } from "../support/context.ts";

/** Whether a command line is dangerous. */
async function isDangerous(words: readonly string[], options: object = {}): Promise<boolean> {
  const { context } = testContext({ cwd: "/" });
  const launch = launchIn("/", words);
  const operands = launch.invocation.operands;
  return await dangerOf({ ...context, launch }, options, operands) !== undefined;
}

describe("what the guard calls dangerous", () => {
  for (
    const [sql, expected] of [
      ["SELECT * FROM posts", false],
      ["-- a comment\nselect 1; VALUES (2)", false],
      ["INSERT INTO posts VALUES (1)", false],
      ["CREATE TABLE posts (id int)", false],
      ["EXPLAIN SELECT 1", false],
      ["EXPLAIN ANALYZE DELETE FROM posts", true],
      ["SELECT 1; DROP TABLE posts", true],
      ["WITH gone AS (DELETE FROM posts RETURNING *) SELECT * FROM gone", true],
      ["UPDATE posts SET title = ''", true],
      ["DELETE FROM posts WHERE id = 1", true],
      ["CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", true],
      ["do $$ begin end $$", true],
      ["ALTER TABLE posts DISABLE ROW LEVEL SECURITY", true],
      ["-", true],
    ] as const
  ) {
    it(`${expected ? "is" : "is not"}: ${sql}`, async () => {
      assertEquals(await isDangerous(["db", "query", "--", sql]), expected);
    });
  }

  it("is every command that destroys, and none that reads", async () => {
    assertEquals(await isDangerous(["storage", "delete-bucket", "files"]), true);
    assertEquals(await isDangerous(["storage", "buckets"]), false);
    assertEquals(await isDangerous(["secrets", "add", "A", "b"]), false);
  });
});
