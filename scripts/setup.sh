# Finds or fetches Deno and the dependencies; the scripts beside this file source it.
# Defines $root and the function `deno`. All that is fetched lies in $root/.setup.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
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
# The folder appears whole or not at all, also when two scripts fetch at once.
fetch_package() {
  command -v npm >/dev/null 2>&1 || return 1
  pin=$(grep "^$1 " "$root/scripts/closed_network/packages.txt") || return 1
  version=$(printf '%s' "$pin" | cut -d ' ' -f 2)
  integrity=$(printf '%s' "$pin" | cut -d ' ' -f 3)
  work=$(mktemp -d "$setup/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  (cd "$work" && npm pack --silent --ignore-scripts "$1@$version" >/dev/null 2>"$work/npm.log") ||
    fail "Cannot fetch $1@$version from npm: $(tail -n 1 "$work/npm.log")"
  archive=$(ls "$work"/*.tgz)
  found=$(node -e 'const { createHash } = require("crypto");
    const bytes = require("fs").readFileSync(process.argv[1]);
    console.log("sha512-" + createHash("sha512").update(bytes).digest("base64"));' "$archive")
  [ "$found" = "$integrity" ] ||
    fail "$1@$version from npm is not what is pinned in scripts/closed_network/packages.txt."
  tar -xzf "$archive" -C "$work"
  [ -d "$2" ] || mv "$work/package" "$2"
  rm -rf "$work"
  trap - EXIT INT TERM
}

# Prints the path of Deno 2.6 or newer: the one on PATH, else the one fetched from npm.
find_deno() {
  if command -v deno >/dev/null 2>&1; then
    set -- $(deno --version 2>/dev/null | sed -n 's/^deno \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    if [ "${1:-0}" -gt 2 ] || { [ "${1:-0}" -eq 2 ] && [ "${2:-0}" -ge 6 ]; }; then
      command -v deno
      return
    fi
  fi
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || return 1
  [ -x "$setup/deno/deno" ] || {
    echo 'Fetching Deno from npm.' >&2
    fetch_package @deno/linux-x64-glibc "$setup/deno" || return 1
    chmod +x "$setup/deno/deno"
  }
  echo "$setup/deno/deno"
}

deno_program=$(find_deno) ||
  fail 'Deno 2.6 or newer is needed: install it as https://docs.deno.com/runtime describes.'

# open: JSR and the download host of Deno answer. closed: npm alone does.
choose_network() {
  [ -z "${INSFORGE_NETWORK:-}" ] || {
    echo "$INSFORGE_NETWORK"
    return
  }
  [ -f "$setup/network" ] || {
    "$deno_program" run --quiet --no-config --allow-run --allow-read="$setup" --allow-write="$setup" \
      "$root/scripts/probe_network.ts" "$setup/network"
  }
  cat "$setup/network"
}

network=$(choose_network)
case $network in
  open) lock=$root/deno.lock ;;
  closed) lock=$root/scripts/closed_network/deno.lock ;;
  *) fail "INSFORGE_NETWORK must be open or closed, not $network." ;;
esac
INSFORGE_NETWORK=$network
export INSFORGE_NETWORK
# Only the closed lock file is complete by itself: JSR's part of the other is checked as it is used.
[ "$network" = open ] && frozen=--frozen=false || frozen=--frozen

if [ "$network" = closed ]; then
  modules=$setup/closed-$(cat "$root/deno.json" "$root"/scripts/closed_network/*.t[sx]* | cksum | cut -d ' ' -f 1)
  [ -d "$modules" ] || {
    [ -d "$setup/windmill-cli" ] || {
      echo 'Fetching Cliffy and the standard library from npm.' >&2
      fetch_package windmill-cli "$setup/windmill-cli" || fail 'npm is needed on a closed network.'
    }
    "$deno_program" run --quiet --no-config --allow-read --allow-write="$setup" \
      "$root/scripts/closed_network/modules.ts" "$setup/windmill-cli" "$root/deno.json" "$modules"
  }
fi

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
