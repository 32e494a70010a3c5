#include "agent1/flow/talk/meaning.h"

#include <string.h>

#include "agent1/flow/commands/commands.h"
#include "agent1/flow/commands/questions.h"
#include "agent1/flow/state/sources.h"
#include "agent1/flow/voice/answer_words.h"
#include "common/base/redact.h"
#include "common/base/text.h"
#include "common/wire/model_answer.h"
#include "common/base/banned.h"

#define LINE_SHOWN_CHARS 120
/* At a time, for one answer. */
#define LOOKS_MAX 5
/* What one question shows: more than this nobody reads. */
#define ASKED_MAX_BYTES ((size_t)8 * 1024)

static bool is_refused(const Turn *turn)
{
    return strcmp(turn->outcome, OUTCOME_REFUSED) == 0 ||
           strcmp(turn->outcome, OUTCOME_OFFLINE) == 0;
}

/* True when something was done, and not only asked for in vain or looked at. */
static bool do_trigger(Core *core, Turn *turn, const AnswerLine *line)
{
    const char *before = turn->outcome;
    unsigned runs = turn->runs->len;
    bool has_acted;

    turn->outcome = OUTCOME_OK;
    turn_say(turn, "asked for: %s %s", line->word, line->rest);
    turn->is_models = true;
    commands_do_trigger(core, turn, line->trigger, line->rest);
    turn->is_models = false;
    has_acted = turn->runs->len > runs || (!trigger_only_looks(line->trigger) && !is_refused(turn));
    turn_outcome(turn, before);
    return has_acted;
}

/* ---- for the model ---- */

static void free_look(void *data)
{
    Look *look = data;

    g_free(look->rest);
    g_free(look);
}

void meaning_init(Meaning *meaning)
{
    *meaning = (Meaning){ .looks = g_ptr_array_new_with_free_func(free_look) };
}

void meaning_clear(Meaning *meaning)
{
    g_clear_pointer(&meaning->looks, g_ptr_array_unref);
}

static void look_for_it(Turn *turn, const AnswerLine *line, Meaning *meaning)
{
    Look *look;

    if (meaning->looks->len == LOOKS_MAX) {
        answer_words_not_run(turn, line, answer_reason_text(ANSWER_TOO_MANY));
        return;
    }
    turn_say(turn, "asked for: %s %s", line->word, line->rest);
    look = g_new0(Look, 1);
    look->trigger = line->trigger;
    look->rest = g_strdup(line->rest);
    g_ptr_array_add(meaning->looks, look);
}

/* ---- what waits for the person ---- */

/* What it proposes shows all of itself, and asks. */
static bool asks_by_itself(Trigger trigger)
{
    return trigger == TRIGGER_SCHEDULE;
}

/* In a room many read along: what looks like a password is not shown there, and what is not shown
 * is not asked about. */
static bool hides_there(const Core *core, const Turn *turn, const char *lines)
{
    g_autofree char *shown = NULL;

    if (!room_settings_has(core->settings->rooms, turn->speaker->address))
        return false;
    shown = redact_text(lines, NULL);
    return strcmp(shown, lines) != 0;
}

static void say_asked(Core *core, Turn *turn, const char *lines, unsigned sources,
                      const char *which)
{
    g_autofree char *block = text_fence(lines);
    g_autofree char *read = sources_text(core, sources);

    turn_say(turn,
             "The model read %s before it asked for this, so nothing is done without you. !yes%s "
             "does exactly this, !no%s drops it:\n%s",
             read, which, which, block);
}

static void say_asked_again(Core *core, Turn *turn, const char *lines, unsigned sources,
                            unsigned number)
{
    g_autofree char *block = text_fence(lines);
    g_autofree char *read = sources_text(core, sources);

    turn_say(turn,
             "The model read %s before it asked for this again, so nothing is done without you. "
             "It is question %u still: !yes %u does exactly this once, !no %u drops it:\n%s",
             read, number, number, number, block);
}

