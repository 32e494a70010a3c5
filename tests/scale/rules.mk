# Scale: a thousand agents on one agent1. See scale.py, and crowd.c for the agents.

.PHONY: scale

SCALE_PROGRAMS = $(OUT)/scale/crowd $(OUT)/bench/bench-console $(OUT)/bench/bench-xmpp

$(OUT)/scale/%: tests/scale/%.c $(BENCH_SHARED) $(wildcard tests/bench/*.h) $(BENCH_ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(BENCH_SHARED) -Wl,--start-group $(BENCH_ARCHIVES) \
	  -Wl,--end-group $(agent1_LIBS)

scale: ## a thousand agents on one agent1: memory, storm, load (AGENTS=1000, SECONDS=60, STORMS=5, JITTER=yes)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_BENCH)
	@$(MAKE) --no-print-directory -s all scale-programs
	@AGENT_BUILD=$(CURDIR)/$(OUT) PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/scale/scale.py \
	  $(if $(AGENTS),--agents $(AGENTS)) $(if $(SECONDS),--seconds $(SECONDS)) \
	  $(if $(STORMS),--storms $(STORMS)) $(if $(JITTER),--jitter)

.PHONY: scale-programs
scale-programs: $(addprefix $(OUT)/,$(PROGRAMS)) $(SCALE_PROGRAMS)
