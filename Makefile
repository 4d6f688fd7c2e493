# Everything a newcomer needs: `make demo`, `make test`. Both set up what they use.

PYTHON ?= python3
BIN := .venv/bin
PAGE := src/besom/server/static/index.html
PAGE_SOURCES := $(shell git ls-files -co --exclude-standard web 2>/dev/null)

export UV_COMPILE_BYTECODE := 1
export VIRTUAL_ENV := $(CURDIR)/.venv

.PHONY: setup demo test check page-check format lock clean

setup: .venv/installed $(PAGE)

.venv/installed: requirements.lock pyproject.toml
	@echo "Preparing .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet uv || true
	@if [ -x $(BIN)/uv ]; then \
	  $(BIN)/uv pip install --quiet -r requirements.lock && $(BIN)/uv pip install --quiet --no-deps -e .; \
	else \
	  $(BIN)/pip install --quiet --no-deps -r requirements.lock && $(BIN)/pip install --quiet --no-deps -e .; \
	fi
	@touch $@

# What examples/ imports. Where CPU builds are at hand (PIP_FIND_LINKS), uv takes those, which spares gigabytes of CUDA.
.venv/examples-installed: .venv/installed requirements-examples.txt
	@echo "Installing what the examples need ..."
	@if [ -x $(BIN)/uv ]; then \
	  UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip install --quiet -r requirements-examples.txt -c requirements.lock; \
	else \
	  $(BIN)/pip install --quiet -r requirements-examples.txt -c requirements.lock; \
	fi
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json
	@echo "Installing what the page is built with ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error

$(PAGE): web/node_modules/.package-lock.json $(PAGE_SOURCES)
	@echo "Building the page ..."
	@cd web && npm run --silent build
	@touch $@

# With CI=true everything ends by itself; otherwise the server stays up until Ctrl-C.
demo: setup
	@$(BIN)/python examples/digits/demo.py $(if $(CI),--end,)

test: setup .venv/examples-installed check page-check
	@scripts/install-test-tools
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

page-check: $(PAGE)
	cd web && npm run --silent check && npm test --silent

format: .venv/installed web/node_modules/.package-lock.json
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd web && npx biome check --write .

# Plain name==version lines, no addresses.
lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate --all-extras \
	  pyproject.toml -o requirements.lock

clean:
	rm -rf .venv web/node_modules src/besom/server/static .demo
