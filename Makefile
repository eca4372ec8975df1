# Everything sets itself up: Python 3.11+ and make are enough.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
TESTS  ?= tests
# processes that share the tests out: on two cores three, since many tests wait for processes that they have started
TEST_WORKERS ?= 3

# The tests start hundreds of processes: Python compiles the code for the first of them only.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[36m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # as pip does, but on every core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: $(STAMP) ## Make the virtual environment

.PHONY: system-deps
system-deps: ## Install what some tests need of the system, from Debian's packages: redis-server, chromium, prometheus
	@bash .ci/system-deps

.PHONY: demo
demo: $(STAMP) ## Show records flowing from Kafka to verdicts, without a key
	$(BIN)/fulltext demo

.PHONY: run
run: $(STAMP) ## Run a worker with the settings of the environment
	$(BIN)/fulltext worker

.PHONY: test
test: $(STAMP) ## Run every test, the short forms of chaos and bench included
	$(BIN)/python -m pytest $(TESTS) --cov --numprocesses $(TEST_WORKERS) --dist worksteal

.PHONY: check
check: $(STAMP) ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(STAMP) ## Rewrite the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: chaos
chaos: $(STAMP) ## Kill workers and the broker under load, then every fault of the matrix: nothing is lost; build/chaos/report.md
	$(BIN)/python -m tests.chaos

MINUTES ?= 30

.PHONY: soak
soak: $(STAMP) ## The service under every fault for a minute, then workers under load and faults for MINUTES=30
	$(BIN)/python -m tests.chaos service --seconds 60
	$(BIN)/python -m tests.chaos load --minutes $(MINUTES)

# The scanners and the fuzzer are for this only: they get an environment of their own, with the product's requirements.
SECURITY_VENV  ?= .venv-security
SECURITY_STAMP := $(SECURITY_VENV)/.installed
SECURITY       ?=

