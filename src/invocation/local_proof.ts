/**
 * Has the local backend show whose it is while the worker starts, which takes longer: the client
 * would wait for it before its first request (src/client/local_identity.ts).
 */
import { IDENTITY_PATH, newChallenge, proofOf } from "../shared/contract/key_proof.ts";
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
  const connection = await connectSoon(target.hostname, port);
  if (!connection) return undefined;
  const challenge = newChallenge();
  // The HTTP client takes longer to load than this to be answered.
  const request = `GET ${IDENTITY_PATH}?challenge=${challenge} HTTP/1.1\r\n` +
    `Host: ${target.host}\r\nConnection: close\r\n\r\n`;
  const sent = connection.write(new TextEncoder().encode(request)).catch(() => 0);
  return {
    async answer() {
      using _ = connection;
      const proof = await proofOf(apiKey, challenge, port);
      await sent;
      return await tells(connection, proof).catch(() => false) ? { url, apiKey } : undefined;
    },
  };
}

async function connectSoon(hostname: string, port: number): Promise<Deno.Conn | undefined> {
  const connecting = Deno.connect({ hostname, port }).catch(() => undefined);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, CONNECT_MS);
  const connection = await Promise.race([connecting, late.promise]);
  clearTimeout(timer);
  if (!connection) connecting.then((unwanted) => unwanted?.close());
  return connection;
}

/** Whether an answer has a text, wherever it stands: nobody else can make a proof. */
async function tells(connection: Deno.Conn, text: string): Promise<boolean> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(MOST_BYTES);
  let answer = "";
  while (answer.length < MOST_BYTES) {
    const size = await connection.read(chunk);
    if (size === null) return false;
    answer += decoder.decode(chunk.subarray(0, size), { stream: true });
    if (answer.includes(text)) return true;
  }
  return false;
}
