import { PG_CRON } from "../extensions/pg_cron.ts";

/** The extensions that a project has from the start. */
export const EXTENSIONS_SQL = `
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_cron;
`;

/** On a PostgreSQL server: those that it has, and `pg_cron` in SQL. */
export const SERVER_EXTENSIONS_SQL = `
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgcrypto') THEN
    CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
  END IF;
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
    CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
  END IF;
END
$$;
${PG_CRON.sql}`;
