# SPDX-License-Identifier: Apache-2.0
# Thin names over Meson and the scripts of tools/. `make help` lists them.
BUILD ?= build

.DEFAULT_GOAL := all
.PHONY: all help deps demo check check-quick campaign fuzz tidy screenshots format install clean

all: deps ## build the optimised program at build/encours
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --buildtype=release >/dev/null
	@ninja -C $(BUILD) encours src/verifier/encours-verify

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

deps: ## install the Debian and npm packages that are missing
	@tools/deps

demo: all ## build, load the demo portfolio, serve on http://127.0.0.1:8080
	@tools/demo

check: deps ## build with gcc and clang, run every test (both engines, sanitizers, browser)
	@tools/check

check-quick: deps ## one build, C tests on SQLite only
	@tools/check --quick

campaign: deps ## the long campaigns in full: kills, faults, fuzzing
	@tools/campaign

fuzz: deps ## every parser for ten minutes
	@tools/fuzz 600

tidy: deps ## clang-tidy, cppcheck, and the house's own rules
	@tools/tidy --all

screenshots: all ## draw the pictures of doc/screenshots anew, from a demo of its own
	@node tools/screenshots.mjs

format: ## lay out the C files
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: all ## install under PREFIX (/usr/local)
	@meson install -C $(BUILD)

clean: ## remove the builds
	rm -rf build build-clang build-asan build-fuzz
