# The commands of this checkout. Needs python3 (3.11 or newer), git and make; everything else comes into .venv.
# `make help` lists them.

PYTHON ?= python3
WORKERS ?= 2

BIN := .venv/bin
SOURCES := qa_app scorecards db tests $(wildcard tools examples benchmarks)
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 --quiet

# The files of tests with a mark: every worker reads all files that it is given, which takes longer than a few tests.
marked = $(shell grep -rl --include='test_*.py' 'pytest\.mark\.$(1)\b' tests)

# Commands and tests start many processes; without compiled modules each would spend seconds on compiling them again.
unexport PYTHONDONTWRITEBYTECODE
export HYPOTHESIS_PROFILE ?= quick

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check format wheel journey long torture worlds formula-injection docs lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

run: .venv/run.stamp ## Make the environment, create or upgrade the database, serve at http://localhost:8501
	$(BIN)/plumbline serve

demo: .venv/run.stamp ## Fill an empty database with the demo
	$(BIN)/plumbline demo

test: .venv/dev.stamp ## Run the test suite on SQLite and PostgreSQL (no browser, no wheel, nothing long)
	$(BIN)/python -m pytest -n $(WORKERS) --durations 12 -m "not journey and not wheel and not long"

check: .venv/dev.stamp ## Lint, check the format, the types and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy --strict $(SOURCES)
	$(BIN)/lint-imports

format: .venv/dev.stamp ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: .venv/dev.stamp ## Build the wheel, install it elsewhere and use it
	$(BIN)/python -m pytest -m wheel $(call marked,wheel)

journey: .venv/dev.stamp ## Drive a real browser; needs Chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -rs -m journey --durations 12 $(call marked,journey)

long: .venv/dev.stamp ## Run the tests that take long: whole installations compared, processes killed, coverage simulated
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 12 -m long $(call marked,long)

torture: .venv/dev.stamp ## Kill tab, server and network 200 times while somebody grades; some twenty minutes
	$(BIN)/python -m tests.torture.desk --kills 200

worlds: .venv/dev.stamp ## Compare 500 pairs of installations that differ in unrevealed answers only; an hour of one core
	$(BIN)/python -m tests.torture.worlds --cases 500

formula-injection: .venv/dev.stamp ## Look for texts that became formulas in every file that is exported; needs LibreOffice, ten minutes
	$(BIN)/python -m tests.torture.formulas

docs: .venv/dev.stamp ## Write the pages that are generated
	$(BIN)/python -m tools.command_reference > docs/user-guide/commands.md.new
	mv docs/user-guide/commands.md.new docs/user-guide/commands.md

lock: $(BIN)/python ## Write both lock files from pyproject.toml; UPGRADE=1 takes the newest versions
	$(LOCK) $(if $(UPGRADE),--upgrade) --group dev --output-file requirements-dev.lock
	cp requirements-dev.lock requirements.lock
	$(LOCK) --output-file requirements.lock

clean: ## Remove the environment and the caches; the data folder stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist

# uv installs in seconds; where it cannot be had, or cannot reach what pip can, pip does the same more slowly.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		f"Plumbline needs Python 3.11 or newer, this is {sys.version.split()[0]}. Name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9" \
		|| echo "uv cannot be had here; pip will install, which takes a minute longer."

# The development packages hold all of the others in the same versions, so they serve for both.
.venv/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@rm -f .venv/dev.stamp
	@$(call install,requirements.lock)
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(call install,requirements-dev.lock)
	@touch .venv/run.stamp $@

define install
echo "Installing $(1) into .venv"; \
if [ -x $(BIN)/uv ] && $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(1); then \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
else \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1) && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .; \
fi
endef
