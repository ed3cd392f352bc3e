/** The members of workspaces, which go by their names: Deno's, npm's, Yarn's, Bun's and pnpm's. */
import { join } from "@std/path";
import { textOf } from "../../core/shapes.ts";
import { isWithin } from "../../files/real_path.ts";
import { type LocalPackage, packageEntry } from "./local_module.ts";
import { MANIFESTS } from "./manifests.ts";
import type { ProjectFiles } from "./project_files.ts";
import { SourceError } from "./source_error.ts";
import { bareSpecifier } from "./specifiers.ts";

/** Finds the members of a project by name. */
export class Workspace {
  readonly #files: ProjectFiles;
  readonly #folders: { readonly folder: string; readonly patterns: readonly string[] }[] = [];
  #members: Promise<Map<string, { folder: string; manifest: LocalPackage }>> | undefined;

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** @param patterns of folders below `folder`, such as `packages/*`; `!` takes some out again */
  add(folder: string, patterns: readonly string[]): void {
    if (patterns.length > 0) this.#folders.push({ folder, patterns });
  }

  /** Adds what a `pnpm-workspace.yaml` lists. */
  addPnpm(folder: string, text: string): void {
    const [, list = ""] = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?(?:\r?\n|$))*)/m.exec(text) ??
      [];
    const [, flow = ""] = /^packages:[ \t]*\[([^\]]*)\]/m.exec(text) ?? [];
    const lines = list + flow.split(",").map((item) => `\n- ${item.trim()}`).join("");
    const items = lines.matchAll(/^[ \t]*-[ \t]*(?:"([^"]*)"|'([^']*)'|([^#\s]+))/gm);
    this.add(folder, [...items].map(([, double, single, plain]) => double ?? single ?? plain!));
  }

  /**
   * The file that a bare specifier means, absolute; undefined where no member has its name.
   * @throws {SourceError} for a member that has no such module
   */
  async resolve(specifier: string): Promise<string | undefined> {
    const bare = this.#folders.length > 0 ? bareSpecifier(specifier) : undefined;
    if (!bare) return undefined;
    const member = (await (this.#members ??= this.#read())).get(bare.name);
    if (!member) return undefined;
    const entry = await packageEntry(this.#files, member.folder, member.manifest, bare.subpath);
    if (entry) return entry;
    throw new SourceError(
      `${bare.name}, a member of this workspace, has no ` +
        (bare.subpath ? `module ${JSON.stringify(bare.subpath)}` : "main module"),
      { hint: "Where its package.json names what a build makes, build it first." },
    );
  }

  async #read() {
    const members = new Map<string, { folder: string; manifest: LocalPackage }>();
    for (const { folder, patterns } of this.#folders) {
      const like = async (pattern: string) => await this.#files.foldersLike(folder, pattern);
      const out = patterns.filter((pattern) => pattern.startsWith("!"));
      const left = new Set((await Promise.all(out.map((out) => like(out.slice(1))))).flat());
      for (const pattern of patterns.filter((pattern) => !pattern.startsWith("!"))) {
        for (const place of await like(pattern)) {
          if (left.has(place) || !isWithin(this.#files.root, place)) continue;
          const manifest = await this.#manifestOf(place);
          const name = textOf(manifest?.name);
          if (manifest && name && !members.has(name)) {
            members.set(name, { folder: place, manifest });
          }
        }
      }
    }
    return members;
  }

  async #manifestOf(folder: string): Promise<LocalPackage | undefined> {
    for (const name of MANIFESTS) {
      const manifest = await this.#files.json(join(folder, name));
      if (textOf(manifest?.name)) return manifest;
    }
  }
}
