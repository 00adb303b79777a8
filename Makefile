# vmafx: what can be made. Works with GNU make 3.81 and newer.
#
# The first target that needs it makes .venv; see scripts/make-venv.

BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench manual constraints clean

help: ## Show this list
	@echo "make TARGET, where TARGET is one of"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "make test ARGS='tests/media -k pipe' and make bench BENCH='equality startup' choose."

$(READY): constraints/dev.txt pyproject.toml scripts/make-venv
	@scripts/make-venv
	@touch $@

demo: $(READY) ## Make a short clip and two encodes of it, score them, write a report
	@$(BIN)/python -m demo.clips out/demo
	@echo
	@echo "Scoring both encodes against the reference, which is decoded once:"
	$(BIN)/vmafx score out/demo/reference.mp4 out/demo/360p.mp4 out/demo/180p.mp4 \
	  --feature psnr --output out/demo/scores.json --report out/demo/report.html
	@echo
	@echo "The report, for any browser:  out/demo/report.html"
	@echo "The scores, for programs:     out/demo/scores.json"
	@echo
	@echo "Next, the newest model on the smaller encode; then a gate, which it fails:"
	@echo "  $(BIN)/vmafx score out/demo/reference.mp4 out/demo/180p.mp4 --model auto"
	@echo "  $(BIN)/vmafx score out/demo/reference.mp4 out/demo/180p.mp4 --require 'vmaf:p5>=85'"

test: $(READY) ## Run the tests, in parallel (ARGS='...' for pytest)
	@$(BIN)/pytest -n auto $(ARGS)

lint: $(READY) ## Check style, format, types, the layers of imports, and the contract
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@scripts/lint-protos

format: $(READY) ## Format the code, and mend what can be mended
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(READY) ## Measure against FFmpeg and print ratios (BENCH='...' for some)
	@$(BIN)/python -m bench.run $(BENCH)

manual: $(READY) ## Write man/ and completions/ anew from the commands
	@$(BIN)/python -m vmafx_cli.manual .

constraints: ## Pin the newest dependencies, with hashes (needs uv)
	@uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make constraints' \
	  --extra dev --output-file constraints/dev.txt pyproject.toml
	@echo 'onnxruntime-openvino>=1.24' | uv pip compile --quiet --upgrade --universal \
	  --python-version 3.12 --no-deps --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command 'make constraints' \
	  --output-file constraints/openvino.txt -
	@echo "constraints/dev.txt and constraints/openvino.txt are up to date"

clean: ## Remove what was made, the virtual environment too
	@rm -rf .venv out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
