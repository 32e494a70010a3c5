#include "agent1/flow/commands/offer_later.h"

#include "common/base/banned.h"

bool offer_later_fits(const Verdict *verdict, bool is_now)
{
    return verdict->kind == GATE_LATER && verdict->next_ms != INT64_MAX && !is_now;
}

void offer_later(Core *core, Turn *turn, const Question *question)
{
    g_autofree char *which = NULL;

    if (turn->speaker->is_dry_run || questions_stands(core, turn, question))
        return;
    which = questions_ask(core, turn, question);
    if (which)
        turn_say(turn, "run then? !yes%s or !no%s", which, which);
}
