/**
 * Closes ways around {@link MANAGED_TABLES_SQL}: what gives the tables away without an event
 * trigger's notice, what lets code of project_admin's run where the superuser or the owner writes
 * to them, and things that would belong to the owner beside them.
 */
export const MANAGED_TABLES_HELD_SQL = `
-- Changes with all of a table but its policies, whether row-level security is on, harmless grants,
-- and the type of "sender_id", which apps with users of another system make text.
CREATE OR REPLACE FUNCTION system.shape_of(managed regclass) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog AS $$
  SELECT md5(concat_ws('|', c.relname, c.relnamespace, c.relowner, c.relhasrules, c.relpersistence,
    (SELECT string_agg(concat(attname,
      CASE WHEN attname = 'sender_id' AND atttypid IN ('uuid'::regtype, 'text'::regtype) THEN 0
        ELSE atttypid END,
      atttypmod, attnotnull, attidentity, attgenerated, attisdropped,
      (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
        WHERE adrelid = c.oid AND adnum = attnum)), ',' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0),
    (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY oid) FROM pg_constraint
      WHERE conrelid = c.oid),
    (SELECT string_agg(indexrelid::text, ',' ORDER BY indexrelid) FROM pg_index
      WHERE indrelid = c.oid),
    (SELECT string_agg(concat(tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger
      WHERE tgrelid = c.oid AND tgname IN ('refuse_project_admin', 'message_notify', 'updated_at')),
    -- Who may empty it past its triggers, or have code run by whoever writes to it.
    (SELECT string_agg(concat(grantee, privilege_type), ',' ORDER BY grantee, privilege_type)
      FROM aclexplode(c.relacl) WHERE privilege_type IN ('TRUNCATE', 'TRIGGER')),
    -- The rows and triggers of a child are its parent's as well.
    (SELECT count(*) FROM pg_inherits WHERE c.oid IN (inhparent, inhrelid)),
    -- ANALYZE computes their expressions as the table's owner.
    (SELECT count(*) FROM pg_statistic_ext WHERE stxrelid = c.oid),
    -- What an extension takes in goes with it.
    (SELECT count(*) FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')))
  FROM pg_class c WHERE c.oid = managed
$$;

-- REASSIGN OWNED fires no event trigger. It fails as a whole for a function that cannot change
-- hands, as project_admin may create nothing in its schema.
CREATE FUNCTION system.stays_with_its_owner() RETURNS void LANGUAGE sql AS '';
REVOKE ALL ON FUNCTION system.stays_with_its_owner() FROM public;
ALTER FUNCTION system.stays_with_its_owner() OWNER TO insforge_managed;

CREATE OR REPLACE FUNCTION system.protect_managed_tables() RETURNS event_trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
  changed text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    UPDATE system.managed_tables SET shape = system.shape_of(name)
    WHERE shape IS DISTINCT FROM system.shape_of(name);
  ELSIF pg_has_role('insforge_managed', 'USAGE') THEN
    -- What is made often and touches nothing else but, by inheritance, its parents.
    IF tg_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'CREATE FUNCTION',
      'CREATE SEQUENCE', 'CREATE TYPE', 'CREATE POLICY', 'COMMENT')
      AND NOT EXISTS (SELECT FROM system.managed_tables JOIN pg_inherits ON inhparent = name) THEN
      RETURN;
    END IF;
    SELECT string_agg(name::text, ', ') INTO changed FROM system.managed_tables
    WHERE shape IS DISTINCT FROM system.shape_of(name);
    IF changed IS NOT NULL THEN
      RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', changed),
        HINT = 'Policies, row-level security and grants can be changed there, and nothing else.';
    END IF;
    IF to_regprocedure('system.stays_with_its_owner()') IS NULL OR
      (SELECT count(*) FROM pg_shdepend
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND refclassid = 'pg_authid'::regclass
        AND refobjid = 'insforge_managed'::regrole AND deptype = 'o')
      <> (SELECT count(*) + 1 FROM system.managed_tables) THEN
      RAISE insufficient_privilege USING MESSAGE = 'what belongs to insforge_managed stays as it is';
    END IF;
  END IF;
END
$$;
DROP EVENT TRIGGER protect_managed_tables;
CREATE EVENT TRIGGER protect_managed_tables ON ddl_command_end
  EXECUTE FUNCTION system.protect_managed_tables();
UPDATE system.managed_tables SET shape = system.shape_of(name);
`;
