# Shardkeeper: everything a developer runs. `make` alone lists the targets.

SHELL      := bash
.SHELLFLAGS := -euo pipefail -c
TOOLS      := .tools
GO         ?= go
GOLANGCI   := $(TOOLS)/bin/golangci-lint
GOFUMPT    := $(TOOLS)/bin/gofumpt
SEEDS      ?= 2000
FUZZTIME   ?= 10s
ACTIONS    ?= build/actions

# The race detector needs cgo and a C compiler; the tests themselves need Go alone. It makes the model ten times slower.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && [ "$$($(GO) env CGO_ENABLED)" = 1 ] && echo -race)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## two days of a stream in a model of AWS: no account, no Docker, seconds
	$(GO) run ./cmd/shardkeeper demo

.PHONY: test
test: ## vet, import directions, unit, contract and property tests; with the race detector again those that do not play for long
	$(GO) vet ./...
	$(GO) test ./...
	$(if $(RACE),$(GO) test $(RACE) ./...)

.PHONY: e2e
e2e: ## what is deployed, on emulators and in containers: no account, six minutes
	tools/install python
	tools/install node
	tools/install engine
	CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -buildvcs=false -ldflags=-s -tags=lambda.norpc -o /dev/null ./handlers/scaler ./handlers/enroller ./handlers/reconciler # else the tests' sam build compiles all with cold caches, in the time that they have
	$(GO) test -tags e2e -count=1 -v -timeout 10m ./tests/e2e ./internal/emulator

.PHONY: emulators
emulators: ## what stands in for AWS, until Ctrl-C; with BRIDGE=docker0 for containers on Linux
	tools/install python
	tools/install node
	exec $(GO) run ./tools/emulators $(if $(BRIDGE),--bridge $(BRIDGE))

.PHONY: pages
pages: ## the page of simulate --report in headless Chromium, with axe
	tools/install pages
	tests/pages/make build/pages
	node --test --test-reporter=spec tests/pages/

.PHONY: screenshots
screenshots: ## the pictures of the page in docs/figures, drawn anew in headless Chromium
	tools/install pages
	tests/pages/make build/pages
	node tests/pages/screenshots.mjs build/pages docs/figures

.PHONY: cover
cover: ## statement coverage by package
	$(GO) test -cover ./... | grep -v 'no test files'

.PHONY: build
build: ## the operator's command, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/shardkeeper ./cmd/shardkeeper

.PHONY: lint
lint: $(TOOLS)/go.stamp ## formatting and golangci-lint
	@unformatted="$$($(GOFUMPT) -l $$(git ls-files '*.go' && git ls-files --others --exclude-standard '*.go'))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; fi
	$(GOLANGCI) run ./...

.PHONY: fmt
fmt: $(TOOLS)/go.stamp ## format the code
	$(GOFUMPT) -w $$(git ls-files '*.go' && git ls-files --others --exclude-standard '*.go')

.PHONY: tools
tools: ## install the pinned tools and emulators into .tools
	tools/install all

$(TOOLS)/go.stamp: tools/install
	tools/install go
	@mkdir -p $(TOOLS) && touch $@

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME
	@grep -rl --include='*_test.go' '^func Fuzz' . | grep -v '/\.' | while read -r file; do \
	  for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' $$file); do \
	    echo "$$(dirname $$file) $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x ./$$(dirname $$file); \
	  done; \
	done

.PHONY: faults
faults: ## fault simulation: SEEDS lives of streams in which anything may fail
	$(GO) test ./internal/simulate/faults -run 'TestSeeds$$' -count=1 -timeout 10m -v -seeds $(SEEDS)

STREAMS ?= 1000
HOURS   ?= 6

.PHONY: fleet
fleet: ## what STREAMS cost in HOURS, a tenth of them resharding each hour, and how far behind the reconciler is
	$(GO) run ./tools/fleet -streams $(STREAMS) -hours $(HOURS) $(if $(STORM),-storm)

.PHONY: looks
looks: ## calls, seconds and memory of the command on a table of 5,000 streams and 100,000 entries, in an emulator
	tools/install python
	$(GO) run ./tools/looks

.PHONY: mutants
mutants: ## deliberate mistakes, one by one: which of them the fault simulation notices within 300 seeds
	$(GO) run ./tools/mutants

