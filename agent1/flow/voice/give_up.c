#include "agent1/flow/voice/give_up.h"

#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/turn.h"
#include "common/base/banned.h"

void give_up_tell(Core *core, const Talk *talk, const char *why)
{
    Language before = core_speak_to_speaker(core, talk->speaker);

    /* What is said now is kept for the digest, so it does not end the writing. */
    if (core_is_asleep(core))
        clients_show_state(core, talk->speaker, "active");
    turn_tell_news(core, talk->speaker, core_words(core, why), run_state_name(RUN_CANCELLED));
    core_speak(core, before);
}

void give_up_conversation(Core *core, const char *conversation, const char *why)
{
    g_autoptr(Talk) talk = talks_find(core, conversation);

    if (!talk)
        return;

    talks_cancel(core, talk);
    /* Half an answer was not said, and what it asked for not done. */
    if (!talk->is_looking)
        g_string_truncate(talk->answer, 0);
    if ((talk->is_looking && !talk->is_recalling) || talk->rounds->len > 0)
        talks_note(core, talk);
    give_up_tell(core, talk, why);
}
