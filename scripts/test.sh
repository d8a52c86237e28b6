#!/usr/bin/env bash
# Every test, by four workers, also on two cores: most of the time a test waits. A file stays with one worker.
# The last line is pytest's own count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec .venv/bin/python -m pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder --durations=10 "$@"
