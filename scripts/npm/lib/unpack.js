"use strict";

const { Transform } = require("stream");

const BLOCK = 512;

/** Takes a tar archive and passes on one file of it, wherever that stands. */
class OneFile extends Transform {
  #name;
  #header = Buffer.alloc(0);
  /** Bytes of the current file, and of the blocks that hold it. */
  #wanted = 0;
  #left = 0;
  #isFound = false;

  constructor(name) {
    super();
    this.#name = name;
  }

  _transform(chunk, _encoding, done) {
    try {
      while (chunk.length > 0) {
        chunk = this.#left > 0 ? this.#takeFile(chunk) : this.#takeHead(chunk);
      }
      done();
    } catch (error) {
      done(error);
    }
  }

  _flush(done) {
    const isWhole = this.#isFound && this.#wanted === 0;
    done(isWhole ? null : new Error(`the archive holds no whole ${this.#name}`));
  }

  #takeHead(chunk) {
    const missing = BLOCK - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)]);
    if (this.#header.length === BLOCK) {
      const [name, size] = [[0, 100], [124, 136]].map(([from, to]) =>
        this.#header.toString("latin1", from, to).replace(/\0.*$/s, "")
      );
      const bytes = parseInt(size, 8) || 0;
      const isWanted = name === this.#name && !this.#isFound;
      if (isWanted) this.#isFound = true;
      this.#wanted = isWanted ? bytes : 0;
      this.#left = Math.ceil(bytes / BLOCK) * BLOCK;
      this.#header = Buffer.alloc(0);
    }
    return chunk.subarray(missing);
  }

  #takeFile(chunk) {
    const part = chunk.subarray(0, this.#left);
    if (this.#wanted > 0) this.push(part.subarray(0, this.#wanted));
    this.#wanted -= Math.min(this.#wanted, part.length);
    this.#left -= part.length;
    return chunk.subarray(part.length);
  }
}

module.exports = { OneFile };
