# The commands of the house. `make run` needs Python 3.11+ and nothing else.
# Plain enough for GNU make 3.81, which macOS has.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --no-input
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.PHONY: help run test test-faults demo bench bench-oauth evaluate-faces picture pictures lint format migrations

help:
	@echo "make run                           start everything and say where to go"
	@echo "make test                          every check and the whole test suite"
	@echo "make test-faults [KILLS=200]       kill -9 of every part at random moments, and the books after it"
	@echo "make demo                          the residents' journey on the command line (needs make run)"
	@echo "make bench                         benchmarks: ratios measured in one run"
	@echo "make bench-oauth                   tokens and introspections against npm oidc-provider"
	@echo "make evaluate-faces [FOLDER=faces] how well movements are told; with person/picture.jpg, error rates too"
	@echo "make pictures                      every page at both sizes, light and dark, into build/screenshots"
	@echo "make picture                       take the picture in the README"
	@echo "make lint | make format            the checks without tests | tidy the source"
	@echo "make migrations APP=identity NAME=add_x   write a migration for changed tables"

run: $(READY)
	@$(PY) -m mobile_ui.install
	@exec $(PY) -m config.house

demo: $(READY)
	@exec $(PY) -m services.sandbox.demo

evaluate-faces: $(READY_DEV)
	@test -z "$(FOLDER)" || $(PY) -m identity.faces.evaluate "$(FOLDER)"
	@exec $(PY) -m tests.benchmarks.liveness_figures "$(FOLDER)"

# All checks run whatever fails, so that one go shows everything; pytest's summary comes last.
test: $(READY_DEV)
	@$(PY) -m mobile_ui.install --dev
	@$(PY) -m mobile_ui.install tests/outside
	@failed=; \
	for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do \
		echo "== $$check"; $(VENV)/bin/$$check || failed="$$failed '$$check'"; \
	done; \
	test -z "$$failed" || echo "== failed so far:$$failed"; \
	echo "== pytest"; $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder || failed="$$failed pytest"; \
	test -z "$$failed"

KILLS ?= 200
test-faults: $(READY_DEV)
	@$(PY) -m mobile_ui.install --dev
	@KILLS=$(KILLS) MONEY_EXAMPLES=$(KILLS) exec $(PY) -m pytest -n0 -s \
		tests/services/payments/test_money_machine.py tests/server/test_killed_applications.py \
		tests/server/test_killed_bills.py tests/server/test_killed_bookings.py \
		tests/server/test_killed_payments.py

lint: $(READY_DEV)
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy && $(VENV)/bin/lint-imports

format: $(READY_DEV)
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .

bench: $(READY_DEV)
	@exec $(PY) -m tests.benchmarks

bench-oauth: $(READY_DEV)
	@exec $(PY) -m tests.benchmarks oauth

pictures: $(READY_DEV)
	@$(PY) -m mobile_ui.install --dev
	@PICTURES=1 exec $(PY) -m pytest -m browser tests/server

picture: $(READY_DEV)
	@$(PY) -m mobile_ui.install
	@exec $(PY) -m tests.support.picture

migrations: $(READY)
	@test -n "$(APP)" && test -n "$(NAME)" \
		|| { echo "say which: make migrations APP=identity NAME=what_changes"; exit 2; }
	@exec $(VENV)/bin/tortoise -c config.database.TORTOISE_ORM makemigrations --name "$(NAME)" "$(APP)"

$(READY): requirements.txt config/shims/dlib/pyproject.toml config/shims/face_recognition_models/pyproject.toml config/shims/tensorflow/pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null \
		|| { echo "Zhiban needs Python 3.11 or newer as $(PYTHON): try make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "First start: making $(VENV) and installing what Zhiban needs, a minute or two"
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is missing: on Debian, apt-get install python3-venv"; exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	@echo "Installing what the tests need"
	@$(PIP) -r requirements-dev.txt
	@touch $@
