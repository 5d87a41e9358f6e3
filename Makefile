# Shardkeeper: everything a developer runs. `make` alone lists the targets.

SHELL      := bash
.SHELLFLAGS := -euo pipefail -c
TOOLS      := .tools
GO         ?= go
GOLANGCI   := $(TOOLS)/bin/golangci-lint
GOFUMPT    := $(TOOLS)/bin/gofumpt
SEEDS      ?= 2000
FUZZTIME   ?= 10s

# The race detector needs cgo and a C compiler; the tests themselves need Go alone.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && [ "$$($(GO) env CGO_ENABLED)" = 1 ] && echo -race)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## two days of a stream in a model of AWS: no account, no Docker, seconds
	$(GO) run ./cmd/shardkeeper demo

.PHONY: test
test: ## vet, import directions, unit, contract and property tests
	$(GO) vet ./...
	$(GO) test $(RACE) ./...

.PHONY: e2e
e2e: ## what is deployed, on emulators: no account, no Docker, five minutes
	tools/install python
	tools/install node
	$(GO) test -tags e2e -count=1 -v -timeout 9m ./tests/e2e ./internal/emulator

.PHONY: cover
cover: ## statement coverage by package
	$(GO) test -cover ./... | grep -v 'no test files'

.PHONY: build
build: ## the operator's command, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/shardkeeper ./cmd/shardkeeper

.PHONY: package
package: ## sam build, with the debug information left out of the zips
	CGO_ENABLED=0 GOFLAGS="-trimpath -ldflags=-s -tags=lambda.norpc" sam build $(SAM_FLAGS)

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
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg 2>/dev/null | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; \
	done

.PHONY: check
check: lint test demo e2e ## all that CI runs
