#!/usr/bin/env bash
# Prepares .venv for one of two uses and builds the front end. Running it again costs a moment.
#
#   scripts/setup.sh run     what `make demo` needs
#   scripts/setup.sh dev     what `make test`, `make check` and `make bench` need, Chromium among it
#
# PYTHON=/path/to/python3 chooses the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

use="${1:-run}"
case "$use" in
  run) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "usage: scripts/setup.sh run|dev" >&2; exit 2 ;;
esac

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Installs Debian packages where we may; otherwise says what to type and stops.
apt_install() {
  local why="$1"; shift
  local instruction="$why. Type:  sudo apt-get update && sudo apt-get install $*"
  command -v apt-get >/dev/null || fail "$why. Install it with your system's package manager (Debian calls it: $*)."
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } || fail "$instruction"
    as_root=(sudo -n)
  fi
  say "$why: installing $*"
  "${as_root[@]}" apt-get -qq update || say "The package lists could not be refreshed; going on with those here"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "$@" >/dev/null </dev/null || fail "$instruction"
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
    if command -v "$candidate" >/dev/null && new_enough "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  fail "no Python 3.11 or newer found (tried ${PYTHON:-python3, python3.11 to python3.14}). Type:
       sudo apt-get install python3 python3-venv    (Debian 12, Ubuntu 24.04 or newer)
       or name one:  make demo PYTHON=/path/to/python3"
}

# A moved or copied folder leaves a .venv whose scripts point to the old place.
if [ ! -x .venv/bin/python ] || ! new_enough .venv/bin/python || [ "$(cat .venv/.place 2>/dev/null)" != "$PWD" ]; then
  python="$(find_python)"
  say "Making .venv with $("$python" --version)"
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    apt_install "$python has no venv module" "python$version-venv"
  fi
  "$python" -m venv --clear .venv
  printf '%s' "$PWD" >.venv/.place
fi
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet --quiet --no-input)

digest() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

# The development lock holds everything of the other one: once it is in, `run` has nothing to do.
locks="$(digest requirements-build.lock "$lock")"
dev_locks="$(digest requirements-build.lock requirements-dev.lock)"
stamp="$(cat .venv/.locks 2>/dev/null || true)"
if [ "$stamp" != "$locks" ] && [ "$stamp" != "$dev_locks" ]; then
  say "Installing what requirements-build.lock and $lock pin (about a minute)"
  rm -f .venv/.locks .venv/.sources
  "${pip[@]}" install --require-hashes -r requirements-build.lock
  "${pip[@]}" install --require-hashes -r "$lock"
  printf '%s' "$locks" >.venv/.locks
fi

sources="$(
  { printf '%s\0' pyproject.toml
    find wallboard/frontend -name node_modules -prune -o -type f -not -name '*.pyc' -print0; } |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
)"
if [ "$(cat .venv/.sources 2>/dev/null)" != "$sources" ] || [ ! -e wallboard/static/dist ]; then
  say "Installing presensi and building the wall's front end"
  "${pip[@]}" install --no-build-isolation --no-deps --editable .
  printf '%s' "$sources" >.venv/.sources
fi

if [ "$use" = dev ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null &&
  ! command -v google-chrome >/dev/null; then
  apt_install "The browser tests need Chromium" chromium
fi
