/** Finds values in files that are about to be published and should not be. */
import { join } from "@std/path";
import { ENV_FILES, parseEnvFile } from "../../../files/env_file.ts";
import { readFileIfPresent } from "../../../files/read_file.ts";

/** Beginnings of names whose values frameworks publish on purpose. */
const PUBLIC_NAMES = /^(VITE|NEXT_PUBLIC|REACT_APP|PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY)_/;

/** Shorter values occur by chance. */
const LEAST_LENGTH = 8;

/** A value that must not be published, and what people know it by. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** A secret in a file that would be published. */
export interface Leak {
  readonly name: string;
  readonly path: string;
}

/**
 * The values of `.env` files in these folders that are not public by their name or nature.
 * @param placeOf where a file really is; it throws for a link that leads elsewhere
 */
export async function readEnvSecrets(
  folders: readonly string[],
  placeOf: (path: string) => string,
): Promise<Secret[]> {
  const secrets = new Map<string, Secret>();
  const published = new Set<string>();
  for (const folder of new Set(folders)) {
    for (const file of ENV_FILES) {
      const text = await readText(() => placeOf(join(folder, file)));
      for (const { key, value } of text === undefined ? [] : await parseEnvFile(text)) {
        if (PUBLIC_NAMES.test(key)) published.add(value);
        else if (isSecret(value)) secrets.set(value, { name: `${key} of ${file}`, value });
      }
    }
  }
  return [...secrets.values()].filter(({ value }) => !published.has(value));
}

async function readText(place: () => string): Promise<string | undefined> {
  try {
    return await readFileIfPresent(place());
  } catch {
    return undefined;
  }
}

/** Addresses without credentials, numbers and short words are no secrets. */
function isSecret(value: string): boolean {
  if (value.length < LEAST_LENGTH || /^[\d.]+$/.test(value)) return false;
  return !/^https?:\/\/[^@]*$/.test(value);
}

/** Looks for secrets in the content of one file, as it streams by. */
export class LeakScanner {
  readonly #secrets: readonly Secret[];
  readonly #overlap: number;
  readonly found = new Set<string>();
  #decoder: TextDecoder | undefined;
  #tail = "";
  #isText: boolean | undefined;

  constructor(secrets: readonly Secret[]) {
    this.#secrets = secrets;
    this.#overlap = Math.max(0, ...secrets.map(({ value }) => value.length)) - 1;
  }

  /** Takes the next part of the file. */
  see(chunk: Uint8Array): void {
    // A file with NUL at its beginning is no text.
    this.#isText ??= !chunk.subarray(0, 8192).includes(0);
    if (!this.#isText || this.#secrets.length === 0) return;
    // Making one takes as long as reading a small file.
    this.#decoder ??= new TextDecoder();
    const text = this.#tail + this.#decoder.decode(chunk, { stream: true });
    for (const { name, value } of this.#secrets) {
      if (text.includes(value)) this.found.add(name);
    }
    this.#tail = this.#overlap > 0 ? text.slice(-this.#overlap) : "";
  }
}
