# How well natural language becomes typed lines: tests/eval/eval.c says how. sentences.jsonl is what the
# phrasebook was written against; held_out.jsonl was written afterwards, and nothing is tuned on it.
#
#   make eval [FILE=tests/eval/sentences.jsonl] [PROVIDER=rules]
#   make eval PROVIDER=ollama|openai|anthropic [MODEL=] [BASE_URL=] [TIMEOUT=60]    the key is in the environment

.PHONY: eval

FILE ?= tests/eval/sentences.jsonl
PROVIDER ?= rules
TIMEOUT ?= 60

EVAL_OBJECTS = $(call objects,tests/eval)
EVAL_ARCHIVES = $(foreach f,$(filter-out agent1/app,$(agent1_FOLDERS)) $(agent1_UP),$(call archive,$(f)))

$(OUT)/eval: $(EVAL_OBJECTS) $(EVAL_ARCHIVES)
	$(CC) $(ALL_LDFLAGS) -o $@ $(EVAL_OBJECTS) -Wl,--start-group $(EVAL_ARCHIVES) -Wl,--end-group $(agent1_LIBS)
-include $(EVAL_OBJECTS:.o=.d)

eval: $(OUT)/eval ## what sentences become as typed lines, and every miss (FILE=; PROVIDER=rules, or a model: MODEL=, BASE_URL=)
	@$(OUT)/eval --model '$(MODEL)' --base-url '$(BASE_URL)' --timeout '$(TIMEOUT)' '$(PROVIDER)' '$(FILE)'
