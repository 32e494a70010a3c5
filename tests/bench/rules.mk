# Measures: each file says what it promises. BENCH=tests/bench/measure_….py selects; sizes are
# variables, see tests/bench/measures.py.

.PHONY: bench

DEPS_BENCH = python3-nacl python3-paho-mqtt python3-slixmpp python3-apscheduler python3-sqlalchemy

BENCH_PROGRAMS = $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(sort $(wildcard tests/bench/bench-*.c)))
BENCH_SHARED = $(filter-out $(wildcard tests/bench/bench-*.c),$(wildcard tests/bench/*.c))
BENCH_ARCHIVES = $(foreach f,agent2/folder common/sys common/wire common/data common/base,$(call archive,$(f)))
BENCH ?= $(sort $(wildcard tests/bench/measure_*.py))

$(OUT)/bench/%: tests/bench/%.c $(BENCH_SHARED) $(wildcard tests/bench/*.h) $(BENCH_ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(BENCH_SHARED) -Wl,--start-group $(BENCH_ARCHIVES) \
	  -Wl,--end-group $(agent1_LIBS)

bench: ## measures beside their raw legs, against stock servers (BENCH=path selects)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_BENCH)
	@$(MAKE) --no-print-directory -s all bench-programs
	@failed=0; for measure in $(BENCH); do \
	  AGENT_BUILD=$(CURDIR)/$(OUT) PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 $$measure || failed=1; \
	done; exit $$failed

.PHONY: bench-programs
bench-programs: $(addprefix $(OUT)/,$(PROGRAMS)) $(BENCH_PROGRAMS)
