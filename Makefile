# Every verb a person or CI needs. `make` alone lists them.
# Options are given as variables: make run DETACH=1 REPLICAS=3

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Node of the lock's wheel, where the machine has none that is new enough.
export PATH := $(CURDIR)/.venv/node:$(PATH)

PYTHON := .venv/bin/python
PACKAGES := services gateway router agent-service transcript-service deploy/native tests/replay tests/bench tests/chaos
BOOTSTRAP := PYTHONPATH=deploy/native/src deploy/native/python -m native.bootstrap
SHARED_DATA ?= ../shared/data

REPLICAS ?= 2
EXAMPLES ?= 1000
CONCURRENCY ?= 10
# Processes that tests are spread over: most of them wait for something. WORKERS=0 is one by one.
WORKERS ?= 2
SPREAD = -n $(WORKERS) --dist
# Bash counts its own life in SECONDS, so only one given on the command line is taken.
SECONDS_OF_CHAOS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),180)

# Whose RabbitMQ every verb runs: 4 is Debian 13's, fetched once; empty is this machine's own.
BROKER ?= $(PREK_BROKER)
export PREK_BROKER := $(BROKER)
FETCH_BROKER = $(if $(BROKER),$(PYTHON) -m native.debootstrap)

.PHONY: help setup setup-tests run down scale status clean check format generate fresh \
	unit properties contract integration e2e test data-test replay bench chaos crash-points mutants dead-letters lock \
	simulate erlang compare-routing bench-router bench-country pictures bench-widget bench-console bench-numbers bench-search archive-proof

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install and build what is missing (all other verbs do it too; BROKER=4 RabbitMQ 4)
	@$(BOOTSTRAP)
	@$(FETCH_BROKER)

$(PYTHON):
	@$(BOOTSTRAP)

setup-tests:
	@$(BOOTSTRAP) --testing
	@$(FETCH_BROKER)

run: setup ## start everything; Ctrl-C stops it (DETACH=1 REPLICAS=2 PROFILE=load)
	@exec $(PYTHON) -m native run --replicas $(REPLICAS) \
		$(if $(DETACH),--detach) $(if $(PROFILE),--profile $(PROFILE))

down: $(PYTHON) ## stop what `make run` started, also after a crash
	@$(PYTHON) -m native down

scale: $(PYTHON) ## change one service's replicas while it runs (SERVICE=router N=3)
	@test -n "$(SERVICE)" -a -n "$(N)" || { echo "say SERVICE=router N=3" >&2; exit 2; }
	@$(PYTHON) -m native scale "$(SERVICE)" "$(N)"

status: $(PYTHON) ## show every process and whether it is ready
	@$(PYTHON) -m native status

clean: $(PYTHON) ## stop everything and delete its data and passwords
	@$(PYTHON) -m native remove

format: setup ## put the code into the house's format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

check: setup ## format, lint, types, layers, generated files, TypeScript
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	@for package in $(PACKAGES); do \
		echo "mypy --strict $$package"; $(PYTHON) -m mypy --strict $$package/src; done
	.venv/bin/lint-imports
	@$(MAKE) fresh
	npm run check --workspaces --if-present

generate: setup ## compute AsyncAPI, schemas and TypeScript from the contracts
	npm run generate --workspaces --if-present

fresh: setup
	npm run fresh --workspaces --if-present

unit: setup ## decisions and small parts, without a broker
	$(PYTHON) -m pytest $(SPREAD) worksteal \
		-m "not contract and not integration and not e2e and not chaos and not shared_data"
	npm run test --workspaces --if-present

properties: setup ## hold the laws against other inputs, each time others (EXAMPLES=1000)
	PREK_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest $(SPREAD) worksteal \
		-m "hypothesis and not contract and not integration and not e2e and not chaos and not shared_data"

contract: setup ## samples of every version, and one suite for all buses
	$(PYTHON) -m pytest -m "contract and not shared_data"

integration: setup ## services on real RabbitMQ, Redis and PostgreSQL
	$(PYTHON) -m pytest $(SPREAD) loadfile -m "integration and not shared_data"

e2e: setup-tests ## the whole system, through a browser and the public sockets
	$(PYTHON) -m pytest $(SPREAD) loadfile -m "e2e and not shared_data"

test: setup-tests ## everything CI runs, after setting itself up
	@$(MAKE) check
	@$(MAKE) unit
	@$(MAKE) contract
	@$(MAKE) integration
	@$(MAKE) e2e

pictures: setup-tests ## visit the widget's states and walk the guides, and keep small pictures in docs/pictures
	mkdir -p docs/pictures
	PREK_PICTURES=docs/pictures $(PYTHON) -m pytest -m e2e tests/e2e/test_states.py -k visited
	PREK_PICTURES=docs/pictures $(PYTHON) -m pytest -m e2e \
		$(patsubst %,tests/e2e/test_guide_%.py,ansatt leder administrator arkivar arkivar_arkiv)

