# Fuzzing: every parser, both cores, and the running daemons, with hostile input.
#
#   make fuzz [SECONDS=60] [TARGET="frame json"] [JOBS=1]   search; a table, exit 1 on a finding
#   make fuzz-replay                                        the committed inputs alone, without clang
#   make fuzz-merge [TARGET=…]                              take over what a search found new
#   make hostile [N=10000]                                  the daemons on a real broker and server
#
# libFuzzer of clang with ASan and UBSan; all code of the product is instrumented. A target is
# tests/fuzz/fuzz-<name>.c, its inputs are tests/fuzz/corpus/<name>/, its words tests/fuzz/dict/.
# What a search finds new lands in build/fuzz/corpus, what breaks a promise in build/fuzz/crashes.

.PHONY: fuzz replay fuzz-replay fuzz-merge fuzz-build hostile hostile-run

DEPS_FUZZ = clang libclang-rt-dev
SECONDS ?= 60
JOBS ?= 1
TARGET ?=

FUZZ_OUT = $(BUILD)/fuzz
FUZZ_CC ?= clang
FUZZ_SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Warnings are for the other builds.
FUZZ_CFLAGS = $(filter-out $(WARNINGS),$(BASE_CFLAGS)) -O1 $(FUZZ_SANITIZE) -fsanitize=fuzzer-no-link
FUZZ_NAMES = $(patsubst tests/fuzz/fuzz-%.c,%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))
FUZZ_PROGRAMS = $(FUZZ_NAMES:%=$(FUZZ_OUT)/fuzz-%)
# All of the product but its main()s.
FUZZ_OBJECTS = $(foreach f,$(FOLDERS),$(patsubst %.c,$(FUZZ_OUT)/obj/%.o,$(filter-out %/main.c,$(call sources,$(f)))))
FUZZ_SHARED = $(patsubst %.c,$(FUZZ_OUT)/obj/%.o,$(filter-out tests/fuzz/fuzz-% tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_RUN = BUILD='$(FUZZ_OUT)' /usr/bin/python3 -B tests/fuzz/run --jobs $(JOBS)
# Asks the machine again: what is missing was installed a moment ago.
FUZZ_MAKE = env -u HARDENING $(MAKE) --no-print-directory -s

fuzz: ## search with libFuzzer for what breaks a parser or a core (SECONDS=60 each, TARGET=, JOBS=)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_TEST) $(DEPS_FUZZ)
	@+$(FUZZ_MAKE) fuzz-build
	@$(FUZZ_RUN) --seconds $(SECONDS) $(TARGET)

fuzz-replay: ## the committed inputs of all fuzz targets, once
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_TEST)
	@+$(FUZZ_MAKE) check=1 replay

fuzz-merge: ## add to tests/fuzz/corpus what the searches in build/ found new, minimised
	@+$(FUZZ_MAKE) fuzz-build
	@$(FUZZ_RUN) --merge $(TARGET)

fuzz-build: $(FUZZ_PROGRAMS)

$(FUZZ_OUT)/obj/agent1/words/words.o: $(WORDS_TABLES)
$(FUZZ_OUT)/obj/agent1/reader/%.o: BASE_CFLAGS += $(READER_CFLAGS) -DSANITIZED=1
$(FUZZ_OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_COMPILE) $(FUZZ_CFLAGS) -c $< -o $@
FUZZ_COMPILE = $(if $(findstring ccache,$(CC)),ccache) $(FUZZ_CC)

# Members by path: two folders may have files of one name.
$(FUZZ_OUT)/product.a: $(FUZZ_OBJECTS)
	@rm -f $@
	ar rcsT $@ $^

$(FUZZ_OUT)/fuzz-%: $(FUZZ_OUT)/obj/tests/fuzz/fuzz-%.o $(FUZZ_SHARED) $(FUZZ_OUT)/product.a
	$(FUZZ_CC) $(FUZZ_SANITIZE) -fsanitize=fuzzer $(TEST_LINKER) -o $@ $^ $(agent1_LIBS) $(agent1-reader_LIBS) -ledit -lcmocka

-include $(wildcard $(FUZZ_OUT)/obj/tests/fuzz/*.d) $(FUZZ_OBJECTS:.o=.d)

# ---- without libFuzzer -----------------------------------------------------------------------------
# The objects of the other tests are there already: to compile all of it once more with clang would
# take longer than everything else that is done with the inputs.
REPLAY_SHARED = $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out tests/fuzz/fuzz-%,$(wildcard tests/fuzz/*.c)))

replay: $(FUZZ_NAMES:%=$(OUT)/replay/fuzz-%)
	@BUILD='$(OUT)/replay' /usr/bin/python3 -B tests/fuzz/run --jobs $$(nproc) --replay $(TARGET)

$(OUT)/replay/fuzz-%: $(OUT)/obj/tests/fuzz/fuzz-%.o $(REPLAY_SHARED) $(foreach f,$(FOLDERS),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	  $(agent1_LIBS) $(agent1-reader_LIBS) -ledit -lcmocka
-include $(wildcard $(OUT)/obj/tests/fuzz/*.d)

# ---- the running daemons ---------------------------------------------------------------------------
N ?= 10000
hostile: ## N=10000 malformed inputs each at the running daemons, by MQTT and XMPP
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
	@+env -u HARDENING $(MAKE) --no-print-directory -s check=1 hostile-run

hostile-run: $(addprefix $(OUT)/,$(PROGRAMS))
	@AGENT_BUILD=$(CURDIR)/$(OUT) PYTHONPATH=tests/e2e PYTHONDONTWRITEBYTECODE=1 HOSTILE_N=$(N) \
	  /usr/bin/python3 -m pytest -q -p no:cacheprovider -p conftest -c tests/e2e/pytest.ini \
	  --rootdir tests/fuzz --timeout=$$((120 + $(N) / 10)) tests/fuzz/test_hostile.py
