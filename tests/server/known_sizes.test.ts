import { assertEquals, assertThrows } from "@std/assert";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { keepSizes, type SizedOperations } from "../../src/server/database/known_sizes.ts";

describe("the length of an open file", () => {
  /** What the system says, and how often it was asked. */
  const file = { size: 100, asked: 0, full: false };
  let operations: SizedOperations;
  const stream = { position: 0, node: {} };
  const end = () => operations.stream_ops.llseek(stream, 0, 2);
  const write = (length: number, position: number) =>
    operations.stream_ops.write(stream, new Uint8Array(length), 0, length, position);

  beforeEach(() => {
    Object.assign(file, { size: 100, asked: 0, full: false });
    const grow = (to: number) => file.size = Math.max(file.size, to);
    operations = {
      node_ops: { setattr: (_, { size }: { size?: number }) => void (file.size = size!) },
      stream_ops: {
        open: () => {},
        setattr: (_, { size }: { size?: number }) => void (file.size = size!),
        write(_stream, _buffer, _offset, length, position) {
          if (file.full) {
            grow(position + 1);
            throw new Error("ENOSPC");
          }
          grow(position + length);
          return length;
        },
        llseek: (_, offset, from) => from === 0 ? offset : file.size + offset,
        getattr() {
          file.asked++;
          return { size: file.size };
        },
      },
    };
    keepSizes(operations);
    operations.stream_ops.open(stream);
  });

  it("is asked for once, and grows by what is written past it", () => {
    assertEquals([end(), end()], [100, 100]);
    write(50, 20);
    assertEquals(end(), 100);
    write(50, 80);
    assertEquals([end(), operations.stream_ops.llseek(stream, -30, 2)], [130, 100]);
    assertEquals(file.asked, 1);
  });

  it("is asked for again after what may have changed it otherwise", () => {
    const changes = [
      () => operations.stream_ops.setattr(stream, { size: 8 }),
      () => operations.node_ops.setattr(stream.node, { size: 16 }),
      () => {
        file.size = 24;
        operations.stream_ops.open(stream);
      },
      () => {
        file.full = true;
        assertThrows(() => write(10, file.size));
      },
    ];
    const lengths = changes.map((change) => {
      end();
      change();
      return end();
    });
    assertEquals(lengths, [8, 16, 24, 25]);
  });
});
