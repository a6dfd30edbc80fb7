# Two commands do everything on a fresh machine: `make demo` and `make test`.
UV := tools/uv
RUN := $(UV) run --no-sync
# By file, so that what a file sets up (a served site, a county) is set up once.
PYTEST := $(RUN) pytest -n 2 --dist loadfile
ONLY ?=
ON_POSTGRESQL := tests/service tests/browser/test_loop.py tests/faults/test_dispatch_faults.py \
	tests/browser/test_night.py tests/faults/test_server_restart.py tests/demo/test_demo_load.py \
	tests/demo/test_demo_live.py
# Every process of the site reads what it imports; compiled anew each time that is half of its start.
unexport PYTHONDONTWRITEBYTECODE
SOAK ?= tests/browser/test_night.py tests/faults/test_dispatch_faults.py

.PHONY: demo test soak lint types bench evidence sync translations clean

demo: sync
	DEMO=1 $(RUN) anlan demo $(ARGS)

test: sync lint
	$(PYTEST)
	$(RUN) python tools/postgres.py run -- $(PYTEST) $(ON_POSTGRESQL)

# The long runs: a whole night of 300 calls, and 200 kills in the middle of dispatch.
soak: sync
	ANLAN_NIGHT_CALLS=300 ANLAN_KILLS=200 $(RUN) python tools/postgres.py run -- \
		$(RUN) pytest -v -s $(SOAK)

lint: sync
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) python tools/translations.py check

bench:
	@$(UV) sync --quiet --frozen --compile-bytecode --group bench
	$(RUN) python -m bench $(ONLY)

evidence: sync
	$(RUN) python -m bench.evidence

sync:
	@$(UV) sync --quiet --frozen --compile-bytecode

translations: sync
	$(RUN) python tools/translations.py extract
	$(RUN) python tools/translations.py compile

clean:
	rm -rf .venv .tools dist ui/node_modules src/anlan/service/static/dist src/anlan/service/fonts
