# How well natural language becomes typed lines: tests/eval/eval.c says how. sentences.jsonl is what the
# phrasebook was written against; held_out.jsonl was written afterwards, and nothing is tuned on it.
#
#   make eval [FILE=tests/eval/sentences.jsonl] [PROVIDER=rules]

.PHONY: eval

FILE ?= tests/eval/sentences.jsonl
PROVIDER ?= rules

EVAL_ARCHIVES = $(foreach f,agent1/phrases common/wire common/data common/base,$(call archive,$(f)))

$(OUT)/eval: tests/eval/eval.c $(EVAL_ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -Wl,--start-group $(EVAL_ARCHIVES) -Wl,--end-group \
	  $(manual_LIBS)

eval: $(OUT)/eval ## sentences of people as typed lines: the score and every miss (FILE=, PROVIDER=rules)
	@$(OUT)/eval '$(PROVIDER)' '$(FILE)'