.PHONY: figures
figures: ## draw docs/figures anew from the simulator
	$(GO) run ./tools/figures docs/figures

# The shipped settings of aws-samples/kinesis-auto-scaling, to compare with.
PREDECESSOR := predecessor: scale-up-threshold=0.75 scale-down-threshold=0.25 \
  scale-up-period-minutes=5 scale-up-evaluation-periods=5 scale-up-datapoints-to-alarm=5 \
  scale-down-period-minutes=5 scale-down-evaluation-periods=60 scale-down-datapoints-to-alarm=57 \
  scale-down-cooldown-minutes=0 calm-minutes=0 scale-up-reserve=0 throttled-share=1 usable-share=1

.PHONY: docs
docs: ## write docs/cli.md, docs/settings.md and the examples of docs/simulate.md and docs/policies.md anew
	$(GO) test ./cmd/shardkeeper -run 'Reference|Document' -count=1 -update
	$(GO) test ./tests/repo -run Settings -count=1 -update

.PHONY: man
man: ## the manual pages, into build/man
	@mkdir -p build/man
	$(GO) run ./cmd/shardkeeper man build/man

.PHONY: verdicts
verdicts: ## what recommend chooses on the first half of made traces, or of every CSV in the folders TRACES, judged on the second; into docs/simulate.md
	@mkdir -p build/verdicts
	$(GO) run ./tools/verdicts $(TRACES) > build/verdicts/$(if $(strip $(TRACES)),verdicts,made).md
	$(GO) test ./cmd/shardkeeper -run Document -count=1 -update -measured build/verdicts

.PHONY: shares
shares: ## what the policies take of a fixed size, for every CSV in the folders TRACES; into docs/policies.md
	@test -n "$(strip $(TRACES))" || { echo 'which? make shares TRACES="FOLDER ..."'; exit 1; }
	@mkdir -p build/shares
	$(GO) run ./tools/shares $(TRACES) > build/shares/shares.md
	$(GO) test ./cmd/shardkeeper -run Document -count=1 -update -measured build/shares

PROFILE ?= typical

.PHONY: results
results: ## the table of docs/policies.md from every CSV in the folders TRACES, in PROFILE, with SETTINGS; the operations go to ACTIONS
	@test -n "$(strip $(TRACES))" || { echo 'which? make results TRACES="FOLDER ..."'; exit 1; }
	$(GO) run ./cmd/shardkeeper bench $(foreach folder,$(TRACES),--traces $(folder)) --actions $(ACTIONS) --output markdown --profile $(PROFILE) $(SETTINGS) \
	  --variant "$(PREDECESSOR)" --policy double-halve --policy target-tracking

.PHONY: numbers
numbers: ## write the tables of docs/policies.md anew from the folders TRACES, smooth and bursty; and what the documents print
	@test -n "$(strip $(TRACES))" || { echo 'which? make numbers TRACES="FOLDER ..."'; exit 1; }
	@mkdir -p build/numbers
	$(MAKE) --no-print-directory -s results PROFILE=even SETTINGS="--set usable-share=1" > build/numbers/results.md
	$(MAKE) --no-print-directory -s profiles PROFILES=typical RESEND_MINUTES=0 > build/numbers/profiles.md
	$(GO) test ./cmd/shardkeeper -run Document -count=1 -update -measured build/numbers

# The profiles that traffic is benched in, and for how many minutes producers send again what was refused.
PROFILES ?= even typical drift skewed spiky hotkey fewkeys
RESEND_MINUTES ?= 0 3

.PHONY: profiles
profiles: ## medians and highest in each of PROFILES and RESEND_MINUTES, of every CSV in the folders TRACES
	@test -n "$(strip $(TRACES))" || { echo 'which? make profiles TRACES="FOLDER ..."'; exit 1; }
	$(GO) build -o build/shardkeeper ./cmd/shardkeeper
	@for profile in $(PROFILES); do for minutes in $(RESEND_MINUTES); do \
	  build/shardkeeper bench $(foreach folder,$(TRACES),--traces $(folder)) --output summary \
	    --profile $$profile --resend-minutes $$minutes \
	    --variant "$(PREDECESSOR)" --policy double-halve --policy target-tracking || exit; \
	done; done | awk '!seen[$$0]++' # one head for all

.PHONY: check
check: lint test demo e2e pages ## all that CI runs
