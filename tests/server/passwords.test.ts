import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ApiError } from "../../src/server/http/api_error.ts";
import {
  hashPassword,
  isPassword,
  requireAllowedPassword,
} from "../../src/server/auth/passwords.ts";

const NO_RULES = {
  passwordMinLength: 6,
  requireNumber: false,
  requireLowercase: false,
  requireUppercase: false,
  requireSpecialChar: false,
};

describe("passwords", () => {
  it("rest as bcrypt hashes that cost as much as the real backend's", async () => {
    const hash = await hashPassword("secret");
    assertMatch(hash, /^\$2[ab]\$10\$/);
    assert(await isPassword("secret", hash));
    assert(!await isPassword("Secret", hash));
  });

  it("fit nothing where there is no hash, or one that is none", async () => {
    for (const hash of [undefined, null, "", "secret", "$2b$10$short", "x".repeat(60)]) {
      assertEquals(await isPassword("secret", hash), false, `${hash}`);
    }
  });

  it("keep every rule of the project", () => {
    const rules = {
      ...NO_RULES,
      requireNumber: true,
      requireLowercase: true,
      requireUppercase: true,
      requireSpecialChar: true,
    };
    requireAllowedPassword("aaaaaa", NO_RULES);
    requireAllowedPassword("aA1!aa", rules);
    for (const password of ["aA1!a", "aAb!aa", "AA1!AA", "aa1!aa", "aA1aaa"]) {
      assertThrows(() => requireAllowedPassword(password, rules), ApiError, "The password needs");
    }
  });
});
