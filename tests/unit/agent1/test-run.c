/* The table of a run's states: every pair of state and event against a table written from the
 * document of the wire, and what must hold on any path through it. */
#include "agent1/model/run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN_ID "01J0000000000000000000RUN1"
#define NOW_MS INT64_C(1790000000000)

/* ---- every pair ---- */

/* In the order of RunEvent. */
static const char *const event_words[RUN_EVENT_COUNT] = {
    "allowed",       "asked",   "later",        "refused",   "accepted",  "running",
    "window closed", "expired", "cancel asked", "cancelled", "succeeded", "failed",
    "timed out",     "lost",    "requeued",     "denied",    "missed",    "skipped",
};

/* A letter is the state that follows: */
static const struct {
    char letter;
    RunState state;
} letters[] = {
    { 'W', RUN_AWAITING_APPROVAL },
    { 'D', RUN_DEFERRED },
    { 'Q', RUN_QUEUED },
    { 'A', RUN_ACCEPTED },
    { 'R', RUN_RUNNING },
    { 'C', RUN_CANCELLING },
    { 'S', RUN_SUCCEEDED },
    { 'F', RUN_FAILED },
    { 'T', RUN_TIMED_OUT },
    { 'X', RUN_CANCELLED },
    { 'J', RUN_REJECTED },
    { 'E', RUN_EXPIRED },
    { 'N', RUN_DENIED },
    { 'M', RUN_MISSED },
    { 'K', RUN_SKIPPED },
    { 'U', RUN_UNKNOWN },
};

/* Else: = said already, - too late or too early to mean anything, ! contradicts the outcome. */
static const struct {
    RunState state;
    const char *after; /* one letter for each event */
} expected[] = {
    /* clang-format off */
    /*                         al as la re ac ru wc ex ca cd su fa to lo rq dn mi sk */
    { RUN_PROPOSED,          "Q  W  D  J  -  -  -  -  -  -  -  -  -  -  -  -  M  K" },
    { RUN_AWAITING_APPROVAL, "Q  =  D  J  -  -  -  E  -  X  -  -  -  -  -  N  -  -" },
    { RUN_DEFERRED,          "Q  W  =  J  -  -  =  -  -  X  -  -  -  -  -  -  M  -" },
    { RUN_QUEUED,            "=  -  -  J  A  R  D  E  C  X  S  F  T  U  =  -  -  -" },
    { RUN_ACCEPTED,          "-  -  -  J  =  R  D  E  C  X  S  F  T  U  Q  -  -  -" },
    { RUN_RUNNING,           "-  -  -  -  -  =  -  -  C  X  S  F  T  U  Q  -  -  -" },
    { RUN_CANCELLING,        "-  -  -  J  -  -  X  E  =  X  S  F  T  U  -  -  -  -" },
    { RUN_SUCCEEDED,         "!  !  !  !  -  -  !  !  -  !  =  !  !  !  !  !  !  !" },
    { RUN_FAILED,            "!  !  !  !  -  -  !  !  -  !  !  =  !  !  !  !  !  !" },
    { RUN_TIMED_OUT,         "!  !  !  !  -  -  !  !  -  !  !  !  =  !  !  !  !  !" },
    { RUN_CANCELLED,         "!  !  !  !  -  -  =  !  -  =  !  !  !  !  !  !  !  !" },
    { RUN_REJECTED,          "!  !  !  =  -  -  !  !  -  !  !  !  !  !  !  !  !  !" },
    { RUN_EXPIRED,           "!  !  !  !  -  -  !  =  -  !  !  !  !  !  !  !  !  !" },
    { RUN_DENIED,            "!  !  !  !  -  -  !  !  -  !  !  !  !  !  !  =  !  !" },
    { RUN_MISSED,            "!  !  !  !  -  -  !  !  -  !  !  !  !  !  !  !  =  !" },
    { RUN_SKIPPED,           "!  !  !  !  -  -  !  !  -  !  !  !  !  !  !  !  !  =" },
    { RUN_UNKNOWN,           "!  !  !  !  -  -  !  !  -  !  !  !  !  =  !  !  !  !" },
    /* No run is ever in it, and nothing follows it. */
    { RUN_NOT_KNOWN,         "-  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -" },
    /* clang-format on */
};

static RunApplied read_letter(char letter, RunState from, RunState *out_state)
{
    unsigned i;

    *out_state = from;
    for (i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (letters[i].letter == letter) {
            *out_state = letters[i].state;
            return RUN_APPLIED;
        }
    }
    return letter == '=' ? RUN_REPEATED : letter == '!' ? RUN_CONTRADICTED : RUN_TOO_LATE;
}

