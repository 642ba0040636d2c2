# make demo     install, build a small library and ask it a question
# make test     run the tests
# make check    check format, style, types and import layers
# make format   format the code
# make pins     write the newest versions that work together to constraints.txt
# make clean    remove what was built, the environment excepted

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := assistant tests benchmarks training docs .ci
QUESTION := How many trainable parameters does LoRA save?

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := demo
.PHONY: demo test check format pins clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "The assistant needs Python 3.11 or newer; '$(PYTHON)' is older or missing." >&2; \
	  echo "Name another one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@for compiler in "$$CXX" c++ g++ clang++; do \
	  [ -n "$$compiler" ] && command -v $$compiler >/dev/null && exit 0; done; \
	  echo "The assistant needs a C++ compiler to build llama.cpp, and there is none." >&2; \
	  echo "Install one (Debian, Ubuntu: g++; Fedora: gcc-c++; macOS: xcode-select --install)." >&2; \
	  exit 1
	@[ -x $(BIN)/python ] || { echo "Creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing into $(VENV) (the first time takes about 5 minutes: llama.cpp is compiled)"
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[starter,dev]'
	@touch $@

demo: $(STAMP)
	@echo '$$ assistant --library .demo add --sample'
	@$(BIN)/assistant --library .demo add --sample
	@echo
	@echo '$$ assistant --library .demo ask "$(QUESTION)"'
	@$(BIN)/assistant --library .demo ask "$(QUESTION)"

test: $(STAMP)
	$(BIN)/python -m pytest --quiet --numprocesses 2 --dist loadfile

check: $(STAMP)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMP)
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

pins: $(STAMP)
	$(BIN)/python -m pip install --quiet --upgrade --upgrade-strategy eager -e '.[starter,dev]'
	$(BIN)/python .ci/pins.py > constraints.txt.new
	mv constraints.txt.new constraints.txt

clean:
	rm -rf .demo build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find assistant tests benchmarks training -name __pycache__ -type d -prune -exec rm -rf {} +
