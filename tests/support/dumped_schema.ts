/** A schema of many kinds of objects as applications have them, for dumps of pg_dump. */

/** Roles that no backend has, made beside the database. */
export const FOREIGN_ROLES = "CREATE ROLE alice; CREATE ROLE bob LOGIN;";

/** Makes the objects and their rows. */
export const DUMPED_SCHEMA = String.raw`
CREATE EXTENSION pgcrypto;
SELECT lo_from_bytea(70001, '\x00ff');
CREATE SCHEMA shop AUTHORIZATION alice;
COMMENT ON SCHEMA public IS 'where it is';
CREATE TYPE public.rating AS ENUM ('G', 'PG-13', 'it''s');
CREATE DOMAIN public.year AS integer CHECK (VALUE BETWEEN 1901 AND 2155);
CREATE TYPE shop.pair AS (a integer, b text);
CREATE FUNCTION public.double(a integer) RETURNS integer LANGUAGE sql IMMUTABLE
  BEGIN ATOMIC SELECT a; SELECT a * 2; END;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM set_config('app.touched', 'it''s; \ so', true); NEW.at := '2001-01-01'; RETURN NEW; END $$;
CREATE AGGREGATE public.joined(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
CREATE TABLE public.films (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  rated public.rating DEFAULT 'G',
  released public.year,
  features text[],
  raw bytea,
  words tsvector,
  price numeric(10,2),
  doubled integer GENERATED ALWAYS AS (public.double(released::integer)) STORED,
  at timestamptz,
  sequel integer REFERENCES public.films DEFERRABLE,
  pair shop.pair
);
CREATE TABLE public.actors (id serial PRIMARY KEY, name text, best integer);
CREATE TABLE public."Film Actors" (
  film integer REFERENCES public.films, actor integer REFERENCES public.actors,
  PRIMARY KEY (film, actor)
);
ALTER TABLE public.actors ADD FOREIGN KEY (best, id) REFERENCES public."Film Actors" (film, actor);
CREATE TABLE shop.payments (id bigint NOT NULL, day date NOT NULL, amount numeric)
  PARTITION BY RANGE (day);
CREATE TABLE shop.payments_2024 PARTITION OF shop.payments
  FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.payments_other PARTITION OF shop.payments DEFAULT;
CREATE UNIQUE INDEX payments_key ON shop.payments (id, day);
CREATE INDEX films_words ON public.films USING gin (words);
CREATE VIEW public.titles AS SELECT id, title FROM public.films WHERE rated <> 'it''s';
CREATE MATERIALIZED VIEW shop.totals AS SELECT day, sum(amount) AS total FROM shop.payments GROUP BY day;
CREATE RULE keep AS ON DELETE TO public.actors DO ALSO (SELECT 1; SELECT 2);
ALTER TABLE public.films ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable ON public.films FOR SELECT TO alice, anon USING (title <> ';');
CREATE POLICY hers ON public.films FOR SELECT TO alice USING (true);
INSERT INTO public.films (title, rated, released, features, raw, words, price, pair)
  SELECT E'tab\tand\nline ' || g, 'PG-13', 1990 + g % 30, ARRAY['a,b', E'c"\\d', NULL],
    decode('00ff275c', 'hex'), to_tsvector('simple', 'set_config it''s'), g / 7.0, ROW(g, E'x\\y'::text)::shop.pair
  FROM generate_series(1, 2000) g;
UPDATE public.films SET sequel = id + 1 WHERE id < 2000;
INSERT INTO public.films (title) VALUES ('\.'), (''), (E'\\N'), ('$sql$ ; --'), ('ü 🦕');
INSERT INTO public.actors (name) VALUES (NULL), ('b');
INSERT INTO public."Film Actors" SELECT 2, id FROM public.actors;
UPDATE public.actors SET best = 2;
INSERT INTO shop.payments SELECT g, '2023-12-30'::date + g, g FROM generate_series(1, 5) g;
REFRESH MATERIALIZED VIEW shop.totals;
CREATE TRIGGER touched BEFORE INSERT OR UPDATE ON public.films FOR EACH ROW EXECUTE FUNCTION public.touch();
COMMENT ON TABLE public.films IS 'it''s; a comment';
GRANT SELECT ON public.films TO anon, bob;
GRANT ALL ON public.actors TO bob;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA shop GRANT SELECT ON TABLES TO bob;
ALTER TABLE public.films OWNER TO alice;
CREATE PUBLICATION changes FOR TABLE public.films;
`;

/** Tables and views whose rows are compared. */
export const DUMPED_RELATIONS = [
  "public.films",
  "public.actors",
  'public."Film Actors"',
  "public.titles",
  "shop.payments_2024",
  "shop.payments_other",
  "shop.totals",
];
