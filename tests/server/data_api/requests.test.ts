import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { CINEMA } from "./cinema.ts";
import { CALLS, type Exchange, REPRESENTATIONS, WRITES } from "./exchanges.ts";
import { FILTERS, ORDERS, type Reads } from "./reads.ts";
import { AGGREGATES, COLUMNS, EMBEDDED_FILTERS, EMBEDS, SPREADS } from "./selects.ts";

let backend: TestBackend;

const AREA = "/api/database";
const url = (path: string) =>
  `${AREA}/${path.startsWith("rpc/") ? "" : "records/"}${path.replaceAll("+", "%2B")}`;

async function read(query: string, expected: unknown) {
  const { status, body } = await backend.request("GET", url(query));
  const isError = status >= 400 || status === 300;
  if (isError || typeof expected === "string") return `${status} ${body.code}`;
  const isIds = Array.isArray(expected) && expected.length > 0 && typeof expected[0] === "number";
  return isIds ? body.map(({ id }: { id: number }) => id) : body;
}

/** All requests of a table, so that one failure hides no other. */
function table(name: string, reads: Reads) {
  it(name, async () => {
    const answers: Record<string, unknown> = {};
    for (const [query, expected] of Object.entries(reads)) {
      answers[query] = await read(query, expected);
    }
    assertEquals(answers, { ...reads });
  });
}

async function send({ send, body, type, prefer, accept, headers }: Exchange): Promise<Response> {
  const [, method, path = ""] = /^(\w+) (.*)$/s.exec(send)!;
  const target = new URL(url(path), backend.url);
  return await fetch(target, {
    method,
    headers: {
      authorization: `Bearer ${backend.apiKey}`,
      ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
      ...(prefer ? { prefer } : {}),
      ...(accept ? { accept } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function exchange(one: Exchange): Promise<{ answer: unknown; expected: unknown }> {
  const response = await send(one);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
  const body = isJson ? JSON.parse(text) : text;
  const answer: Record<string, unknown> = { status: response.status };
  const expected: Record<string, unknown> = { status: one.status };
  const compare = (name: keyof Exchange, given: unknown) => {
    if (!(name in one)) return;
    [answer[name], expected[name]] = [given, one[name]];
  };
  compare("gives", body);
  compare("code", body?.code);
  compare("range", response.headers.get("content-range") ?? undefined);
  compare("applied", response.headers.get("preference-applied") ?? undefined);
  compare("location", response.headers.get("location") ?? undefined);
  compare("contentLocation", response.headers.get("content-location") ?? undefined);
  compare("contentType", response.headers.get("content-type"));
  for (const [query, rows] of Object.entries(one.then ?? {})) {
    [answer[query], expected[query]] = [await read(query, rows), rows];
  }
  return { answer, expected };
}

function exchanges(name: string, list: readonly Exchange[]) {
  it(name, async () => {
    const answers: unknown[] = [];
    const expectations: unknown[] = [];
    for (const one of list) {
      const name = [one.send, one.prefer, one.accept].filter(Boolean).join(" | ");
      const { answer, expected } = await exchange(one);
      answers.push([name, answer]);
      expectations.push([name, expected]);
    }
    assertEquals(answers, expectations);
  });
}

describe("requests to the data API are answered as PostgREST's documentation says:", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(CINEMA);
  });
  afterAll(() => backend.close());

  table("filters", FILTERS);
  table("orders and pages", ORDERS);
  table("columns", COLUMNS);
  table("related rows", EMBEDS);
  table("filters on related rows", EMBEDDED_FILTERS);
  table("spread columns", SPREADS);
  table("aggregates", AGGREGATES);
  exchanges("counts and representations", REPRESENTATIONS);
  exchanges("calls of functions", CALLS);
  exchanges("writes", WRITES);
});
