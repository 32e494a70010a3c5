# Every zone of the system through every change of its clocks, against Python's zoneinfo: oracle.py
# says how. ZONES='Europe/Paris …' selects, ZONES_FROM and ZONES_UNTIL are years. A sample is in
# make test (tests/e2e/test_agentctl_next.py).

.PHONY: zones

ZONES ?=
ZONES_FROM ?= 2024
ZONES_UNTIL ?= 2037
ZONES_JOBS ?= $(shell nproc)

zones: ## times of every zone, 2024 to 2037, against an oracle (ZONES=, ZONES_FROM=, ZONES_UNTIL=)
	@config/local/install-packages $(DEPS_BUILD) python3 tzdata
	@$(MAKE) --no-print-directory -s $(OUT)/agentctl
	@AGENT_BUILD=$(CURDIR)/$(OUT) ZONES_FROM=$(ZONES_FROM) ZONES_UNTIL=$(ZONES_UNTIL) \
	  ZONES_JOBS=$(ZONES_JOBS) /usr/bin/python3 -B tests/zones/oracle.py $(ZONES)
