/** The small documents of S3: elements without attributes. */
import { escapeHtml } from "../../../core/html.ts";
import { S3Error } from "./s3_error.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** The content of an element: a text, or elements; those of a list are repeated. */
export type Xml = string | number | boolean | XmlElements;
interface XmlElements {
  readonly [name: string]: Xml | readonly Xml[] | undefined;
}

/** A document with one root; what is undefined is left out. */
export function toXml(root: string, content: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<${root} xmlns="${NAMESPACE}">${inside(content)}</${root}>`;
}

function inside(content: Xml): string {
  if (typeof content !== "object") return escapeXml(String(content));
  return Object.entries(content).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.map((one: Xml) => `<${name}>${inside(one)}</${name}>`);
  }).join("");
}

function escapeXml(text: string): string {
  // deno-lint-ignore no-control-regex
  return escapeHtml(text).replace(/[\0-\x1f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What is inside of each element of a name; no document has what is looked at twice. */
export function insides(xml: string, name: string): string[] {
  const opening = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^<>]*)?>`, "g");
  const closing = new RegExp(`</(?:\\w+:)?${name}\\s*>`, "g");
  const found: string[] = [];
  while (opening.test(xml)) {
    const start = closing.lastIndex = opening.lastIndex;
    const end = closing.exec(xml)?.index;
    if (end === undefined) break;
    found.push(xml.slice(start, end));
    opening.lastIndex = closing.lastIndex;
  }
  return found;
}

/** The text of the first element of a name. @throws {S3Error} MalformedXML */
export function textOf(xml: string, name: string): string | undefined {
  const [first] = insides(xml, name);
  return first === undefined ? undefined : decoded(first);
}

/** The texts of all elements of a name. @throws {S3Error} MalformedXML */
export function textsOf(xml: string, name: string): string[] {
  return insides(xml, name).map(decoded);
}

function decoded(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (entity, name: string) => {
    const code = name.startsWith("#x") ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (!name.startsWith("#")) return ENTITIES[name] ?? entity;
    if (!(code > 0 && code <= 0x10ffff)) throw new S3Error("MalformedXML", `There is no ${entity}`);
    return String.fromCodePoint(code);
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
