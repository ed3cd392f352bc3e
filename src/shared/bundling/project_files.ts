/** What a project's own files say of its modules: read within its root, and once. */
import { dirname, globToRegExp, join, relative } from "@std/path";
import { recordOf } from "../../core/shapes.ts";
import { isWithin, placeWithin } from "../../files/real_path.ts";
import { SourceError } from "./source_error.ts";
import { readFileIfPresent } from "../../files/read_file.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** In a part of a pattern; with each more, a long name takes longer to be compared. */
const MOST_STARS = 3;

/** The files of a project that describe its modules, such as `deno.json` and `package.json`. */
export class ProjectFiles {
  readonly root: string;
  readonly #known = new Map<string, Promise<JsonObject | undefined>>();
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
  json(file: string): Promise<JsonObject | undefined> {
    let content = this.#known.get(file);
    if (!content) this.#known.set(file, content = this.#read(file));
    return content;
  }

  async #read(file: string): Promise<JsonObject | undefined> {
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
    if (segments.some((segment) => segment.split(/\*+/).length > MOST_STARS + 1)) {
      throw new SourceError(`${folder}: the workspace's pattern ${pattern} has too many stars`);
    }
    return await this.#matching(folder, segments, new Set());
  }

  /** @param seen what was looked for where: several `**` lead to the same folders */
  async #matching(
    folder: string,
    segments: readonly string[],
    seen: Set<string>,
  ): Promise<string[]> {
    const [first, ...rest] = segments;
    if (first === undefined) return [folder];
    const question = `${segments.length} ${folder}`;
    if (seen.has(question)) return [];
    seen.add(question);
    if (!/[*?[{]/.test(first)) return await this.#matching(join(folder, first), rest, seen);
    const isAny = first === "**";
    const wanted = isAny ? /^/ : globToRegExp(first, { extended: false });
    const found: string[] = isAny ? await this.#matching(folder, rest, seen) : [];
    for (const name of await this.#foldersIn(folder)) {
      if (!wanted.test(name)) continue;
      found.push(...await this.#matching(join(folder, name), isAny ? segments : rest, seen));
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

async function parsed(file: string, text: string): Promise<JsonObject> {
  const { parse } = await import("jsonc-parser");
  const errors: { offset: number }[] = [];
  let value: unknown;
  try {
    // Editors of Windows put a byte order mark before the text.
    value = parse(text.replace(/^\ufeff/, ""), errors as never, { allowTrailingComma: true });
  } catch {
    throw new SourceError(`${file} is nested too deeply`);
  }
  if (errors.length === 0 && typeof value === "object" && value !== null) return recordOf(value);
  const line = text.slice(0, errors[0]?.offset ?? 0).split("\n").length;
  throw new SourceError(`${file} is not valid JSON: line ${line}`);
}
