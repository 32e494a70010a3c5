/* !reset: what was said in a conversation, and what is open in it, is forgotten. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/questions.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/voice/give_up.h"
#include "common/base/banned.h"

void commands_reset(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    bool was_thinking = talks_find(core, conversation) != NULL;
    unsigned questions;
    unsigned turns;

    (void)arguments;
    /* First: what was said in it becomes turns. */
    give_up_conversation(core, conversation, WORDS_LATER("(given up: forgotten by !reset)"));
    talks_cancel_summary(core, conversation);
    questions = questions_forget(core, turn->speaker);
    turns = history_forget(core, conversation);
    if (was_thinking && turns == 0)
        turn_say(turn, "forgotten: what I was about to answer");
    else if (questions == 0 && turns == 0)
        turn_say(turn, "nothing to forget: nothing was said to a model here, and no question is "
                       "open");
    if (turns > 0)
        turn_say(turn, "forgotten: what was said here (%u message%s)", turns,
                 core_plural(core, turns));
    if (questions > 0)
        turn_say(turn, "forgotten: %u open question%s of this conversation", questions,
                 core_plural(core, questions));
}
