/**
 * Spares DDL that cannot concern the managed tables the comparison of their shapes, which costs
 * more than most of it: what was compared before still holds where the command reports its objects
 * and none of them is one of these tables, or an index or trigger of theirs.
 */
export const MANAGED_TABLES_QUICK_SQL = `
CREATE OR REPLACE FUNCTION system.protect_managed_tables() RETURNS event_trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  concerned boolean := true;
  changed text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    UPDATE system.managed_tables SET shape = system.shape_of(name)
    WHERE shape IS DISTINCT FROM system.shape_of(name);
    RETURN;
  ELSIF NOT pg_has_role('insforge_managed', 'USAGE') THEN
    RETURN;
  END IF;

  -- A child of a managed table, or a parent, is reached by commands that do not name the table.
  IF NOT EXISTS (SELECT FROM system.managed_tables JOIN pg_inherits ON inhparent = name)
    AND NOT EXISTS (SELECT FROM system.managed_tables JOIN pg_inherits ON inhrelid = name) THEN
    IF tg_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW',
      'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE SEQUENCE', 'CREATE TYPE', 'CREATE DOMAIN',
      'CREATE POLICY', 'COMMENT') THEN
      RETURN;
    ELSIF tg_tag IN ('ALTER TABLE', 'ALTER SEQUENCE', 'CREATE INDEX', 'CREATE TRIGGER') THEN
      SELECT count(*) = 0 OR bool_or(objid IS NULL
          OR EXISTS (SELECT FROM system.managed_tables WHERE name = objid)
          OR EXISTS (SELECT FROM pg_index JOIN system.managed_tables ON name = indrelid
            WHERE indexrelid = objid)
          OR EXISTS (SELECT FROM pg_trigger JOIN system.managed_tables ON name = tgrelid
            WHERE pg_trigger.oid = objid))
        INTO concerned FROM pg_event_trigger_ddl_commands();
    ELSIF tg_tag IN ('GRANT', 'REVOKE') THEN
      -- What a table grants stands in its own row, which this transaction would have written.
      SELECT EXISTS (SELECT FROM system.managed_tables JOIN pg_class ON pg_class.oid = name
        WHERE age(pg_class.xmin) <= age(pg_current_xact_id()::xid)) INTO concerned;
    END IF;
  END IF;

  IF concerned THEN
    SELECT string_agg(name::text, ', ') INTO changed FROM system.managed_tables
    WHERE shape IS DISTINCT FROM system.shape_of(name);
    IF changed IS NOT NULL THEN
      RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', changed),
        HINT = 'Policies, row-level security and grants can be changed there, and nothing else.';
    END IF;
  END IF;
  IF to_regprocedure('system.stays_with_its_owner()') IS NULL OR
    (SELECT count(*) FROM pg_shdepend
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND refclassid = 'pg_authid'::regclass
      AND refobjid = 'insforge_managed'::regrole AND deptype = 'o')
    <> (SELECT count(*) + 1 FROM system.managed_tables) THEN
    RAISE insufficient_privilege USING MESSAGE = 'what belongs to insforge_managed stays as it is';
  END IF;
END
$$;
`;
