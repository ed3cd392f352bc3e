/**
 * One of each kind of object that a dump carries beside those of `richSchema`: the kinds of
 * docs/backups.md.
 */
export const ONE_OF_EACH = `
CREATE SCHEMA app;
GRANT USAGE, CREATE ON SCHEMA app TO project_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE project_admin IN SCHEMA public REVOKE ALL ON TABLES FROM anon;
ALTER DEFAULT PRIVILEGES FOR ROLE project_admin REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE project_admin IN SCHEMA app GRANT ALL ON TABLES TO authenticated;
COMMENT ON SCHEMA app IS 'the project''s';
CREATE COLLATION app.sorted (PROVIDER = icu, LOCALE = 'de-u-kn');
CREATE TEXT SEARCH DICTIONARY app.short (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION app.words (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION app.words ADD MAPPING FOR asciiword, word WITH app.short, simple;
CREATE TYPE app.pair AS (a int, b text COLLATE app.sorted);
CREATE FUNCTION app.pair_text(p app.pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT p.a || p.b';
CREATE CAST (app.pair AS text) WITH FUNCTION app.pair_text(app.pair) AS ASSIGNMENT;
CREATE FUNCTION app.zinner(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return i; end';
CREATE FUNCTION app.outer1(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return app.zinner(i); end';
CREATE FUNCTION app.same(a app.pair, b app.pair) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT a.a = b.a';
CREATE FUNCTION app.differ(a app.pair, b app.pair) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT a.a <> b.a';
CREATE OPERATOR app.=== (FUNCTION = app.same, LEFTARG = app.pair, RIGHTARG = app.pair, COMMUTATOR = OPERATOR(app.===),
  NEGATOR = OPERATOR(app.!==), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR app.!== (FUNCTION = app.differ, LEFTARG = app.pair, RIGHTARG = app.pair, NEGATOR = OPERATOR(app.===));
CREATE OPERATOR app.@+ (FUNCTION = app.zinner, RIGHTARG = int);
COMMENT ON OPERATOR app.@+ (NONE, int) IS 'one more';
CREATE TABLE app.compared (p app.pair CHECK (p OPERATOR(app.===) p));
CREATE DOMAIN app.positive AS int;
CREATE FUNCTION app.is_positive(i int, p app.positive[]) RETURNS bool LANGUAGE plpgsql IMMUTABLE
  AS 'begin return app.outer1(i) > 0; end';
ALTER DOMAIN app.positive ADD CONSTRAINT checked CHECK (app.is_positive(VALUE, NULL::app.positive[]));
COMMENT ON CONSTRAINT checked ON DOMAIN app.positive IS 'of a domain';
CREATE DOMAIN app.sound AS int CONSTRAINT called CHECK (app.outer1(VALUE) > 0);
CREATE TABLE app.typed OF app.pair (a WITH OPTIONS DEFAULT 5 NOT NULL, PRIMARY KEY (a));
CREATE TABLE app.plain_typed OF app.pair;
CREATE TABLE app.kept (id int, body text, note text COLLATE app.sorted, many app.positive[],
  twice int GENERATED ALWAYS AS (app.outer1(id) * 2) STORED, zero float8, zeros real, CHECK (app.outer1(id) > -5));
ALTER TABLE app.kept ALTER body SET STORAGE EXTERNAL, ALTER body SET COMPRESSION pglz, ALTER id SET STATISTICS 500,
  ALTER note SET (n_distinct = 7), ALTER id SET NOT NULL;
ALTER TABLE app.kept SET (fillfactor = 70, toast.autovacuum_enabled = false);
CREATE UNIQUE INDEX kept_id ON app.kept (id);
CREATE INDEX kept_outer ON app.kept (app.outer1(id)) WHERE app.outer1(id) > 0;
ALTER INDEX app.kept_outer ALTER COLUMN 1 SET STATISTICS 300;
ALTER TABLE app.kept REPLICA IDENTITY USING INDEX kept_id;
ALTER TABLE app.kept CLUSTER ON kept_id;
CREATE TABLE app.coded (code char(3), bits bit(4), PRIMARY KEY (code, bits));
INSERT INTO app.coded SELECT to_char(i % 100, 'FM000'), (i / 100)::bit(4) FROM generate_series(0, 1299) i;
CREATE TABLE app.slots (a int, EXCLUDE USING btree (a WITH =));
CREATE TABLE app.full_rows (a int); ALTER TABLE app.full_rows REPLICA IDENTITY FULL;
GRANT ALL ON app.full_rows TO anon; GRANT SELECT (a), UPDATE (a) ON app.full_rows TO anon;
CREATE STATISTICS app.kept_stats ON id, note FROM app.kept;
ALTER STATISTICS app.kept_stats SET STATISTICS 200;
INSERT INTO app.kept (id, body, many, zero, zeros) VALUES (1, 'x', '{1,2}', '-0', '-0'), (2, 'y', NULL, 0, 0);
CREATE UNLOGGED TABLE app.passing (a int);
CREATE UNLOGGED SEQUENCE app.steps;
CREATE TABLE app.times (at date NOT NULL, kind text NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE app.times_old PARTITION OF app.times FOR VALUES FROM (MINVALUE) TO ('2020-01-01') PARTITION BY LIST (kind);
CREATE TABLE app.times_old_a PARTITION OF app.times_old FOR VALUES IN ('a');
CREATE TABLE app.times_new (n int, kind text NOT NULL, at date NOT NULL);
ALTER TABLE app.times_new ADD CONSTRAINT own_name UNIQUE (at, kind);
ALTER TABLE app.times ATTACH PARTITION app.times_new FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
ALTER TABLE app.times ADD CONSTRAINT times_key UNIQUE (at, kind);
CREATE INDEX times_n ON app.times (n);
CREATE UNIQUE INDEX times_unique ON app.times (at, n, kind);
CREATE TABLE app.points (at date, kind text, FOREIGN KEY (at, kind) REFERENCES app.times (at, kind));
CREATE FUNCTION app.quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER times_quiet AFTER INSERT ON app.times FOR EACH ROW EXECUTE FUNCTION app.quiet();
ALTER TABLE app.times_new DISABLE TRIGGER times_quiet;
INSERT INTO app.times VALUES ('2019-01-01', 'a', 1), ('2021-01-01', 'b', 2);
INSERT INTO app.points VALUES ('2021-01-01', 'b');
CREATE TABLE app.parent (a int DEFAULT 1, b int, CHECK (a > 0));
CREATE TABLE app.child (CONSTRAINT parent_a_check CHECK (a > 0)) INHERITS (app.parent);
ALTER TABLE app.child ALTER a SET DEFAULT 2, ALTER b SET NOT NULL;
CREATE VIEW app.seen AS SELECT id, note FROM app.kept;
ALTER VIEW app.seen ALTER note SET DEFAULT 'none';
CREATE RULE seen_insert AS ON INSERT TO app.seen DO INSTEAD INSERT INTO app.kept (id, note) VALUES (NEW.id, NEW.note);
CREATE RULE kept_rule AS ON DELETE TO app.kept DO ALSO NOTHING;
ALTER TABLE app.kept DISABLE RULE kept_rule;
CREATE MATERIALIZED VIEW app.z_base AS SELECT id FROM app.kept;
CREATE VIEW app.between AS SELECT id FROM app.z_base;
CREATE MATERIALIZED VIEW app.a_above AS SELECT count(*) AS n FROM app.between;
CREATE AGGREGATE app.moving (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', MSFUNC = int4pl, MINVFUNC = int4mi,
  MSTYPE = int, MINITCOND = '0', SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
CREATE AGGREGATE app.rows (*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
REVOKE EXECUTE ON FUNCTION app.moving(int) FROM PUBLIC;
CREATE TABLE app.cycle_a (id int PRIMARY KEY, b int, parent int REFERENCES app.cycle_a);
CREATE TABLE app.cycle_b (id int PRIMARY KEY, a int REFERENCES app.cycle_a);
ALTER TABLE app.cycle_a ADD FOREIGN KEY (b) REFERENCES app.cycle_b DEFERRABLE INITIALLY DEFERRED;
INSERT INTO app.cycle_a VALUES (1, NULL, 2), (2, NULL, NULL); INSERT INTO app.cycle_b VALUES (1, 1); UPDATE app.cycle_a SET b = 1;
`;
