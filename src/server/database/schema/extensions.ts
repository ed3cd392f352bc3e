/** The extensions that a project has from the start. */
export const EXTENSIONS_SQL = `
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;
CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_cron;
`;
