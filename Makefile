# The commands of the house. `make` alone prints this help.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
GO ?= go
NEEDS := TRUEWARD_REQUIRE_ALL=1

.PHONY: help setup generate fmt lint check test soak fuzz vuln bench demo build vendor vendor-check

help: ## print this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: ## run the product with sample data
	$(GO) run ./cmd/trueward demo

build: ## build the two programs into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/ ./cmd/...

setup: ## install what the suites need (Chromium, PostgreSQL, judges of documents, node modules)
	@tools/setup

generate: ## regenerate templ components, the style sheet and the packed sentences
	$(GO) tool templ generate -log-level error
	$(GO) run ./internal/wording/gen
	npm run --silent css

fmt: ## format the Go code
	gofmt -w $$(git ls-files '*.go')

vendor: ## place the pinned browser libraries in static/vendor
	npm run --silent vendor

vendor-check: ## verify the browser libraries against their checksums
	cd static/vendor && sha256sum --quiet --check SHA256SUMS

check: vendor-check ## format, vet, generated files up to date
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	$(MAKE) --no-print-directory generate
	@if [ -n "$$(git status --porcelain -- '*_templ.go' static/css internal/wording/words.zip)" ]; then git status --short -- '*_templ.go' static/css internal/wording/words.zip; echo "generated files differ from their sources: run make generate and commit" >&2; exit 1; fi

lint: ## staticcheck, built from tools/go.mod
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

test: setup check ## install what is needed, then run every suite, the longest first
# The timeouts only end what hangs: a busy machine may take twice the usual time.
	$(NEEDS) tools/in-memory $(GO) test -timeout 30m ./tests/browser ./...
	$(NEEDS) tools/in-memory $(GO) test -timeout 15m -tags trueward_unscoped -run Unscoped ./tests/crawl

soak: setup ## the long suites: 1,000 kills per database, many seeds
	$(NEEDS) TRUEWARD_SOAK=1 $(GO) test -count=1 -timeout 3h ./...

fuzz: ## every fuzz target for 60 s
	@tools/fuzz 60s

vuln: ## known vulnerabilities, careless code, secrets; the bill of materials
	@tools/vuln

bench: setup ## the benchmark suite (see docs/benchmarks.md)
	@bench/run
	@bench/run-tags -write docs/benchmarks.md
	@bench/run-pages docs/benchmarks.md
