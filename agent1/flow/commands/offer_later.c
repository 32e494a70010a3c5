#include "agent1/flow/commands/offer_later.h"

#include <string.h>

#include "common/base/banned.h"

#define BLANKS " \t"

bool offer_later_fits(const Verdict *verdict, bool is_now)
{
    return verdict->kind == GATE_LATER && verdict->next_ms != INT64_MAX && !is_now;
}

bool offer_take_defer(const char *text, bool has_end, char **out_rest)
{
    size_t length = strlen(OFFER_DEFER);
    bool is_in_front = g_str_has_prefix(text, OFFER_DEFER) && strchr(BLANKS, text[length]);
    g_autofree char *rest = g_strdup(is_in_front ? text + length : text);
    size_t left = strlen(rest);
    bool is_behind = has_end && left > length && strchr(BLANKS, rest[left - length - 1]) &&
                     g_str_has_suffix(rest, OFFER_DEFER);

    if (is_behind)
        rest[left - length] = '\0';
    *out_rest = g_strstrip(g_steal_pointer(&rest));
    return is_in_front || is_behind;
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