static void check_pair(RunState from, RunEvent event, char letter)
{
    g_autoptr(Run) run = run_new(RUN_ID, 1);
    RunState to;
    RunApplied wanted = read_letter(letter, from, &to);
    RunApplied applied;

    run->state = from;
    run->changed_ms = 5;
    run->outcome.exit_code = 0;
    applied = run_apply(run, event, NOW_MS);
    if (applied != wanted || run->state != to)
        fail_msg("%s, %s: %d and %s; expected %d and %s", run_state_name(from), event_words[event],
                 (int)applied, run_state_name(run->state), (int)wanted, run_state_name(to));
    assert_int_equal(run->changed_ms, wanted == RUN_APPLIED ? NOW_MS : 5);
}

static void every_pair_of_state_and_event(void **state)
{
    unsigned row;
    int event;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(expected), RUN_STATE_COUNT);
    for (row = 0; row < G_N_ELEMENTS(expected); row++) {
        g_auto(GStrv) words = g_strsplit(expected[row].after, "  ", -1);

        assert_int_equal(expected[row].state, row);
        assert_int_equal(g_strv_length(words), RUN_EVENT_COUNT);
        for (event = 0; event < RUN_EVENT_COUNT; event++)
            check_pair(expected[row].state, (RunEvent)event, words[event][0]);
    }
}

/* ---- on any path ---- */

/* The states that can follow a state, by the code. */
static void reach(RunState from, bool is_reached[RUN_STATE_COUNT])
{
    int event;

    for (event = 0; event < RUN_EVENT_COUNT; event++) {
        g_autoptr(Run) run = run_new(RUN_ID, 1);

        run->state = from;
        run->outcome.exit_code = 0;
        if (run_apply(run, (RunEvent)event, NOW_MS) != RUN_APPLIED || is_reached[run->state])
            continue;
        is_reached[run->state] = true;
        reach(run->state, is_reached);
    }
}

static void every_live_state_can_end_and_none_ends_twice(void **state)
{
    int from;

    (void)state;
    for (from = 0; from < RUN_NOT_KNOWN; from++) {
        bool is_reached[RUN_STATE_COUNT] = { false };
        unsigned ends = 0;
        unsigned any = 0;
        int to;

        reach((RunState)from, is_reached);
        for (to = 0; to < RUN_STATE_COUNT; to++) {
            any += is_reached[to];
            ends += is_reached[to] && run_state_is_terminal((RunState)to);
        }
        if (run_state_is_terminal((RunState)from))
            assert_int_equal(any, 0);
        else
            assert_true(ends > 0);
        assert_false(is_reached[RUN_PROPOSED]);
        /* What is skipped is so from the beginning. */
        assert_true(!is_reached[RUN_SKIPPED] || from == RUN_PROPOSED);
        assert_false(is_reached[RUN_NOT_KNOWN]);
    }
}

/* Expired, denied, missed and rejected imply that nothing was started. */
static void what_runs_cannot_have_not_started(void **state)
{
    static const RunState not_started[] = { RUN_EXPIRED, RUN_DENIED, RUN_MISSED, RUN_REJECTED,
                                            RUN_DEFERRED };
    int event;
    unsigned i;

    (void)state;
    for (event = 0; event < RUN_EVENT_COUNT; event++) {
        g_autoptr(Run) run = run_new(RUN_ID, 1);

        run->state = RUN_RUNNING;
        run->outcome.exit_code = 0;
        run_apply(run, (RunEvent)event, NOW_MS);
        for (i = 0; i < G_N_ELEMENTS(not_started); i++)
            assert_int_not_equal(run->state, not_started[i]);
    }
}

/* True when run_apply() asserts. */
static bool asserts(int64_t exit_code)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        const struct rlimit no_core = { 0, 0 };
        Run *run = run_new(RUN_ID, 1);

        setrlimit(RLIMIT_CORE, &no_core);
        close(STDERR_FILENO);
        close(STDOUT_FILENO);
        run->state = RUN_RUNNING;
        run->outcome.exit_code = exit_code;
        run_apply(run, RUN_EVENT_SUCCEEDED, NOW_MS);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void succeeded_implies_exit_0(void **state)
{
    (void)state;
    assert_false(asserts(0));
    assert_true(asserts(1));
    assert_true(asserts(RUN_ABSENT));
}

/* ---- what agents report ---- */

