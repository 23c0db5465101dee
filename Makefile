# Two commands for a newcomer: `make demo` and `make test`. Paths are relative, so that a checkout
# whose folder bears spaces works; each stamp spares the next call the installation.

PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --no-compile

# Bytecode is written at first import, for the modules that are imported: compiling every module of
# every dependency takes pip longer than all the rest of an installation.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-slow test-browser test-nightly torture soak check bench bench-quick brian2-suite interpreters clean
.DEFAULT_GOAL := help

help:
	@echo "make demo          install into $(VENV), store real digits in a spiking memory, learn tasks in turn"
	@echo "make test          install into $(VENV) and run the fast tests"
	@echo "make test-slow     run the tests that take more than ten seconds, and every configuration"
	@echo "make test-browser  open pages of reports in Chromium, if there is one"
	@echo "make test-nightly  compare the device with Brian2's Cython target, network by network"
	@echo "make torture       kill runs, spoil disks and files, send hostile input: many times, with counts"
	@echo "make soak          record and simulate for two hours (SECONDS=7200): memory and open files stay"
	@echo "make brian2-suite  run Brian2's own tests on the device, for every release (an hour or more)"
	@echo "make check         format, lint, layers and types"
	@echo "make bench         compare the device with Brian2 and NEST, network by network"
	@echo "make bench-quick   the same with small networks"
	@echo "make interpreters  install and run a small network on every Python 3.11-3.13 found here"
	@echo "make clean         remove $(VENV), caches and runs"

demo: $(VENV)/.installed
	@$(RUN) -m experiments.demo

test: $(VENV)/.installed-test
	@$(RUN) -m pytest -q -m "not slow and not nightly and not browser" -n auto --maxprocesses 8

test-slow: $(VENV)/.installed-test
	@$(RUN) -m pytest -q -m "slow and not nightly" -n auto --maxprocesses 8

test-browser: $(VENV)/.installed-browser
	@$(RUN) -m pytest -q -m browser -n 0 tests/experiments/report

test-nightly: $(VENV)/.installed-test
	@$(RUN) -m pytest -q -m nightly -n auto --maxprocesses 8

torture: $(VENV)/.installed-test
	@ENGRAM_TORTURE=nightly $(RUN) -m pytest -q -m torture -n auto --maxprocesses 8

SECONDS ?= 7200
soak: $(VENV)/.installed-test
	@ENGRAM_SOAK=$(SECONDS) $(RUN) -m pytest -q -n 0 -m slow tests/torture/test_soak.py

# EXAMPLES names the folder of Brian2's example scripts, which its source distribution has.
brian2-suite: $(VENV)/.installed-test
	@PYTHONPATH=. $(RUN) tests/engines/brian2_suite.py $(PARTS) $(if $(EXAMPLES),--examples "$(EXAMPLES)")

check: $(VENV)/.installed-check
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(VENV)/bin/lint-imports
	@$(RUN) -m mypy

bench: $(VENV)/.installed-bench
	@$(RUN) -m experiments.cli bench engines

bench-quick: $(VENV)/.installed-bench
	@$(RUN) -m experiments.cli bench engines --quick

interpreters:
	@sh .ci/interpreters $(VERSIONS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis runs

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "engramlab needs Python 3.11 or newer, and '$(PYTHON)' is `$(PYTHON) --version 2>&1`."; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv "$(VENV)" || { \
	  echo "'$(PYTHON)' cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "installing engramlab and its dependencies into $(VENV) (one or two minutes)"
	@$(PIP) --editable . || { \
	  echo "the installation failed: is there a network, and is the disk full? Then call make again."; exit 1; }
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "installing what the tests need into $(VENV)"
	@$(PIP) --editable '.[test,export]'
	@touch $@

# The driver only: the browser is the system's. Without either the tests are skipped, and say so.
$(VENV)/.installed-browser: $(VENV)/.installed-test
	@echo "installing what drives a browser into $(VENV)"
	@$(PIP) --editable '.[browser]' || echo "nothing drives a browser: its tests are skipped"
	@touch $@

# NEST is a peer, not a dependency: without its wheel the other engines are compared.
$(VENV)/.installed-bench: $(VENV)/.installed
	@echo "installing NEST into $(VENV)"
	@$(PIP) --editable '.[bench]' || echo "no NEST for this Python: its rows stay empty"
	@touch $@

$(VENV)/.installed-check: $(VENV)/.installed-test
	@echo "installing what the checks need into $(VENV)"
	@$(PIP) --editable '.[check]'
	@touch $@
