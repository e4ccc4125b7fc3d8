# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-$(shell cat requirements/run.txt pyproject.toml | sha256sum | cut -c1-16)
DEV := $(VENV)/.dev-$(shell cat requirements/dev.txt pyproject.toml | sha256sum | cut -c1-16)
READER := $(VENV)/.reader-$(shell cat requirements/reader*.txt | sha256sum | cut -c1-16)

# Half of what the tests do is to start processes of ours: compile each file once, whoever asks not to.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo reader desk test chaos day check format bench archive fuzz judges cards lock clean

help: ## what one can do here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(DEV) ## the environment in .venv, command .venv/bin/kazasu

$(RUN):
	@PYTHON=$(PYTHON) requirements/install.sh $(VENV) requirements/run.txt
	@touch $@

$(DEV):
	@PYTHON=$(PYTHON) requirements/install.sh $(VENV) requirements/dev.txt
	@touch $@ $(RUN)

$(READER): $(DEV)
	@tests/system-packages.sh
	@requirements/reader.sh $(VENV)
	@touch $@

demo: $(RUN) ## the whole chain on one page, loopback only
	@$(BIN)/kazasu demo

reader: $(READER) ## PC/SC for real card readers, in .venv

desk: ## only what a desk with a card reader needs, in .venv
	@requirements/install.sh $(VENV) requirements/desk.txt
	@requirements/reader.sh $(VENV)

test: $(READER) ## all tests (installs PostgreSQL, Chromium and the like when missing and allowed)
	@tests/system-packages.sh
	@$(BIN)/python -m pytest -n 2 --no-loadscope-reorder -q $(PYTEST)

chaos: $(DEV) ## faults by seed while people call: SEEDS=50, or one again by SEED=17
	@tests/system-packages.sh
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),10)) $(CHAOS)

day: $(DEV) ## a thousand calls over two processes while things are killed: CALLS=100 for fewer
	@tests/system-packages.sh
	@$(BIN)/python -m tests.chaos.day --calls $(or $(CALLS),1000) $(DAY)

check: $(DEV) ## format, lint, types, architecture
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache 2>/dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/architecture

format: $(DEV) ## format and sort imports
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: $(DEV) ## measured ratios beside their goals (no test fails by time)
	@$(BIN)/python -m tests.benchmarks

archive: $(DEV) ## make so many rows of evidence and check them: ROWS=1000000
	@$(BIN)/python -m tests.benchmarks.archive $(or $(ROWS),1000000)

fuzz: $(DEV) ## hostile inputs for all that reads bytes from outside: RUNS=20000, ONLY=certificate
	@$(BIN)/python -m tests.fuzz --runs $(or $(RUNS),20000) $(if $(ONLY),--only $(ONLY)) $(FUZZ)

judges: $(DEV) ## thousands of certificates before us, OpenSSL and certvalidator: COUNT=5000
	@$(BIN)/python -m tests.identity.jpki.differential --count $(or $(COUNT),5000) $(JUDGES)

cards: $(DEV) ## call with every test card in every way, write docs/test-cards.md
	@$(BIN)/python -m kazasu.demo.outcomes docs/test-cards.md

lock: $(DEV) ## pin exact versions by hash into requirements/
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --extra postgres --extra otel --extra dev --extra build \
		-o requirements/dev.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --extra postgres --extra build -c requirements/dev.txt -o requirements/run.txt
	@for group in reader reader-build; do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
			--group $$group -o requirements/$$group.txt; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--group desk -c requirements/dev.txt -o requirements/desk.txt

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache
