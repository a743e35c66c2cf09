# Two commands: `make run` shows the whole way on the cards in models/, `make test` runs everything that guards it.
# Both need Python 3.11 or newer, make and a package index, and set up their own environment in .venv.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
MINUTES ?= 10

.PHONY: run test lint unit fuzz clean

run: $(VENV)/run.done
	$(BIN)/mir check models
	$(BIN)/mir verify models
	$(BIN)/mir site build

test: lint unit

lint: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/test.done
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mir needs Python 3.11 or newer; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

# pip compiles what it installs, but not what it links to; half of the time of a short command would go there.
$(VENV)/run.done: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --constraint constraints.txt --editable '.[site,verify]'
	$(BIN)/python -m compileall -q registry
	touch $@

$(VENV)/test.done: $(VENV)/run.done tests/peers.txt
	$(PIP) install --constraint constraints.txt --editable '.[test]'
	$(PIP) install --no-deps --requirement tests/peers.txt
	touch $@

fuzz: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m fuzz $(MINUTES)

clean:
	rm -rf build dist $(VENV)
