/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), by which PostgreSQL takes passwords. */

const encoder = new TextEncoder();

/** One sign-in: three texts are sent in turn, the server's last one is checked. */
export class Scram {
  readonly #password: string;
  readonly #nonce = crypto.getRandomValues(new Uint8Array(18)).toBase64();
  #serverSignature = "";

  constructor(password: string) {
    this.#password = password.normalize("NFKC");
  }

  /** What begins it; PostgreSQL knows the user already. */
  first(): string {
    return `n,,${this.#firstBare}`;
  }

  /** Proves the password. @throws {Error} for a challenge that is none */
  async answer(challenge: string): Promise<string> {
    const { r: nonce = "", s: salt = "", i: rounds = "" } = attributesOf(challenge);
    if (!nonce.startsWith(this.#nonce) || !salt || !/^\d+$/.test(rounds)) {
      throw new Error("PostgreSQL's challenge is damaged");
    }
    const salted = await saltedPassword(
      this.#password,
      Uint8Array.fromBase64(salt),
      Number(rounds),
    );
    const clientKey = await hmac(salted, "Client Key");
    const storedKey = new Uint8Array(await crypto.subtle.digest("SHA-256", clientKey));
    const last = `c=biws,r=${nonce}`;
    const signed = `${this.#firstBare},${challenge},${last}`;
    const signature = await hmac(storedKey, signed);
    const proof = clientKey.map((byte, index) => byte ^ signature[index]!);
    this.#serverSignature = (await hmac(await hmac(salted, "Server Key"), signed)).toBase64();
    return `${last},p=${proof.toBase64()}`;
  }

  /** Checks that the server knows the password as well. @throws {Error} when it does not */
  check(end: string): void {
    if (attributesOf(end).v === this.#serverSignature) return;
    throw new Error("who answers is not the PostgreSQL that knows the password");
  }

  get #firstBare(): string {
    return `n=,r=${this.#nonce}`;
  }
}

/** Such as `r=…,s=…,i=4096`. */
function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(",").map((part) => [part[0], part.slice(2)]));
}

async function saltedPassword(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", encoder.encode(password), "PBKDF2", false, [
    "deriveBits",
  ]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

async function hmac(
  key: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey(
    "raw",
    key,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}
