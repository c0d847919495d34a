# `make` lists the targets; `make reproduce` goes from nothing to the briefings.
VENV := .venv
STAMP := $(VENV)/.installed
PYTHON ?=

# Without bytecode every job would compile its libraries anew, at three times the time.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
export LC_ALL := C.UTF-8
export MPLBACKEND := Agg
# Documents carry this date (2026-11-22), never today's: two runs give the same bytes.
export SOURCE_DATE_EPOCH := 1795305600

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup reproduce test lint docs simulation references benchmark notebooks lock clean

help:  ## list the targets
	@echo "usage: make <target>; from a fresh clone, 'make reproduce' is all there is to type"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1\t\2/p' Makefile | expand -t 14

setup: $(STAMP)  ## build .venv from requirements.lock (again only when the lock or pyproject.toml changed)

# --no-deps: the lock is complete, and `pip check` says so if it is not. --no-compile: pip compiles on one core,
# compileall on all of them; the libraries' own tests are left out.
$(STAMP): requirements.lock pyproject.toml
	@found=; for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No Python 3.11 or newer was found (with its venv module). Install it, on Debian and Ubuntu with" \
	    "'apt install python3 python3-venv', or name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
	  exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version), about a minute ..."; \
	"$$found" -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet "$$(grep '^pip==' requirements.lock)"
	@$(VENV)/bin/python -m pip install --quiet --no-deps --no-compile --requirement requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -m pip check
	@cd $(VENV) && { bin/python -m compileall -qq -j 0 -x '/tests/' lib || true; }
	@$(VENV)/bin/python -m compileall -q src
	@touch $@

reproduce: setup  ## run the whole analysis: results, figures, tables, briefings, report
	@$(VENV)/bin/snakemake
	@$(VENV)/bin/snakemake --quiet all --report results/report.html
	@echo "Open first:"
	@ls -1 results/help/briefing.pdf results/pathways/briefing.pdf results/report.html

test: setup  ## run every test
	@$(VENV)/bin/python -m pytest -n 2 --dist worksteal

lint: setup  ## check style: ruff, snakefmt, snakemake --lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakefmt --check Snakefile workflow
	$(VENV)/bin/snakemake --lint

docs: setup  ## write the generated parts of docs/ and config/ anew
	@$(VENV)/bin/python docs/generate.py

simulation: setup  ## try every estimator on 5,000 simulated studies of each scenario (one to two hours)
	@$(VENV)/bin/snakemake simulation_study --config 'simulation_study={replicates: 5000}'
	@cp results/simulation_study/coverage.png docs/images/simulation-study.png
	@$(VENV)/bin/python docs/generate.py results/simulation_study/performance.csv

references: setup  ## make the reference numbers of the golden tests again (needs R)
	@for script in tests/golden/r/*.R; do PATH="$(CURDIR)/$(VENV)/bin:$$PATH" Rscript "$$script" || exit 1; done
	@git status --short tests/golden/r

benchmark: setup  ## measure how long each stage takes
	@$(VENV)/bin/python benchmarks/run.py
	@$(VENV)/bin/python benchmarks/ingest.py
	@$(VENV)/bin/python benchmarks/survival.py
	@$(VENV)/bin/python benchmarks/cox.py

# JupyterLab brings rfc3987-syntax, an optional part of jsonschema that adds 2 seconds to each snakemake call and
# each script job (it builds a grammar on import); jsonschema and JupyterLab both do without it.
notebooks: setup  ## add JupyterLab to .venv and open the notebooks
	@$(VENV)/bin/python -m pip install --quiet --no-build-isolation --constraint requirements.lock \
	  --editable ".[notebooks]"
	@$(VENV)/bin/python -m pip uninstall --quiet --yes rfc3987-syntax
	@$(VENV)/bin/jupyter lab notebooks

lock:  ## write requirements.lock anew, keeping its versions where they still fit (delete it for the newest)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && python3 -m venv "$$tools" \
	  && "$$tools/bin/pip" install --quiet uv \
	  && "$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --extra dev --no-header \
	    --no-annotate --output-file requirements.lock pyproject.toml

clean:  ## remove results, logs and caches (.venv stays; data/raw is never touched)
	@rm -rf results logs .snakemake .pytest_cache .ruff_cache .hypothesis
	@rm -rf data/derived
