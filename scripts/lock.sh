#!/usr/bin/env bash
# Pins anew what pyproject.toml asks for, with hashes: requirements.lock (to run), requirements-dev.lock (to test),
# requirements-build.lock (to build) and requirements-fuzz.lock (what `make fuzz` adds to the development lock).
# Run it by hand, read the diff, run the tests, commit.
#
#   scripts/lock.sh              keeps pinned versions where they still fit
#   scripts/lock.sh --upgrade    takes the newest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools/venv"
"$tools/venv/bin/python" -m pip --quiet --disable-pip-version-check install uv

compile() {
  "$tools/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

compile pyproject.toml --output-file requirements.lock "$@"
compile pyproject.toml --extra dev --output-file requirements-dev.lock "$@"
"$tools/venv/bin/python" - "$tools" <<'PYTHON'
import sys
import tomllib
from pathlib import Path

tools = Path(sys.argv[1])
project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
(tools / "build.in").write_text("\n".join(["pip", *project["build-system"]["requires"]]))
(tools / "fuzz.in").write_text("\n".join(project["project"]["optional-dependencies"]["fuzz"]))
PYTHON
compile "$tools/build.in" --output-file requirements-build.lock "$@"
compile "$tools/fuzz.in" --output-file requirements-fuzz.lock --constraint requirements-dev.lock "$@"
git --no-pager diff --stat -- 'requirements*.lock'
