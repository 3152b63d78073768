# `make` lists the targets. Each one builds what it needs in .venv first.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
INSTALL := $(PIP) install --no-build-isolation --constraint constraints.txt
WHEEL := build/wheel
WHEEL_UNDER_TEST := build/wheel-under-test
PERFECT := src/gatepost/jose/*,src/gatepost/verification/*
# What would miss a file that the wheel lacks: all that is met from outside, and all that has files besides modules.
OUTSIDE := examples tests/cli tests/end_to_end tests/testing tests/apigateway/functions tests/apigateway/gateway \
	tests/identity/store tests/provider/pages tests/provider/serving $(wildcard tests/test_*.py)
TYPED := $(wildcard src tests benchmarks)

# Stamps: an interrupted installation leaves none, so the next run takes it up again.
MADE := $(VENV)/.made
DEMO := $(VENV)/.demo
FULL := $(VENV)/.full

# aws-sam-cli pins its own versions of what Gatepost uses, so it has an environment of its own.
SAM_CLI := build/sam-cli/.made

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check bench docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(if $(wildcard $(FULL)),$(FULL),$(DEMO)) ## an issuer, a protected API and real requests, in one go (ARGS=--once: end by itself)
	@$(BIN)/gatepost demo $(ARGS)

test: $(FULL) $(SAM_CLI) ## every test, and those from outside on the built wheel too (ARGS=tests/jose: just those, from the source)
	@$(BIN)/python -m tests.end_to_end.real_parts
ifneq ($(strip $(ARGS)),)
	@$(BIN)/python -m pytest $(ARGS)
else
	@$(BIN)/python -m coverage run -m pytest
	@$(BIN)/python -m coverage report
	@echo "The floors that need every branch tested:"
	@$(BIN)/python -m coverage report --include='$(PERFECT)' --fail-under=100
	@echo "From outside, against the built wheel:"
	@rm -rf $(WHEEL) $(WHEEL_UNDER_TEST)
	@$(PIP) wheel --no-build-isolation --no-deps --wheel-dir $(WHEEL) .
	@$(PIP) install --no-deps --target $(WHEEL_UNDER_TEST) $(WHEEL)/gatepost-*.whl
	@PYTHONPATH=$(CURDIR)/$(WHEEL_UNDER_TEST) GATEPOST_UNDER_TEST=$(WHEEL_UNDER_TEST) $(BIN)/python -m pytest $(OUTSIDE)
endif

check: $(FULL) ## style, types and floors: ruff, mypy --strict, import-linter
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict $(TYPED)
	@for example in $(wildcard examples/*/); do $(BIN)/mypy --strict $$example || exit 1; done
	@$(BIN)/lint-imports --no-cache --no-logo

bench: $(FULL) ## measure everything beside its peers, into benchmarks/RESULTS.md (half an hour)
	@$(BIN)/python benchmarks/verify.py $(ARGS)
	@$(BIN)/python benchmarks/local_issuer.py
	@PYTHONPATH=. $(BIN)/python benchmarks/gates.py
	@PYTHONPATH=. $(BIN)/python benchmarks/gateway.py
	@PYTHONPATH=. $(BIN)/python benchmarks/provider.py
	@$(BIN)/python benchmarks/lambda_cold_start.py

docs: $(FULL) ## the site, in build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

lock: ## resolve the newest releases of everything into constraints.txt
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check -qq install '.[all,test,docs]'
	@{ echo "# The development environment, release by release. Made by \`make lock\` with $$(build/lock/bin/python --version)."; \
	   build/lock/bin/python -m pip freeze --exclude gatepost; } > build/lock/constraints.txt
	@mv build/lock/constraints.txt constraints.txt && rm -rf build/lock

clean: ## remove everything that make made
	@rm -rf $(VENV) build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Gatepost needs Python 3.11 or later: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(DEMO): $(MADE) pyproject.toml constraints.txt
	@echo "Installing what the demo needs into $(VENV)"
	@$(INSTALL) hatchling
	@$(INSTALL) --editable '.[server,flask]'
	@touch $@

$(SAM_CLI): $(MADE)
	@echo "Installing aws-sam-cli into build/sam-cli"
	@$(PYTHON) -m venv --clear build/sam-cli
	@build/sam-cli/bin/python -m pip --disable-pip-version-check -qq install aws-sam-cli
	@touch $@

$(FULL): $(MADE) pyproject.toml constraints.txt
	@echo "Installing what development needs into $(VENV) (some minutes the first time)"
	@$(INSTALL) hatchling
	@$(INSTALL) --editable '.[all,test,docs]'
	@touch $(DEMO) $@
