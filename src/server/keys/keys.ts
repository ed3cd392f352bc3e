import { equal } from "./equal.ts";
import { writeFileAtomically } from "../../files/atomic.ts";
import { readFileIfPresent } from "../../files/read_file.ts";

/** A key that was rotated out and works until its grace period ends. */
interface RetiredKey {
  key: string;
  /** ISO time in UTC. */
  expiresAt: string;
}

/** The RSA key that signs user tokens, as a JWK; what is public of it is in the JWKS. */
export interface SigningKey extends JsonWebKey {
  alg: "RS256";
  kid: string;
}

interface KeyFile {
  apiKey: string;
  anonKey: string;
  /** Signs refresh tokens (HS256) and, hashed, encrypts secrets. */
  jwtSecret: string;
  /** Absent until the first user token is signed. */
  signingKey?: SigningKey;
  retiredApiKeys: RetiredKey[];
  retiredAnonKeys: RetiredKey[];
}

export type KeyKind = "api" | "anon";

/** The key file is gone or damaged, and something is encrypted under what it held. */
export class KeysLost extends Error {
  override name = "KeysLost";
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}

const newKey = { api: () => `ik_${randomHex(32)}`, anon: () => `anon_${randomHex(32)}` };

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  return { ...jwk, alg: "RS256", kid: randomHex(16) };
}

/** The project's keys, kept in one file that only its owner can read. */
export class Keys {
  readonly #path: string;
  readonly #clock: () => Date;
  #file: KeyFile;
  #signingKey?: Promise<SigningKey>;

  private constructor(path: string, clock: () => Date, file: KeyFile) {
    this.#path = path;
    this.#clock = clock;
    this.#file = file;
  }

  /**
   * Reads the key file. One that is missing or damaged is made anew, unless it is needed to read
   * what was encrypted.
   * @param isNeeded whether anything is encrypted under the lost keys; told whether a file is there
   * @throws {KeysLost} that says what is wrong with the file
   */
  static async load(
    path: string,
    clock: () => Date,
    isNeeded: (isThere: boolean) => Promise<boolean> = (isThere) => Promise.resolve(isThere),
  ): Promise<Keys> {
    const text = await readFileIfPresent(path);
    try {
      return new Keys(path, clock, parse(path, text));
    } catch (error) {
      if (await isNeeded(text !== undefined)) throw error;
    }
    const keys = new Keys(path, clock, {
      apiKey: newKey.api(),
      anonKey: newKey.anon(),
      jwtSecret: randomHex(32),
      retiredApiKeys: [],
      retiredAnonKeys: [],
    });
    await keys.#save();
    return keys;
  }

  get apiKey(): string {
    return this.#file.apiKey;
  }

  get anonKey(): string {
    return this.#file.anonKey;
  }

  get jwtSecret(): string {
    return this.#file.jwtSecret;
  }

  /** The server's time in whole seconds since 1970, as tokens count. */
  seconds(): number {
    return Math.floor(this.#clock().getTime() / 1000);
  }

  /** The key that user tokens are signed with, made and kept when it is first asked for. */
  signingKey(): Promise<SigningKey> {
    return this.#signingKey ??= this.#ensureSigningKey().catch((error) => {
      this.#signingKey = undefined;
      throw error;
    });
  }

  async #ensureSigningKey(): Promise<SigningKey> {
    if (!this.#file.signingKey) {
      const signingKey = await newSigningKey();
      this.#file = { ...this.#file, signingKey };
      await this.#save();
    }
    return this.#file.signingKey!;
  }

  isApiKey(key: string): boolean {
    return this.#accepts(key, this.#file.apiKey, this.#file.retiredApiKeys);
  }

  /** The current API key and those that were rotated out and still work. */
  validApiKeys(): string[] {
    const now = this.#clock().getTime();
    const retired = this.#file.retiredApiKeys
      .filter(({ expiresAt }) => Date.parse(expiresAt) > now);
    return [this.#file.apiKey, ...retired.map(({ key }) => key)];
  }

  isAnonKey(key: string): boolean {
    return this.#accepts(key, this.#file.anonKey, this.#file.retiredAnonKeys);
  }

  /**
   * Replaces a key; the old one works for `graceMs` more.
   * @returns the new key and when the old one ends, in ISO time
   */
  async rotate(kind: KeyKind, graceMs: number): Promise<{ key: string; oldKeyExpiresAt: string }> {
    const now = this.#clock().getTime();
    const oldKeyExpiresAt = new Date(now + graceMs).toISOString();
    const [current, retired] = kind === "api"
      ? ["apiKey", "retiredApiKeys"] as const
      : ["anonKey", "retiredAnonKeys"] as const;
    const key = newKey[kind]();
    const stillValid = this.#file[retired].filter(({ expiresAt }) => Date.parse(expiresAt) > now);
    this.#file = {
      ...this.#file,
      [current]: key,
      [retired]: [...stillValid, { key: this.#file[current], expiresAt: oldKeyExpiresAt }],
    };
    await this.#save();
    return { key, oldKeyExpiresAt };
  }

  #accepts(key: string, current: string, retired: readonly RetiredKey[]): boolean {
    const now = this.#clock().getTime();
    let accepted = equal(key, current);
    for (const old of retired) {
      if (equal(key, old.key) && Date.parse(old.expiresAt) > now) accepted = true;
    }
    return accepted;
  }

  async #save(): Promise<void> {
    await writeFileAtomically(this.#path, `${JSON.stringify(this.#file, null, 2)}\n`);
  }
}

function parse(path: string, text: string | undefined): KeyFile {
  if (text === undefined) {
    throw new KeysLost(`${path} is gone, and secrets are encrypted with what it held`);
  }
  let file: Partial<KeyFile> | null;
  try {
    file = JSON.parse(text);
  } catch {
    throw new KeysLost(`${path} is not valid JSON, and secrets are encrypted with what it held`);
  }
  const { apiKey, anonKey, jwtSecret } = file ?? {};
  if (!isKey(apiKey) || !isKey(anonKey) || !isKey(jwtSecret)) {
    throw new KeysLost(
      `${path} lacks apiKey, anonKey or jwtSecret, and secrets are encrypted with it`,
    );
  }
  return { retiredApiKeys: [], retiredAnonKeys: [], ...file, apiKey, anonKey, jwtSecret };
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
