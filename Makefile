# Thin over the scripts in .ci; each installs what it needs, and is quick when nothing changed.
.DEFAULT_GOAL := help
.PHONY: help run test watch bench fuzz release

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: ## build, load the demonstration into an empty reportage.db and serve it
	@.ci/serve.sh

test: ## everything CI checks; `make test STEPS="format unit"` runs a part
	@.ci/test.sh $(STEPS)

watch: ## rebuild and reload while you edit
	@.ci/watch.sh

bench: ## rates, latencies and sizes (EVENTS=10000000 CAMPAIGNS=200 MESSAGES=10000)
	@.ci/bench.sh

fuzz: ## what outsiders write, mutated for long (CASES=100000)
	@.ci/setup.sh
	@REPORTAGE_FUZZ_CASES=$(or $(CASES),100000) cargo test --locked -p carrier -p content -p people --test fuzz

release: ## only the binary, as it is handed out: target/dist/reportage
	@REPORTAGE_PROFILE=dist .ci/build.sh
