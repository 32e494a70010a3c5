/* Plans: which step may begin, what a failure stops, and how it ends. */
#include "agent1/model/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* Each letter is a step of the stage whose number stands there: "001" has two steps in the first.
 */
static Plan *plan_of(PlanKind kind, const char *stages)
{
    Plan *plan = plan_new(7, kind);
    unsigned i;

    plan->task = g_strdup("uptime");
    for (i = 0; stages[i]; i++) {
        g_autofree char *agent = g_strdup_printf("web%u", i + 1);

        plan_add_step(plan, (unsigned)(stages[i] - '0'), agent, NULL);
    }
    return plan;
}

static PlanStep *step_of(const Plan *plan, unsigned position)
{
    return plan->steps->pdata[position];
}

/* w b e n for each step: waiting, begun, ended, not run. */
static char *states_of(const Plan *plan)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < plan->steps->len; i++)
        g_string_append_c(text, "wben"[step_of(plan, i)->state]);
    return g_string_free(text, FALSE);
}

static void begin_all(Plan *plan)
{
    PlanStep *step;

    while ((step = plan_next(plan))) {
        g_autofree char *run = g_strdup_printf("run%u", step->position);

        plan_begin_step(plan, step, run, 10 + step->position, 1000);
    }
}

/*
 * What is done: b begins all that may; 0 to 9 is the position of the step that ends next, by the
 * letter behind it: s succeeded, f failed, r refused, j rejected, o offline, u unknown; c cancels.
 */
static void follow(Plan *plan, const char *story)
{
    static const struct {
        char letter;
        const char *outcome;
    } outcomes[] = { { 's', "succeeded" }, { 'f', "failed" },  { 'r', "refused" },
                     { 'j', "rejected" },  { 'o', "offline" }, { 'u', "unknown" } };
    const char *at;
    unsigned i;

    for (at = story; *at; at++) {
        if (*at == 'b')
            begin_all(plan);
        else if (*at == 'c')
            plan_cancel(plan, "oskar");
        for (i = 0; g_ascii_isdigit(*at) && i < G_N_ELEMENTS(outcomes); i++) {
            StepEnd end = { .outcome = outcomes[i].outcome };

            if (at[1] == outcomes[i].letter)
                plan_end_step(plan, step_of(plan, (unsigned)(*at - '0')), &end);
        }
        at += g_ascii_isdigit(*at);
    }
}

static void what_becomes_of_steps(void **state)
{
    static const struct {
        const char *what;
        PlanKind kind;
        const char *stages;
        const char *story;
        const char *states;
        PlanState end; /* PLAN_RUNNING: it is not over */
    } rows[] = {
        { "one after the other", PLAN_SEQUENCE, "012", "b", "bww", PLAN_RUNNING },
        { "the next one", PLAN_SEQUENCE, "012", "b0sb", "ebw", PLAN_RUNNING },
        { "to its end", PLAN_SEQUENCE, "012", "b0sb1sb2s", "eee", PLAN_DONE },
        { "a failure", PLAN_SEQUENCE, "012", "b0fb", "enn", PLAN_STOPPED },
        { "a failure of the last", PLAN_SEQUENCE, "01", "b0sb1f", "ee", PLAN_STOPPED },
        { "nobody can tell", PLAN_SEQUENCE, "01", "b0u", "en", PLAN_STOPPED },
        { "a refusal", PLAN_SEQUENCE, "01", "0rb", "en", PLAN_STOPPED },
        { "several in a step", PLAN_SEQUENCE, "001", "b", "bbw", PLAN_RUNNING },
        { "one of them is not over", PLAN_SEQUENCE, "001", "b0sb", "ebw", PLAN_RUNNING },
        { "then the next", PLAN_SEQUENCE, "001", "b0s1sb", "eeb", PLAN_RUNNING },
        { "one of them fails, the other goes on", PLAN_SEQUENCE, "001", "b0fb", "ebn",
          PLAN_RUNNING },
        { "until that is over, too", PLAN_SEQUENCE, "001", "b0f1s", "een", PLAN_STOPPED },
        { "one of them is refused before the other began", PLAN_SEQUENCE, "001", "0rb", "ebn",
          PLAN_RUNNING },
        { "all at once", PLAN_FAN_OUT, "000", "b", "bbb", PLAN_RUNNING },
        { "failures stop nothing then", PLAN_FAN_OUT, "000", "b0f1s2s", "eee", PLAN_DONE },
        { "two at a time", PLAN_FAN_OUT, "0011", "b0s1sb", "eebb", PLAN_RUNNING },
        { "a failure ends that", PLAN_FAN_OUT, "0011", "b0f1sb", "eenn", PLAN_STOPPED },
        { "refusals do not", PLAN_FAN_OUT, "0011", "0rb1jb2ob3s", "eeee", PLAN_DONE },
        { "cancelled at work", PLAN_FAN_OUT, "0011", "bc", "bbnn", PLAN_RUNNING },
        { "and over", PLAN_FAN_OUT, "0011", "bc0s1f", "eenn", PLAN_CANCELLED },
        { "cancelled before all", PLAN_SEQUENCE, "01", "c", "nn", PLAN_CANCELLED },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Plan) plan = plan_of(rows[i].kind, rows[i].stages);
        g_autofree char *states = NULL;
        bool is_over;

        print_message("%s\n", rows[i].what);
        follow(plan, rows[i].story);
        states = states_of(plan);
        assert_string_equal(states, rows[i].states);
        is_over = plan_finish(plan, 2000);
        assert_int_equal(is_over, rows[i].end != PLAN_RUNNING);
        if (is_over)
            assert_int_equal(plan->state, rows[i].end);
    }
}

