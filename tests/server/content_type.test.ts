import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { contentTypeOf } from "../../src/server/storage/content_type.ts";

const of = (content: string, claimed: string) =>
  contentTypeOf(new TextEncoder().encode(content), claimed);
const BYTES = "application/octet-stream";

describe("the type that an object is stored with", () => {
  it("is what the client says, where no browser runs it", () => {
    assertEquals(of("plain", "text/plain"), "text/plain");
    assertEquals(of("plain", " "), BYTES);
    assertEquals(of("a < b", "text/markdown"), "text/markdown");
  });

  it("is what the first bytes tell", () => {
    assertEquals(of("%PDF-1.7", "text/html"), "application/pdf");
    assertEquals(
      contentTypeOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "image/svg+xml"),
      "image/jpeg",
    );
  });

  it("is bytes for what a browser could run, by its type or by what it holds", () => {
    const types = ["text/html; charset=utf-8", "image/svg+xml", "TEXT/JavaScript", "a/b+xml"];
    for (const type of types) assertEquals(of("x", type), BYTES, type);
    for (const content of ["<!doctype html>", "x<script>", "<SVG onload=x>", "a <img src=x>"]) {
      assertEquals(of(content, "text/plain"), BYTES, content);
    }
  });
});
