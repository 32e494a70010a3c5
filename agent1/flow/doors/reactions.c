#include "agent1/flow/doors/reactions.h"

#include "agent1/flow/doors/chat.h"
#include "agent1/flow/doors/decisions.h"
#include "agent1/flow/voice/say.h"
#include "common/base/banned.h"

/* A copy of the reaction is a repeat; one that was taken back and made again is not. */
static Speaker *speaker_of(const XmppFact *fact, const User *user, const char *line)
{
    Speaker *speaker = speaker_new(DOOR_XMPP, fact->address, NULL);

    speaker->principal = g_strdup(fact->principal);
    speaker->user = g_strdup(user->name);
    speaker->role = user->role;
    speaker->chat_id =
        fact->stanza_id ? g_strdup_printf("xmpp:%s:%s", fact->principal, fact->stanza_id)
                        : g_strdup_printf("xmpp:%s:%s to %s", fact->principal, line, fact->about);
    return speaker;
}

/* It lay on a server: what it was about may be long past. */
static bool is_old(const Core *core, const XmppFact *fact)
{
    return fact->written_ms > 0 && core->now_ms - fact->written_ms > CHAT_DELAY_MAX_MS;
}

static void say_old(Core *core, const XmppFact *fact, const char *line)
{
    g_autofree char *written = core_local_time(core, fact->written_ms);
    g_autofree char *text =
        g_strdup_printf(core_words(core, "reacted %s, not done: that would be %s"), written, line);

    say_xmpp(core, fact->address, text);
}

void reactions_take(Core *core, const XmppFact *fact)
{
    const User *user = users_by_jid(core->users, fact->principal);
    g_auto(Decision) decision = { NULL, NULL };
    g_autoptr(Speaker) speaker = NULL;

    core_speak_to(core, user ? user->name : NULL);
    if (!user) {
        core->refused_count++;
        return;
    }
    decision = decisions_of_reaction(core, fact);
    if (!decision.line)
        return;

    speaker = speaker_of(fact, user, decision.line);
    if (decision.why && !core_is_asleep(core))
        chat_refuse(core, speaker, decision.why);
    else if (is_old(core, fact))
        say_old(core, fact, decision.line);
    else
        chat_take_typed(core, speaker, decision.line);
}
