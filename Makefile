# Everything here runs on a machine that has only Python 3.11 or newer and make; see scripts/setup.sh.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PRESENSI := .venv/bin/presensi
ARGS ?=
export PYTHON

.PHONY: help demo test check bench fuzz soak wallsoak gallery setup lock clean

help: ## Show these lines
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: ## A simulated city of 135 terminals and its wall, in your browser
	@scripts/setup.sh run
	@$(PRESENSI) demo $(ARGS)

test: ## All tests: units, contracts, both databases, a real browser, the demo rush
	@scripts/setup.sh dev
	@scripts/test.sh $(ARGS)

check: ## Lint, format, types, import contracts, the front end's types, lint and unit tests
	@scripts/setup.sh dev
	@scripts/check.sh

bench: ## Measure against pyzk and against our targets (ARGS="--only decode" for one part)
	@scripts/setup.sh dev
	@.venv/bin/python -m tests.benchmarks $(ARGS)

fuzz: ## Every parser under two fuzzers, a million inputs each (ARGS="--inputs 10000 --only frames")
	@scripts/fuzz.sh $(ARGS)

soak: ## A day of 135 terminals with random faults in ten minutes: store = truth? (ARGS="--minutes 12 --seed 7")
	@scripts/setup.sh dev
	@.venv/bin/python -m tests.soak $(ARGS)

wallsoak: ## Thirty days of a wall in a real browser, in minutes: does it grow? (ARGS="--days 10 --seconds 4")
	@scripts/setup.sh dev
	@.venv/bin/python -m tests.soak.browser $(ARGS)

gallery: ## Photograph the wall in every situation and on every screen, for docs/images (ARGS=--all for more)
	@scripts/setup.sh dev
	@.venv/bin/python -m tests.gallery $(ARGS)

setup: ## Prepare .venv for development, without running anything
	@scripts/setup.sh dev

lock: ## Pin the dependencies anew (ARGS=--upgrade takes the newest)
	@scripts/lock.sh $(ARGS)

clean: ## Remove everything that make made, the demo's data too
	rm -rf .venv var dist wallboard/static/dist wallboard/frontend/node_modules tests/output
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
