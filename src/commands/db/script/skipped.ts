/** What of a file is not imported, and how that is told. */

/** The kinds of what is left out, as one and as many of them are called. */
const KINDS = {
  command: ["psql command", "psql commands"],
  setting: ["setting", "settings"],
  down: ["part that takes a migration back", "parts that take migrations back"],
  transaction: ["transaction command", "transaction commands"],
  maintenance: ["maintenance command", "maintenance commands"],
  owner: ["owner", "owners"],
  grant: ["grant to roles that are not here", "grants to roles that are not here"],
  platform: ["statement on Supabase's own schemas", "statements on Supabase's own schemas"],
  bucket: ["bucket of Supabase", "buckets of Supabase"],
  secret: ["secret of Supabase's vault", "secrets of Supabase's vault"],
  policy: ["policy for roles that are not here", "policies for roles that are not here"],
  defaults: ["default privilege of other roles", "default privileges of other roles"],
  public: ["statement on the schema public", "statements on the schema public"],
  role: ["role statement", "role statements"],
  database: ["database statement", "database statements"],
  extension: ["extension of another platform", "extensions of another platform"],
  missingExtension: [
    "extension that the backend does not have",
    "extensions that the backend does not have",
  ],
  extensionRemoval: ["removal of an extension", "removals of extensions"],
  extensionComment: ["comment on an extension", "comments on extensions"],
  publication: ["publication statement", "publication statements"],
  subscription: ["subscription statement", "subscription statements"],
  foreign: [
    "statement on another server's tables",
    "statements on another server's tables",
  ],
  eventTrigger: ["event trigger statement", "event trigger statements"],
  triggers: ["switch of triggers", "switches of triggers"],
  label: ["security label", "security labels"],
  schema: ["schema statement", "schema statements"],
} as const satisfies Record<string, readonly [one: string, many: string]>;

export type SkippedKind = keyof typeof KINDS;

/** One kind of what was left out. */
export interface Skipped {
  readonly kind: SkippedKind;
  readonly count: number;
  /** Where the first of them stands. */
  readonly line: number;
  /** Roles or objects that it is about. */
  readonly names?: readonly string[];
  /** What to type instead. */
  readonly commands?: readonly string[];
}

interface Count {
  count: number;
  readonly line: number;
  readonly names: Set<string>;
  readonly commands: Set<string>;
}

/** Counts what is left out. */
export class SkippedCounts {
  readonly #counts = new Map<SkippedKind, Count>();

  /** @param commands one for each object that a statement makes, where such have commands here */
  add(
    kind: SkippedKind,
    line: number,
    names: readonly string[] = [],
    commands: readonly string[] = [],
  ): void {
    const found = this.#counts.get(kind) ??
      { count: 0, line, names: new Set(), commands: new Set() };
    found.count += Math.max(commands.length, 1);
    for (const name of names) found.names.add(name);
    for (const command of commands) found.commands.add(command);
    this.#counts.set(kind, found);
  }

  list(): Skipped[] {
    return [...this.#counts].map(([kind, { count, line, names, commands }]) => ({
      kind,
      count,
      line,
      ...(names.size > 0 ? { names: [...names] } : {}),
      ...(commands.size > 0 ? { commands: [...commands] } : {}),
    }));
  }
}

/** What to type instead of what is left out, as lines; empty for nothing. */
export function waysInstead(skipped: readonly Skipped[]): string {
  const commands = skipped.flatMap(({ commands = [] }) => commands);
  return commands.length === 0 ? "" : `Make them here:\n  ${commands.join("\n  ")}`;
}

/** The list as one sentence, without its end; empty for nothing. */
export function describeSkipped(skipped: readonly Skipped[]): string {
  return skipped.map(({ kind, count, names = [] }) => {
    const [one, many] = KINDS[kind];
    const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
    return `${count} ${count === 1 ? one : many}${shown ? ` (${shown})` : ""}`;
  }).join(", ");
}
