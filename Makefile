# Everything a newcomer needs: `make demo`, `make test`. Both set up what they use.

PYTHON ?= python3
BIN := .venv/bin
PAGE := src/besom/server/static/index.html
PAGE_SOURCES := $(shell git ls-files -co --exclude-standard web 2>/dev/null)

export UV_COMPILE_BYTECODE := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
# The tests start thousands of interpreters; where each compiled besom anew, they would take a quarter longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test test-tools check page-check static-check dependency-check dependency-report pictures faults fuzz audit launch-checks store-checks peers bench load scaling peers-search bench-search format reference lock clean

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
# Amazon's client gets an environment of its own, for it wants older versions of what others use.
.venv/examples-installed: .venv/installed requirements-examples.txt requirements-aws.txt
	@echo "Installing what the examples need ..."
	@if [ -x $(BIN)/uv ]; then \
	  export UV_FIND_LINKS="$$PIP_FIND_LINKS" UV_COMPILE_BYTECODE=0; \
	  $(PYTHON) -m venv --without-pip .venv/aws && \
	  $(BIN)/uv pip install --quiet -r requirements-examples.txt -c requirements.lock && \
	  $(BIN)/uv pip install --quiet --python .venv/aws/bin/python -r requirements-aws.txt; \
	else \
	  $(PYTHON) -m venv .venv/aws && \
	  $(BIN)/pip install --quiet -r requirements-examples.txt -c requirements.lock && \
	  .venv/aws/bin/pip install --quiet -r requirements-aws.txt; \
	fi
	@touch $@

# The real wandb client and the libraries that speak to it, in an environment of their own: programs of the other one
# get besom for `import wandb`.
.venv/wandb/installed: requirements-wandb.txt .venv/installed
	@echo "Preparing .venv/wandb ..."
	@if [ -x $(BIN)/uv ]; then \
	  $(PYTHON) -m venv --without-pip .venv/wandb && \
	  UV_FIND_LINKS="$$PIP_FIND_LINKS" UV_COMPILE_BYTECODE=0 \
	    $(BIN)/uv pip install --quiet --python .venv/wandb/bin/python -r requirements-wandb.txt; \
	else \
	  $(PYTHON) -m venv .venv/wandb && \
	  .venv/wandb/bin/pip install --quiet -r requirements-wandb.txt; \
	fi
	@.venv/wandb/bin/python -c "import wandb.cli.cli, wandb.apis.public" # compiled once, not by a dozen programs at a time
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

# Three things at a time: one of them waits for the network while others compute. Four tests at a time, also on two
# cores: many wait for agents, servers and clients nearly all the time.
test:
	@$(MAKE) --no-print-directory --jobs 3 --output-sync=target \
	  setup test-tools .venv/wandb/installed .venv/examples-installed check page-check static-check dependency-report
	$(BIN)/python -m pytest -n 4

test-tools:
	@scripts/install-test-tools

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The build has compared the types already.
page-check: $(PAGE)
	cd web && npx biome check . && npm test --silent

# Every page in every state, wide and narrow, light and dark, for a designer's eye; says what it finds wrong by itself.
# `make pictures ONLY="report run"` takes those with one of the words in their name.
pictures: setup
	$(BIN)/python tests/web/pictures pictures --only "$(ONLY)"

# Breaks machines, networks, disks and clocks under sweeps of 13,020 points, storm after storm, for about an hour. A storm
# that finds something prints the command that calls it up again. With REPLICAS=3 it goes over three servers on one
# PostgreSQL, partly through PgBouncer. With MACHINES=1 each server and agent is on a machine of its own (a network
# namespace), whose cable is pulled at times.
SECONDS ?= 3600
POINTS ?= 13020
faults: setup
	$(BIN)/python tests/faults/storm.py --points $(POINTS) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(REPLICAS),--replicas $(REPLICAS)) $(if $(MACHINES),--machines)
	FAULTS_EXAMPLES=300 $(BIN)/python -m pytest -n 0 --timeout 3600 tests/faults/test_lease_model.py

# Storms of agents, of programs that log, and of more than a server takes on; fails when a promise is broken.
MINUTES ?= 10
AGENTS ?= 1000
RUNS ?= 500
load: .venv/installed
	$(BIN)/python benchmarks/load --minutes $(MINUTES) --agents $(AGENTS) --runs $(RUNS) --only "$(ONLY)"

# What requests cost as projects grow and agents come, and what several servers on one PostgreSQL take: docs/scaling.md.
scaling: .venv/installed
	$(BIN)/python benchmarks/scaling $(ONLY)

# What reads foreign text and bytes, each reader for so many seconds, and the whole server by its description. In an
# environment of its own: both fuzzers want versions of what others use.
FUZZ_SECONDS ?= 300
FUZZED := yaml formula filters pattern spool graphql wandb_post path wandb_record
.venv/fuzz/installed: requirements-fuzz.txt .venv/installed
	@echo "Preparing .venv/fuzz ..."
	@test -x .venv/fuzz/bin/python || $(PYTHON) -m venv .venv/fuzz
	@$(BIN)/uv pip install --quiet --python .venv/fuzz/bin/python -r requirements-fuzz.txt -e '.[server]'
	@touch $@

fuzz: .venv/fuzz/installed
	@mkdir -p .fuzz
	.venv/fuzz/bin/python tests/fuzz/schema.py $(FUZZ_SECONDS)
	@for reader in $(FUZZED); do echo "$$reader ..." && \
	  .venv/fuzz/bin/python tests/fuzz/parsers.py $$reader -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=.fuzz/ || exit 1; done