/* A yes does exactly these lines, as if the person had typed them. */
static void ask_exactly(Core *core, Turn *turn, const char *lines, unsigned sources)
{
    const char *end = strchr(lines, '\n');
    g_autofree char *first = end ? g_strndup(lines, (gsize)(end - lines)) : g_strdup(lines);
    g_autofree char *line = text_make_line(first, LINE_SHOWN_CHARS);
    g_autofree char *shown = g_strconcat(line, end ? " …" : NULL, NULL);
    Question question = {
        .kind = QUESTION_LINE, .text = lines, .shown = shown, .sources = sources
    };
    unsigned all;
    unsigned number = questions_renew(core, turn, &question, &all);
    g_autofree char *which = number > 0 ? NULL : questions_ask(core, turn, &question);

    if (number > 0) {
        say_asked_again(core, turn, lines, all, number);
    } else if (which) {
        say_asked(core, turn, lines, sources, which);
    } else {
        questions_too_many(turn);
        return;
    }
    turn_outcome(turn, OUTCOME_AWAITING);
}

static void ask_about(Core *core, Turn *turn, const char *lines, unsigned sources)
{
    if (hides_there(core, turn, lines)) {
        turn_fail(turn, "What the model asks for holds what I do not show in a room, so nothing "
                        "was done; ask me alone.");
        return;
    }
    if (strlen(lines) > ASKED_MAX_BYTES) {
        turn_fail(turn, "What the model asks for is too long to be shown, so nothing was done; ask "
                        "for less at a time.");
        return;
    }
    ask_exactly(core, turn, lines, sources);
}

/* ---- the whole ---- */

/* A sign of addresses and words; other letters than ASCII's count as one. */
static bool is_sign(char c)
{
    return g_ascii_isalnum(c) || ((unsigned char)c & 0x80) != 0 ||
           (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

/* Whole, and not a part of a longer one. */
static bool stands_in(const char *texts, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = texts; (at = strstr(at, word)) != NULL; at++) {
        if ((at == texts || !is_sign(at[-1])) && !is_sign(at[length]))
            return true;
    }
    return false;
}

/* Each word, in whatever order and case. */
static bool stand_in(const char *texts, const char *words)
{
    g_autofree char *lower_texts = g_utf8_strdown(texts, -1);
    g_autofree char *lower = g_utf8_strdown(words, -1);
    g_auto(GStrv) each = g_strsplit_set(lower, " \t", -1);

    for (unsigned i = 0; each[i]; i++) {
        if (*each[i] && !stands_in(lower_texts, each[i]))
            return false;
    }
    return true;
}

static bool only_looks_now(const AnswerLine *line, const Meaning *meaning)
{
    if (line->trigger == TRIGGER_READ && meaning->addresses)
        return *line->rest && stands_in(meaning->addresses, line->rest);
    if (line->trigger == TRIGGER_SEARCH && meaning->addresses)
        return stand_in(meaning->addresses, line->rest);
    return trigger_only_looks(line->trigger);
}

static void take_line(Core *core, Turn *turn, const AnswerLine *line, Meaning *meaning,
                      GString *waiting)
{
    bool looks = line->reason == ANSWER_COUNTS && only_looks_now(line, meaning);

    if (line->reason != ANSWER_COUNTS)
        answer_words_not_run(turn, line, answer_reason_text(line->reason));
    else if (looks && meaning->may_look)
        look_for_it(turn, line, meaning);
    else if (meaning->is_tainted && !looks &&
             (!asks_by_itself(line->trigger) || hides_there(core, turn, line->rest)))
        g_string_append_printf(waiting, "%s%s %s", waiting->len > 0 ? "\n" : "", line->word,
                               line->rest);
    else
        meaning->has_acted |= do_trigger(core, turn, line);
}

void meaning_act(Core *core, Turn *turn, const char *answer, Meaning *meaning)
{
    g_autoptr(ModelAnswer) parsed = model_answer_parse(answer, strlen(answer));
    g_autoptr(GString) waiting = g_string_new(NULL);

    answer_words_say(turn, parsed);
    for (unsigned i = 0; i < parsed->lines->len; i++)
        take_line(core, turn, parsed->lines->pdata[i], meaning, waiting);
    answer_words_end(turn, parsed, meaning->has_acted);
    if (waiting->len > 0)
        ask_about(core, turn, waiting->str, meaning->sources);
}
