# The fault table (see tests/faults/conftest.py): a few of each row in `make test`, all of it here.

.PHONY: faults

DEPS_FAULTS = libfaketime
DEPS_TEST += $(DEPS_FAULTS)
E2E += tests/faults
# The share of the full figures: 1 takes hours on two cores.
FAULTS ?= 1

faults: ## the fault table in its full sizes (FAULTS=0.1: a tenth of them)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
	@$(MAKE) --no-print-directory -s all
	@$(MAKE) --no-print-directory -s check=1 faults-run

.PHONY: faults-run
faults-run: $(addprefix $(OUT)/,$(PROGRAMS)) $(addprefix $(OUT)/unit/agent1/,test-store_crash test-store_damage test-model_storm)
	@FAULTS=$(FAULTS) tests/run-unit $(addprefix $(OUT)/unit/agent1/,test-store_crash test-store_damage test-model_storm)
	@AGENT_BUILD=$(CURDIR)/$(OUT) E2E_PATIENCE=4 FAULTS=$(FAULTS) PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q \
	  -p no:cacheprovider -c tests/e2e/pytest.ini --rootdir tests --timeout 36000 tests/faults
