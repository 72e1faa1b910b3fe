# Two commands for a newcomer: `make run` and `make test`. Each installs what it needs and is cheap to run again.
PYTHON ?= $(shell command -v python3.11 || echo python3)
PY := .venv/bin/python
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install run test check eval bench bench-search content clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install:  ## both Python environments
	@$(PYTHON) scripts/bootstrap.py

prepare: install  # database, articles, index, Rasa model: skips what is unchanged
	@$(PY) manage.py prepare

run: install  ## everything, on http://127.0.0.1:$(PORT) (PORT=… changes it); Ctrl-C stops it
	@$(PY) -m config.supervise

test: prepare  ## all tests
	@$(PY) -m pytest $(ARGS)

check: install  ## lint, types, import rules, content
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) manage.py check_articles

eval: prepare  ## accuracy on the questions that nobody looks at, against peers (the first time about 40 minutes), drawn in docs/
	@$(PY) manage.py evaluate tests/evaluation/test --why --peers --draw docs
	@$(PY) manage.py reliability tests/evaluation/dev tests/evaluation/test --draw docs

bench: prepare  ## Rasa's stock template against the whole path
	@$(PY) -m scripts.bench

bench-search: prepare  ## what a message and a search cost, today and among a million rows; about 8 minutes
	@$(PY) -m scripts.bench_search

clean:  ## forget environments, database, index and models of this checkout
	rm -rf .venv .venv-rasa var
