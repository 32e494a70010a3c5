#include "agent1/flow/doors/corrections.h"

#include <string.h>

#include "agent1/flow/voice/chats.h"
#include "common/base/banned.h"

/* One after the other, each the correction of the one before. */
#define CHAIN_MAX 100

/* What was written first has the chat id of what stands in its place now as its reply, which is not
 * used at this door otherwise. NULL: it is not known any more. */
static Row *find_present(const Core *core, const char *chat_id)
{
    Row *row = ledger_find(core->ledgers[TABLE_CHATS], chat_id);
    unsigned i;

    for (i = 0; row && i < CHAIN_MAX; i++) {
        const char *next = row_text(row, CHATS_REPLY);

        if (!next || !*next)
            return row;
        row = ledger_find(core->ledgers[TABLE_CHATS], next);
    }
    return NULL;
}

static void point(Core *core, Row *row, const char *chat_id)
{
    row_set_text(row, CHATS_REPLY, chat_id);
    ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
}

static char *chat_id_of(const Speaker *speaker, const char *stanza_id)
{
    return g_strdup_printf("xmpp:%s:%s", speaker->principal, stanza_id);
}

/* The caller owns it; NULL: it made no runs. */
static char *tell_runs(const Core *core, const char *chat_id)
{
    g_autoptr(GPtrArray) runs = chats_runs(core, chat_id);
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs_find(core->runs, runs->pdata[i]);

        if (run)
            return g_strdup_printf(
                core_words(core, "#%" G_GINT64_FORMAT " %s is %s already; !cancel %" G_GINT64_FORMAT
                                 " stops it"),
                run->number, run->agent, run_state_name(run->state), run->number);
    }
    return runs->len > 0
               ? g_strdup(core_words(core,
                                     "what you wrote first is over already; send the new text as a "
                                     "message of its own"))
               : NULL;
}

static char *judge(const Core *core, const Row *present)
{
    g_autofree char *runs = NULL;

    if (!present)
        return g_strdup(core_words(
            core, "I do not know any more what it corrects; send it as a message of its own"));
    runs = tell_runs(core, row_text(present, CHATS_ID));
    if (runs)
        return g_steal_pointer(&runs);
    if (row_int(present, CHATS_IS_FINAL) &&
        strcmp(row_text(present, CHATS_OUTCOME), OUTCOME_REFUSED) == 0)
        return NULL;
    if (strcmp(row_text(present, CHATS_OUTCOME), OUTCOME_AWAITING) == 0)
        return g_strdup(core_words(core, "I still ask about what you wrote first; !no drops that"));
    return g_strdup(core_words(
        core, "what you wrote first is done already; send the new text as a message of its "
              "own"));
}

char *corrections_judge(Core *core, const Speaker *speaker, const char *stanza_id)
{
    g_autofree char *chat_id = chat_id_of(speaker, stanza_id);
    Row *present = find_present(core, chat_id);
    g_autofree char *reason = judge(core, present);

    if (!reason && !speaker->chat_id)
        reason = g_strdup(core_words(core, "it has no id; send it as a message of its own"));
    if (reason)
        return g_strdup_printf(core_words(core, "your correction was not done: %s"), reason);

    point(core, present, speaker->chat_id);
    return NULL;
}

void corrections_refused(Core *core, const Speaker *speaker, const char *stanza_id)
{
    g_autofree char *chat_id = chat_id_of(speaker, stanza_id);
    Row *row = speaker->chat_id ? ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id) : NULL;

    if (row && strcmp(chat_id, speaker->chat_id) != 0)
        point(core, row, chat_id);
}
