#include "agent1/flow/commands/own_work.h"

#include "agent1/flow/commands/questions.h"
#include "agent1/flow/topics/subscription_text.h"
#include "agent1/flow/topics/subscriptions.h"
#include "agent1/model/plan.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define TASK_CHARS 60
#define NAMED_MAX  8

char *own_work_goes_on(const Core *core, const char *name)
{
    g_autofree char *shown = g_strconcat(g_ascii_isdigit(*name) ? "#" : "", name, NULL);

    return g_strdup_printf(core_words(core, "%s goes on; !cancel %s stops it"), shown, name);
}

static bool is_own(const Speaker *speaker, const char *user, const char *conversation)
{
    g_autofree char *here = speaker_conversation(speaker);

    return g_strcmp0(user, speaker->user) == 0 &&
           (!speaker_is_in_room(speaker) || g_strcmp0(conversation, here) == 0);
}

/* What a plan began is ended with that. */
static void add_runs(const Core *core, const Speaker *speaker, GPtrArray *lines)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, NULL);

    for (unsigned i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];
        g_autofree char *task = text_make_line(run->task, TASK_CHARS);

        if (run->plan || !is_own(speaker, run->user, run->conversation))
            continue;
        g_ptr_array_add(
            lines, g_strdup_printf(
                       core_words(core, "#%" G_GINT64_FORMAT
                                        " %s: %s · %s; !cancel %" G_GINT64_FORMAT " stops it"),
                       run->number, run->agent, run_state_name(run->state), task, run->number));
    }
}

static int compare_plans(gconstpointer a, gconstpointer b)
{
    int64_t left = (*(const Plan *const *)a)->number;
    int64_t right = (*(const Plan *const *)b)->number;

    return left < right ? -1 : left > right;
}

static void add_plans(const Core *core, const Speaker *speaker, GPtrArray *lines)
{
    g_autoptr(GPtrArray) plans = g_ptr_array_new();
    GHashTableIter iter;
    void *plan;

    g_hash_table_iter_init(&iter, core->plans);
    while (g_hash_table_iter_next(&iter, NULL, &plan)) {
        if (is_own(speaker, ((const Plan *)plan)->user, ((const Plan *)plan)->conversation))
            g_ptr_array_add(plans, plan);
    }
    g_ptr_array_sort(plans, compare_plans);
    for (unsigned i = 0; i < plans->len; i++)
        g_ptr_array_add(lines, own_work_goes_on(core, ((const Plan *)plans->pdata[i])->id));
}

static void add_subscriptions(const Core *core, const Speaker *speaker, GPtrArray *lines)
{
    g_autoptr(GPtrArray) rows = subscriptions_seen(core, speaker);

    for (unsigned i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        g_autofree char *name = subscription_name(row);

        if (is_own(speaker, row_text(row, SUBSCRIPTIONS_USER),
                   row_text(row, SUBSCRIPTIONS_CONVERSATION)))
            g_ptr_array_add(
                lines,
                g_strdup_printf(
                    core_words(core, "%s; !subscriptions cancel s%" G_GINT64_FORMAT " ends it"),
                    name, row_int(row, SUBSCRIPTIONS_NUMBER)));
    }
}

static void add_questions(Core *core, const Speaker *speaker, GPtrArray *lines)
{
    g_autoptr(GPtrArray) rows = questions_open(core, speaker);

    for (unsigned i = 0; i < rows->len; i++) {
        unsigned number = questions_number(rows, i);
        g_autofree char *typed = questions_typed(core, speaker, number);

        g_ptr_array_add(lines,
                        g_strdup_printf(core_words(core, "question %u, \"%s\"; !no %s drops it"),
                                        number, row_text(rows->pdata[i], QUESTIONS_SHOWN), typed));
    }
}

GPtrArray *own_work_lines(Core *core, const Speaker *speaker)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    add_runs(core, speaker, lines);
    add_plans(core, speaker, lines);
    add_subscriptions(core, speaker, lines);
    add_questions(core, speaker, lines);
    return lines;
}

void own_work_say(Turn *turn, const GPtrArray *lines, const char *title)
{
    turn_say(turn, "%s", core_words(turn->core, title));
    for (unsigned i = 0; i < lines->len && i < NAMED_MAX; i++)
        turn_say(turn, "%s", (const char *)lines->pdata[i]);
    if (lines->len > NAMED_MAX)
        turn_say(turn, "… and %u more go on; !runs lists them", lines->len - NAMED_MAX);
}
