/** Names by which files and folders are known to hold keys, passwords or what was typed. */

const FOLDERS = new Set([
  ".insforge",
  ".git",
  ".hg",
  ".svn",
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".gcloud",
  ".kube",
  ".docker",
  ".password-store",
  ".terraform",
]);

const FILES = new Set([
  ".npmrc",
  ".yarnrc",
  ".yarnrc.yml",
  ".pypirc",
  ".netrc",
  "_netrc",
  ".pgpass",
  "pgpass.conf",
  ".my.cnf",
  ".mylogin.cnf",
  ".s3cfg",
  ".boto",
  ".htpasswd",
  ".htaccess",
  ".git-credentials",
  ".gitconfig",
  ".dockercfg",
  ".dockerconfigjson",
  ".terraformrc",
  ".vault-token",
  ".passwd-s3fs",
  ".secrets",
  ".bunfig.toml",
  // Servers for coding agents, with the keys that they are started with.
  ".mcp.json",
  "mcp.json",
  ".claude.json",
  ".esmtprc",
  ".msmtprc",
  ".envrc",
  ".flaskenv",
  ".renviron",
  ".ftpconfig",
  "sftp-config.json",
  "sftp.json",
  "authorized_keys",
  "known_hosts",
  "credentials",
  "credentials.json",
  "kubeconfig",
  "secring.gpg",
  "insforge.owner.json",
]);

const PATTERNS: readonly RegExp[] = [
  // Keys of ssh. What has another ending, such as id_card.png, is a name like any other.
  /^id_[^.]+$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?\b/,
  /\.(pem|key|p8|p12|pfx|pkcs12|jks|keystore|bks|ppk|kdbx?|ovpn|agekey)$/,
  /\.(tfstate|tfvars)(\.|$)/,
  // Of WireGuard.
  /^wg[\w-]*\.conf$/,
  /^\.(env|dev\.vars)(\.|$)/,
  /\.env$/,
  /^(client[_-]secret|service[_-]?account|firebase-adminsdk).*\.json$/,
  /^([^.]+[-_])?credentials\.(json|db|csv|ya?ml|toml)$/,
  /^secrets?\.(json|ya?ml|toml)$/,
  /^\.(bash|zsh|sh|ksh|fish|psql|mysql|sqlite|python|node_repl|rediscli)_history$/,
  /^\.(bash|zsh)rc$|^\.(bash_|z)?profile$/,
];

/**
 * The first part of a relative path whose name says that it is nobody else's business, in any case
 * of letters; undefined where there is none.
 */
export function privateNameIn(path: string, isFolder = false): string | undefined {
  const names = path.split(/[\\/]/);
  return names.find((name, index) => {
    const lower = name.toLowerCase();
    if (FOLDERS.has(lower)) return true;
    return !isFolder && index === names.length - 1 &&
      (FILES.has(lower) || PATTERNS.some((pattern) => pattern.test(lower)));
  });
}

/** Whether these are the names in the data directory of a PostgreSQL server. */
export function isPostgresDir(names: readonly string[]): boolean {
  return ["PG_VERSION", "base"].every((name) => names.includes(name));
}
