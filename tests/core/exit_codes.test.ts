import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  AuthError,
  DeclinedError,
  FileError,
  InterruptedError,
  NetworkError,
  NotFoundError,
  NotLinkedError,
  OperationError,
  UsageError,
} from "../../src/core/errors.ts";
import { exitCodeForStatus } from "../../src/core/exit_codes.ts";

describe("exit codes", () => {
  it("R1: stand for the statuses of servers", () => {
    const codes = [400, 401, 402, 403, 404, 407, 409, 410, 423, 429, 500, 503]
      .map((status) => [status, exitCodeForStatus(status)]);
    assertEquals(codes, [
      [400, 1],
      [401, 2],
      [402, 1],
      [403, 5],
      [404, 4],
      [407, 1],
      [409, 1],
      [410, 1],
      [423, 1],
      [429, 1],
      [500, 1],
      [503, 1],
    ]);
  });

  it("are those that scripts know, whatever the error says", () => {
    assertEquals(
      [
        new UsageError(""),
        new FileError(""),
        new OperationError(""),
        new NetworkError(""),
        new DeclinedError(""),
        new AuthError(""),
        new NotLinkedError(""),
        new NotFoundError(""),
        new InterruptedError(),
      ].map(({ name, exitCode }) => [name, exitCode]),
      [
        ["UsageError", 1],
        ["FileError", 1],
        ["OperationError", 1],
        ["NetworkError", 1],
        ["DeclinedError", 1],
        ["AuthError", 2],
        ["NotLinkedError", 3],
        ["NotFoundError", 4],
        ["InterruptedError", 130],
      ],
    );
  });
});
