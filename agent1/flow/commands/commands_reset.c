/* !reset: what was said in a conversation, and what is open in it, is forgotten. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/questions.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/talks.h"
#include "common/base/banned.h"

/* What was thought of is given up; whoever waits for it hears so. */
static void give_up(Core *core, const char *conversation)
{
    g_autoptr(Talk) talk = talks_give_up(core, conversation);

    if (talk)
        turn_tell_news(core, talk->speaker, core_words(core, "(given up: forgotten by !reset)"),
                       OUTCOME_OK);
}

void commands_reset(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    unsigned questions = questions_forget(core, turn->speaker);
    unsigned turns = history_forget(core, conversation);

    (void)arguments;
    give_up(core, conversation);
    if (questions == 0 && turns == 0)
        turn_say(turn, "nothing to forget: nothing was said to a model here, and no question is "
                       "open");
    if (turns > 0)
        turn_say(turn, "forgotten: what was said here (%u message%s)", turns,
                 turns == 1 ? "" : "s");
    if (questions > 0)
        turn_say(turn, "forgotten: %u open question%s of this conversation", questions,
                 questions == 1 ? "" : "s");
}
