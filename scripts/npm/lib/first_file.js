"use strict";

/** What stands before a file in a tar archive. */
const HEADER = 512;
/** More than follows the first file in our own archives. */
const MOST_AFTER = 1024 * 1024;

/**
 * Passes on the first file of a tar archive, whose size is known: releases are written so that this
 * is the one that is wanted, and what else an archive may say is compared by its digest.
 */
function firstFile(size) {
  return async function* (chunks) {
    let start = HEADER;
    let end = HEADER + size;
    for await (const chunk of chunks) {
      const part = chunk.subarray(Math.max(start, 0), Math.max(end, 0));
      if (part.length > 0) yield part;
      start -= chunk.length;
      end -= chunk.length;
      if (end < -MOST_AFTER) throw new Error("the archive is longer than it should be");
    }
  };
}

module.exports = { firstFile };
