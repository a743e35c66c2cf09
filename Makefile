# Two commands: `make run` shows the whole way on the cards in models/, `make test` runs everything that guards it.
# Both need Python 3.11 or newer, make and a package index, and set up their own environment in .venv.

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
MINUTES ?= 10
# What needs neither torch nor the other extras.
CORE := tests/cards tests/unit/checks tests/unit/dialects tests/unit/loader tests/unit/read tests/unit/report tests/unit/types \
	tests/unit/vocabulary $(addprefix tests/acceptance/test_check,.py _fixes.py _formats.py _selection.py)

.PHONY: run test lint unit fuzz lock test-newest test-lowest test-core clean

# Exit code 1 says that claims are refuted; some of models/timm are, and the site shows them.
run: $(VENV)/run.done
	$(BIN)/mir check models
	$(BIN)/mir verify models || test $$? = 1
	$(BIN)/mir site build

test: lint unit

lint: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/test.done
	$(BIN)/python -m pytest -n $(WORKERS)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mir needs Python 3.11 or newer; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

# pip compiles what it installs, but not what it links to; half of the time of a short command would go there.
$(VENV)/run.done: pyproject.toml $(CONSTRAINTS) | $(VENV)/bin/python
	$(PIP) install --constraint $(CONSTRAINTS) --editable '.[site,verify]'
	$(BIN)/python -m compileall -q registry
	touch $@

$(VENV)/test.done: $(VENV)/run.done tests/peers.txt
	$(PIP) install --constraint $(CONSTRAINTS) --editable '.[test]'
	$(PIP) install --no-deps --constraint $(CONSTRAINTS) --requirement tests/peers.txt
	touch $@

fuzz: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m fuzz $(MINUTES)

# Pins the newest version of everything in constraints.txt.
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --quiet install --constraint constraints.in '.[test]'
	build/lock/bin/python -m pip --quiet install --no-deps --requirement tests/peers.txt
	echo '# Every package that `make run` and `make test` install. Renew it with `make lock`, and commit what that changes.' > constraints.txt
	build/lock/bin/python -m pip freeze --all --exclude pip --exclude model-index-registry | sed 's/+cpu$$//' >> constraints.txt
	rm -rf build/lock

# The tests against the newest versions that an index has, and against the lowest that pyproject.toml declares.
test-newest:
	rm -rf .venv-newest
	$(MAKE) unit VENV=.venv-newest CONSTRAINTS=constraints.in

# uv knows what pip does not: of what pyproject.toml names, the lowest versions that go together.
test-lowest:
	rm -rf .venv-lowest
	$(PYTHON) -m venv --clear build/uv && build/uv/bin/python -m pip --quiet install uv
	build/uv/bin/uv pip compile --quiet --python build/uv/bin/python --resolution lowest-direct --extra test \
		--constraint constraints.in --output-file build/lowest.txt pyproject.toml
	$(MAKE) unit VENV=.venv-lowest CONSTRAINTS=build/lowest.txt

# The tests of what needs no extra, under another Python: make test-core PYTHON=python3.13
test-core:
	rm -rf .venv-core && $(PYTHON) -m venv .venv-core
	.venv-core/bin/python -m pip --quiet install --editable . pytest pytest-timeout pytest-xdist hypothesis xmlschema
	.venv-core/bin/python -m pytest -n $(WORKERS) $(CORE)

clean:
	rm -rf build dist $(VENV) .venv-newest .venv-lowest .venv-core
