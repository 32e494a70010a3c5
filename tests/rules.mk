# What `make test` runs. Longer proofs have a folder and a rules.mk of their own.

.PHONY: test lint unit e2e format format-check

UNIT_SOURCES = $(sort $(wildcard tests/unit/*/test-*.c))
UNIT_TESTS = $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(UNIT_SOURCES))
UNIT_common_FOLDERS = common/net common/sys
UNIT_agent1_FOLDERS = agent1/app $(AGENT1_FLOW) agent1/words agent1/phrases agent1/model agent1/edge agent1/providers agent1/port agent1/cli agent1/reader
UNIT_agent1_LIBS = $(agent1-reader_LIBS)
UNIT_agent2_FOLDERS = agent2/app agent2/flow agent2/model agent2/edge agent2/port agent2/shim agent2/folder

# As many jobs as processors, unless make was told a number.
EVERY_CORE = $(if $(filter -j%,$(MAKEFLAGS)),,-j $(shell nproc))
TEST_MAKE = $(MAKE) --no-print-directory -s $(EVERY_CORE)

test: ## hardening, format, sizes, layers, words, purity, unit tests, fuzzed inputs, simulation, end-to-end tests
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
	@$(TEST_MAKE) all hardening
	@$(TEST_MAKE) check=1 lint unit
	@$(TEST_MAKE) check=1 eval
	@$(TEST_MAKE) check=1 eval FILE=tests/eval/held_out.jsonl
	@$(TEST_MAKE) check=1 replay
	@$(TEST_MAKE) check=1 hostile-run N=300
	@$(TEST_MAKE) check=1 injections-run INJECTIONS=30
	@$(TEST_MAKE) check=1 simulate-check SEEDS=2000
	@$(TEST_MAKE) simulate-mutants SEEDS=2000
	@$(TEST_MAKE) check=1 e2e

lint: format-check stats $(foreach f,$(PURE_FOLDERS),$(call archive,$(f)))
	@tests/check-layers
	@tests/words/check
	@tests/words/compiler
	@tests/check-purity $(foreach f,$(PURE_FOLDERS),$(call objects,$(f)))

unit: $(UNIT_TESTS) ## unit tests alone (with check=1: sanitized)
	@tests/run-unit $(UNIT_TESTS)

# clang-format 14 is Debian 12's; other versions differ in details.
C_FILES = $(foreach f,$(FOLDERS),$(wildcard $(f)/*.[ch])) $(wildcard tests/*/*.[ch] tests/unit/*/*.[ch])
format: ## format the C files in place
	@clang-format -i $(C_FILES)
format-check:
	@clang-format --dry-run -Werror $(C_FILES) && echo "format: $(words $(C_FILES)) files"

# agentN/app has the program's main(); the tests bring their own. A test is compiled without optimisation:
# it runs once, and compiling is what takes the time of `make test`.
define unit_rule
$(OUT)/obj/tests/unit/$(1)/%.o: tests/unit/$(1)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) -O0 -U_FORTIFY_SOURCE -DTEST_DATA='"$(CURDIR)/tests/unit/$(1)"' -c $$< -o $$@

$(OUT)/unit/$(1)/%: $(OUT)/obj/tests/unit/$(1)/%.o $(foreach f,$(UNIT_$(1)_FOLDERS) $(COMMON_UP),$(call archive,$(f)))
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$< \
	  -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(agent1_LIBS) $$(UNIT_$(1)_LIBS) -ledit -lcmocka
endef
$(foreach part,common agent1 agent2,$(eval $(call unit_rule,$(part))))
-include $(patsubst tests/unit/%.c,$(OUT)/obj/tests/unit/%.d,$(UNIT_SOURCES))

E2E ?= tests/e2e
# So many tests at a time: they wait more than they work.
E2E_JOBS ?= $(shell expr 3 \* $$(nproc))
e2e: $(addprefix $(OUT)/,$(PROGRAMS) $(DOCUMENTS) eval) ## end-to-end tests against real servers (E2E=path selects)
	@AGENT_BUILD=$(CURDIR)/$(OUT) PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q \
	  -p no:cacheprovider -n $(E2E_JOBS) $(E2E)
