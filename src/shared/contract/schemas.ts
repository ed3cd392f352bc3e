/** InsForge's own schemas in a project's database, and that of pg_cron (section 6.3). */
export const INTERNAL_SCHEMAS: readonly string[] = [
  "ai",
  "auth",
  "compute",
  "cron",
  "deployments",
  "email",
  "functions",
  "memory",
  "payments",
  "realtime",
  "schedules",
  "storage",
  "system",
];