data-test: setup-tests ## what reads the data folder beside the clone (SHARED_DATA=)
	SHARED_DATA=$(SHARED_DATA) $(PYTHON) -m pytest -m shared_data

replay: setup ## play recorded dialogues (FILE= CONCURRENCY=10 MUTATE=duplicate,reconnect)
	@test -n "$(FILE)" || { echo "say FILE=dialogues.jsonl" >&2; exit 2; }
	@$(PYTHON) -m native run --detach --unless-running >&2
	@exec $(PYTHON) -m replay "$(FILE)" --concurrency $(CONCURRENCY) \
		$(if $(MUTATE),--mutate $(MUTATE))

chaos: setup ## break a system of its own and judge what it kept (SECONDS=180 SEED= BROKER=4 FAULTS=a,b COMPARE=redis REPORT=FILE.md)
	@exec $(PYTHON) -m chaos --seconds $(SECONDS_OF_CHAOS) \
		$(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) \
		$(if $(COMPARE),--compare $(COMPARE)) $(if $(REPORT),--report $(REPORT)) $(OPTIONS)

crash-points: setup ## kill a service at each step of a message's way (REPEAT=5 BROKER=4)
	@exec $(PYTHON) -m chaos.crashpoints $(if $(REPEAT),--repeat $(REPEAT)) $(OPTIONS)

mutants: setup ## take each guard out and see the checker notice
	$(PYTHON) -m pytest -m chaos

bench: setup ## measure the message path against its floor (OPTIONS="--quick")
	@exec $(PYTHON) -m bench $(OPTIONS)

simulate: setup ## run a town on paper under the router's own decisions (OPTIONS="--scenario sarpsborg --policy ours --seed 1")
	@exec $(PYTHON) -m router.simulate $(OPTIONS)

erlang: setup ## hold the router's line against Erlang's formulas, at length (OPTIONS="--write docs/routing/erlang.json")
	@exec $(PYTHON) -m router.simulate.agreement $(OPTIONS)

compare-routing: setup ## ours and other products' rules before the same citizens, into docs/routing (OPTIONS="--seeds 30")
	@exec nice $(PYTHON) -m router.simulate.report --folder docs/routing $(OPTIONS)

bench-router: setup ## measure what the router's decisions cost (OPTIONS="--write docs/routing/bench.json")
	@exec $(PYTHON) -m router.bench $(OPTIONS)

bench-country: setup ## measure one router with all 357 tenants at their peak (OPTIONS="--write docs/routing/country.json")
	@exec $(PYTHON) -m bench.country $(OPTIONS)

bench-widget: setup ## measure what the widget costs a page, and the time from click to field (OPTIONS="--write docs/performance/widget.json")
	@exec $(PYTHON) -m bench.widget $(OPTIONS)

bench-console: setup ## measure how smooth the console is with a full line, by the browser's tracing (OPTIONS="--write docs/performance/console.json")
	@exec $(PYTHON) -m bench.console $(OPTIONS)

bench-numbers: setup ## measure the figures of a year of all 357 municipalities (OPTIONS="--share 0.1 --write docs/performance/numbers.json")
	@exec $(PYTHON) -m bench.numbers $(OPTIONS)

archive-proof: setup ## hand over closed conversations of all kinds and hold each package to the rules (SCHEMAS=../shared/data/fiks-arkiv/V1 N=500)
	@PYTHONPATH=tests exec $(PYTHON) -m archive_proof -n $(or $(N),500) \
		$(if $(SCHEMAS),--schemas "$(SCHEMAS)") \
		--naughty "$(SHARED_DATA)/naughty-strings/blns.json"

bench-search: setup ## measure searches among 200,000 conversations (N=200000 OPTIONS="--write docs/performance/search.json")
	@exec $(PYTHON) -m bench.fulltext $(if $(N),--conversations $(N)) $(OPTIONS)

dead-letters: $(PYTHON) ## list the messages nobody could handle (REPLAY=ID|all DISCARD=ID)
	@PREK_SECRETS_DIR="$${PREK_RUN_DIR:-.run}/secrets/admin" $(PYTHON) -m services.dead_letters \
		$(if $(REPLAY),--replay $(REPLAY)) $(if $(DISCARD),--discard $(DISCARD))

lock: setup ## compute requirements.lock anew from requirements.in
	$(PYTHON) -m uv pip compile --generate-hashes --python-version 3.11 --universal --no-header --quiet \
		--output-file requirements.lock requirements.in
