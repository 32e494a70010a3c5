# Chaos: real processes killed and cut off at random moments while tasks stream. See chaos.py.

.PHONY: chaos

DEPS_CHAOS = python3-slixmpp python3-paho-mqtt python3-nacl
DEPS_NATS = nats-server

chaos: ## kill and cut everything while tasks stream (N=300 for each kind, KIND=agent2,broker, SEED=…, BROKER=nats)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHAOS) $(if $(BROKER),$(DEPS_NATS))
	@$(MAKE) --no-print-directory -s all
	@PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/chaos/chaos.py --build $(CURDIR)/$(OUT) \
	  --folder $(CURDIR)/$(BUILD)/chaos -n $(or $(N),300) $(if $(KIND),--kind $(KIND)) \
	  $(if $(SEED),--seed '$(SEED)') $(if $(LANES),--lanes $(LANES)) $(if $(BROKER),--broker $(BROKER))
