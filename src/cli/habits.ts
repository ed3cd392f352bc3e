/** What people type who know the command lines of other backends, and what does it here. */

const HABITS: Readonly<Record<string, string>> = {
  "start": "insforge local start",
  "stop": "insforge local stop",
  "status": "insforge local status",
  "init": "insforge create",
  "gen": "insforge db types",
  "types": "insforge db types",
  "deploy": "insforge deployments deploy",
  "dev": "insforge functions serve",
  "migration": "insforge db migrations",
  "query": "insforge db query",
  "db push": "insforge db migrations up",
  "db migrate": "insforge db migrations up",
  "db reset": "insforge local reset",
  "db dump": "insforge db export",
  "db restore": "insforge db import",
  "db start": "insforge local start",
  "functions download": "insforge functions code",
  "functions create": "insforge functions new",
  "functions dev": "insforge functions serve",
  "functions call": "insforge functions invoke",
  "secrets set": "insforge secrets add",
  "secrets unset": "insforge secrets delete",
  "storage ls": "insforge storage list-objects",
  "storage cp": "insforge storage upload",
  "storage rm": "insforge storage delete-object",
  "storage delete": "insforge storage delete-object",
  "storage remove": "insforge storage delete-object",
  "storage get": "insforge storage download",
  "storage put": "insforge storage upload",
  "storage create": "insforge storage create-bucket",
  "functions get": "insforge functions code",
  "functions rm": "insforge functions delete",
  "secrets create": "insforge secrets add",
  "secrets rm": "insforge secrets delete",
  "db list": "insforge db tables",
  "db sql": "insforge db query",
  "db psql": "insforge db shell",
  "deployments create": "insforge deployments deploy",
  "functions deploy --no-verify-jwt": "insforge functions new NAME --template auth",
  "functions serve --no-verify-jwt": "insforge functions new NAME --template auth",
  "functions deploy --import-map": "insforge functions deploy --help",
  "db query --command": "insforge db query SQL",
  "local start --detach": "insforge local start",
  "create --auth": "npx -y @insforge/cli create --auth better-auth",
  "link --auth": "npx -y @insforge/cli link --auth better-auth",
  "link --template": "insforge create --template NAME",
};

const HINTS: Readonly<Record<string, string>> = {
  "--auth": "InsForge's own CLI writes the files of Better Auth:",
  "--no-verify-jwt": "Functions look at tokens themselves, or not; one that does is written by",
  "--import-map": "Import maps are named in deno.json beside the function, and followed. See",
};

/**
 * The hint for a word that no command or option has; `undefined` where nobody is known to type it.
 * @param command the words before it that name a command
 */
export function habitHint(command: readonly string[], word: string): string | undefined {
  const found = HABITS[[...command, word].join(" ")];
  return found && `${HINTS[word] ?? "Here that is"} \`${found}\`.`;
}
