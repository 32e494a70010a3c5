#include "agent1/flow/commands/own_approvals.h"

#include "agent1/flow/commands/decide.h"
#include "agent1/flow/gate/approvals.h"
#include "common/base/banned.h"

static bool waits_for(Core *core, const Run *run, const Speaker *speaker)
{
    const Row *row;

    if (run->state != RUN_AWAITING_APPROVAL || g_strcmp0(run->principal, speaker->principal) != 0 ||
        g_strcmp0(run->user, speaker->user) != 0)
        return false;
    row = approvals_find(core, run);
    return row && !decide_objection(core, speaker, run, row);
}

GPtrArray *own_approvals_list(Core *core, const Speaker *speaker)
{
    g_autoptr(GPtrArray) all = runs_list(core->runs, NULL);
    GPtrArray *own = g_ptr_array_new();

    for (unsigned i = 0; i < all->len; i++) {
        if (waits_for(core, all->pdata[i], speaker))
            g_ptr_array_add(own, all->pdata[i]);
    }
    return own;
}

GPtrArray *own_approvals_here(const GPtrArray *runs, const Speaker *speaker)
{
    g_autofree char *conversation = speaker_conversation(speaker);
    bool is_in_room = speaker_is_in_room(speaker);
    GPtrArray *here = g_ptr_array_new();

    for (unsigned i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        if (!is_in_room || g_strcmp0(run->conversation, conversation) == 0)
            g_ptr_array_add(here, runs->pdata[i]);
    }
    return here;
}

const Run *own_approvals_find(const GPtrArray *runs, uint64_t number)
{
    for (unsigned i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        if ((uint64_t)run->number == number)
            return run;
    }
    return NULL;
}
