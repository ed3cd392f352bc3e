/**
 * Lets foreign keys and triggers rest while rows are replaced: rows come in the file's order, which
 * need not be that of the keys, and as they were, so that no trigger is to change them. So do
 * checks that call functions, which may read rows that have yet to come, and those that rows which
 * are there need not satisfy.
 */
import { isContained } from "../dump/catalog/types.ts";
import type { Frame } from "./parts.ts";

/** Keys that rest, and triggers: of the project's own tables, not of the backend's. */
const OWN = `pg_has_role(relowner, 'USAGE') AND has_schema_privilege(relnamespace, 'CREATE')`;
const KEYS = `FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
  WHERE contype = 'f' AND conparentid = 0 AND ${OWN}`;
/** Those of partitions by themselves: they may differ from their tables'. */
const TRIGGERS = `FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
  WHERE NOT tgisinternal AND tgenabled = 'O' AND ${OWN}`;

const CALLS = `EXISTS (SELECT FROM pg_depend d
  WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
    AND d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384)`;

/** Drops a constraint, makes it again, and says of it what was said. */
const dropAndMake = (what: string, name: string, on: string) => `
  format('ALTER ${what} %s DROP CONSTRAINT %I', ${name}, conname) AS rests,
  format('ALTER ${what} %s ADD CONSTRAINT %I %s', ${name}, conname, pg_get_constraintdef(k.oid)) AS resumes,
  'COMMENT ON CONSTRAINT ' || quote_ident(conname) || ' ON ${on}' || ${name} || ' IS ' ||
    quote_literal(obj_description(k.oid, 'pg_constraint')) AS comment`;

/** Of tables and of domains; a domain within other types would not take such a check again. */
const CHECKS = `
  SELECT ${dropAndMake("TABLE", "conrelid::regclass", "")}, true AS is_checked
  FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
  WHERE contype = 'c' AND coninhcount = 0 AND (NOT convalidated OR ${CALLS}) AND ${OWN}
  UNION ALL
  SELECT ${dropAndMake("DOMAIN", "contypid::regtype", "DOMAIN ")}, true
  FROM pg_constraint k JOIN pg_type t ON t.oid = contypid
  WHERE contype = 'c' AND (NOT convalidated OR ${CALLS} AND NOT ${isContained})
    AND pg_has_role(typowner, 'USAGE')`;

/** In one transaction: keys are looked at in its end. */
export const REST = oneLine(`
  DO $rest$ DECLARE change record; back text := ''; BEGIN
    FOR change IN
      SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED',
          conrelid::regclass, conname) AS rests,
        format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE',
          conrelid::regclass, conname) AS resumes, NULL AS comment
      ${KEYS} AND NOT condeferrable
      UNION ALL
      SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
        format('ALTER TABLE ONLY %s ENABLE TRIGGER %I', tgrelid::regclass, tgname), NULL
      ${TRIGGERS}
      UNION ALL
      SELECT rests, resumes, comment FROM (${CHECKS}) AS checks
    LOOP
      EXECUTE change.rests;
      back := concat(back, change.resumes, ';', change.comment || ';');
    END LOOP;
    EXECUTE format('SET LOCAL insforge.back = %L', back);
  END $rest$;
  SET CONSTRAINTS ALL DEFERRED;`);

export const RESUME = oneLine(`
  SET CONSTRAINTS ALL IMMEDIATE;
  DO $resume$ BEGIN EXECUTE current_setting('insforge.back'); END $resume$;`);

/**
 * Over several transactions keys are dropped as well, and made again with the last one. What makes
 * them is kept in the database: an import that breaks off leaves it there, and the next one goes
 * by it.
 */
export const REST_IN_PARTS: Frame = {
  head: oneLine(`
    CREATE SCHEMA IF NOT EXISTS insforge_import;
    CREATE TABLE IF NOT EXISTS insforge_import.resting (resumes text, is_checked boolean);
    DO $rest$ DECLARE change record; BEGIN
      FOR change IN
        SELECT ${dropAndMake("TABLE", "conrelid::regclass", "")}, true AS is_checked
        ${KEYS}
        UNION ALL
        SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
          format('ALTER TABLE ONLY %s ENABLE TRIGGER %I', tgrelid::regclass, tgname), NULL, false
        ${TRIGGERS}
        UNION ALL ${CHECKS}
      LOOP
        INSERT INTO insforge_import.resting VALUES (change.resumes, change.is_checked);
        IF change.comment IS NOT NULL THEN
          INSERT INTO insforge_import.resting VALUES (change.comment, false);
        END IF;
        EXECUTE change.rests;
      END LOOP;
    END $rest$;`),
  tail: oneLine(`
    DO $resume$ DECLARE command text; BEGIN
      FOR command IN SELECT resumes FROM insforge_import.resting LOOP EXECUTE command; END LOOP;
    END $resume$;
    DROP SCHEMA insforge_import CASCADE;`),
};

/**
 * After parts of which one failed: keys and checks hold for rows from now on, whatever rows there
 * are. One that PostgreSQL does not make so stays where the next import finds it.
 */
export const RESUME_UNCHECKED = oneLine(`
  DO $resume$ DECLARE change record; BEGIN
    FOR change IN SELECT resumes, is_checked, ctid FROM insforge_import.resting LOOP
      BEGIN
        EXECUTE change.resumes || CASE WHEN change.is_checked AND change.resumes !~ ' NOT VALID$'
          THEN ' NOT VALID' ELSE '' END;
        DELETE FROM insforge_import.resting WHERE ctid = change.ctid;
      EXCEPTION WHEN OTHERS THEN NULL;
      END;
    END LOOP;
    IF NOT EXISTS (SELECT FROM insforge_import.resting) THEN
      DROP SCHEMA insforge_import CASCADE;
    END IF;
  END $resume$;`);

/** On one line: in front of a file's first statement it moves no line of the file. */
export function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, " ").trim();
}
