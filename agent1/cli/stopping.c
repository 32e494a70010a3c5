#include "agent1/cli/stopping.h"

#include "agent1/cli/ask_words.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

#define LATE_MS 5000

void stopping_init(Stopping *stopping, Channel *channel)
{
    *stopping = (Stopping){ .channel = channel };
}

char *stopping_command(const Ask *question)
{
    return g_strdup_printf("%s %s", command_info(COMMAND_STOP)->name, question->id);
}

bool stopping_begin(Stopping *stopping, const Ask *question)
{
    g_autofree char *text = stopping_command(question);
    const AskWish wish = { .text = text, .is_hidden = true, .timeout_ms = LATE_MS };

    /* What was never sent nobody answers. */
    if (stopping->has_begun || !ask_is_talk(question) || question->sent_count == 0)
        return false;

    stopping->ask = channel_ask(stopping->channel, &wish, NULL);
    stopping->has_begun = stopping->ask != NULL;
    return stopping->has_begun;
}

bool stopping_is_over(const Stopping *stopping)
{
    return stopping->has_begun && !stopping->ask;
}

bool stopping_heard(Stopping *stopping, Heard heard, Ask *ask)
{
    if (!g_str_has_prefix(ask->text, command_info(COMMAND_STOP)->name))
        return false;
    if (heard != HEARD_ANSWER && heard != HEARD_NOTHING)
        return true;

    if (ask == stopping->ask)
        stopping->ask = NULL;
    channel_forget(stopping->channel, ask);
    return true;
}
