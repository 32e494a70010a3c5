# agent1, agent2, agentctl: build, try, test, install.   `make help` lists the targets.

VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
BUILD ?= build
# check = 1 builds with sanitizers and -Werror into build/check, as the tests do.
check ?=

PROGRAMS = agent1 agent1-reader agent2 agentctl agent2-shim
DOCUMENTS = man/agent1.8 man/agent2.8 man/agentctl.1 completion/agentctl.bash completion/_agentctl

# ---- what a machine needs (Debian 12 or later) ---------------------------------------------------
DEPS_BUILD = build-essential pkg-config libglib2.0-dev libstrophe-dev libmosquitto-dev \
             libssl-dev libcurl4-openssl-dev libpng-dev libsqlite3-dev libcjson-dev libsodium-dev libsystemd-dev libedit-dev \
             libxml2-dev libseccomp-dev
DEPS_RUN   = mosquitto mosquitto-clients prosody openssl procps
DEPS_TEST  = clang-format lld libcmocka-dev python3-pytest python3-pytest-timeout \
             python3-pytest-xdist python3-slixmpp python3-paho-mqtt python3-nacl sqlite3 tmux systemd mandoc zsh \
             profanity nats-server git

# ---- flags -----------------------------------------------------------------------------------------
PACKAGES = glib-2.0 libcjson libsodium libsystemd libmosquitto openssl sqlite3 libstrophe libcurl
OUT = $(BUILD)$(if $(check),/check)
# What is made from other things before it is compiled.
GENERATED = $(BUILD)/gen

try_link = $(shell echo 'int main(void) { return 0; }' | \
             $(CC) -fPIE $(1) -x c - -o /dev/null 2>/dev/null && echo $(1))
try_flag = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
WARNINGS = -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wvla -Wundef \
           -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wswitch-enum
# Asked of the machine once, and not before `run` and `test` have installed what is missing.
ifeq ($(filter clean help deps format run test,$(MAKECMDGOALS)),)
ifndef HARDENING
HARDENING := $(call try_flag,-fstack-protector-strong) $(call try_flag,-fstack-clash-protection) \
             $(call try_flag,-fcf-protection=full) $(call try_flag,-ftrivial-auto-var-init=zero)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
# libcurl and libpng are loaded when they are needed (common/net/http_library.h, agent1/edge/chart_png.h).
PACKAGE_LIBS := $(filter-out -lcurl,$(shell pkg-config --libs $(PACKAGES) 2>/dev/null))
READER_CFLAGS := $(shell pkg-config --cflags libxml-2.0 libseccomp 2>/dev/null)
# Hundreds of test programs are linked; the default linker takes three times as long for each.
TEST_LINKER := $(call try_link,-fuse-ld=lld)
export HARDENING PACKAGE_CFLAGS PACKAGE_LIBS READER_CFLAGS TEST_LINKER
endif
endif

BASE_CFLAGS = -std=gnu11 -I. -I$(GENERATED) -DVERSION='"$(VERSION)"' -D_GNU_SOURCE -DG_LOG_USE_STRUCTURED \
              $(WARNINGS) $(PACKAGE_CFLAGS) -MMD -MP -g
# The points at which a test may have a program killed exist only in the builds for tests.
BASE_CFLAGS += -DABORT_POINTS=$(if $(check),1,0)
ifdef check
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# A sanitizer's report needs lines, no variables: CFLAGS=-g for a debugger.
ALL_CFLAGS = $(BASE_CFLAGS) -g1 -O1 -Werror $(SANITIZE) $(CFLAGS)
ALL_LDFLAGS = $(SANITIZE) $(TEST_LINKER) $(LDFLAGS)
else
ALL_CFLAGS = $(BASE_CFLAGS) -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE $(HARDENING) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
endif

