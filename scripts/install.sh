#!/bin/sh
# Installs the insforge executable for this user, or upgrades it in place:
#
#   sh install.sh [--version VERSION] [--to FOLDER] [--unsigned]
#   sh install.sh --uninstall [--to FOLDER]
#
# FOLDER is $INSFORGE_INSTALL_DIR, or ~/.local/bin. INSFORGE_DOWNLOAD_URL names a mirror of the
# releases. Needs curl or wget, tar, xz or gzip, and sha256sum, shasum or openssl; and for the
# signature OpenSSL 3 or Node. --unsigned goes on without it, with the digest of the same host alone.
# An older version than the one that is there is installed where --version names it.
set -eu

# The public half of the key that signs releases, in the copy of this script that is released.
release_key='@RELEASE_KEY@'

releases=${INSFORGE_DOWNLOAD_URL:-https://github.com/InsForge/insforge-cli/releases}

say() {
  printf '%s\n' "$1"
}

fail() {
  printf 'insforge: %s\n' "$1" >&2
  exit 1
}

# Everything is in functions, so that a script that was cut off does nothing.
main() {
  version=
  folder=${INSFORGE_INSTALL_DIR:-}
  uninstall=
  unsigned=
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --to)
        [ $# -ge 2 ] || fail "$1 needs a value."
        [ "$1" = --to ] && folder=$2 || version=${2#v}
        shift
        ;;
      --uninstall) uninstall=yes ;;
      --unsigned) unsigned=yes ;;
      -h | --help)
        say 'Usage: install.sh [--version VERSION] [--to FOLDER] [--unsigned] [--uninstall]'
        return
        ;;
      *) fail "There is no option $1; see --help." ;;
    esac
    shift
  done
  [ -n "$folder" ] || {
    [ -n "${HOME:-}" ] || fail 'HOME is not set: name a folder with --to.'
    folder=$HOME/.local/bin
  }
  case $folder in
    /*) ;;
    *) folder=$PWD/$folder ;;
  esac
  if [ -n "$uninstall" ]; then remove; else install_release; fi
}

remove() {
  [ -e "$folder/insforge" ] || fail "There is no insforge in $folder."
  rm -f "$folder/insforge" || fail "Cannot remove $folder/insforge."
  say "Removed $folder/insforge. Its settings are kept in ${HOME:-~}/.insforge."
}

install_release() {
  target=$(detect)
  command -v tar >/dev/null 2>&1 || fail 'tar is needed.'
  mkdir -p "$folder" 2>/dev/null || fail "Cannot make $folder: name another folder with --to."
  [ -w "$folder" ] || fail "Cannot write to $folder: name another folder with --to."
  # In the same folder, because only there a rename replaces the old executable at once.
  work=$(mktemp -d "$folder/.insforge-install.XXXXXX") || fail "Cannot write to $folder."
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' HUP INT TERM

  if [ -n "$version" ]; then sums=download/v$version/SHA256SUMS; else sums=latest/download/SHA256SUMS; fi
  fetch "$releases/$sums" "$work/SHA256SUMS" ||
    fail "Cannot fetch $releases/$sums${version:+: is there a version $version?}"
  [ -n "$unsigned" ] || {
    fetch "$releases/$sums.sig" "$work/SHA256SUMS.sig" || fail "Cannot fetch $releases/$sums.sig"
    verify "$work/SHA256SUMS" ||
      fail "$releases/$sums is not signed by the makers of insforge. Nothing was changed."
  }
  # Each line is a digest, two spaces and a name: insforge-VERSION-TARGET.tar.gz, or .tar.xz, which
  # is a quarter smaller and not in each release.
  line=
  for unpack in xz gzip; do
    command -v "$unpack" >/dev/null 2>&1 || continue
    [ "$unpack" = xz ] && ending=tar.xz || ending=tar.gz
    line=$(grep -- "-$target\.$ending\$" "$work/SHA256SUMS") && break
  done
  command -v "$unpack" >/dev/null 2>&1 || fail 'xz or gzip is needed.'
  [ -n "$line" ] || fail "This release has no executable for $target."
  expected=${line%% *}
  archive=${line##* }
  found=${archive#insforge-}
  found=${found%-"$target.$ending"}
  [ -z "$version" ] || [ "$found" = "$version" ] || fail "Wanted version $version, found $found."

  # A mirror, or who stands in its place, can offer an old release, signed as it was.
  there=$("$folder/insforge" --version 2>/dev/null || :)
  if [ -z "$version" ] && is_older "$found" "$there"; then
    fail "insforge $there is in $folder, and what is offered is older: nothing was changed. \
Take it with --version $found."
  fi

  say "Fetching insforge $found for $target."
  fetch "$releases/download/v$found/$archive" "$work/$archive" ||
    fail "Cannot fetch $releases/download/v$found/$archive"
  actual=$(digest "$work/$archive")
  [ "$actual" = "$expected" ] ||
    fail "$archive is damaged: its SHA-256 is $actual, not $expected. Nothing was changed."
  "$unpack" -dc "$work/$archive" | tar -xf - -C "$work" insforge ||
    fail "Cannot unpack $archive: is the disk full?"
  chmod 755 "$work/insforge"
  # What does not start here must not replace what does.
  started=$("$work/insforge" --version 2>"$work/error") ||
    fail "insforge $found does not start on this machine: $(head -n 1 "$work/error")"
  [ ! -d "$folder/insforge" ] || fail "$folder/insforge is a folder."
  mv -f "$work/insforge" "$folder/insforge" || fail "Cannot write $folder/insforge."
  say "Installed insforge $started in $folder."
  advise
}

# Whether the first of two versions comes before the second; what is no version comes before none.
is_older() {
  case $1.$2 in *[!0-9A-Za-z.+-]*) return 1 ;; esac
  before=${1%%[-+]*} after=${2%%[-+]*}
  for _ in major minor patch; do
    this=${before%%.*} that=${after%%.*}
    case $this in '' | *[!0-9]*) return 1 ;; esac
    case $that in '' | *[!0-9]*) return 1 ;; esac
    [ "$this" -eq "$that" ] || {
      [ "$this" -lt "$that" ]
      return
    }
    before=${before#*.} after=${after#*.}
  done
  # What leads up to a version comes before it.
  case $1 in *-*) ;; *) return 1 ;; esac
  case $2 in *-*) return 1 ;; esac
}

# Says how the shell will find the executable, unless it does.
advise() {
  case :${PATH:-}: in
    *:"$folder":*)
      first=$(command -v insforge || :)
      [ "$first" = "$folder/insforge" ] ||
        say "But \`insforge\` is $first, which comes first on PATH."
      ;;
    *)
      case ${SHELL:-} in
        */fish) say "Add it to PATH: fish_add_path $folder" ;;
        */zsh) say "Add it to PATH: echo 'export PATH=\"$folder:\$PATH\"' >> ~/.zshrc" ;;
        */bash) say "Add it to PATH: echo 'export PATH=\"$folder:\$PATH\"' >> ~/.bashrc" ;;
        *) say "Add it to PATH: export PATH=\"$folder:\$PATH\"" ;;
      esac
      ;;
  esac
}

