/** The catalogs of workspaces: the ranges that `catalog:` stands for in a `package.json`. */
import { recordOf, textsOf } from "../../core/shapes.ts";

/** Where pnpm has the catalogs and the members of a workspace. */
export const PNPM_FILE = "pnpm-workspace.yaml";

/** The files of YAML that hold catalogs: pnpm's and Yarn's. */
export const CATALOG_FILES = [PNPM_FILE, ".yarnrc.yml"];

/** The one that `catalog:` means without a name. */
const DEFAULT = "default";

/** The catalogs above a folder; of two with a name, the one that is added first counts. */
export class Catalogs {
  readonly #ranges = new Map<string, Map<string, string>>();

  /** Adds those of a manifest, as Bun has them. */
  add({ catalog, catalogs }: Readonly<Record<string, unknown>>): void {
    for (const [name, ranges] of [[DEFAULT, catalog], ...Object.entries(recordOf(catalogs))]) {
      for (const [key, range] of Object.entries(textsOf(ranges))) {
        this.#put(name as string, key, range);
      }
    }
  }

  /** Adds those of a file of {@link CATALOG_FILES}: of YAML what they are written in. */
  addYaml(text: string): void {
    let [top, name]: (string | undefined)[] = [];
    for (const line of text.split(/\r?\n/)) {
      const [, indent, key, rest = ""] = ENTRY.exec(line) ?? [];
      if (key === undefined) continue;
      if (indent === "") [top, name] = [plain(key), key === "catalog" ? DEFAULT : undefined];
      if (top !== "catalog" && top !== "catalogs") continue;
      if (rest.startsWith("{")) {
        const target = top === "catalog" ? DEFAULT : plain(key);
        for (const [, key, range] of rest.matchAll(FLOW)) {
          this.#put(target, plain(key!), plain(range!));
        }
      } else if (indent !== "" && rest === "") name = plain(key);
      else if (name !== undefined && indent !== "") this.#put(name, plain(key), plain(rest));
    }
  }

  #put(catalog: string, name: string, range: string): void {
    let ranges = this.#ranges.get(catalog);
    if (!ranges) this.#ranges.set(catalog, ranges = new Map());
    if (!ranges.has(name)) ranges.set(name, range);
  }

  /**
   * The range of a dependency.
   * @param catalog what follows `catalog:`
   */
  rangeOf(name: string, catalog: string): string | undefined {
    return this.#ranges.get(catalog.trim() || DEFAULT)?.get(name);
  }
}

const SCALAR = `"[^"]*"|'[^']*'`;
/** A line of a mapping: its indentation, key and value, without the comment. */
const ENTRY = new RegExp(
  `^( *)(${SCALAR}|[^\\s#:"'-][^:]*?) *:(?:$|[ \\t]+(${SCALAR}|\\{[^}]*\\}|[^\\s#"'][^#]*?|)` +
    "[ \\t]*(?:#.*)?$)",
);
/** An entry of a mapping in braces. */
const FLOW = new RegExp(`(${SCALAR}|[^\\s,{}:"']+)\\s*:\\s*(${SCALAR}|[^\\s,}][^,}]*)`, "g");

function plain(scalar: string): string {
  return scalar.replace(/^(["'])(.*)\1$/, "$2").trim();
}
