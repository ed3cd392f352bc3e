"use strict";

const { Writable } = require("stream");

const BLOCK = 512;

/**
 * A sink for a tar archive of which only one file is wanted, which stands first in it: its bytes
 * are passed on as they come, the rest is dropped.
 */
class FirstFile extends Writable {
  constructor(name, write) {
    super();
    this.name = name;
    this.write_ = write;
    this.header = Buffer.alloc(0);
    this.left = undefined;
  }

  _write(chunk, _encoding, done) {
    try {
      this.take(chunk);
      done();
    } catch (error) {
      done(error);
    }
  }

  take(chunk) {
    if (this.left === undefined) {
      this.header = Buffer.concat([this.header, chunk]);
      if (this.header.length < BLOCK) return;
      const name = this.header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
      if (name !== this.name) throw new Error(`the archive begins with ${name}`);
      this.left = parseInt(this.header.toString("latin1", 124, 136), 8);
      chunk = this.header.subarray(BLOCK);
    }
    const wanted = chunk.subarray(0, this.left);
    this.left -= wanted.length;
    if (wanted.length > 0) this.write_(wanted);
  }
}

module.exports = { FirstFile };
