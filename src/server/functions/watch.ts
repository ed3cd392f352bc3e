import { basename, dirname, SEPARATOR } from "@std/path";
import type { Timer } from "../../core/timer.ts";

/** The changes of one moment are taken together: editors write a file in several steps. */
const QUIET_MS = 40;

/** Watches a folder with all that is in it, and files elsewhere, and calls back after changes. */
export class FileWatch implements Disposable {
  readonly #tree: string;
  readonly #onChange: () => Promise<void>;
  readonly #treeWatcher: Deno.FsWatcher;
  readonly #folders = new Map<string, Deno.FsWatcher>();
  #names: ReadonlySet<string> = new Set();
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();

  /** @param onChange is never called while a call of it is under way; it must not throw */
  constructor(tree: string, onChange: () => Promise<void>) {
    this.#tree = tree;
    this.#onChange = onChange;
    this.#treeWatcher = Deno.watchFs(tree);
    this.#follow(this.#treeWatcher, () => true);
  }

  /** Watches these files, as far as they lie elsewhere, and no others. */
  files(paths: readonly string[]): void {
    const outside = paths.filter((path) => !path.startsWith(this.#tree + SEPARATOR));
    this.#names = new Set(outside.map((path) => basename(path)));
    // Folders, not files: editors replace a file by another of its name. Nothing below them: that
    // can be a lot.
    const wanted = new Set(outside.map((path) => dirname(path)));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue;
      const watcher = watcherOf(folder);
      if (!watcher) continue;
      this.#folders.set(folder, watcher);
      this.#follow(watcher, (changed) => changed.some((path) => this.#names.has(basename(path))));
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const watcher of [this.#treeWatcher, ...this.#folders.values()]) watcher.close();
  }

  async #follow(
    watcher: Deno.FsWatcher,
    counts: (paths: readonly string[]) => boolean,
  ): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || !counts(paths)) continue;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#running = this.#running.then(() => this.#onChange());
      }, QUIET_MS);
    }
  }
}

/** None for a folder that is not there, or that a function may not import from. */
function watcherOf(folder: string): Deno.FsWatcher | undefined {
  try {
    return Deno.watchFs(folder, { recursive: false });
  } catch (error) {
    const isNone = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
    if (isNone) return undefined;
    throw error;
  }
}
