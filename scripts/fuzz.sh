#!/usr/bin/env bash
# Every parser under two fuzzers. Adds what requirements-fuzz.lock pins to .venv; where there is no build of atheris
# for this system, Hypothesis alone does the work, and the table says so.
#
#   scripts/fuzz.sh                          a million inputs for each parser and fuzzer
#   scripts/fuzz.sh --inputs 10000 --only frames
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh dev
wanted="$(sha256sum requirements-fuzz.lock)"
if [ "$(cat .venv/.fuzz 2>/dev/null || true)" != "$wanted" ]; then
  if .venv/bin/python -m pip --disable-pip-version-check --quiet --no-input install \
    --require-hashes -r requirements-fuzz.lock; then
    printf '%s' "$wanted" >.venv/.fuzz
  else
    printf 'fuzz: atheris cannot be installed here; going on with Hypothesis alone\n' >&2
  fi
fi
exec .venv/bin/python -m tests.fuzz "$@"