static void states_that_agents_report(void **state)
{
    static const struct {
        RunState state;
        RunEvent event; /* RUN_EVENT_COUNT: no agent reports it */
    } rows[] = {
        { RUN_PROPOSED, RUN_EVENT_COUNT },         { RUN_AWAITING_APPROVAL, RUN_EVENT_COUNT },
        { RUN_DEFERRED, RUN_EVENT_WINDOW_CLOSED }, { RUN_QUEUED, RUN_EVENT_COUNT },
        { RUN_ACCEPTED, RUN_EVENT_ACCEPTED },      { RUN_RUNNING, RUN_EVENT_RUNNING },
        { RUN_CANCELLING, RUN_EVENT_RUNNING },     { RUN_SUCCEEDED, RUN_EVENT_SUCCEEDED },
        { RUN_FAILED, RUN_EVENT_FAILED },          { RUN_TIMED_OUT, RUN_EVENT_TIMED_OUT },
        { RUN_CANCELLED, RUN_EVENT_CANCELLED },    { RUN_REJECTED, RUN_EVENT_REFUSED },
        { RUN_EXPIRED, RUN_EVENT_EXPIRED },        { RUN_DENIED, RUN_EVENT_COUNT },
        { RUN_MISSED, RUN_EVENT_COUNT },           { RUN_SKIPPED, RUN_EVENT_COUNT },
        { RUN_UNKNOWN, RUN_EVENT_LOST },           { RUN_NOT_KNOWN, RUN_EVENT_COUNT },
    };
    unsigned i;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(rows), RUN_STATE_COUNT);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunEvent event = RUN_EVENT_COUNT;
        bool is_reported = run_event_of_state(rows[i].state, &event);

        print_message("%s\n", run_state_name(rows[i].state));
        assert_int_equal(rows[i].state, i);
        assert_int_equal(is_reported, rows[i].event != RUN_EVENT_COUNT);
        assert_int_equal(event, rows[i].event);
    }
}

static void runs_described_for_people(void **state)
{
    static const struct {
        const char *what;
        RunState state;
        int64_t exit_code;
        int64_t signal;
        int64_t started_ms;
        const char *reason;
        const char *text;
    } rows[] = {
        { "not started", RUN_QUEUED, -1, -1, -1, NULL, "queued" },
        { "it waits for a reason", RUN_DEFERRED, -1, -1, -1, "a window", "deferred (a window)" },
        { "for a person, too", RUN_AWAITING_APPROVAL, -1, -1, -1, "a risk",
          "awaiting_approval (a risk)" },
        { "an older reason", RUN_RUNNING, -1, -1, 1, "a window", "running" },
        { "no time yet while it runs", RUN_RUNNING, -1, -1, 1, NULL, "running" },
        { "done", RUN_SUCCEEDED, 0, -1, 1, NULL, "succeeded (exit 0, 0.4 s)" },
        { "failed", RUN_FAILED, 2, -1, 1, NULL, "failed (exit 2, 0.4 s)" },
        { "killed", RUN_TIMED_OUT, -1, 9, 1, NULL, "timed_out (signal 9, 0.4 s)" },
        { "never started", RUN_EXPIRED, -1, -1, -1, "nobody there", "expired (nobody there)" },
        { "all of it", RUN_FAILED, 1, 15, 1, "why", "failed (exit 1, signal 15, 0.4 s, why)" },
        { "nothing known", RUN_UNKNOWN, -1, -1, -1, NULL, "unknown" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Run) run = run_new(RUN_ID, 1);
        g_autofree char *text = NULL;

        print_message("%s\n", rows[i].what);
        run->state = rows[i].state;
        run->outcome.exit_code = rows[i].exit_code;
        run->outcome.signal = rows[i].signal;
        run->outcome.started_ms = rows[i].started_ms;
        run->outcome.duration_ms = 400;
        run->outcome.reason = g_strdup(rows[i].reason);
        text = run_describe(run);
        assert_string_equal(text, rows[i].text);
    }
}

/* As the gate's refusals read. */
static void rejections_described_for_people(void **state)
{
    static const struct {
        const char *rule;
        const char *reason;
        const char *text;
    } rows[] = {
        { "skill", "no such skill", "refused (skill): no such skill" },
        { "policy", NULL, "refused (policy): the agent gave no reason" },
        { NULL, "why", "refused: why" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Run) run = run_new(RUN_ID, 1);
        g_autofree char *text = NULL;

        run->state = RUN_REJECTED;
        run->outcome.rule = g_strdup(rows[i].rule);
        run->outcome.reason = g_strdup(rows[i].reason);
        text = run_describe(run);
        assert_string_equal(text, rows[i].text);
    }
}

static void a_new_run(void **state)
{
    g_autoptr(Run) run = run_new(RUN_ID, 42);

    (void)state;
    assert_string_equal(run->id, RUN_ID);
    assert_int_equal(run->number, 42);
    assert_int_equal(run->attempt, 1);
    assert_int_equal(run->state, RUN_PROPOSED);
    assert_int_equal(run->outcome.exit_code, RUN_ABSENT);
    assert_int_equal(run->outcome.started_ms, RUN_ABSENT);
    run_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_state_and_event),
        cmocka_unit_test(every_live_state_can_end_and_none_ends_twice),
        cmocka_unit_test(what_runs_cannot_have_not_started),
        cmocka_unit_test(succeeded_implies_exit_0),
        cmocka_unit_test(states_that_agents_report),
        cmocka_unit_test(runs_described_for_people),
        cmocka_unit_test(rejections_described_for_people),
        cmocka_unit_test(a_new_run),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
