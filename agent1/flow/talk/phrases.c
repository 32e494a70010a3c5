#include "agent1/flow/talk/phrases.h"

#include <string.h>

#include "agent1/flow/commands/commands.h"
#include "agent1/flow/commands/own_work.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/stops.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/state/time_words.h"
#include "agent1/phrases/phrasebook.h"
#include "common/wire/stop_word.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

/* "role=web" for each label of an agent; NULL-terminated. */
static GPtrArray *make_labels(const RegistryAgent *entry)
{
    GPtrArray *labels = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    void *name;
    void *value;

    if (entry->labels) {
        g_hash_table_iter_init(&iter, entry->labels);
        while (g_hash_table_iter_next(&iter, &name, &value))
            g_ptr_array_add(labels, g_strdup_printf("%s=%s", (char *)name, (char *)value));
    }
    g_ptr_array_add(labels, NULL);
    return labels;
}

static bool have_skill(const char *target, const char *skill, const void *data)
{
    return targets_have_skill(data, target, skill);
}

static void read_sentence(const Core *core, const char *text, PhraseAnswer *out)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    g_autoptr(GPtrArray) labels =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))g_ptr_array_unref);
    g_autofree PhraseAgent *agents = g_new0(PhraseAgent, names->len);
    PhraseFacts facts = { .agents = agents, .have_skill = have_skill, .data = core };

    for (unsigned i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);
        GPtrArray *own;

        if (!entry->is_accepted)
            continue;
        own = make_labels(entry);
        g_ptr_array_add(labels, own);
        agents[facts.agent_count].name = entry->name;
        agents[facts.agent_count++].labels = (const char *const *)own->pdata;
    }
    phrasebook_read(&facts, text, out);
}

static bool is_answer(const Line *line)
{
    return line && line->kind == LINE_COMMAND &&
           (line->command == COMMAND_YES || line->command == COMMAND_NO);
}

/* Where a model may have asked, a yes in words may be meant for it. */
static bool may_be_for_a_model(const Core *core, const Line *line)
{
    return is_answer(line) && core->settings->talk->chain->len > 0;
}

static void do_line(Core *core, Turn *turn, const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);
    const Line *line = lines->len == 1 ? lines->pdata[0] : NULL;

    if (may_be_for_a_model(core, line)) {
        turn_fail(turn, "Nothing was done: what I asked is answered by !yes or !no as typed.");
        return;
    }
    turn_say(turn, "understood as: %s", text);
    if (line && line->kind == LINE_COMMAND)
        commands_do(core, turn, line->command, line->rest);
    else if (line && line->kind == LINE_TRIGGER)
        commands_do_trigger(core, turn, line->trigger, line->rest);
    else
        turn_fail(turn, "that is no order; nothing was done");
}

/* The same reason as in an order. */
static void ask_when(Turn *turn, const char *typed)
{
    g_auto(TimeProblem) problem = { 0 };
    g_autofree char *words = NULL;
    TimeSpec spec;

    if (time_spec_read(typed, &spec, &problem))
        return;
    words = time_words(turn->core, &problem);
    turn_fail(turn, "when, in \"%s\": %s", typed, words);
}

static void ask(Turn *turn, const PhraseAnswer *answer)
{
    const char *format = core_words(turn->core, phrase_question_text(answer->question));
    g_auto(GStrv) parts = g_strsplit(format, "$", -1);
    g_autofree char *question = g_strjoinv(answer->subject, parts);

    if (answer->question == PHRASE_WHEN)
        ask_when(turn, answer->subject);
    else if (answer->question != PHRASE_WHICH_AGENT)
        turn_fail(turn, "%s", question);
    else if (answer->guess)
        turn_fail(turn, "No agent is called %s; do you mean %s? !agents lists them.",
                  answer->subject, answer->guess);
    else
        turn_fail(turn, "No agent is called %s; !agents lists them.", answer->subject);
}

bool phrases_act(Core *core, Turn *turn, const char *text)
{
    PhraseAnswer answer = { 0 };
    bool is_known;

    /* What has several lines was rather pasted than said. */
    if (strchr(text, '\n'))
        return false;
    read_sentence(core, text, &answer);
    is_known = answer.kind != PHRASE_NONE;
    if (answer.kind == PHRASE_ASK)
        ask(turn, &answer);
    for (unsigned i = 0; answer.kind == PHRASE_LINES && i < answer.lines->len; i++)
        do_line(core, turn, answer.lines->pdata[i]);
    phrase_answer_clear(&answer);
    return is_known;
}

/* The one line of a sentence, or NULL: it has another meaning. The caller owns it. */
static char *only_line(const Core *core, const char *text)
{
    PhraseAnswer answer = { 0 };
    char *line = NULL;

    read_sentence(core, text, &answer);
    if (answer.kind == PHRASE_LINES && answer.lines->len == 1)
        line = g_strdup(answer.lines->pdata[0]);
    phrase_answer_clear(&answer);
    return line;
}

/* What is meant by it where no answer is written: nothing is ended by a guess. True when it was
 * answered. */
static bool stop_nothing(Core *core, Turn *turn, bool is_of_all, bool is_again)
{
    g_autoptr(GPtrArray) lines = own_work_lines(core, turn->speaker);

    if (is_again)
        own_work_say(turn, lines,
                     lines->len > 0
                         ? WORDS_LATER("The answer has stopped already. What you asked for "
                                       "before goes on:")
                         : WORDS_LATER("The answer has stopped already."));
    else if (is_of_all || lines->len > 0)
        commands_do(core, turn, COMMAND_STOP, COMMAND_STOP_ALL);
    return is_again || is_of_all || lines->len > 0;
}

static bool means_stop(const Core *core, const char *text)
{
    g_autofree char *line = only_line(core, text);

    return g_strcmp0(line, command_info(COMMAND_STOP)->name) == 0;
}

bool phrases_stop(Core *core, Turn *turn, const char *text)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    bool is_again = stops_take(core, conversation);
    bool is_of_all = stop_word_is_of_all(text);
    bool is_plain = is_of_all || stop_word_is(text);
    bool is_written = talks_find(core, conversation);

    if (is_written && (is_plain || means_stop(core, text)))
        commands_do(core, turn, COMMAND_STOP, is_of_all ? COMMAND_STOP_ALL : "");
    else if (is_written || !is_plain || !stop_nothing(core, turn, is_of_all, is_again))
        return false;
    if (is_again || is_written)
        stops_note(core, conversation);
    return true;
}

void phrases_say_other(Core *core, const Speaker *speaker)
{
    g_autofree char *conversation = history_conversation(speaker);

    stops_take(core, conversation);
}

bool phrases_answer(const Core *core, const char *text)
{
    PhraseAnswer answer = { 0 };
    bool is_one = false;

    if (strchr(text, '\n'))
        return false;
    read_sentence(core, text, &answer);
    for (unsigned i = 0; answer.kind == PHRASE_LINES && i < answer.lines->len; i++) {
        g_autoptr(GPtrArray) lines = utterance_parse(answer.lines->pdata[i]);

        is_one = is_one || (lines->len == 1 && is_answer(lines->pdata[0]));
    }
    phrase_answer_clear(&answer);
    return is_one;
}
