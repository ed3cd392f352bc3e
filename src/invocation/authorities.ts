/** The certificate authorities that the environment names, as errors speak of them. */
import { environmentVariable } from "../core/environment.ts";
import { reason } from "../files/reason.ts";

/** Deno's, Node's and OpenSSL's variable for a file. */
const VARIABLES = ["DENO_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];

const NO_FOLDERS = "SSL_CERT_DIR is not followed: name one file of certificates, as with " +
  "NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.";

/**
 * What is wrong with what the environment names, in sentences; undefined where nothing is. Needs
 * the launcher's permissions.
 */
export function doubtfulAuthorities(): string | undefined {
  const named = VARIABLES.filter(environmentVariable);
  if (named.length === 0) return environmentVariable("SSL_CERT_DIR") ? NO_FOLDERS : undefined;
  return named.flatMap((name) => problemOf(name, environmentVariable(name)!)).join(" ") ||
    undefined;
}

function problemOf(variable: string, path: string): string[] {
  try {
    // As the runtime reads it: a mark of the encoding in front hides the first certificate.
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(path));
    if (/^-----BEGIN CERTIFICATE-----/m.test(text)) return [];
  } catch (error) {
    return [`${variable} names ${path}, which cannot be read: ${reason(error)}.`];
  }
  return [
    `${variable} names ${path}, which has no certificate as text (PEM). Where it is DER, ` +
    "`openssl x509 -inform der` makes that of it.",
  ];
}
