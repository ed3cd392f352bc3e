import { DataApiError } from "../postgrest_error.ts";

const NAME = /(?:[\p{L}\p{N}_ $]|-(?!>))+/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"/suy;

/** Reads a text of PostgREST's query language from left to right. */
export class Scanner {
  #at = 0;

  /** @param what what the text is, for messages: `select parameter` */
  constructor(readonly text: string, readonly what: string) {}

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  /** Where it stands, to go {@link back} to. */
  get position(): number {
    return this.#at;
  }

  back(position: number): void {
    this.#at = position;
  }

  /** Whether the text goes on with this. */
  isAt(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** Steps over a text, if it is there. */
  eat(text: string): boolean {
    const isThere = this.isAt(text);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  /** @throws {DataApiError} when it is not there */
  expect(text: string): void {
    if (!this.eat(text)) this.fail(JSON.stringify(text));
  }

  /** Steps over what a sticky pattern matches here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  /** A text in double quotes, without them. */
  quoted(): string | undefined {
    return this.match(QUOTED)?.[1]?.replace(/\\(.)/gs, "$1");
  }

  /** The name of a column, a table or the like; in double quotes it may hold anything. */
  name(): string | undefined {
    const quoted = this.quoted();
    if (quoted !== undefined) return quoted;
    const start = this.#at;
    const name = this.match(NAME)?.[0].trim();
    if (!name) this.#at = start;
    return name || undefined;
  }

  /** {@link name} where there has to be one. */
  needName(): string {
    return this.name() ?? this.fail("a name");
  }

  /** The rest of the text. */
  rest(): string {
    const rest = this.text.slice(this.#at);
    this.#at = this.text.length;
    return rest;
  }

  /** Items between commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    this.match(/ */y);
    while (this.eat(",")) {
      this.match(/ */y);
      items.push(item());
      this.match(/ */y);
    }
    return items;
  }

  /** @throws {DataApiError} when something is left */
  end(): void {
    if (!this.isAtEnd) this.fail("the end");
  }

  /** @throws {DataApiError} 400 PGRST100, always */
  fail(expecting: string): never {
    const found = this.isAtEnd ? "the end" : JSON.stringify(this.text[this.#at]);
    throw new DataApiError(
      400,
      "PGRST100",
      `"failed to parse ${this.what} (${this.text})" (line 1, column ${this.#at + 1})`,
      `unexpected ${found} expecting ${expecting}`,
    );
  }
}
