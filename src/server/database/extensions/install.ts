import type { PGlite } from "@electric-sql/pglite";
import { unpack } from "../../../files/packing.ts";
import { readPrepared } from "../../../files/prepared_files.ts";
import { HTTP_CLIENT } from "./http_client.ts";
import { PG_CRON } from "./pg_cron.ts";
import { type BundledFile, bundleFile, type BundleList } from "./bundles.ts";

/** A file or folder of Emscripten's file system in memory. */
interface MemoryNode {
  contents: Uint8Array;
  usedBytes: number;
  node_ops: {
    lookup(folder: MemoryNode, name: string): MemoryNode;
    readdir(folder: MemoryNode): string[];
  };
}

/** The part of Emscripten's file system that is used here. */
interface MemoryFiles {
  writeFile(path: string, data: string): void;
  createFile(
    folder: string,
    name: string,
    properties: unknown,
    read: true,
    write: false,
  ): MemoryNode;
  lookupPath(path: string): { node: MemoryNode };
  lookupNode(folder: MemoryNode, name: string): MemoryNode;
}

/** Where PostgreSQL looks for the files of extensions. */
const FOLDERS = [
  "lib/postgresql",
  "share/postgresql/extension",
  "share/postgresql/tsearch_data",
];

/**
 * Has the extensions appear when PostgreSQL first looks for a file of one, so that `CREATE
 * EXTENSION` works at any time and a start reads nothing of them.
 */
export function offerExtensions(pglite: PGlite): void {
  const { FS, WASM_PREFIX } = pglite.Module as unknown as { FS: MemoryFiles; WASM_PREFIX: string };
  const nodes = FOLDERS.map((folder) => FS.lookupPath(`${WASM_PREFIX}/${folder}`).node);
  const plain = nodes[0]!.node_ops;
  const appear = () => {
    for (const node of nodes) node.node_ops = plain;
    placeExtensions(FS, WASM_PREFIX);
  };
  const waiting = {
    ...plain,
    // Asked only for what is not there yet.
    lookup(folder: MemoryNode, name: string) {
      appear();
      return FS.lookupNode(folder, name);
    },
    readdir(folder: MemoryNode) {
      appear();
      return plain.readdir(folder);
    },
  };
  for (const node of nodes) node.node_ops = waiting;
}

/**
 * Of most files only name and size: the first that PostgreSQL reads has its whole bundle unpacked.
 */
function placeExtensions(files: MemoryFiles, prefix: string): void {
  const { bundles, controls } = JSON.parse(
    new TextDecoder().decode(unpack(readPrepared(bundleFile("list")))),
  ) as BundleList;
  for (const [path, text] of Object.entries(controls)) files.writeFile(`${prefix}/${path}`, text);
  const folder = `${prefix}/share/postgresql/extension`;
  for (const [name, { control, sql }] of Object.entries({ pg_cron: PG_CRON, http: HTTP_CLIENT })) {
    files.writeFile(`${folder}/${name}.control`, control);
    files.writeFile(`${folder}/${name}--1.6.sql`, sql);
  }
  for (const [name, contained] of Object.entries(bundles)) {
    const bundle = lazily(() => unpack(readPrepared(bundleFile(name))));
    for (const file of contained) {
      const end = file.path.lastIndexOf("/");
      const folder = `${prefix}/${file.path.slice(0, end)}`;
      const node = files.createFile(folder, file.path.slice(end + 1), undefined, true, false);
      node.usedBytes = file.size;
      Object.defineProperty(node, "contents", { get: lazily(() => contentOf(file, bundle())) });
    }
  }
}

function contentOf({ offset, size }: BundledFile, bundle: Uint8Array): Uint8Array {
  return bundle.subarray(offset, offset + size);
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}