$(SECURITY_STAMP): requirements/security.txt
	@test -x $(SECURITY_VENV)/bin/python || $(PYTHON) -m venv $(SECURITY_VENV)
	$(SECURITY_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: security
security: $(SECURITY_STAMP) ## Fuzz every reader and page, scan the code, list what is installed; SECURITY="--seconds 60 --grow" for more
	$(SECURITY_VENV)/bin/python -m tests.security $(SECURITY)

INJECTION ?=

.PHONY: injection
injection: $(STAMP) ## Every attack on every page that is no full text, seen and hidden; INJECTION="--step 10" for a tenth
	$(BIN)/python -m tests.security.injection $(INJECTION)

.PHONY: sbom
sbom: $(SECURITY_STAMP) ## Write the bill of materials, build/sbom.cdx.json
	$(SECURITY_VENV)/bin/python -m tests.security --only 'bill of materials'

# mutmut needs an older pytest.
MUTATION_VENV  ?= .venv-mutation
MUTATION_STAMP := $(MUTATION_VENV)/.installed
MUTATION       ?=

$(MUTATION_STAMP): requirements/mutation.txt
	@test -x $(MUTATION_VENV)/bin/python || $(PYTHON) -m venv $(MUTATION_VENV)
	$(MUTATION_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: mutation
mutation: $(MUTATION_STAMP) ## Change the code in a thousand places: do its tests notice? Writes docs/mutation.md; MUTATION=guard for a part
	$(MUTATION_VENV)/bin/python -m tests.mutation $(MUTATION)

# LiteLLM's requirements do not fit ours: it gets an environment of its own.
ROUTER_VENV  ?= .venv-router
ROUTER_STAMP := $(ROUTER_VENV)/.installed
BENCH_ROUTER ?=
BENCH        ?=

$(ROUTER_STAMP): requirements/bench-router.txt
	@test -x $(ROUTER_VENV)/bin/python || $(PYTHON) -m venv $(ROUTER_VENV)
	$(ROUTER_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

.PHONY: bench
bench: $(STAMP) $(ROUTER_STAMP) ## Prices, usage tables, the worker beside its peers and as it grows (BENCH=--quick: short), pages, reading
	$(BIN)/python -m tests.bench.money
	$(BIN)/python -m tests.bench.usage
	$(BIN)/python -m tests.bench --litellm-python $(ROUTER_VENV)/bin/python $(BENCH)
	$(BIN)/python -m tests.bench.pages
	$(BIN)/python -m tests.bench.scale $(BENCH)
	$(BIN)/python -m tests.bench.reading $(wildcard $(DATA))

.PHONY: bench-reading
bench-reading: $(STAMP) ## Documents a second and core of reading and the local tier, on DATA=records.jsonl or the samples
	$(BIN)/python -m tests.bench.reading $(wildcard $(DATA))

.PHONY: bench-router
bench-router: $(STAMP) $(ROUTER_STAMP) ## This service beside LiteLLM's Router; BENCH_ROUTER=--quick for the short form
	$(BIN)/python -m tests.bench.router --litellm-python $(ROUTER_VENV)/bin/python $(BENCH_ROUTER)

# scikit-learn is for training only: it gets an environment of its own.
TRAIN_VENV  ?= .venv-train
TRAIN_STAMP := $(TRAIN_VENV)/.installed
DATA        ?= records.jsonl
EVAL        ?=

$(TRAIN_STAMP): requirements/train.txt
	@test -x $(TRAIN_VENV)/bin/python || $(PYTHON) -m venv $(TRAIN_VENV)
	$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: train
train: $(TRAIN_STAMP) ## Fit the local model on DATA=records.jsonl, with figures for articles that it has not seen
	$(TRAIN_VENV)/bin/python -m training $(DATA) --out streams/verify/model/model.json

.PHONY: eval
eval: $(STAMP) ## What the local tier decides on DATA=records.jsonl; EVAL="--html report.html" for a page
	$(BIN)/fulltext eval $(DATA) $(EVAL)

.PHONY: picture
picture: $(STAMP) ## Make the README's picture of the live page again, while the demo runs
	LIVE_PAGE_PICTURE=docs/live-page.png $(BIN)/python -m pytest -q tests/integration/test_live_page.py

.PHONY: schemas
schemas: $(STAMP) ## Write the JSON Schemas and the AsyncAPI document again
	$(BIN)/fulltext schemas

.PHONY: lock
lock: $(STAMP) ## Resolve the requirements again, with hashes
	@for set in "base:" "sandbox:--extra sandbox" "dev:--all-extras --group test --group lint --group build" "train:--group train" \
	  "image:--extra aws --extra cache --extra encrypted --extra otel --constraint requirements/dev.txt" \
	  "security:--all-extras --group security --constraint requirements/dev.txt" "mutation:--all-extras --group test --group mutation"; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-strip-extras \
	    --custom-compile-command 'make lock' $${set#*:} pyproject.toml -o requirements/$${set%%:*}.txt || exit 1; \
	done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-find-links --no-strip-extras \
	  --custom-compile-command 'make lock' --override requirements/bench-router.override \
	  requirements/bench-router.in -o requirements/bench-router.txt

# What docker compose gives to the containers as files: keys and URLs, empty where there is none, and what is made here.
SECRET_FILES := $(addprefix secrets/,groq_api_key gemini_api_key azure_openai_api_key openai_api_key compatible_api_key \
  secrets_encryption_key ai_cache_url alert_webhook_url)
SECRETS_MADE := $(addprefix secrets/,web_token grafana_password)
WORKERS ?= 1
COMPOSE ?=

.PHONY: secrets
secrets: ## Make the files in secrets/ that are missing: empty ones for keys, a token, a password
	@mkdir -p secrets && chmod 700 secrets && touch $(SECRET_FILES)
	@for file in $(SECRETS_MADE); do test -s $$file || $(PYTHON) -c "import secrets; print(secrets.token_hex(24))" > $$file; done
	@chmod 644 $(SECRET_FILES) $(SECRETS_MADE)  # the containers' users are others; the folder is closed to all but you

.PHONY: release-check
release-check: $(STAMP) ## Build wheel and sdist, install the wheel with the locked requirements elsewhere, run the demo from it
	$(BIN)/python -m tests.release

.PHONY: up
up: secrets ## Start Kafka, topics and WORKERS=1 workers with Docker; COMPOSE="--profile obs" for Prometheus and Grafana
	docker compose $(COMPOSE) up --build --detach --scale worker=$(WORKERS)

.PHONY: down
down: ## Stop what `make up` started
	docker compose --profile obs --profile demo down

.PHONY: clean
clean: ## Remove what the targets made
	rm -rf $(VENV) $(ROUTER_VENV) $(TRAIN_VENV) $(SECURITY_VENV) $(MUTATION_VENV) .demo .kafka build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage
