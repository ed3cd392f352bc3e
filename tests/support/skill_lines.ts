/**
 * The command lines that InsForge's public skill for coding agents teaches
 * (skills/insforge-cli: SKILL.md and its references), and what each must do here.
 */

/**
 * `works` ends with 0; `elsewhere` is refused with the command line of InsForge's own CLI; `open` is
 * not done yet.
 */
export type Expected = "works" | "elsewhere" | "open";

/** Where it stands, what is typed after `insforge`, and what it must do. */
export type SkillLine = readonly [place: string, line: string, expected: Expected];

/** In an order in which each finds what it names. `$schedule`, `$backup` are ids from before. */
export const SKILL_LINES: readonly SkillLine[] = [
  ["SKILL.md:52", "current", "works"],
  ["SKILL.md:142", "metadata --json", "works"],
  ["SKILL.md:392", "db query 'SELECT 1 AS ok' --json", "works"],
  ["references/database/migrations.md:8", "db migrations list", "works"],
  ["references/database/migrations.md:9", "db migrations fetch", "works"],
  ["references/database/migrations.md:72", "db migrations new create-posts", "works"],
  ["references/database/migrations.md:84", "db migrations up --all", "works"],
  ["references/database/migrations.md:87", "db migrations list --json", "works"],
  ["references/database/query.md:21", "db query 'SELECT * FROM posts LIMIT 10'", "works"],
  [
    "references/database/query.md:27",
    `db query "INSERT INTO posts (title, status) VALUES ('Hello', 'draft')"`,
    "works",
  ],
  [
    "references/database/query.md:24",
    `db query "UPDATE posts SET status = 'published' WHERE id = 'post_123'"`,
    "works",
  ],
  [
    "references/database/query.md:30",
    "db query 'DELETE FROM posts WHERE archived = true'",
    "works",
  ],
  ["references/database/query.md:36", "db query 'SELECT * FROM auth.users LIMIT 10'", "works"],
  ["references/database/query.md:39", "db query 'SELECT count(*) FROM posts' --json", "works"],
  ["SKILL.md:105", "db rpc add_up --data '{}'", "works"],
  ["references/branch/merge.md:74", "db tables", "works"],
  ["references/branch/merge.md:74", "db policies", "works"],
  ["references/database/export.md:28", "db export --output backup.sql", "works"],
  ["references/database/export.md:31", "db export --no-data --output schema.sql", "works"],
  [
    "references/database/export.md:34",
    "db export --tables users,posts --include-functions --output partial.sql",
    "works",
  ],
  ["references/database/export.md:37", "db export --format json --output backup.json", "works"],
  ["references/database/export.md:40", "db export --row-limit 100 --output dev-data.sql", "works"],
  ["references/database/import.md:24", "db import backup.sql --truncate -y", "works"],
  ["SKILL.md:200", "storage create-bucket files --private", "works"],
  ["SKILL.md:199", "storage buckets", "works"],
  ["SKILL.md:203", "storage upload a.txt --bucket files --key a.txt", "works"],
  ["SKILL.md:202", "storage list-objects files --prefix a --limit 5", "works"],
  ["SKILL.md:204", "storage download a.txt --bucket files --output b.txt", "works"],
  ["SKILL.md:201", "storage delete-bucket files -y", "works"],
  ["SKILL.md:205", "storage s3-keys list", "works"],
  ["SKILL.md:206", "storage s3-keys create --description tools", "works"],
  [
    "references/functions-deploy.md:31",
    "functions deploy my-handler --file ./my-handler.ts",
    "works",
  ],
  ["SKILL.md:217", "functions list", "works"],
  ["SKILL.md:218", "functions code my-handler", "works"],
  ["SKILL.md:220", "functions invoke my-handler --method GET", "works"],
  ["SKILL.md:221", "functions delete my-handler -y", "works"],
  ["SKILL.md:280", "secrets add API_TOKEN abc", "works"],
  ["SKILL.md:278", "secrets list --all", "works"],
  ["SKILL.md:279", "secrets get API_TOKEN", "works"],
  ["SKILL.md:281", "secrets update API_TOKEN --value def", "works"],
  ["SKILL.md:282", "secrets delete API_TOKEN -y", "works"],
  ["SKILL.md:283", "secrets rotate anon-key --grace-hours 1 -y", "works"],
  [
    "references/schedules.md:20",
    "schedules create --name nightly --cron '0 3 * * *' --url http://127.0.0.1:1/x --method POST",
    "works",
  ],
  ["references/schedules.md:7", "schedules list", "works"],
  ["references/schedules.md:8", "schedules get $schedule", "works"],
  ["references/schedules.md:10", "schedules update $schedule --active false", "works"],
  ["references/schedules.md:35", "schedules logs $schedule --limit 5", "works"],
  ["references/schedules.md:11", "schedules delete $schedule -y", "works"],
  [
    "references/deployments/deploy.md:71",
    "deployments env set VITE_INSFORGE_URL https://my-app.example.com",
    "works",
  ],
  ["references/deployments/deploy.md:68", "deployments env list", "works"],
  ["references/deployments/deploy.md:96", "deployments deploy site --json", "works"],
  ["references/diagnostics.md:26", "logs function.logs --limit 50", "works"],
  ["references/diagnostics.md:27", "logs postgres.logs --limit 50", "works"],
  ["references/diagnostics.md:28", "logs insforge.logs --limit 50", "works"],
  ["references/diagnostics.md:29", "logs postgrest.logs --limit 50", "works"],
  ["SKILL.md:367", "docs", "works"],
  ["SKILL.md:368", "docs instructions", "works"],
  ["SKILL.md:369", "docs db typescript", "works"],
  ["SKILL.md:192", "backups create --name first --wait", "works"],
  ["SKILL.md:190", "backups list", "works"],
  ["SKILL.md:191", "backups latest", "works"],
  ["SKILL.md:193", "backups rename $backup second", "works"],
  ["SKILL.md:195", "backups restore $backup -y", "works"],
  ["SKILL.md:194", "backups delete $backup -y", "works"],
  ["SKILL.md:299", "branch create feat --mode full --no-switch", "works"],
  ["SKILL.md:300", "branch list", "works"],
  ["SKILL.md:301", "branch switch feat", "works"],
  ["SKILL.md:301", "branch switch --parent", "works"],
  ["references/branch/merge.md:111", "branch merge feat --dry-run --save-sql diff.sql", "works"],
  ["SKILL.md:303", "branch reset feat -y", "works"],
  ["SKILL.md:304", "branch delete feat -y", "works"],
  ["references/config.md:10", "config export --out insforge.toml", "works"],
  ["references/config.md:11", "config plan", "works"],
  ["references/config.md:12", "config apply --dry-run", "works"],
  ["references/diagnostics.md:8", "diagnose", "works"],
  ["references/diagnostics.md:11", "diagnose advisor --severity critical", "works"],
  ["references/diagnostics.md:12", "diagnose db --check bloat,slow-queries", "works"],
  ["references/diagnostics.md:13", "diagnose logs --limit 100", "works"],
  ["SKILL.md:324", "advisor scan", "works"],
  ["SKILL.md:325", "advisor suppressions", "works"],
  ["SKILL.md:311", "diagnose --ai 'what is slow'", "elsewhere"],
  ["SKILL.md:312", "diagnose metrics --range 24h", "works"],
  [
    "references/memory.md:33",
    `memory remember --kind decision --title "Tags as text[] not join table" 'Snippet tags are a text[] column with a GIN index'`,
    "works",
  ],
  ["SKILL.md:234", "memory remember 'Webhook retries are capped at 3' --scope hooks", "works"],
  ["references/memory.md:13", "memory remember --file a.txt", "works"],
  ["SKILL.md:20", "memory list", "works"],
  ["references/memory.md:27", "memory recall 'how are snippet tags filtered'", "works"],
  ["SKILL.md:146", "projects get --project p-1", "elsewhere"],
  ["SKILL.md:164", "orgs list", "elsewhere"],
  ["SKILL.md:178", "billing status --org-id o-1", "elsewhere"],
  ["SKILL.md:182", "usage --org-id o-1", "elsewhere"],
  ["SKILL.md:226", "ai overview", "works"],
  ["references/compute-deploy.md:66", "compute deploy . --name my-api --port 8000", "elsewhere"],
  ["references/payments/stripe.md:10", "payments stripe status", "works"],
  ["references/payments/stripe.md:72", "payments stripe catalog --environment test", "works"],
  ["references/payments/razorpay.md:10", "payments razorpay status", "elsewhere"],
  ["references/deployments/domains.md:22", "domains status example.com", "works"],
  ["references/deployments/domains.md:15", "domains search my-shop --limit 5", "elsewhere"],
  ["references/deployments/domains.md:20", "domains dns sync example.com", "elsewhere"],
  ["references/posthog.md:24", "posthog setup", "elsewhere"],
  ["references/webscraper/apify.md:8", "webscraper apify connect", "elsewhere"],
];

/** The words of a line, as a shell takes it. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, plain]) => single ?? double ?? plain!);
}
