#include "agent1/flow/talk/meaning.h"

#include <string.h>

#include "agent1/flow/commands/commands.h"
#include "agent1/model/claim.h"
#include "common/base/lookalike.h"
#include "common/base/text.h"
#include "common/wire/model_answer.h"
#include "common/base/banned.h"

#define WORD_SHOWN_CHARS 60
#define NAME_SIGNS       G_CSET_a_2_z G_CSET_DIGITS "_-"

/* "web1: paused", "agent1: asleep": the agent's name, behind whatever signs. */
static bool begins_with_agent(const Core *core, const char *seen)
{
    const char *at = seen + strcspn(seen, NAME_SIGNS);
    g_autofree char *name = g_strndup(at, strspn(at, NAME_SIGNS));

    return at[strlen(name)] == ':' &&
           (strcmp(name, "agent1") == 0 || registry_find(core->registry, name));
}

/* A line as agent1 itself writes it, or one that a hurried reader takes for it: "#12 web1:
 * succeeded", "1. #12", "p7: running", "web1: refused (role): …". */
static bool looks_like_record(const Core *core, const char *line)
{
    g_autofree char *seen = lookalike_fold(line);

    for (const char *at = seen; *at; at++) {
        bool begins = at == seen || !g_ascii_isalnum(at[-1]);

        if (begins && (*at == '#' || *at == 'p') && g_ascii_isdigit(at[1]))
            return true;
    }
    return begins_with_agent(core, seen) || strstr(seen, "refused (") != NULL ||
           strstr(seen, "!yes") || strstr(seen, "!no") || strstr(seen, "!oui") ||
           strstr(seen, "!approve");
}

/* The model's words, in which nothing can be taken for a record of agent1's. The caller owns it. */
static char *mark_records(const Core *core, const char *words)
{
    g_auto(GStrv) lines = g_strsplit(words, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *line = lines[i];

        lines[i] = looks_like_record(core, line)
                       ? g_strdup_printf(core_words(core, "(says the model) %s"), line)
                       : g_strdup(line);
    }
    return g_strjoinv("\n", lines);
}

static void say_not_run(Turn *turn, const AnswerLine *line)
{
    g_autofree char *word = text_make_line(line->word, WORD_SHOWN_CHARS);
    const char *reason = answer_reason_text(line->reason);

    turn_say(turn, "%s not run: %s", word,
             core_words(turn->core, reason ? reason : WORDS_LATER("its answer was cut")));
}

/* What changes nothing, whatever comes of it. */
static bool only_looks(Trigger trigger)
{
    static const Trigger looks[] = { TRIGGER_REPORT, TRIGGER_REPORT_ERRORS, TRIGGER_RECALL,
                                     TRIGGER_DAILY_REPORT, TRIGGER_PLAN_LIST };

    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (trigger == looks[i])
            return true;
    }
    return false;
}

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
    commands_do_trigger(core, turn, line->trigger, line->rest);
    has_acted = turn->runs->len > runs || (!only_looks(line->trigger) && !is_refused(turn));
    turn_outcome(turn, before);
    return has_acted;
}

void meaning_act(Core *core, Turn *turn, const char *answer, bool is_cut)
{
    g_autoptr(ModelAnswer) parsed = model_answer_parse(answer, strlen(answer));
    bool has_acted = false;

    if (*parsed->words) {
        g_autofree char *words = mark_records(core, parsed->words);

        turn_say(turn, "%s", words);
    }
    for (unsigned i = 0; i < parsed->lines->len; i++) {
        const AnswerLine *line = parsed->lines->pdata[i];

        if (line->reason == ANSWER_COUNTS && !is_cut) {
            has_acted |= do_trigger(core, turn, line);
        } else {
            say_not_run(turn, line);
        }
    }
    if (parsed->left_out > 0)
        turn_say(turn, "… and %u more lines that look like triggers; none of them was run",
                 parsed->left_out);
    if (!has_acted && claim_is(parsed->words))
        turn_say(turn, "(no action was taken)");
}
