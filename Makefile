# Everything a newcomer, a developer and CI do with the project. `make run` and `make test` need nothing done before them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Prefect phones home and Python buffers unless told not to; BLAS threads on two cores slow us down.
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export OMP_NUM_THREADS := 1

.PHONY: help install install-dev run test lint evaluate bench soak screenshots clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | sort | expand -t 16

$(BIN)/python:
	$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); ok or sys.exit(f"Kentongan needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. Say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# The locks are complete, so nothing is resolved here (--no-deps; older pips also misread extras under --require-hashes).
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

# What the desk's pages are held against (axe-core, html-validate): packages of Node, without running any script of theirs.
NODE := tests/desk/web/node
$(VENV)/.installed-node: $(NODE)/package-lock.json | $(BIN)/python
	@if command -v npm > /dev/null; then cd $(NODE) && npm ci --ignore-scripts --silent && touch $(CURDIR)/$@; \
	else echo "npm is not here: the tests of accessibility and of valid HTML are left out (scripts/install-services.sh installs it)"; fi

install: $(VENV)/.installed ## make the environment and put the product into it
install-dev: $(VENV)/.installed-dev $(VENV)/.installed-node ## the same, and what the tests and checks need

run: install ## the main job on the bundled sample sites: crawl, judge, list incidents, write feeds
	$(BIN)/kentongan sample

# Two processes: the desk's tests wait for a browser half of their time. A file stays whole, for what its tests share;
# the long ones are dealt first (tests/conftest.py), where xdist by itself would begin with those of many small tests.
test: install-dev ## every test that this machine can run; what it could not run is listed at the end
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: install-dev ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

evaluate: install-dev ## quality against ../shared, which a developer has; writes out/evaluation.json
	$(BIN)/python scripts/evaluate.py

bench: install-dev ## speed and memory, as ratios in one run; writes out/bench.json
	$(BIN)/python scripts/bench.py
	$(BIN)/python scripts/bench_desk.py
	$(BIN)/python scripts/bench_serving.py

soak: install-dev ## kill -9 a running crawl, and deliveries, again and again and see that nothing is lost or doubled
	$(BIN)/python scripts/soak.py
	$(BIN)/python scripts/soak_deliveries.py

screenshots: install-dev ## pictures of the desk's pages on made-up stories -> docs/pictures, and all of them -> out/pictures
	$(BIN)/python scripts/screenshots.py --out docs/pictures --all out/pictures

clean: ## remove the environment and what the checks wrote
	rm -rf $(VENV) $(NODE)/node_modules out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
