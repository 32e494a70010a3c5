#include "agent1/flow/state/update_rounds.h"

#include <string.h>

#include "common/base/banned.h"

static void free_finding(void *data)
{
    UpdateFinding *finding = data;

    g_free(finding->agent);
    update_news_free(finding->news);
    g_free(finding->text);
    g_free(finding);
}

/* A form is answered at once; what comes later is a message. */
static Speaker *listener_of(const Speaker *speaker)
{
    g_autofree char *conversation = NULL;
    Speaker *listener;

    if (speaker->door != DOOR_FORM)
        return speaker_copy(speaker);

    conversation = speaker_conversation(speaker);
    listener = speaker_from_conversation(conversation, speaker->chat_id);
    listener->user = g_strdup(speaker->user);
    listener->principal = g_strdup(speaker->principal);
    return listener;
}

UpdateRound *update_round_new(const Speaker *speaker)
{
    UpdateRound *round = g_new0(UpdateRound, 1);

    round->speaker = listener_of(speaker);
    round->findings = g_ptr_array_new_with_free_func(free_finding);
    return round;
}

void update_round_free(void *data)
{
    UpdateRound *round = data;

    if (!round)
        return;

    speaker_free(round->speaker);
    g_ptr_array_unref(round->findings);
    g_free(round);
}

UpdateFinding *update_round_add(UpdateRound *round, const char *agent, FindingKind kind)
{
    UpdateFinding *finding = g_new0(UpdateFinding, 1);

    finding->agent = g_strdup(agent);
    finding->kind = kind;
    g_ptr_array_add(round->findings, finding);
    return finding;
}

UpdateFinding *update_round_find(const UpdateRound *round, const char *agent)
{
    unsigned i;

    for (i = 0; i < round->findings->len; i++) {
        UpdateFinding *finding = round->findings->pdata[i];

        if (strcmp(finding->agent, agent) == 0)
            return finding;
    }
    return NULL;
}

unsigned update_round_count(const UpdateRound *round, FindingKind kind)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < round->findings->len; i++)
        count += ((const UpdateFinding *)round->findings->pdata[i])->kind == kind;
    return count;
}

void update_ask_free(void *data)
{
    UpdateAsk *ask = data;

    g_free(ask->agent);
    g_free(ask->id);
    g_free(ask);
}

bool update_rounds_has_chat(const Core *core, const char *chat_id)
{
    unsigned i;

    for (i = 0; chat_id && i < core->update_rounds->len; i++) {
        const UpdateRound *round = core->update_rounds->pdata[i];

        if (g_strcmp0(round->speaker->chat_id, chat_id) == 0)
            return true;
    }
    return false;
}