# Prints this platform as releases name it.
detect() {
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    arm64 | aarch64) machine=aarch64 ;;
    *) fail "There is no insforge for $machine processors." ;;
  esac
  case $(uname -s) in
    Linux)
      require_glibc
      say "$machine-unknown-linux-gnu"
      ;;
    Darwin)
      # A shell that Rosetta translates sees an Intel processor.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" != 1 ] || machine=aarch64
      say "$machine-apple-darwin"
      ;;
    MINGW* | MSYS* | CYGWIN*) fail 'On Windows, use install.ps1 in PowerShell.' ;;
    *) fail "There is no insforge for $(uname -s)." ;;
  esac
}

require_glibc() {
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 \
    /lib/ld-linux-x86-64.so.2 /lib64/ld-linux-aarch64.so.1; do
    [ ! -e "$loader" ] || return 0
  done
  for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || fail "insforge needs glibc 2.27 or newer, and this system has musl: \
take an image of Debian, or add glibc as docs/install.md of insforge-cli shows."
  done
  fail 'insforge needs glibc 2.27 or newer, and this system has none.'
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    # What is asked for over TLS is not answered in the clear, wherever it leads.
    case $1 in
      https:*) proto='=https' ;;
      *) proto='=http,https' ;;
    esac
    curl --proto "$proto" --tlsv1.2 --fail --silent --show-error --location --retry 2 --connect-timeout 20 --output "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -T 60 -O "$2" "$1"
  else
    fail 'curl or wget is needed.'
  fi
}

# Whether FILE.sig is the signature of FILE by the release key.
verify() {
  printf '%s\n' '-----BEGIN PUBLIC KEY-----' "$release_key" '-----END PUBLIC KEY-----' \
    >"$work/key.pem"
  if openssl pkeyutl -help 2>&1 | grep -q -e -rawin; then
    openssl pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$1" -sigfile "$1.sig" \
      >/dev/null 2>&1
  elif command -v node >/dev/null 2>&1; then
    node -e '
      const { readFileSync } = require("fs");
      const [file, key] = process.argv.slice(1).map((path) => readFileSync(path));
      const signature = readFileSync(process.argv[1] + ".sig");
      process.exit(require("crypto").verify(null, file, key, signature) ? 0 : 1);
    ' "$1" "$work/key.pem" >/dev/null 2>&1
  else
    fail 'OpenSSL 3 or Node is needed for the signature; --unsigned goes on without it.'
  fi
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 "$1" | sed 's/.* //'
  else
    fail 'sha256sum, shasum or openssl is needed.'
  fi
}

main "$@"
