import { STATE_FILES } from "../shared/contract/state.ts";
import { writeFileAtomically } from "../files/atomic.ts";
import { readFileIfPresent } from "../files/read_file.ts";

/** The ports that a backend listens on. */
interface Ports {
  readonly port: number;
  /** Of clients of PostgreSQL, where they are answered. */
  readonly postgresPort?: number;
}

/**
 * The ports that a data directory's backend had last: links and the settings of apps name them.
 * What cannot be read counts as none.
 */
export async function readKeptPorts(dataDir: string): Promise<Partial<Ports>> {
  const text = await readFileIfPresent(fileOf(dataDir)) ?? "{}";
  try {
    const { port, postgresPort } = Object(JSON.parse(text));
    return { port: checked(port), postgresPort: checked(postgresPort) };
  } catch {
    return {};
  }
}

/** Keeps them for the next start; one without a port for PostgreSQL leaves the last one known. */
export async function keepPorts(
  dataDir: string,
  { port, postgresPort }: Ports,
  before: Partial<Ports>,
): Promise<void> {
  const kept = { port, postgresPort: postgresPort ?? before.postgresPort };
  if (kept.port === before.port && kept.postgresPort === before.postgresPort) return;
  await writeFileAtomically(fileOf(dataDir), `${JSON.stringify(kept)}\n`);
}

function fileOf(dataDir: string): string {
  return `${dataDir}/${STATE_FILES.ports}`;
}

function checked(port: unknown): number | undefined {
  return Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536
    ? Number(port)
    : undefined;
}
