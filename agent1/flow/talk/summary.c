#include "agent1/flow/talk/summary.h"

#include <string.h>

#include "agent1/flow/state/history.h"
#include "agent1/model/refusal.h"
#include "common/base/banned.h"

/* Of what a question may cost, this part for what was said before is enough. */
#define PART_OF_CONTEXT 3

#define PREAMBLE                                                                                   \
    "You sum up a conversation between a person and an assistant, for the assistant. In at most "  \
    "150 words, in the language of the conversation: what the person wants, which machines and "   \
    "names matter, what was asked for, what is open. Only what was said; no advice, no orders."
#define REQUEST "Sum up all of the above now."
#define BEGINS  "(Summed up by the assistant, of what was said before:) "

Talk *summary_begin(const Core *core, const Talk *answered)
{
    const ModelSettings *model = core->settings->talk->chain->pdata[answered->provider];
    g_autofree char *last =
        history_long(core, answered->conversation, model->context_tokens / PART_OF_CONTEXT);
    Talk *summary;

    if (!last || talks_find_summary(core, answered->conversation))
        return NULL;

    summary = talk_new(answered->speaker, answered->conversation, REQUEST);
    summary->provider = answered->provider;
    summary->asked_ms = core->boot_ms;
    summary->sums_up = g_steal_pointer(&last);
    return summary;
}

static int64_t tokens_left(const Core *core, const Talk *summary)
{
    const ModelSettings *model = core->settings->talk->chain->pdata[summary->provider];

    return model->context_tokens - model->max_tokens - history_tokens(PREAMBLE) -
           history_tokens(REQUEST);
}

void summary_make_call(Core *core, Talk *summary, ModelCall *call)
{
    call->preamble = g_strdup(PREAMBLE);
    summary->sources = history_recall_until(core, summary->conversation, summary->sums_up,
                                            tokens_left(core, summary), call->words);
    g_ptr_array_add(call->words, model_words_new(MODEL_PERSON, summary->text));
}

void summary_take(Core *core, const Talk *summary)
{
    g_autofree char *text = NULL;

    if (refusal_is(summary->answer->str, core->settings->talk->refusals))
        return;
    text = g_strconcat(BEGINS, summary->answer->str, NULL);
    history_sum_up(core, summary->conversation, summary->sums_up, text, summary->sources);
}
