"use strict";

/** An error whose message, one sentence, is all that the user needs to see. */
class Failure extends Error {
  isExpected = true;

  /** @param traits `mayPass` when it is tried again, `isForged` of what must not be taken elsewhere */
  constructor(message, traits) {
    super(message);
    Object.assign(this, traits);
  }
}

module.exports = { Failure };
