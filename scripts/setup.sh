# shellcheck shell=sh
# Finds or fetches Deno and the dependencies; the scripts beside this file source it.
# Defines $root and the function `deno`. All that is fetched lies in $root/.setup.

# Only the shells of Windows know `pwd -W`: it gives the path as Deno understands it.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && { pwd -W 2>/dev/null || pwd; })
setup=$root/.setup
DENO_DIR=$setup/deno-dir
# Deno brings its own list of certificate authorities; behind an intercepting proxy the system's
# list is needed as well.
DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system,mozilla}
DENO_NO_UPDATE_CHECK=1
npm_config_cache=$setup/npm-cache
export DENO_DIR DENO_TLS_CA_STORE DENO_NO_UPDATE_CHECK npm_config_cache
mkdir -p "$setup"

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# fetch_package NAME FOLDER: unpacks the pinned version of an npm package, its integrity checked.
# The folder appears whole or not at all, also when two scripts fetch at once; else the script ends.
fetch_package() {
  command -v npm >/dev/null 2>&1 || fail "npm is needed on a closed network, to fetch $1."
  pin=$(grep "^$1 " "$root/scripts/closed_network/packages.txt")
  version=$(printf '%s' "$pin" | cut -d ' ' -f 2)
  integrity=$(printf '%s' "$pin" | cut -d ' ' -f 3)
  # What a killed script could not remove itself.
  find "$setup"/fetch.* -prune -mtime +0 -exec rm -rf {} + 2>/dev/null || :
  work=$(mktemp -d "$setup/fetch.XXXXXX") || exit 1
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' HUP INT TERM
  # By itself npm would try for minutes before it says that there is no network.
  (cd "$work" && npm pack --loglevel=error --ignore-scripts --fetch-retry-mintimeout=1000 \
    --fetch-retry-maxtimeout=4000 "$1@$version" >/dev/null 2>npm.log) ||
    fail "Cannot fetch $1@$version from npm: $(sed -n 's/^npm [^ ]* code //p' "$work/npm.log")."
  archive=$(echo "$work"/*.tgz)
  found=$(node -e 'const { createHash } = require("crypto");
    const bytes = require("fs").readFileSync(process.argv[1]);
    console.log("sha512-" + createHash("sha512").update(bytes).digest("base64"));' "$archive")
  [ "$found" = "$integrity" ] ||
    fail "$1@$version from npm is not what is pinned in scripts/closed_network/packages.txt."
  tar -xzf "$archive" -C "$work" || fail "Cannot unpack $1@$version."
  # Unlike mv, this does not move into a folder that another script has put there meanwhile.
  node -e 'require("fs").renameSync(...process.argv.slice(1))' "$work/package" "$2" 2>/dev/null ||
    [ -d "$2" ] || fail "Cannot write $2."
  rm -rf "$work"
  trap - EXIT HUP INT TERM
}

# Sets $deno_program to Deno 2.6 or newer: the one on PATH, else the one fetched from npm.
find_deno() {
  # Where these scripts are on PATH, what is found is the one beside this file, which would look too.
  [ -z "${INSFORGE_FINDS_DENO:-}" ] || exit 127
  version=$(INSFORGE_FINDS_DENO=1 command deno --version 2>/dev/null | sed -n 's/^deno \([0-9]*\.[0-9]*\).*/\1/p')
  major=${version%.*}
  minor=${version#*.}
  if [ "${major:-0}" -gt 2 ] || { [ "${major:-0}" -eq 2 ] && [ "${minor:-0}" -ge 6 ]; }; then
    deno_program=$(command -v deno)
    return
  fi
  deno_program=$setup/deno/deno
  [ -x "$deno_program" ] || {
    if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || ! command -v npm >/dev/null 2>&1; then
      fail 'Deno 2.6 or newer is needed: install it as https://docs.deno.com/runtime describes.'
    fi
    echo 'Fetching Deno from npm.' >&2
    fetch_package @deno/linux-x64-glibc "$setup/deno"
    chmod +x "$deno_program"
  }
}

find_deno

# open: JSR and the download host of Deno answer. closed: npm alone does, or nothing did that day.
network=${INSFORGE_NETWORK:-$(cat "$setup/network" 2>/dev/null || :)}
[ -n "${INSFORGE_NETWORK:-}" ] || [ "$network" != closed ] ||
  [ -n "$(find "$setup/network" -mtime -1)" ] || network=
[ -n "$network" ] || {
  network=$("$deno_program" run --quiet --no-config --allow-run "$root/scripts/probe_network.ts")
  probed=yes
}
case $network in
  open) lock=$root/deno.lock ;;
  closed) lock=$root/scripts/closed_network/deno.lock ;;
  *) fail "INSFORGE_NETWORK must be open or closed, not $network." ;;
esac
INSFORGE_NETWORK=$network
export INSFORGE_NETWORK
# What CI tests and releases is what the lock files name. A developer's open lock file takes in what
# is new; the closed one only through scripts/closed_network/lock.ts.
frozen=--frozen
[ "$network" = closed ] || [ -n "${CI:-}" ] || frozen=--frozen=false

if [ "$network" = closed ]; then
  modules=$setup/closed-$(cat "$root/deno.json" "$root"/scripts/closed_network/*.t[sx]* | cksum | cut -d ' ' -f 1)
  [ -d "$modules" ] || {
    for package in windmill-cli deno-std; do
      [ -d "$setup/$package" ] || {
        echo "Fetching Cliffy and the standard library from npm: $package." >&2
        fetch_package "$package" "$setup/$package"
      }
    done
    "$deno_program" run --quiet --no-config --allow-read --allow-write="$setup" \
      "$root/scripts/closed_network/modules.ts" "$setup/windmill-cli" "$setup/deno-std" \
      "$root/deno.json" "$modules"
  }
fi

# Not before: a machine without any network looks like one on a closed network.
[ -z "${probed:-}" ] || {
  echo "$network" >"$setup/network.$$"
  mv "$setup/network.$$" "$setup/network"
}

# The flags that give Deno this project's configuration, imports and lock file, one a line.
deno_flags() {
  printf '%s\n' "--config=$root/deno.json" "--lock=$lock" "$frozen"
  [ "$network" = open ] || printf '%s\n' "--import-map=$modules/import_map.json"
}

# deno SUBCOMMAND ARGS…: Deno as this project uses it.
deno() {
  subcommand=$1
  shift
  case $subcommand in
    fmt | lint) "$deno_program" "$subcommand" --config="$root/deno.json" "$@" ;;
    *)
      [ "$network" = open ] || set -- --import-map="$modules/import_map.json" "$@"
      "$deno_program" "$subcommand" --config="$root/deno.json" --lock="$lock" "$@"
      ;;
  esac
}
