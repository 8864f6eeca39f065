# Set-up, build, test, and the main job: each target does by itself what it needs.
#
#   make search   search for an accelerator for EfficientNet-B7 and write a report (2,000 trials, a few minutes)
#   make test     build and run every test
#   make build    build the `fast` command
#   make library  build libfast.so, which C and Python use, in .build/library
#   make python-test   test the Python package in a virtual environment, .build/python
#   make bench    measure speed and search quality

ENVIRONMENT ?= efficientnet-b7
AGENT ?= ppo
TRIALS ?= 2000
SEED ?= 1
RUN ?= runs/$(ENVIRONMENT)-$(AGENT)-$(SEED)

FAST := .build/release/fast
SWIFT_FLAGS := -c release

.PHONY: search test build library library-test python-test bench setup lint clean

search: build
	@if [ -e "$(RUN)" ]; then \
	    echo "$(RUN) exists: going on with it"; $(FAST) resume "$(RUN)" --trials $(TRIALS); \
	else \
	    $(FAST) train --environment $(ENVIRONMENT) --agent $(AGENT) --trials $(TRIALS) --seed $(SEED) --run "$(RUN)"; \
	fi
	@$(FAST) report "$(RUN)"

test: setup
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build

build: setup
	swift build $(SWIFT_FLAGS) --product fast

library: setup
	@scripts/library

library-test: library
	@Tests/CFastTests/run

python-test: setup
	@scripts/python-test

bench: build
	Benchmarks/run $(FAST)
	Benchmarks/python_speed

setup:
	@scripts/setup

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

clean:
	rm -rf .build
