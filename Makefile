# make demo | make test | make check | make bench   (each sets up what it needs, once)
# make grid: more crashes, and thousands of malformed answers; make lowest: the oldest dependencies
# make coverage: the suite with branch coverage; make docs: what is generated, and the site in
# docs/_build/html, without network; make pictures: those of the README, by a browser
# make dist: the files of a release
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test grid lowest coverage check docs pictures format bench dist clean

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: $(READY)
	@command -v pulumi >/dev/null || echo "pulumi is not on PATH: scenarios run on the offline engine only."
	$(BIN)/pytest --numprocesses=auto --dist=worksteal

grid: $(READY)
	$(BIN)/pytest --numprocesses=auto --dist=worksteal -m grid
	HISTORIES=40 $(BIN)/pytest tests/histories/test_histories.py
	LANGSMITH_PULUMI_FUZZ_ROUNDS=300 $(BIN)/pytest --numprocesses=auto tests/control_plane/test_fuzz.py

lowest:
	$(PYTHON) -m venv .lowest
	.lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	.lowest/bin/uv pip install --quiet --python .lowest/bin/python --resolution lowest-direct \
		--editable '.[dev]'
	.lowest/bin/pytest --numprocesses=auto --dist=worksteal

coverage: $(READY)
	$(BIN)/pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m tests.dead_code
	$(BIN)/validate-pyproject pyproject.toml

docs: $(READY)
	$(BIN)/python docs/make_inputs.py
	$(BIN)/python docs/make_changes.py
	$(BIN)/python docs/make_report_schema.py
	$(BIN)/pytest --quiet --numprocesses=auto --snapshot-update tests/faults
	$(BIN)/sphinx-build --fresh-env --fail-on-warning --quiet docs docs/_build/html

pictures: $(READY)
	$(BIN)/python docs/make_pictures.py

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python -m tests.bench

dist: $(READY)
	rm -rf dist
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) .lowest .demo dist docs/_build .mypy_cache .ruff_cache .pytest_cache .coverage*

$(READY): pyproject.toml
	@echo "Setting up $(VENV): one to two minutes the first time, most of it downloads."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "langsmith-pulumi needs Python 3.10 or newer; try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --editable '.[dev]' \
		| sed -n 's/^Collecting /  /p; s/^Installing collected packages.*/  installing .../p'
	@touch $(READY)