static void what_it_remembers(void **state)
{
    g_autoptr(Plan) plan = plan_of(PLAN_FAN_OUT, "01");
    StepEnd end = { "failed", "skill", "failed (exit 2)", "no such file" };
    PlanStep *step;

    (void)state;
    assert_string_equal(plan->id, "p7");
    assert_int_equal(plan->state, PLAN_OPEN);
    assert_int_equal(plan_stages(plan), 2);
    begin_all(plan);
    assert_int_equal(plan->state, PLAN_RUNNING);
    assert_int_equal(plan->changed_ms, 1000);
    step = plan_find_run(plan, "run0");
    assert_ptr_equal(step, step_of(plan, 0));
    assert_null(plan_find_run(plan, "run1"));
    assert_int_equal(step->number, 10);
    assert_string_equal(plan_task(plan, step), "uptime");
    plan_end_step(plan, step, &end);
    assert_string_equal(step->outcome, "failed");
    assert_string_equal(step->rule, "skill");
    assert_string_equal(step->text, "failed (exit 2)");
    assert_string_equal(step->tail, "no such file");
    assert_int_equal(plan_count(plan, STEP_NOT_RUN), 1);
    plan_cancel(plan, "oskar");
    plan_cancel(plan, "ana");
    assert_string_equal(plan->cancelled_by, "oskar");
}

static void words(void **state)
{
    static const struct {
        const char *text;
        int64_t number; /* 0: it is no plan's */
    } rows[] = { { "p7", 7 }, { "P12", 12 }, { "p", 0 },   { "p0", 0 },  { "p-1", 0 },
                 { "7", 0 },  { "p7x", 0 },  { "p 7", 0 }, { "#p7", 0 }, { "", 0 } };
    PlanState plan_state;
    StepState step_state;
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t number = 0;

        assert_int_equal(plan_parse_id(rows[i].text, &number), rows[i].number > 0);
        assert_int_equal(number, rows[i].number);
    }
    for (i = 0; i < PLAN_STATE_COUNT; i++) {
        assert_true(plan_state_parse(plan_state_name((PlanState)i), &plan_state));
        assert_int_equal(plan_state, i);
    }
    for (i = 0; i < STEP_STATE_COUNT; i++) {
        assert_true(step_state_parse(step_state_name((StepState)i), &step_state));
        assert_int_equal(step_state, i);
    }
    assert_false(plan_state_parse("begun", &plan_state));
    assert_false(step_state_parse(NULL, &step_state));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_becomes_of_steps),
        cmocka_unit_test(what_it_remembers),
        cmocka_unit_test(words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
