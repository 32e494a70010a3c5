#include "agent1/flow/voice/give_up.h"

#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/turn.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define QUESTION_SHOWN_CHARS 40

/* What it says from now on: the words that were read, and why they end. */
static char *end_words(const Talk *talk, const char *why)
{
    const char *shown = talk->stream->told_text;

    if (shown && g_str_has_suffix(shown, STREAM_GOES_ON))
        return g_strdup_printf("%s\n%s", shown, why);
    return g_strdup(why);
}

/* Asleep nothing is said but the digest on waking; what stands there already ends all the same. */
static void end_asleep(Core *core, const Talk *talk, const char *message, const char *text)
{
    g_autofree char *id = core_new_id(core);
    const XmppAct act = { .kind = XMPP_ACT_CORRECT,
                          .jid = talk->speaker->address,
                          .id = id,
                          .about = (char *)(guintptr)message,
                          .text = (char *)(guintptr)text };

    effects_xmpp(core->fx, &act);
}

static void tell(Core *core, const Talk *talk, const char *text, const char *replaces)
{
    Turn turn;

    turn_init(&turn, core, talk->speaker);
    turn.is_news = true;
    turn.replaces = replaces;
    turn_say(&turn, "%s", text);
    turn_outcome(&turn, run_state_name(RUN_CANCELLED));
    turn_finish(&turn);
}

static void end(Core *core, const Talk *talk, const char *said)
{
    const char *shown = stream_shown(core, talk->stream);
    g_autofree char *whole = shown ? end_words(talk, said) : g_strdup(said);

    if (core_is_asleep(core)) {
        /* What is said now is kept for the digest, so it does not end the writing. */
        clients_show_state(core, talk->speaker, "active");
        if (shown)
            end_asleep(core, talk, shown, whole);
        tell(core, talk, said, NULL);
    } else {
        tell(core, talk, whole, shown);
    }
}

void give_up_tell(Core *core, const Talk *talk, const char *why)
{
    Language before = core_speak_to_speaker(core, talk->speaker);

    end(core, talk, core_words(core, why));
    core_speak(core, before);
}

/* Takes it out of the conversation; NULL: nothing is thought of. The caller owns it. */
static Talk *cancel(Core *core, const char *conversation)
{
    Talk *talk = talks_find(core, conversation);

    if (!talk)
        return NULL;

    talks_cancel(core, talk);
    /* Half an answer was not said, and what it asked for not done. */
    if (!talk->is_looking)
        g_string_truncate(talk->answer, 0);
    if ((talk->is_looking && !talk->is_recalling) || talk->rounds->len > 0)
        talks_note(core, talk);
    return talk;
}

void give_up_conversation(Core *core, const char *conversation, const char *why)
{
    g_autoptr(Talk) talk = cancel(core, conversation);

    if (talk)
        give_up_tell(core, talk, why);
}

void give_up_overtaken(Core *core, const char *conversation)
{
    g_autoptr(Talk) talk = cancel(core, conversation);
    g_autofree char *question = talk ? text_make_line(talk->text, QUESTION_SHOWN_CHARS) : NULL;
    g_autofree char *said = NULL;
    Language before;

    if (!talk)
        return;

    before = core_speak_to_speaker(core, talk->speaker);
    said = g_strdup_printf(core_words(core, "\"%s\": given up, you wrote again"), question);
    end(core, talk, said);
    core_speak(core, before);
}
