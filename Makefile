# make demo | make test | make check | make bench   (each sets up what it needs, once)
# make grid: more crashes, and thousands of malformed answers; make lowest: the oldest dependencies
# make coverage: the suite with branch coverage; make docs: what is generated, and the site in
# docs/_build/html, without network; make pictures: those of the README, by a browser
# make dist: the files of a release; make installed: its wheel in an empty environment; make unpacked:
# its sdist, and the suite that is in it
# make bench MATRIX=quick|full|soak SIZES="1 10" REVISIONS="0 5" LATENCIES="0 0.1" DELETIONS=5
#   ROUTES="ours waiting floor script" ENGINES="offline pulumi" LIMIT=60 REPEATS=3 DATA=file KEEP=1
# make performance: everything that docs/performance.md shows, measured again; two to three hours
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test grid lowest coverage check docs pictures format bench performance dist installed unpacked clean

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
	$(BIN)/python -m tests.bench.page
	$(BIN)/pytest --quiet --numprocesses=auto --snapshot-update tests/faults
	$(BIN)/sphinx-build --fresh-env --fail-on-warning --quiet docs docs/_build/html

pictures: $(READY)
	$(BIN)/python docs/make_pictures.py

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python -m tests.bench

performance: $(READY)
	$(BIN)/python -m tests.bench --matrix full --repeats 1 --new --data docs/performance.json
	$(BIN)/python -m tests.bench --matrix soak --repeats 1 --keep --data docs/performance.json
	$(BIN)/python -m tests.bench.page

# The time of the commit makes the same bytes of it, whenever and wherever they are built.
dist:
	rm -rf dist
	$(PYTHON) -m venv --clear .dist
	.dist/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary=:all: --requirement .github/build-requirements.txt
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) .dist/bin/python -m build --no-isolation

installed: dist
	$(PYTHON) -m venv --clear .installed
	.installed/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	.installed/bin/python -I tests/packaging/check_installed.py
	.installed/bin/python -m pip install --quiet --disable-pip-version-check "$$(echo dist/*.whl)[testing]"
	.installed/bin/python -I tests/packaging/check_installed.py testing

unpacked: dist
	rm -rf .unpacked
	mkdir .unpacked
	tar --extract --file dist/*.tar.gz --directory .unpacked --strip-components 1
	$(MAKE) -C .unpacked test

clean:
	rm -rf $(VENV) .lowest .demo .bench .dist .installed .unpacked dist docs/_build .mypy_cache \
		.ruff_cache .pytest_cache .coverage*

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "langsmith-pulumi needs Python 3.10 or newer; try: make PYTHON=python3.12 ...")'
	@printf 'Setting up $(VENV), one to two minutes the first time: '
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --editable '.[dev]' \
		| awk '/^Collecting / && n++ % 5 == 0 { printf "."; fflush() } END { print "" }'
	@touch $(READY)
