/** The values of a statement: they travel as parameters, never in its text. */
export class Values {
  readonly list: unknown[] = [];

  /** Takes a value, and returns what stands for it in the text. */
  add(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}
