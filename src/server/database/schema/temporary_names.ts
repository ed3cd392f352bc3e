/**
 * The functions that run as the superuser, or decide for it, look into `pg_temp` last. Unless a
 * path names it, that comes first: a temporary table of the name of a catalog would answer in its
 * place, and a domain of the name of a type would have its checks run.
 */
export const TEMPORARY_NAMES_SQL = `
DO $$
DECLARE
  routine regprocedure;
BEGIN
  FOR routine IN
    SELECT p.oid FROM pg_proc p
    WHERE p.proconfig @> '{search_path=pg_catalog}' AND p.proowner = 'postgres'::regrole
      AND (p.pronamespace IN ('system'::regnamespace, 'realtime'::regnamespace, 'cron'::regnamespace)
        OR EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
          WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'http'))
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', routine);
  END LOOP;
END
$$;
`;
