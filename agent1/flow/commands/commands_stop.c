/* !stop: the answer that a language model is writing in a conversation ends where it is. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/own_work.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/stop.h"
#include "common/base/name.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define QUESTION_SHOWN_CHARS 40
#define NAMED_MAX            5

/* In a room nothing is named that may have been asked elsewhere. */
static void say_stopped(Turn *turn, const Talk *talk)
{
    g_autofree char *question = text_make_line(talk->text, QUESTION_SHOWN_CHARS);

    if (speaker_is_alone(turn->speaker))
        turn_say(turn, "stopped: the answer to \"%s\"", question);
    else
        turn_say(turn, "The answer to you is stopped.");
}

static bool is_named(const GPtrArray *names, const char *name)
{
    for (unsigned i = 0; i < names->len; i++) {
        if (strcmp(names->pdata[i], name) == 0)
            return true;
    }
    return false;
}

/* What goes on of a chat (NULL: of none), as !cancel takes it: char *, "12" or "p7". The caller
 * owns the array. */
static GPtrArray *list_going_on(const Core *core, const char *chat_id)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) runs = NULL;

    if (!chat_id)
        return names;
    runs = chats_runs(core, chat_id);
    for (unsigned i = 0; i < runs->len; i++) {
        const Run *run = runs_find(core->runs, runs->pdata[i]);
        g_autofree char *name = NULL;

        if (!run)
            continue;
        name = run->plan ? g_strdup(run->plan) : g_strdup_printf("%" G_GINT64_FORMAT, run->number);
        if (!is_named(names, name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    return names;
}

/* False when nothing does. */
static bool say_going_on(Core *core, Turn *turn, const char *chat_id)
{
    g_autoptr(GPtrArray) names = list_going_on(core, chat_id);

    for (unsigned i = 0; i < names->len && i < NAMED_MAX; i++) {
        g_autofree char *line = own_work_goes_on(core, names->pdata[i]);

        turn_say(turn, "%s", line);
    }
    if (names->len > NAMED_MAX)
        turn_say(turn, "… and %u more go on; !runs lists them", names->len - NAMED_MAX);
    return names->len > 0;
}

/* agentctl names the chat whose answer is meant: the same person may have another console open. */
static bool is_of_chat(const Talk *talk, const char *id)
{
    return g_strcmp0(talk->speaker->in_reply_to, id) == 0;
}

/* Whoever asks for all to stop hears of all that does not. */
static void say_all_going_on(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) lines = own_work_lines(core, turn->speaker);

    if (lines->len > 0)
        own_work_say(turn, lines, WORDS_LATER("What else you asked for goes on:"));
}

/* Takes the talk over. */
static void end(Core *core, Turn *turn, Talk *ended, bool is_of_all)
{
    g_autoptr(Talk) talk = ended;

    stop_talk(core, talk);
    say_stopped(turn, talk);
    if (is_of_all)
        say_all_going_on(core, turn);
    else
        say_going_on(core, turn, talk->speaker->chat_id);
}

/* The answer that agentctl means may be over while a run of it is waited for. */
static void say_nothing_to_stop(Core *core, Turn *turn, const char *id)
{
    g_autofree char *chat_id = turn->speaker->door == DOOR_CLI && *id
                                   ? speaker_chat_of_cli(turn->speaker->address, id)
                                   : NULL;

    if (!say_going_on(core, turn, chat_id))
        turn_say(turn, "Nothing is being written to you here, so there is nothing to stop; "
                       "!cancel <id> stops a run.");
}

static void say_nothing_of_all(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) lines = own_work_lines(core, turn->speaker);

    if (lines->len > 0)
        own_work_say(turn, lines,
                     WORDS_LATER("No answer is being written to you here. What you asked for "
                                 "goes on:"));
    else
        turn_say(turn, "Nothing of yours goes on.");
}

void commands_stop(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    Talk *talk = talks_find(core, conversation);
    bool is_of_all = strcmp(arguments, COMMAND_STOP_ALL) == 0;

    if (talk && (!*arguments || is_of_all || is_of_chat(talk, arguments)))
        end(core, turn, talk, is_of_all);
    else if (is_of_all)
        say_nothing_of_all(core, turn);
    else if (*arguments && !name_is_ulid(arguments))
        turn_fail(turn, "!stop ends the answer that is being written to you here, and takes no "
                        "name; !cancel <id> stops a run");
    else
        say_nothing_to_stop(core, turn, arguments);
}
