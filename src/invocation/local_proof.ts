/**
 * Has the local backend show whose it is while the CLI loads, which takes longer: the client would
 * wait for it before its first request (src/client/local_identity.ts).
 */
import { readAtMost } from "../core/bounded_body.ts";
import { HttpConnection } from "../core/http_connection.ts";
import { inTime } from "../core/in_time.ts";
import {
  IDENTITY_PATH,
  type KeyProofs,
  newChallenge,
  proofOf,
} from "../shared/contract/key_proof.ts";
import { type Launch, localTarget } from "./local_target.ts";

/** A backend that holds the key of its directory. */
export interface ProvenBackend {
  readonly url: string;
  readonly apiKey: string;
}

/** A backend that was asked whose it is. */
export interface AskedBackend {
  /** It, once it has shown that it is ours; undefined where it does not. May never be settled. */
  answer(): Promise<ProvenBackend | undefined>;
  /** Its name and port. */
  readonly host: string;
  /** What it was asked over; it takes no other request before the answer. */
  readonly connection: HttpConnection;
}

/** Milliseconds within which this machine connects to itself. */
const CONNECT_MS = 50;
/** Bytes that its answer never takes. */
const MOST_BYTES = 64 * 1024;

/**
 * Asks the local backend that a command acts on; undefined where there is none, or it cannot be
 * asked. The client asks who does not answer, and says what is wrong.
 */
export async function askLocal(launch: Launch): Promise<AskedBackend | undefined> {
  const target = localTarget(launch);
  const { oss_host: url, api_key: apiKey } = launch.project.project ?? {};
  if (!target || !url || !apiKey) return undefined;
  const port = Number(target.port || 80);
  const connected = await connectSoon(target.hostname, port);
  if (!connected) return undefined;
  // The HTTP client takes longer to load than this to be answered.
  const connection = new HttpConnection(target.origin, connected);
  const challenge = newChallenge();
  const question = new URL(`${IDENTITY_PATH}?challenge=${challenge}`, target);
  const answered = connection.send(question, { method: "GET", headers: new Headers() });
  answered.catch(() => {});
  return {
    host: `${target.hostname}:${port}`,
    connection,
    async answer() {
      const proof = await proofOf(apiKey, challenge, port);
      const proofs = await proofsOf(answered).catch((): unknown[] => []);
      return proofs.includes(proof) ? { url, apiKey } : undefined;
    },
  };
}

async function connectSoon(hostname: string, port: number): Promise<Deno.Conn | undefined> {
  const connecting = Deno.connect({ hostname, port }).catch(() => undefined);
  const connection = await inTime(CONNECT_MS, connecting);
  if (!connection) connecting.then((unwanted) => unwanted?.close());
  return connection;
}

async function proofsOf(answered: Promise<Response>): Promise<readonly unknown[]> {
  const bytes = await readAtMost(await answered, MOST_BYTES);
  const { proofs } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<KeyProofs>;
  return Array.isArray(proofs) ? proofs : [];
}
