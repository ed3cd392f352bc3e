import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";

let backend: TestBackend;

const describeAs = (key?: string, accept = "application/openapi+json") =>
  backend.request("GET", "/api/database/records", undefined, { key, headers: { accept } });

describe("the description of the data API", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`
      CREATE TABLE owners (id int PRIMARY KEY, name varchar(9) NOT NULL);
      CREATE TABLE pets (id bigint PRIMARY KEY, owner int REFERENCES owners, tags text[], data jsonb);
      CREATE TABLE secrets (id int PRIMARY KEY);
      CREATE FUNCTION feed(pet int, amount numeric DEFAULT 1) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM anon;
      GRANT SELECT ON owners TO anon;
    `);
  });
  afterAll(() => backend.close());

  it("tells tables, columns, keys and functions", async () => {
    const { status, headers, body } = await describeAs();
    assertEquals(status, 200);
    assert(headers.get("content-type")!.startsWith("application/openapi+json"));
    const paths = Object.keys(body.paths);
    for (const path of ["/records/owners", "/records/pets", "/records/secrets", "/rpc/feed"]) {
      assert(paths.includes(path), path);
    }
    assertEquals(body.definitions.owners.required, ["id", "name"]);
    const { properties } = body.definitions.pets;
    assertEquals([properties.id.type, properties.id.format], ["integer", "bigint"]);
    assertEquals(properties.tags, {
      type: "array",
      format: "text[]",
      items: { type: "string", format: "text" },
    });
    assert(properties.owner.description.includes("<fk table='owners' column='id'/>"));
    assert(properties.id.description.includes("<pk/>"));
    const [{ schema }] = body.paths["/rpc/feed"].post.parameters;
    assertEquals([Object.keys(schema.properties), schema.required], [["pet", "amount"], ["pet"]]);
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/(\w+)\/([^"]+)"/g)];
    assert(references.length > 0);
    for (const [, kind, name] of references) assert(body[kind!][name!], `${kind}/${name}`);
  });

  it("is of what the caller may do alone", async () => {
    const { body } = await describeAs(backend.anonKey);
    assertEquals(Object.keys(body.definitions), ["owners"]);
    assertEquals(Object.keys(body.paths["/records/owners"]), ["get"]);
  });

  it("is no picture", async () => {
    const { status, body } = await describeAs(undefined, "image/png");
    assertEquals([status, body.code], [406, "PGRST107"]);
  });
});
