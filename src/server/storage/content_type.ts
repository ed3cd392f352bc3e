const USUAL = "application/octet-stream";
/** What a browser would run when it is shown from this address. */
const ACTIVE_TYPE =
  /^(text\/html|application\/xhtml|image\/svg|(application|text)\/(javascript|ecmascript|xml))|\+xml/i;
const ACTIVE_CONTENT =
  /<(!doctype\s+html|html|head|body|script|iframe|object|embed|svg|form|meta|link|style|img)\b/i;
/** Types whose first bytes are no text. */
const BINARY_TYPE = /^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|wasm)/i;

/** The types that first bytes tell for certain. */
const SIGNATURES: readonly (readonly [string, readonly number[], number?])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  ["image/webp", [0x57, 0x45, 0x42, 0x50], 8],
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["application/gzip", [0x1f, 0x8b, 0x08]],
  ["video/mp4", [0x66, 0x74, 0x79, 0x70], 4],
  ["application/wasm", [0x00, 0x61, 0x73, 0x6d]],
];

/** Whether a browser would run what is shown as this type. */
export function isActiveType(type: string): boolean {
  return ACTIVE_TYPE.test(type.trim());
}

/**
 * The type that an object is stored with (contract section 7.3): what its first bytes tell, else
 * what the client says, unless a browser could be made to run it.
 */
export function contentTypeOf(head: Uint8Array, claimed: string): string {
  const known = SIGNATURES.find(([, bytes, at = 0]) =>
    bytes.every((byte, n) => head[at + n] === byte)
  );
  if (known) return known[0];
  const type = claimed.trim() || USUAL;
  if (isActiveType(type)) return USUAL;
  const isActive = !BINARY_TYPE.test(type) && ACTIVE_CONTENT.test(new TextDecoder().decode(head));
  return isActive ? USUAL : type;
}