# ---- the house: one archive per folder -------------------------------------------------------------
sources = $(sort $(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(call sources,$(1)))
archive = $(OUT)/lib/$(subst /,-,$(1)).a

COMMON_PURE = common/base common/data common/wire
COMMON_ALL  = $(COMMON_PURE) common/sys common/net
# The rooms of agent1's flow: each knows those behind it.
AGENT1_FLOW = agent1/flow agent1/flow/doors agent1/flow/talk agent1/flow/commands agent1/flow/topics agent1/flow/daily agent1/flow/fleet \
              agent1/flow/schedules agent1/flow/runs agent1/flow/gate agent1/flow/voice agent1/flow/state
FOLDERS = $(COMMON_ALL) agent1/port agent1/model agent1/providers agent1/phrases agent1/words $(AGENT1_FLOW) agent1/edge agent1/app agent1/cli \
          agent1/manual agent1/reader \
          agent2/folder agent2/port agent2/model agent2/flow agent2/edge agent2/app agent2/shim
PURE_FOLDERS = $(COMMON_PURE) agent1/port agent1/model agent1/providers agent1/phrases agent1/words $(AGENT1_FLOW) \
               agent2/folder agent2/port agent2/model agent2/flow

# Upper layers first, for the linker.
agent1_FOLDERS      = agent1/app $(AGENT1_FLOW) agent1/words agent1/phrases agent1/model agent1/edge agent1/providers agent1/port
agent2_FOLDERS      = agent2/app agent2/flow agent2/model agent2/edge agent2/port agent2/folder
agentctl_FOLDERS    = agent1/cli
agent2-shim_FOLDERS = agent2/shim agent2/folder
agent1-reader_FOLDERS = agent1/reader agent1/port
manual_FOLDERS      = agent1/manual agent1/cli
COMMON_UP           = common/net common/sys common/wire common/data common/base

agent1_UP   = $(COMMON_UP)
agent1-reader_UP = common/sys common/wire common/data common/base
agent2_UP   = $(COMMON_UP)
agentctl_UP = $(COMMON_UP)
manual_UP   = common/wire common/data common/base

agent1_LIBS      = $(PACKAGE_LIBS) -lresolv -lm
agent2_LIBS      = $(shell pkg-config --libs glib-2.0 libcjson libsodium libsystemd libmosquitto openssl) -lm
agentctl_LIBS    = $(agent2_LIBS) -ledit
manual_LIBS      = $(agent2_LIBS)
agent1-reader_LIBS = $(shell pkg-config --libs glib-2.0 libcjson libcurl libxml-2.0 libseccomp libsodium) -lm
# The shim stands on libc alone, and links it in: it starts in a third of the time, and an upgrade of
# the host's libraries under a running task does not touch it.
agent2-shim_UP   =
ifndef check
agent2-shim_LDFLAGS := $(call try_link,-static-pie)
endif

.DEFAULT_GOAL = all
.PHONY: all help deps run install uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:

all: $(addprefix $(OUT)/,$(PROGRAMS) $(DOCUMENTS)) ## build the programs into build/

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# What people read in their language: one table a catalogue.
WORDS_TABLES = $(patsubst %.po,$(GENERATED)/%.po.h,$(wildcard agent1/words/*.po))
$(GENERATED)/agent1/words/%.po.h: agent1/words/%.po agent1/words/compile.awk
	@mkdir -p $(@D)
	LC_ALL=C awk -v name=words_$* -f agent1/words/compile.awk $< >$@
$(OUT)/obj/agent1/words/words.o: $(WORDS_TABLES)

# What agent1-reader alone is built with; a sanitizer needs more addresses than a limit allows.
$(OUT)/obj/agent1/reader/%.o: BASE_CFLAGS += $(READER_CFLAGS) -DSANITIZED=$(if $(check),1,0)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

define archive_rule
$(call archive,$(1)): $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach folder,$(FOLDERS),$(eval $(call archive_rule,$(folder))))

define program_rule
$(OUT)/$(1): $(foreach f,$($(1)_FOLDERS) $($(1)_UP),$(call archive,$(f)))
	$$(CC) $$(ALL_LDFLAGS) $$($(1)_LDFLAGS) -o $$@ $(OUT)/obj/$(firstword $($(1)_FOLDERS))/main.o $$^ $$($(1)_LIBS)
endef
$(foreach program,$(PROGRAMS) manual,$(eval $(call program_rule,$(program))))

# Man pages and completions: what follows from a table comes from the table. The words of --help are the
# program's own.
define document_rule
$(OUT)/$(1): $(2) $(OUT)/$(3) $(OUT)/manual
	@mkdir -p $$(@D)
	$(OUT)/$(3) --help | $(OUT)/manual $$< >$$@
endef
$(eval $(call document_rule,man/agent1.8,agent1/agent1.8.in,agent1))
$(eval $(call document_rule,man/agent2.8,agent2/agent2.8.in,agent2))
$(eval $(call document_rule,man/agentctl.1,agent1/cli/agentctl.1.in,agentctl))
$(eval $(call document_rule,completion/agentctl.bash,config/completion/agentctl.bash.in,agentctl))
$(eval $(call document_rule,completion/_agentctl,config/completion/_agentctl.in,agentctl))

-include $(foreach f,$(FOLDERS),$(patsubst %.o,%.d,$(call objects,$(f))))

# ---- try it ----------------------------------------------------------------------------------------
deps: ## install what is missing (Debian, Ubuntu; root or sudo)
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN)

run: deps ## a private broker, XMPP server, agent1, one agent2, and agentctl in this terminal
	@test -x $(BUILD)/agentctl || echo "Building, which takes a minute the first time." >&2
	@$(MAKE) --no-print-directory -s -j $$(nproc) all
	@config/local/run $(BUILD)

# ---- prove it: tests/rules.mk, and a rules.mk beside each kind of proof -------------------------------
include tests/rules.mk $(sort $(wildcard tests/*/rules.mk))

# ---- install ---------------------------------------------------------------------------------------
install: all ## install into $(DESTDIR)$(PREFIX)
	@systemd/install "$(BUILD)" "$(DESTDIR)" "$(PREFIX)"
uninstall: ## remove what install put there
	@systemd/install --remove "$(BUILD)" "$(DESTDIR)" "$(PREFIX)"

clean: ## remove build/
	rm -rf build
