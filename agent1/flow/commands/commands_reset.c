/* !reset: what is open in a conversation is forgotten. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/questions.h"
#include "common/base/banned.h"

void commands_reset(Core *core, Turn *turn, const char *arguments)
{
    unsigned count = questions_forget(core, turn->speaker);

    (void)arguments;
    if (count == 0)
        turn_say(turn, "nothing to forget: no question is open here");
    else
        turn_say(turn, "forgotten: %u open question%s of this conversation", count,
                 count == 1 ? "" : "s");
}
