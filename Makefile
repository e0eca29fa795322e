# Every command sets up what it needs; all can be run again at any time.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE :=
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup system demo test check bench bench-checks bench-lab bench-load gallery messages lock clean

help:  ## Show the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready system  ## Set up .venv and the Debian packages (the latter when run as root)

$(VENV)/.ready: requirements.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" scripts/setup.sh $(VENV)

system: $(VENV)/.ready
	@scripts/system.sh

demo: setup  ## Run the main job end to end on a real tender
	@$(BIN)/python -m examples.demo

test: setup  ## Run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.ready  ## Format, lint, types, import walls, unused dependencies
	@scripts/check.sh

bench: setup  ## Run the benchmarks, ratios side by side
	@for file in bench/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

bench-checks: setup  ## Detection and false-alarm rate of the rejection checks
	@$(BIN)/python bench/bench_checks.py

bench-load: setup  ## Many tenders in one installation: cost of one more, overhead, memory (TENDERS=10)
	@$(BIN)/python bench/bench_load.py $(or $(TENDERS),10)

bench-lab: setup  ## Walk-forward figures of the price lab
	@$(BIN)/python bench/bench_lab.py

gallery: setup  ## Render every document of every template set to one contact sheet
	@$(BIN)/python scripts/gallery.py

messages: $(VENV)/.ready  ## Update and compile the message catalogue
	@scripts/messages.sh

lock: $(VENV)/.ready  ## Lock the dependencies with versions and hashes
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -o requirements.lock

clean:  ## Stop what runs and remove .venv, caches and the local home
	@if [ -x $(BIN)/tender ]; then $(BIN)/tender down || true; fi
	@rm -rf $(VENV) .tenderflow build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache out
