# Bars for the code: what a reader of the sources need not check by eye. `make bars` runs all of them
# and prints a table; each can be run alone. Their builds stand in build/, beside the others.

.PHONY: bars stats hardening tidy cppcheck analyze coverage valgrind valgrind-unit valgrind-e2e

DEPS_BARS = clang-tidy-14 cppcheck gcovr valgrind binutils
BARS_JOBS ?= $(shell nproc)

bars: ## every bar for the code, and a table of them
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST) $(DEPS_BARS)
	@tests/bars/run $(BUILD)/bars stats hardening tidy cppcheck analyze coverage valgrind

# ---- sizes -----------------------------------------------------------------------------------------
stats: ## sizes of files and functions, and the longest
	@tests/bars/stats

# ---- what the optimised programs are made of ---------------------------------------------------------
hardening: $(addprefix $(BUILD)/,$(PROGRAMS)) ## PIE, full RELRO, no executable stack, CET, fortified
	@tests/bars/hardening $^

# ---- what analysers find ---------------------------------------------------------------------------
BARS_SOURCES = $(foreach f,$(FOLDERS),$(call sources,$(f)))
tidy: $(WORDS_TABLES) ## clang-tidy 14 over the sources (.clang-tidy)
	@tests/bars/tidy $(BARS_JOBS) $(BARS_SOURCES) -- $(BASE_CFLAGS) $(READER_CFLAGS) -DSANITIZED=0

cppcheck: $(WORDS_TABLES) ## cppcheck over the sources
	@mkdir -p $(BUILD)/bars/cppcheck
	@cppcheck -j $(BARS_JOBS) --quiet --cppcheck-build-dir=$(BUILD)/bars/cppcheck --std=c11 \
	  --enable=warning,style,performance,portability --inline-suppr --library=gtk --library=posix \
	  --suppressions-list=tests/bars/cppcheck.suppressions --error-exitcode=1 \
	  -I. -I$(GENERATED) -DVERSION='"$(VERSION)"' -D_GNU_SOURCE -DABORT_POINTS=1 '-DG_DEFINE_QUARK(text, name)=' \
	  '-DG_GNUC_FORMAT(index)=' \
	  $(BARS_SOURCES)
	@echo "cppcheck: $(words $(BARS_SOURCES)) files, quiet"

# gcc follows GLib's cleanup attributes, which clang's analyser does not. Without optimisation: in a
# cleanup that is inlined gcc 12 takes the `= NULL` of a g_autofree for no initialisation.
analyze: ## gcc -fanalyzer over the sources
	@$(MAKE) --no-print-directory -s -j $(BARS_JOBS) BUILD=$(BUILD)/analyze check= HARDENING= \
	  CFLAGS='-O0 -U_FORTIFY_SOURCE -fanalyzer -Werror' bars-objects
	@echo "analyze: $(words $(BARS_SOURCES)) files, quiet"

.PHONY: bars-objects
bars-objects: $(foreach f,$(FOLDERS),$(call objects,$(f)))

# ---- what the tests reach ----------------------------------------------------------------------------
# Without optimisation, so that a line is a line. Programs that a test kills tell nothing of what they did.
# What fails here is told and no more: in a task that runs as another user, the counters' own library speaks.
COVERAGE_MAKE = $(MAKE) --no-print-directory -s BUILD=$(BUILD)/coverage check= \
  CFLAGS='--coverage -fprofile-update=atomic -O0 -U_FORTIFY_SOURCE -UABORT_POINTS -DABORT_POINTS=1' LDFLAGS=--coverage
COVERAGE_E2E ?= tests/e2e

coverage: ## lines and branches that the tests reach, and the floor below which it fails
	@$(COVERAGE_MAKE) -j $(BARS_JOBS) all
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@$(COVERAGE_MAKE) unit
	-@E2E_PATIENCE=4 $(if $(COVERAGE_E2E),$(COVERAGE_MAKE) e2e E2E='$(COVERAGE_E2E)',true)
	@tests/bars/coverage $(BUILD)/coverage

# ---- memory, without sanitizers ------------------------------------------------------------------------
# As the programs are installed, but for the points at which tests kill them; the shim is linked as the
# others are, because memcheck sees nothing of the memory of a static program.
VALGRIND_MAKE = $(MAKE) --no-print-directory -s BUILD=$(BUILD)/valgrind check= agent2-shim_LDFLAGS= \
  CFLAGS='-O1 -fno-omit-frame-pointer -U_FORTIFY_SOURCE -UABORT_POINTS -DABORT_POINTS=1'
VALGRIND = valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect \
  --errors-for-leak-kinds=definite,indirect --error-exitcode=99 --num-callers=30 \
  --suppressions=$(CURDIR)/tests/bars/valgrind.suppressions
VALGRIND_E2E ?= tests/e2e
VALGRIND_PATIENCE ?= 10

valgrind: valgrind-unit valgrind-e2e ## memcheck over the unit tests and the end-to-end tests (VALGRIND_E2E=path selects)

# What cannot run there is named with its reason in one list.
VALGRIND_LEFT_OUT = $(shell sed '/^\#/d' tests/bars/valgrind.left-out)

valgrind-unit:
	@$(VALGRIND_MAKE) -j $(BARS_JOBS) all
	@UNIT_UNDER='$(VALGRIND)' $(VALGRIND_MAKE) unit \
	  UNIT_SOURCES='$(filter-out $(VALGRIND_LEFT_OUT),$(UNIT_SOURCES))'

valgrind-e2e:
	@$(VALGRIND_MAKE) -j $(BARS_JOBS) all
	@tests/bars/valgrind-programs $(BUILD)/valgrind $(BUILD)/valgrind/under '$(VALGRIND)'
	@AGENT_BUILD=$(CURDIR)/$(BUILD)/valgrind/under E2E_PATIENCE=$(VALGRIND_PATIENCE) \
	  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	  -o timeout=$$((120 * $(VALGRIND_PATIENCE))) \
	  $(addprefix --deselect=,$(filter test_%,$(VALGRIND_LEFT_OUT))) $(VALGRIND_E2E)
