# The simulation: tests/simulate/main.c says what it proves and how.

.PHONY: simulate simulate-check simulate-mutants

SEEDS ?= 2000
SEED ?=
# A delivery rule to switch off, by its name in tests/simulate/mutant.c.
RULES_OFF ?=

SIMULATE_FOLDERS = agent1/app $(AGENT1_FLOW) agent1/words agent1/phrases agent1/model agent1/port agent1/cli \
                   agent2/app agent2/flow agent2/model agent2/port agent2/folder $(COMMON_PURE)
SIMULATE_OBJECTS = $(patsubst %.c,$(OUT)/obj/%.o,$(sort $(wildcard tests/simulate/*.c)))

$(OUT)/simulate: $(SIMULATE_OBJECTS) $(foreach f,$(SIMULATE_FOLDERS),$(call archive,$(f)))
	$(CC) $(ALL_LDFLAGS) -o $@ $(SIMULATE_OBJECTS) \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PACKAGE_LIBS)
-include $(SIMULATE_OBJECTS:.o=.d)

simulate: $(OUT)/simulate ## both cores in a simulated world (SEEDS=n; SEED=n replays one; RULES_OFF=name)
	@$(OUT)/simulate $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) \
	  $(if $(RULES_OFF),--mutant $(RULES_OFF))

simulate-mutants: $(OUT)/simulate ## each delivery rule switched off must be noticed within SEEDS seeds
	@$(OUT)/simulate --mutants $(SEEDS)

# What `make test` runs of it, sanitized.
simulate-check: $(OUT)/simulate
	@$(OUT)/simulate --twice 20
	@$(OUT)/simulate --seeds $(SEEDS)
