# One line each on a bare machine with Python 3.11: `make demo`, `make test`.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name))))
VENV ?= .venv
BIN = $(VENV)/bin
# The tests start many processes, which would each compile the package again.
unexport PYTHONDONTWRITEBYTECODE

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -q -e . --group dev
	touch $@

.PHONY: demo test check docs pictures screenshots bench
demo: $(VENV)/.ready  ## install, then train, rank and really fine-tune a handful of small networks
	$(BIN)/hubscore demo

test: $(VENV)/.ready  ## install, then lint, types and every test
	$(MAKE) check
	$(BIN)/python -m pytest -n 2 --dist loadfile

docs: $(VENV)/.ready  ## the documentation site in build/site; a warning is an error
	$(BIN)/python -m mkdocs build --strict

pictures: $(VENV)/.ready  ## the README's pictures, over the checkpoints in $HUBSCORE_ZOO, with the system's Chromium
	$(BIN)/python tests/pictures.py --out docs/pictures

screenshots: $(VENV)/.ready  ## pictures of every view of the Space in build/screenshots, with the system's Chromium
	$(BIN)/python tests/space/screenshots.py --out build/screenshots

BENCH = startup scores similarity ranking
bench: $(VENV)/.ready  ## the short benchmarks, one after another, a table each
	for name in $(BENCH); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
