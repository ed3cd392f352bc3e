/**
 * A schema with one of everything that a dump has to bring back, and rows with every kind of value.
 */

/** The statements that make it; `rows` is the number of rows of its largest table. */
export function richSchema(rows: number): string {
  return `
CREATE TYPE mood AS ENUM ('happy', 'so-so', 'it''s bad');
CREATE DOMAIN email AS text NOT NULL CHECK (VALUE ~ '@');
CREATE TYPE address AS (street text, "zip code" varchar(10));
CREATE TYPE span AS RANGE (SUBTYPE = float8);
CREATE FUNCTION double_it(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT n * 2 $$;
CREATE FUNCTION new_code() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN 'x;y'; END $f$;
CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email email, created_at timestamptz DEFAULT now(),
  home address, feeling mood DEFAULT 'happy');
CREATE TABLE posts (id bigserial PRIMARY KEY, author uuid REFERENCES users ON DELETE CASCADE,
  title text NOT NULL CHECK (length(title) < 1000), tags text[], scores numeric[], meta jsonb, raw bytea,
  price numeric(12,4), code text DEFAULT new_code(), doubled int GENERATED ALWAYS AS (double_it(5)) STORED,
  period tstzrange, s span, d date, i interval, UNIQUE (author, title));
CREATE TABLE "Quoted Table" ("Key A" int, "Key ""b" text COLLATE "C", "select" float8, PRIMARY KEY ("Key ""b", "Key A"));
CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY (START WITH 10), big int8, flag bool, f4 real, ch char(4), n numeric);
CREATE TABLE nokey (t text, j json);
CREATE TABLE empty ();
CREATE TABLE parts (id int, region text) PARTITION BY LIST (region);
CREATE TABLE parts_eu PARTITION OF parts FOR VALUES IN ('eu');
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
CREATE TABLE base (a int, b text);
CREATE TABLE derived (c int) INHERITS (base);
CREATE INDEX posts_tags ON posts USING gin (tags);
CREATE UNIQUE INDEX posts_lower ON posts (lower(title)) WHERE price > 0;
CREATE STATISTICS posts_stats ON author, price FROM posts;
CREATE VIEW titles WITH (security_invoker = true) AS SELECT id, title FROM posts WHERE price IS NOT NULL;
CREATE MATERIALIZED VIEW counts AS SELECT author, count(*) AS n FROM posts GROUP BY author;
CREATE UNIQUE INDEX counts_author ON counts (author);
CREATE FUNCTION post_titles() RETURNS SETOF titles LANGUAGE sql STABLE AS $$ SELECT * FROM titles $$;
CREATE FUNCTION atomic(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN x END; END;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := NEW.title; RETURN NEW; END $$;
CREATE TRIGGER posts_touch BEFORE UPDATE ON posts FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
  EXECUTE FUNCTION touch();
CREATE TRIGGER posts_off AFTER INSERT ON posts FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE posts DISABLE TRIGGER posts_off;
CREATE RULE no_delete AS ON DELETE TO base DO INSTEAD NOTHING;
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY "own posts" ON posts FOR ALL TO authenticated USING (author = auth.uid()) WITH CHECK (author = auth.uid());
CREATE POLICY readable ON posts AS RESTRICTIVE FOR SELECT TO anon, authenticated USING (true);
CREATE SEQUENCE lonely START 5 INCREMENT 5 MAXVALUE 1000 CYCLE;
SELECT nextval('lonely');
CREATE AGGREGATE product (float8) (SFUNC = float8mul, STYPE = float8, INITCOND = '1');
CREATE PROCEDURE nothing(INOUT x int DEFAULT 3) LANGUAGE plpgsql AS $$ BEGIN x := x + 1; END $$;
REVOKE ALL ON nokey FROM anon;
GRANT SELECT ON nokey TO anon;
GRANT SELECT (id), UPDATE (title) ON posts TO anon;
REVOKE EXECUTE ON FUNCTION double_it(int) FROM PUBLIC;
COMMENT ON TABLE posts IS 'It''s a table; with \\ in it';
COMMENT ON COLUMN posts.title IS 'title';
COMMENT ON POLICY readable ON posts IS 'policy';
COMMENT ON FUNCTION double_it(int) IS 'function';
COMMENT ON TYPE address IS 'type';
COMMENT ON CONSTRAINT posts_pkey ON posts IS 'key';
COMMENT ON TRIGGER posts_touch ON posts IS 'trigger';
INSERT INTO users (id, email, created_at, home, feeling) SELECT md5(i::text)::uuid, 'u' || i || '@x.de',
  '2026-01-02 03:04:05.123456+00', ROW('Main "St"', '1' || i)::address, 'it''s bad' FROM generate_series(1, 3) i;
INSERT INTO posts (author, title, tags, scores, meta, raw, price, period, s, d, i)
  SELECT md5('1')::uuid, E't\\\\ ''" set' || '_config ' || i, ARRAY['a,b', 'c"d', NULL], ARRAY[1.10, 'NaN'::numeric],
    '{"a": 1.0, "b": "x"}', decode('00ff27', 'hex'), 12345.6789, '[2020-01-01,2021-01-01)', '[1,2]', 'infinity',
    '1 mon 2 days 03:04:05.6' FROM generate_series(1, 1200) i;
INSERT INTO "Quoted Table" VALUES (1, 'a', 'NaN'), (2, 'b', '-Infinity'), (3, E'x\\ny', 0.1::float8 + 0.2::float8);
INSERT INTO ident (big, flag, f4, ch, n) VALUES (9223372036854775807, true, 1.1, 'ab', 'Infinity'), (-5, NULL, 'NaN', NULL, 1e-30);
INSERT INTO nokey SELECT NULLIF(i % 7, 0)::text, '{"k":  [1,2]}' FROM generate_series(1, ${rows}) i;
DELETE FROM nokey WHERE t = '3';
INSERT INTO empty DEFAULT VALUES;
INSERT INTO parts VALUES (1, 'eu'), (2, 'us');
INSERT INTO base VALUES (1, 'b');
INSERT INTO derived VALUES (2, 'd', 3);
REFRESH MATERIALIZED VIEW counts;
`;
}
