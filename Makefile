# `make demo` and `make test` set up all they need: Python >= 3.11, make and git suffice.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
JOBS ?= auto

.PHONY: demo test lint types docs bench clean

$(VENV)/ready-run: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("gouji needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-test: $(VENV)/ready-run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

demo: $(VENV)/ready-run
	$(BIN)/python bench/demo.py demo

lint: $(VENV)/ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy is shown the import package as it installs: gouji/{addin,templates,validators}.
types: $(VENV)/ready-test
	@mkdir -p build/typed/gouji
	@for room in addin templates validators; do ln -sfn ../../../$$room build/typed/gouji/$$room; done
	@for file in __init__.py __main__.py py.typed; do ln -sfn ../../../gouji/$$file build/typed/gouji/$$file; done
	MYPYPATH=build/typed $(BIN)/mypy -p gouji

# A test whose application is missing is skipped, and named at the end.
test: lint types
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not apps"
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "slow or apps" -rR

# Of the fast tests alone, which reach nearly every line: measuring slows the others down too much.
.PHONY: coverage
coverage: $(VENV)/ready-test
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not apps" --cov --cov-report=term

# The fast tests with the lowest version of everything that a user installs (setup.cfg).
.PHONY: lowest
lowest: $(VENV)/ready-run
	test -x build/lowest/bin/python || $(PYTHON) -m venv build/lowest
	$(BIN)/python bench/lowest.py > build/lowest/floors.txt
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' --constraint build/lowest/floors.txt
	build/lowest/bin/python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not apps"

# The slow tests with all the cases that they can generate, not a sample of them.
.PHONY: hunt
hunt: $(VENV)/ready-test
	GOUJI_HUNT=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m slow

docs: $(VENV)/ready-test
	$(BIN)/python docs/build.py

# The pictures of the documentation; those of windows and panes are taken by the tests that click there.
.PHONY: pictures
pictures: $(VENV)/ready-test
	$(BIN)/python docs/pictures.py
	GOUJI_PICTURES=1 $(BIN)/python -m pytest -n 1 tests/addin -m apps -k "open_to_ready or cell_is_red or dropped_workbook or pane_for_wps"

# The catalogue of click's sentences in Chinese, in the form that gettext reads.
.PHONY: words
words: $(VENV)/ready-test
	$(BIN)/python bench/catalogue.py

# The ready templates in templates/ready, after a change to an edition or to how a template looks.
.PHONY: ready
ready: $(VENV)/ready-run
	$(BIN)/python bench/ready.py

# The documentation as a site in build/site, to be opened from a folder without a network.
.PHONY: site
site: $(VENV)/ready-run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[site]'
	$(BIN)/python -m mkdocs build --quiet --strict --site-dir build/site
	$(BIN)/python bench/site.py build/site

bench: $(VENV)/ready-test
	$(BIN)/python bench/start_up.py

clean:
	rm -rf build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The fuzzer for half an hour; what it finds is kept in tests/data/fuzz.
MINUTES ?= 30
.PHONY: fuzz mutants
fuzz: $(VENV)/ready-test
	$(BIN)/python -m tests.fuzzing $(MINUTES)

# Folds changelog.d/ into CHANGELOG.md: make changelog VERSION=0.2.0
.PHONY: changelog
changelog:
	$(PYTHON) bench/changelog.py $(VERSION)

# Wheel, source distribution, add-ins with gouji.html, blank workbooks, a wheelhouse for each platform
# and SHA256SUMS, in dist/.
.PHONY: release
release: $(VENV)/ready-test
	$(BIN)/python bench/release.py

# Mutation testing of judging and reading: a seeded sample, in copies of the tree.
COUNT ?= 150
mutants: $(VENV)/ready-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[mutants]'
	$(BIN)/python bench/mutants.py --count $(COUNT)
