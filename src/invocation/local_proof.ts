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

/** Bytes that its answer never takes. */
const MOST_BYTES = 64 * 1024;

/**
 * The local backend that a command acts on, as soon as it has shown that it is ours; undefined
 * where there is none, or it did not: the client asks then, and says what is wrong. An answer may
 * never come.
 */
export async function provenLocal(launch: Launch): Promise<ProvenBackend | undefined> {
  const target = localTarget(launch);
  const { oss_host: url, api_key: apiKey } = launch.project.project ?? {};
  if (!target || !url || !apiKey) return undefined;
  const port = Number(target.port || 80);
  const challenge = newChallenge();
  try {
    using connection = await Deno.connect({ hostname: target.hostname, port });
    // The HTTP client takes longer to load than this to be answered.
    const request = `GET ${IDENTITY_PATH}?challenge=${challenge} HTTP/1.1\r\n` +
      `Host: ${target.host}\r\nConnection: close\r\n\r\n`;
    const proof = proofOf(apiKey, challenge, port);
    await connection.write(new TextEncoder().encode(request));
    return await tells(connection, await proof) ? { url, apiKey } : undefined;
  } catch {
    return undefined;
  }
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
