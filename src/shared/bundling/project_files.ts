/** What a project's own files say of its modules: read within its root, and once. */
import { dirname, globToRegExp, join, relative } from "@std/path";
import { isWithin, placeWithin } from "../../files/real_path.ts";
import { SourceError } from "./source_error.ts";
import { readFileIfPresent } from "../../files/read_file.ts";

/** The files of a project that describe its modules, such as `deno.json` and `package.json`. */
export class ProjectFiles {
  readonly root: string;
  readonly #known = new Map<string, Promise<unknown>>();
  readonly #found = new Set<string>();

  /** @param root absolute and real; what is outside of it is not looked for */
  constructor(root: string) {
    this.root = root;
  }

  /** Every file that was there, absolute; a change of one of them may change what names mean. */
  get files(): readonly string[] {
    return [...this.#found];
  }

  /** A folder and those above it, up to the root. */
  *foldersUpFrom(folder: string): Generator<string> {
    for (;; folder = dirname(folder)) {
      yield folder;
      const isInside = !relative(this.root, folder).startsWith("..") && folder !== this.root;
      if (!isInside || dirname(folder) === folder) return;
    }
  }

  /**
   * The content of a file, with comments where it has some. What may not be read counts as absent.
   * @throws {SourceError} for what is no JSON @throws {FileError} for a link that leads out
   */
  json<T>(file: string): Promise<T | undefined> {
    let content = this.#known.get(file);
    if (!content) this.#known.set(file, content = this.#read(file));
    return content as Promise<T | undefined>;
  }

  async #read(file: string): Promise<unknown> {
    const text = await this.text(file);
    return text === undefined ? undefined : await parsed(file, text);
  }

  /** The text of a file. @throws {FileError} for a link that leads out */
  async text(file: string): Promise<string | undefined> {
    const place = isWithin(this.root, file) ? placeWithin(this.root, file) : file;
    const text = await readFileIfPresent(place).catch(() => undefined);
    if (text !== undefined) this.#found.add(file);
    return text;
  }

  /** The folders below a folder that a pattern such as `packages/*` means; not `node_modules`. */
  async foldersLike(folder: string, pattern: string): Promise<string[]> {
    const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
    return await this.#matching(folder, segments);
  }

  async #matching(folder: string, [first, ...rest]: readonly string[]): Promise<string[]> {
    if (first === undefined) return [folder];
    if (!/[*?[{]/.test(first)) return await this.#matching(join(folder, first), rest);
    const isAny = first === "**";
    const wanted = isAny ? /^/ : globToRegExp(first);
    const found = isAny ? await this.#matching(folder, rest) : [];
    for (const name of await this.#foldersIn(folder)) {
      if (!wanted.test(name)) continue;
      found.push(...await this.#matching(join(folder, name), isAny ? [first, ...rest] : rest));
    }
    return found;
  }

  async #foldersIn(folder: string): Promise<string[]> {
    if (!isWithin(this.root, folder)) return [];
    try {
      const entries = await Array.fromAsync(Deno.readDir(placeWithin(this.root, folder)));
      return entries
        .filter(({ name, isDirectory }) =>
          isDirectory && name !== "node_modules" && !name.startsWith(".")
        )
        .map(({ name }) => name).sort();
    } catch {
      return [];
    }
  }
}

async function parsed(file: string, text: string): Promise<unknown> {
  const { parse } = await import("jsonc-parser");
  const errors: { offset: number }[] = [];
  const value = parse(text, errors as never, { allowTrailingComma: true });
  if (errors.length === 0 && typeof value === "object" && value !== null) return value;
  const line = text.slice(0, errors[0]?.offset ?? 0).split("\n").length;
  throw new SourceError(`${file} is not valid JSON: line ${line}`);
}
