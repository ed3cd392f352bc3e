import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { statementWithoutValues } from "../../src/shared/sql/without_values.ts";
import { startBackend } from "../support/backend.ts";

const LITERALS: readonly (readonly [literal: string, shown: string])[] = [
  ["'hidden'", "'…'"],
  ["'a''hidden'", "'…'"],
  ["'--hidden'", "'…'"],
  ["'/*hidden'", "'…'"],
  ["'$$hidden'", "'…'"],
  ["E'a\\'hidden'", "'…'"],
  ["e'a\\\\\\'hidden'", "'…'"],
  ["E'a'\n  'b\\'hidden'", "'…'"],
  ["E'a' -- why\n 'b\\'hidden'", "'…'"],
  ["U&'d\\0061hidden'", "'…'"],
  ["N'hidden'", "'…'"],
  ["B'1010'", "'…'"],
  ["x'4242'", "'…'"],
  ["$$it's hidden$$", "$$…$$"],
  ["$tag$a $$ 'hidden' $tag$", "$$…$$"],
  ["$é$hidden$é$", "$$…$$"],
  ["4242", "…"],
  ["-4242.42", "-…"],
  [".4242", "…"],
  ["4242e42", "…"],
  ["0x4242", "…"],
  ["-- 'hidden\n", ""],
  ["/* it's /* hidden */ hidden */", ""],
  ['"it\'s"', '"it\'s"'],
  ["$1", "$1"],
  ["a$hidden", "a$hidden"],
];
const isSecret = (text: string) => /hidden|42|1010/.test(text.replaceAll("a$hidden", ""));

describe("SQL without values", () => {
  it("has a sign for each literal, alone and beside every other", () => {
    for (const [one, shownOne] of LITERALS) {
      for (const [two, shownTwo] of LITERALS) {
        const sql = `SELECT ${one} , ${two} , z`;
        const shown = `SELECT ${shownOne} , ${shownTwo} , z`.replaceAll(/\s+/g, " ");
        assertEquals(statementWithoutValues(sql), shown, sql);
      }
    }
  });

  it("has none of what is cut off, wherever that is", () => {
    for (const [literal] of LITERALS) {
      for (let length = 1; length <= literal.length; length++) {
        const sql = `SELECT ${literal.slice(0, length)}`;
        assert(!isSecret(statementWithoutValues(sql)), sql);
        const far = `SELECT ${" ".repeat(1990 - length)}${literal}${literal}`;
        assert(!isSecret(statementWithoutValues(far)), far);
      }
    }
  });

  it("ends where a setting decides what is quoted", () => {
    assertEquals(statementWithoutValues("SELECT 'a\\' hidden', 'b'"), "SELECT '…' …");
  });

  it("leaves no value in any log of the backend", async () => {
    const backend = await startBackend();
    try {
      const run = async (query: string, params?: unknown[]) => {
        const path = "/api/database/advance/rawsql/unrestricted";
        const { status } = await backend.request("POST", path, { query, params });
        assert(status >= 400, query);
      };
      await backend.sql("CREATE TABLE people (id int PRIMARY KEY, mail text NOT NULL UNIQUE)");
      await backend.sql("INSERT INTO people VALUES (1, 'hidden)=(x')");
      for (
        const sql of [
          "SELECT 'hidden'::int",
          "SELECT 'hid\"den hidden'::int",
          "SELECT '{hidden'::text[]",
          "SELECT '{\"hidden\": hidden}'::jsonb",
          "SELECT 'hidden'::regclass",
          "SELECT 'x\"hidden\"'::regclass",
          "SELECT '2026-13-42 hidden'::date",
          "SELECT 'x' ~ '(hidden'",
          "SELECT E'\\'hidden'::int",
          "SELECT 424242::int2",
          "INSERT INTO people VALUES (2, 'hidden)=(x')",
          "INSERT INTO people VALUES (424242, NULL)",
          "DO $$ BEGIN RAISE EXCEPTION 'hidden'; END $$",
          "DO $$ BEGIN RAISE 'hidden' USING ERRCODE = '23505', DETAIL = 'hidden'; END $$",
          "SELECT 1 'hidden'",
          "SELECT 'hidden",
        ]
      ) await run(sql);
      await run("SELECT $1::text::int", ["hidden"]);
      await run("SELECT $1::int", ["hidden"]);
      await run("INSERT INTO people VALUES ($1, $2)", [424242, null]);
      await backend.request("POST", "/api/database/records/people", [{ id: "hidden", mail: "x" }]);
      await backend.request("GET", "/api/database/records/people?id=eq.hidden");
      let logged = "";
      for (const source of ["insforge", "postgres", "postgREST"]) {
        const { body } = await backend.request("GET", `/api/logs/${source}.logs?limit=0`);
        for (const { eventMessage, body: { metadata } } of body.logs) {
          logged += `${eventMessage} ${JSON.stringify({ ...metadata, ip: "", duration: "" })}\n`;
        }
      }
      assert(logged.includes("invalid input syntax for type integer"), logged);
      assertEquals(logged.split("\n").filter((line) => /hidden|424242/.test(line)), []);
    } finally {
      await backend.close();
    }
  });
});