# `besom launch` and deploy/ against what engines publish, and on engines that are too large or too slow for `make test`.
.venv/launch/installed: requirements-launch.txt .venv/installed
	@echo "Preparing .venv/launch ..."
	@test -x .venv/launch/bin/python || $(PYTHON) -m venv .venv/launch
	@$(BIN)/uv pip install --quiet --python .venv/launch/bin/python -r requirements-launch.txt -e '.[server]'
	@touch $@

# Ray, half a gigabyte with its bytecode, without which its daemons would not start in the time that they give each other.
.venv/ray/installed: requirements-ray.txt .venv/installed
	@echo "Preparing .venv/ray ..."
	@test -x .venv/ray/bin/python || $(PYTHON) -m venv .venv/ray
	@$(BIN)/uv pip install --quiet --compile-bytecode --python .venv/ray/bin/python -r requirements-ray.txt -e '.[server]'
	@touch $@

launch-checks: .venv/launch/installed .venv/ray/installed
	.venv/launch/bin/python -m pytest -n 0 --noconftest tests/launch/check_schemas.py tests/deploy/check_manifests.py
	tests/with_podman $(BIN)/python -m pytest -n 0 tests/cli/check_launch_containers.py
	tests/with_podman --first tests/deploy/images $(BIN)/python -m pytest -n 0 tests/deploy/check_compose.py
	$(BIN)/python -m pytest -n 0 --noconftest tests/launch/check_slurm_fencing.py tests/launch/check_slurm_jobs.py
	.venv/ray/bin/python -m pytest -o addopts= --noconftest -v tests/launch/check_ray.py

# Files in an object store, against a real one: Ceph's gateway, which checks keys and signatures as moto does not.
store-checks: .venv/installed
	tests/with_ceph $(BIN)/python -m pytest -n 0 tests/store/test_blob_stores.py tests/server/test_direct_transfers.py

# What is not to be written in besom (semgrep.yml), and whether what it depends on has known flaws; bandit's rules are
# ruff's, in `make check`. In an environment of its own: it brings 80 packages.
.venv/audit/installed: requirements-audit.txt .venv/installed
	@echo "Preparing .venv/audit ..."
	@test -x .venv/audit/bin/python || $(PYTHON) -m venv .venv/audit
	@$(BIN)/uv pip install --quiet --python .venv/audit/bin/python -r requirements-audit.txt
	@touch $@

static-check: .venv/audit/installed
	.venv/audit/bin/semgrep scan --config semgrep.yml --metrics off --disable-version-check --error --quiet src web/src

dependency-check: .venv/audit/installed
	@scripts/audit-dependencies .venv/audit/bin/pip-audit

# A flaw that is published tomorrow is told by the tests of today's code, and fails `make audit` alone.
dependency-report: .venv/audit/installed
	@scripts/audit-dependencies .venv/audit/bin/pip-audit || true

audit: static-check dependency-check

# The peers live in a place of their own; besom is measured from there too.
.venv-peers/installed: benchmarks/peers.txt .venv/installed
	@echo "Preparing .venv-peers ..."
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@$(BIN)/uv pip install --quiet --python .venv-peers/bin/python -r benchmarks/peers.txt -e '.[server]'
	@touch $@

peers: .venv-peers/installed

bench: setup peers
	.venv-peers/bin/python benchmarks/all.py

# Search methods to compare with. HEBO gets an environment of its own: it wants old versions of what others use.
.venv/peers-search-installed: benchmarks/peers-search.txt benchmarks/peers-hebo.txt .venv/installed
	@echo "Preparing .venv/peers-search and .venv/peers-hebo ..."
	@test -x .venv/peers-search/bin/python || $(PYTHON) -m venv .venv/peers-search
	@test -x .venv/peers-hebo/bin/python || $(PYTHON) -m venv .venv/peers-hebo
	@UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip install --quiet --python .venv/peers-search/bin/python \
	  -r benchmarks/peers-search.txt -e '.[server]'
	@UV_FIND_LINKS="$$PIP_FIND_LINKS" $(BIN)/uv pip install --quiet --python .venv/peers-hebo/bin/python \
	  -r benchmarks/peers-hebo.txt
	@touch $@

peers-search: .venv/peers-search-installed

# Takes a night; it can be broken off and goes on where it was. A peer that breaks is named and does not hold up the
# others: the page shows what is there.
SEARCH := OMP_NUM_THREADS=1 .venv/peers-search/bin/python -m benchmarks.search.run
bench-search: peers-search
	-$(SEARCH) random --pending 1 --seeds 0-19 --budget 240
	-$(SEARCH) random besom optuna-tpe optuna-gp smac --problems classics --pending 1 --seeds 0-15 --budget 25
	-$(SEARCH) besom optuna-tpe optuna-tpe-group optuna-cmaes sweeps --seeds 0-9 --budget 100
	-$(SEARCH) smac optuna-gp --seeds 0-1
	-$(SEARCH) ax --seeds 0-1 --budget 30
	-OMP_NUM_THREADS=1 .venv/peers-hebo/bin/python -m benchmarks.search.run hebo --seeds 0 --budget 30
	.venv/peers-search/bin/python -m benchmarks.search.report

format: .venv/installed web/node_modules/.package-lock.json
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd web && npx biome check --write .

# The Python API from its docstrings.
reference: .venv/installed
	$(BIN)/python scripts/make-reference.py

# Plain name==version lines, no addresses. Without Ax, which would bring PyTorch to everybody.
lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate --extra server --extra postgresql --extra otel --extra parquet --extra s3 --extra optuna --extra dev \
	  pyproject.toml -o requirements.lock

clean:
	rm -rf .venv web/node_modules src/besom/server/static .demo pictures
