# One command to see it (`make demo`), one to prove it (`make test`).
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
PORT ?= 8080
ARGS ?=
STAMP := $(VENV)/.installed
PEERS := $(VENV)/.peers
# A worker that is done takes over what lies before the other.
WORKERS := -n 2 --dist worksteal
export PYTHONPATH := $(CURDIR)

.PHONY: demo test quick check cover bench chaos clean

demo: $(STAMP)
	@$(PY) -m bot demo --port $(PORT) $(ARGS)

test: $(STAMP)
	$(PY) -m pytest $(WORKERS)

quick: $(STAMP)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest $(WORKERS) -m "not postgres and not chromium"

# What `.ci/run` runs.
check: $(STAMP)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest $(WORKERS)

# The tracer doubles the time of a run: where the product runs in the test's own process, on one database, before a release.
COVERED := tests/actions tests/conversations tests/doors tests/rules tests/sheets tests/web
cover: $(STAMP)
	$(PY) -m pytest $(WORKERS) -m "not postgres" --cov --cov-report=term:skip-covered --cov-fail-under=$(shell cat .ci/coverage-floor) $(COVERED)

# Tens of minutes; `make bench ARGS="commands pipeline"` measures these lines alone.
bench: $(STAMP) $(PEERS)
	@$(PY) -W ignore::DeprecationWarning -m bench $(ARGS)

# `make chaos ARGS="--database postgres --seed 7 --kills 20 --recipients 1000"`
chaos: $(STAMP)
	@$(PY) -W ignore::DeprecationWarning -m bench.chaos $(ARGS)

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 2; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --python $(PY) -r requirements.txt && \
	  uv pip install --quiet --python $(PY) --no-deps -e .; \
	else \
	  { $(PYTHON) -m venv $(VENV) 2>/dev/null || \
	    { rm -rf $(VENV); echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 2; }; } && \
	  $(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt && \
	  $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

# Whom a measurement stands beside: nobody else needs them.
$(PEERS): $(STAMP)
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) -e '.[bench]'; \
	else $(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]'; fi
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
