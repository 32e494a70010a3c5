#include "agent1/flow/voice/stop.h"

#include "agent1/flow/state/stops.h"
#include "agent1/flow/voice/answer_words.h"
#include "agent1/flow/voice/turn.h"
#include "common/base/banned.h"

/* Nothing that was not done stands in what the model is shown of it later. */
static void say_half(Turn *turn, Talk *talk)
{
    g_autofree char *words = NULL;

    thoughts_finish(talk->thoughts, talk->answer);
    words = answer_words_half(turn, talk->answer->str, talk->has_acted,
                              WORDS_LATER("its answer was stopped"));
    g_string_assign(talk->answer, words);
}

void stop_talk(Core *core, Talk *talk)
{
    Turn turn;

    talks_cancel(core, talk);
    turn_init(&turn, core, talk->speaker);
    turn.replaces = stream_shown(core, talk->stream);
    /* What it asked to look up was said whole. */
    if (!talk->is_looking)
        say_half(&turn, talk);
    turn_say(&turn, "(stopped by you)");
    turn_outcome(&turn, run_state_name(RUN_CANCELLED));
    talks_note(core, talk);
    stops_note(core, talk->conversation);
    turn_finish(&turn);
}
