# rostod. `make` alone lists what can be made.
#
# Everything works again from any state: interrupted downloads, old binaries,
# no models. Nothing here needs a network once all is present.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN     := bin
CACHE   := .cache
LIBRARY := $(CACHE)/onnxruntime/libonnxruntime.so.1
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Where models and the library are taken from, instead of a network.
ifneq ($(wildcard ../shared/models),)
setup run: export ROSTOD_MODELS_BUNDLE ?= $(abspath ../shared/models)
endif

# What the daemon remembers. The tests have data directories of their own.
run: export ROSTOD_DATA ?= ./var

# Linked statically: libjpeg-turbo, libvpx. Loaded at run time: ONNX Runtime.
export CGO_ENABLED := 1

GOLANGCI         := $(CACHE)/bin/golangci-lint
GOLANGCI_VERSION := v2.15.0

TESTFLAGS ?=
FUZZTIME  ?= 60s

.PHONY: help run test build setup lint fuzz check openapi clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## set up, build, bring the models, start the daemon
	mkdir -p -m 0700 "$$ROSTOD_DATA"
	$(BIN)/rostod models fetch
	exec $(BIN)/rostod run --welcome

test: setup ## set up, then check the format, vet and test
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "not formatted; run: gofmt -w" $$bad >&2; exit 1; }
	go vet ./...
	ROSTOD_ONNXRUNTIME="$${ROSTOD_ONNXRUNTIME:-$(abspath $(LIBRARY))}" scripts/test.sh $(TESTFLAGS)

build: setup ## bin/rostod, with ONNX Runtime's library beside it
	go build -trimpath $(if $(filter dev,$(VERSION)),-buildvcs=false) -ldflags '-X main.stamped=$(VERSION)' -o $(BIN)/rostod ./cmd/rostod
	go build -trimpath $(if $(filter dev,$(VERSION)),-buildvcs=false) -o $(BIN)/rostod-verify ./cmd/rostod-verify
	cmp -s $(LIBRARY) $(BIN)/$(notdir $(LIBRARY)) || install -m 0644 $(LIBRARY) $(BIN)

setup: ## bring what is missing: Debian packages, Go modules, ONNX Runtime
	scripts/setup.sh

lint: setup $(GOLANGCI) ## golangci-lint; each linter's reason is in .golangci.yml
	$(GOLANGCI) run ./...

# The version is in the file's name, so that a new one is built.
$(GOLANGCI): $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)
	ln -sf golangci-lint-$(GOLANGCI_VERSION) $@

$(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION):
	@mkdir -p $(@D)
	GOBIN=$(abspath $(@D))/new CGO_ENABLED=0 go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(@D)/new/golangci-lint $@ && rmdir $(@D)/new

fuzz: setup ## fuzz the picture door and the JSON door, FUZZTIME each
	scripts/fuzz.sh $(FUZZTIME)

check: ## everything that CI asks
	.ci/run

openapi: build ## write docs/api/openapi.json from the Go types
	mkdir -p docs/api
	$(BIN)/rostod openapi > docs/api/openapi.json.new
	mv docs/api/openapi.json.new docs/api/openapi.json

clean: ## remove what was built; data and downloads stay
	rm -rf $(BIN) build
	go clean -testcache
