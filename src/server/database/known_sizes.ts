/** What Emscripten gives of an open file. */
interface Stream {
  readonly position: number;
  readonly node: FileNode;
}

/** A file, however often it is open. */
interface FileNode {
  /** Bytes, where they are known. */
  knownSize?: number;
}

/** The operations of Emscripten on the system's files that change or tell a file's length. */
export interface SizedOperations {
  readonly node_ops: { setattr(node: FileNode, attributes: object): void };
  readonly stream_ops: {
    open(stream: Stream): void;
    setattr(stream: Stream, attributes: object): void;
    write(
      stream: Stream,
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ): number;
    llseek(stream: Stream, offset: number, from: number): number;
    getattr(stream: Stream): { size: number };
  };
}

const FROM_END = 2;

/**
 * Keeps the length of each open file. PostgreSQL seeks to the end of every table that it plans a
 * query over, and each time the system would be asked, after a check of permissions that looks at
 * every folder on the way. A data directory has one writer, so what went through here is all.
 */
export function keepSizes({ node_ops: nodes, stream_ops: streams }: SizedOperations): void {
  const { setattr: setNode } = nodes;
  const { open, setattr: setStream, write, llseek } = streams;
  nodes.setattr = (node, attributes) => {
    node.knownSize = undefined;
    setNode(node, attributes);
  };
  streams.setattr = (stream, attributes) => {
    stream.node.knownSize = undefined;
    setStream(stream, attributes);
  };
  streams.open = (stream) => {
    // Another file may have come under this name since.
    stream.node.knownSize = undefined;
    open(stream);
  };
  streams.write = (stream, buffer, offset, length, position) => {
    const { node } = stream;
    const before = node.knownSize;
    // Of a write that fails, a part may be in the file.
    node.knownSize = undefined;
    const written = write(stream, buffer, offset, length, position);
    if (before !== undefined) node.knownSize = Math.max(before, position + written);
    return written;
  };
  streams.llseek = (stream, offset, from) => {
    if (from !== FROM_END) return llseek(stream, offset, from);
    stream.node.knownSize ??= streams.getattr(stream).size;
    return llseek(stream, stream.node.knownSize + offset, 0);
  };
}
