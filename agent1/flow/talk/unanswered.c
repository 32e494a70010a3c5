#include "agent1/flow/talk/unanswered.h"

#include "common/base/banned.h"

static const char *const outcomes[MODEL_OUTCOME_COUNT] = {
    [MODEL_ANSWERED] = WORDS_LATER("would not answer that"),
    [MODEL_CUT] = WORDS_LATER("would not answer that"),
    [MODEL_UNREACHABLE] = WORDS_LATER("cannot be reached"),
    [MODEL_SILENT] = WORDS_LATER("no answer in time"),
    [MODEL_LIMITED] = WORDS_LATER("asks to be left alone for a while"),
    [MODEL_FAILED] = WORDS_LATER("answered with an error"),
    [MODEL_MISCONFIGURED] = WORDS_LATER("refused: its key, name or address in config.json"),
    [MODEL_BROKEN] = WORDS_LATER("answered what no such model does"),
    [MODEL_TOO_LARGE] = WORDS_LATER("the question is too long for it"),
};

void unanswered_note(Core *core, Talk *talk, ModelOutcome outcome)
{
    const ModelSettings *model = core->settings->talk->chain->pdata[talk->provider];

    g_string_append_printf(talk->unanswered, "%s%s %s: %s", talk->unanswered->len ? "; " : "",
                           provider_name(model->provider), model->model,
                           core_words(core, outcomes[outcome]));
}

void unanswered_say(Turn *turn, const Talk *talk)
{
    turn_say(turn, "No language model answered (%s).", talk->unanswered->str);
}

/* 0: it is not known. */
static int64_t shortest_rest_ms(const Core *core)
{
    int64_t shortest_ms = INT64_MAX;

    for (unsigned i = 0; i < core->settings->talk->chain->len; i++) {
        int64_t rest_ms = model_chain_closed_ms(core->model_chain, i, core->boot_ms);

        shortest_ms = MIN(shortest_ms, rest_ms);
    }
    return shortest_ms == INT64_MAX ? 0 : shortest_ms;
}

void unanswered_say_resting(Core *core, Turn *turn)
{
    int64_t rest_ms = shortest_rest_ms(core);
    g_autofree char *rest = rest_ms > 0 ? core_duration(core, (rest_ms + 999) / 1000 * 1000) : NULL;

    if (rest)
        turn_say(turn, "No language model can be asked at this moment; the first can be in %s.",
                 rest);
    else
        turn_say(turn,
                 "No language model can be asked at this moment; !status tells for how long.");
}
