/**
 * How the backend acts beside a caller on a PostgreSQL server. Inside a SECURITY DEFINER function
 * nothing that SQL can say leads to another role, triggers included.
 */
export const SERVER_SQL = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'insforge_as_owner') THEN
    CREATE ROLE insforge_as_owner NOLOGIN;
  END IF;
END
$$;
GRANT project_admin TO insforge_as_owner;

-- What proves that the server asks, and the password of its logins.
CREATE TABLE system.engine_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  secret text NOT NULL
);
REVOKE ALL ON system.engine_secret FROM project_admin;
INSERT INTO system.engine_secret (secret) VALUES (concat(gen_random_uuid(), gen_random_uuid()));

-- A statement of the server's own in a caller's transaction; each row as JSON.
CREATE FUNCTION system.run_own(secret text, statement text) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF run_own.secret IS DISTINCT FROM (SELECT s.secret FROM system.engine_secret s) THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied for function run_own';
  END IF;
  RETURN QUERY EXECUTE format('WITH r AS (%s) SELECT to_jsonb(r) FROM r', statement);
END
$$;
REVOKE ALL ON FUNCTION system.run_own(text, text) FROM public;
GRANT EXECUTE ON FUNCTION system.run_own(text, text) TO project_admin;

-- A statement that fires triggers of the project's owner in a transaction of the server's own.
CREATE FUNCTION system.run_as_owner(statement text) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = "$user", public AS $$
BEGIN
  RETURN QUERY EXECUTE format('WITH r AS (%s) SELECT to_jsonb(r) FROM r', statement);
  SET CONSTRAINTS ALL IMMEDIATE;
END
$$;
REVOKE ALL ON FUNCTION system.run_as_owner(text) FROM public;
GRANT USAGE, CREATE ON SCHEMA system TO insforge_as_owner;
ALTER FUNCTION system.run_as_owner(text) OWNER TO insforge_as_owner;
REVOKE CREATE ON SCHEMA system FROM insforge_as_owner;
`;

/**
 * Takes no secret any more, which whoever has the parameters of statements told would learn: a
 * proof that holds for one statement alone.
 */
export const SERVER_PROOF_SQL = `
DROP FUNCTION system.run_own(text, text);
CREATE FUNCTION system.run_own(proof text, statement text) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key text := (SELECT secret FROM system.engine_secret);
BEGIN
  IF proof IS DISTINCT FROM encode(sha256(convert_to(
    key || encode(sha256(convert_to(key || statement, 'UTF8')), 'hex'), 'UTF8')), 'hex') THEN
    RAISE insufficient_privilege USING MESSAGE = 'permission denied for function run_own';
  END IF;
  RETURN QUERY EXECUTE format('WITH r AS (%s) SELECT to_jsonb(r) FROM r', statement);
END
$$;
REVOKE ALL ON FUNCTION system.run_own(text, text) FROM public;
GRANT EXECUTE ON FUNCTION system.run_own(text, text) TO project_admin;
ALTER FUNCTION system.run_as_owner(text) SET search_path = "$user", public, pg_temp;
`;

/**
 * What a trigger puts off to the end of a transaction runs as whoever commits, before PostgreSQL
 * 18: in one of the server's own it would be the superuser.
 */
export const SERVER_SETTLING_SQL = `
-- Refuses what is still put off. A table with such events cannot be altered, which is how it shows;
-- what is altered is nothing, and keeps nobody from the table.
CREATE FUNCTION system.require_settled() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  deferring regclass;
BEGIN
  FOR deferring IN
    SELECT DISTINCT t.tgrelid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgdeferrable AND p.pronamespace <> 'pg_catalog'::regnamespace
  LOOP
    EXECUTE format('ALTER TABLE %s RESET (toast.log_autovacuum_min_duration)', deferring);
  END LOOP;
EXCEPTION WHEN object_in_use THEN
  RAISE feature_not_supported USING
    MESSAGE = format('a trigger of %s puts off to the commit what a trigger put off', deferring);
END
$$;
REVOKE ALL ON FUNCTION system.require_settled() FROM public;
GRANT EXECUTE ON FUNCTION system.require_settled() TO insforge_as_owner;

-- Before the server commits: carries out, as the project's owner, what was put off until then.
CREATE FUNCTION system.settle() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = "$user", public, pg_temp AS $$
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM system.require_settled();
END
$$;
REVOKE ALL ON FUNCTION system.settle() FROM public;
GRANT CREATE ON SCHEMA system TO insforge_as_owner;
ALTER FUNCTION system.settle() OWNER TO insforge_as_owner;
REVOKE CREATE ON SCHEMA system FROM insforge_as_owner;
`;
