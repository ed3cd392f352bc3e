"use strict";

/** An error whose message, one sentence, is all that the user needs to see. */
class Failure extends Error {
  constructor(message) {
    super(message);
    this.isExpected = true;
  }
}

module.exports = { Failure };
