/** What the Deno of a user's own sees of the environment. */

/**
 * What it and the system beneath it need, and the tokens of registries. A project's `.npmrc` can
 * have Deno send any variable that it sees to a registry of its authors.
 */
export const DENO_VARIABLES: readonly string[] = [
  "PATH",
  "HOME",
  "LANG",
  "TERM",
  "TMPDIR",
  "XDG_CACHE_HOME",
  ...["APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE"],
  ...["DENO_DIR", "DENO_CERT", "DENO_TLS_CA_STORE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"],
  ...["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"],
  ...["NPM_CONFIG_REGISTRY", "NPM_TOKEN", "NODE_AUTH_TOKEN"],
];

/** Those of them that are set. */
export function denoEnvironment(
  env: (name: string) => string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    DENO_VARIABLES.flatMap((name) => {
      const value = env(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
