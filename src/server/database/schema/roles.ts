/** Roles, internal schemas and who may do what by default (contract section 16.5). */
export const ROLES_SQL = `
-- Roles are the whole cluster's: on a PostgreSQL server another project may have made them.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
    CREATE ROLE anon NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
    CREATE ROLE authenticated NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'project_admin') THEN
    CREATE ROLE project_admin NOLOGIN BYPASSRLS;
  END IF;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO project_admin', current_database());
END
$$;

GRANT ALL ON SCHEMA public TO project_admin;
GRANT USAGE ON SCHEMA public TO anon, authenticated;

ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public
  GRANT ALL ON TABLES TO project_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public
  GRANT ALL ON SEQUENCES TO project_admin;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres, project_admin IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO anon, authenticated;

CREATE SCHEMA ai;
CREATE SCHEMA auth;
CREATE SCHEMA compute;
CREATE SCHEMA deployments;
CREATE SCHEMA email;
CREATE SCHEMA functions;
CREATE SCHEMA memory;
CREATE SCHEMA payments;
CREATE SCHEMA realtime;
CREATE SCHEMA schedules;
CREATE SCHEMA storage;
CREATE SCHEMA system;

GRANT USAGE ON SCHEMA
  ai, auth, compute, deployments, email, functions, memory, payments, realtime, schedules, storage, system
  TO project_admin;
GRANT USAGE ON SCHEMA auth, storage, realtime TO anon, authenticated;

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA
  ai, auth, compute, deployments, email, functions, memory, payments, realtime, schedules, storage, system
  GRANT SELECT ON TABLES TO project_admin;

-- The steps of the internal schemas that this database has seen.
CREATE TABLE system.local_schema (
  name text PRIMARY KEY
);
`;
