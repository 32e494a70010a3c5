/* What agents must acknowledge: found, repeated with jitter, hurried, removed. */
#include "agent1/model/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NOW_MS INT64_C(1790000000000)

/* web1: a task of run r1, its cancel, a policy; db1: a task of run r2. */
static Outbox *some_items(void)
{
    Outbox *outbox = outbox_new();

    outbox_add(outbox, "i1", "web1", OUTBOX_TASK, "r1", 2, 0, NOW_MS);
    outbox_add(outbox, "i2", "db1", OUTBOX_TASK, "r2", 1, 0, NOW_MS + 1);
    outbox_add(outbox, "i3", "web1", OUTBOX_POLICY, NULL, 0, 7, NOW_MS + 2);
    outbox_add(outbox, "i4", "web1", OUTBOX_CANCEL, "r1", 2, 0, NOW_MS + 3);
    return outbox;
}

/* "i1 i3", and frees the array. */
static char *take_ids(GPtrArray *items)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < items->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               ((const OutboxItem *)items->pdata[i])->id);
    g_ptr_array_unref(items);
    return g_string_free(text, FALSE);
}

static bool is_among(const char *agent, const void *names)
{
    g_auto(GStrv) words = g_strsplit(names, " ", -1);

    return g_strv_contains((const char *const *)words, agent);
}

static void names_of_kinds(void **state)
{
    static const char *const names[] = { "task", "cancel", "policy", "pause", "resume" };
    OutboxKind kind = OUTBOX_TASK;
    int i;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(names), OUTBOX_KIND_COUNT);
    for (i = 0; i < OUTBOX_KIND_COUNT; i++) {
        assert_string_equal(outbox_kind_name((OutboxKind)i), names[i]);
        assert_true(outbox_kind_parse(names[i], &kind));
        assert_int_equal(kind, i);
    }
    assert_false(outbox_kind_parse("query", &kind));
    assert_false(outbox_kind_parse(NULL, &kind));
}

static void what_was_added(void **state)
{
    g_autoptr(Outbox) outbox = some_items();
    const OutboxItem *task = outbox_find(outbox, "i1");
    const OutboxItem *policy = outbox_find(outbox, "i3");

    (void)state;
    assert_string_equal(task->agent, "web1");
    assert_string_equal(task->run, "r1");
    assert_int_equal(task->attempt, 2);
    assert_int_equal(task->created_ms, NOW_MS);
    assert_int_equal(task->due_ms, NOW_MS);
    assert_int_equal(task->sent, 0);
    assert_null(policy->run);
    assert_int_equal(policy->seq, 7);
    assert_int_equal(outbox_count(outbox), 4);
    assert_null(outbox_find(outbox, "i5"));
}

static void of_an_agent_and_of_a_run(void **state)
{
    static const struct {
        const char *what;
        const char *agent;
        const char *run; /* NULL: all */
        const char *ids;
    } rows[] = {
        { "an agent's, by creation", "web1", NULL, "i1 i3 i4" },
        { "another's", "db1", NULL, "i2" },
        { "nobody's", "web2", NULL, "" },
        { "a run's", "web1", "r1", "i1 i4" },
        { "a run of another agent", "web1", "r2", "" },
    };
    g_autoptr(Outbox) outbox = some_items();
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *ids =
            take_ids(rows[i].run ? outbox_of_run(outbox, rows[i].agent, rows[i].run)
                                 : outbox_of_agent(outbox, rows[i].agent));

        print_message("%s\n", rows[i].what);
        assert_string_equal(ids, rows[i].ids);
    }
}

static void what_is_due(void **state)
{
    static const struct {
        const char *what;
        const char *reachable;
        int64_t after_ms;
        const char *ids;
        int64_t next_ms; /* after NOW_MS; -1: none */
    } rows[] = {
        { "nobody is there", "", 100, "", -1 },
        { "another agent is there", "web2", 100, "", -1 },
        { "not yet", "db1", 0, "", 1 },
        { "one agent's", "db1", 1, "i2", 1 },
        { "in order of creation", "web1", 3, "i1 i3 i4", 0 },
        { "as far as it is time", "web1", 2, "i1 i3", 0 },
    };
    g_autoptr(Outbox) outbox = some_items();
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *ids =
            take_ids(outbox_due(outbox, NOW_MS + rows[i].after_ms, is_among, rows[i].reachable));

        print_message("%s\n", rows[i].what);
        assert_string_equal(ids, rows[i].ids);
        assert_int_equal(outbox_next_due(outbox, is_among, rows[i].reachable),
                         rows[i].next_ms < 0 ? INT64_MAX : NOW_MS + rows[i].next_ms);
    }
}

/* Full jitter: from half a second to 2, 4, 8 … 30 s more than that. */
static void repeats_wait_longer_each_time(void **state)
{
    static const int64_t caps_ms[] = { 2000, 4000, 8000, 16000, 30000, 30000, 30000 };
    g_autoptr(Outbox) outbox = some_items();
    OutboxItem *item = outbox_find(outbox, "i1");
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    unsigned i;
    unsigned draw;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(caps_ms); i++) {
        int64_t least_ms = INT64_MAX;
        int64_t most_ms = 0;

        for (draw = 0; draw < 500; draw++) {
            uint64_t random = ((uint64_t)g_rand_int(rand) << 32) | g_rand_int(rand);

            item->sent = i;
            outbox_sent(item, NOW_MS, random);
            least_ms = MIN(least_ms, item->due_ms - NOW_MS);
            most_ms = MAX(most_ms, item->due_ms - NOW_MS);
        }
        print_message("repeat %u: %d to %d ms\n", i, (int)least_ms, (int)most_ms);
        assert_int_equal(item->sent, i + 1);
        assert_in_range(least_ms, 500, 500 + caps_ms[i] / 10);
        assert_in_range(most_ms, 500 + caps_ms[i] * 9 / 10, 500 + caps_ms[i]);
    }
}

static void a_hurry_begins_anew(void **state)
{
    g_autoptr(Outbox) outbox = some_items();
    OutboxItem *task = outbox_find(outbox, "i1");
    OutboxItem *other = outbox_find(outbox, "i2");
    unsigned i;

    (void)state;
    for (i = 0; i < 9; i++) {
        outbox_sent(task, NOW_MS, UINT64_MAX);
        outbox_sent(other, NOW_MS, UINT64_MAX);
    }
    outbox_hurry(outbox, "web1", NOW_MS + 50);
    assert_int_equal(task->sent, 0);
    assert_int_equal(task->due_ms, NOW_MS + 50);
    assert_int_equal(other->sent, 9);
    assert_true(other->due_ms > NOW_MS + 50);
    outbox_hurry(outbox, "nobody", NOW_MS);
}

static void the_next_follows_every_change(void **state)
{
    g_autoptr(Outbox) outbox = some_items();
    OutboxItem *item = outbox_find(outbox, "i1");

    (void)state;
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), NOW_MS);
    outbox_sent(item, NOW_MS, 0);
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), NOW_MS + 2);
    outbox_remove(outbox, "i3");
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), NOW_MS + 3);
    outbox_remove(outbox, "i4");
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), item->due_ms);
    outbox_hurry(outbox, "web1", NOW_MS + 7);
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), NOW_MS + 7);
    outbox_add(outbox, "i5", "web1", OUTBOX_TASK, "r3", 1, 0, NOW_MS + 6);
    assert_int_equal(outbox_next_due(outbox, is_among, "web1"), NOW_MS + 6);
}

static void what_is_removed_is_gone(void **state)
{
    g_autoptr(Outbox) outbox = some_items();
    g_autofree char *left = NULL;

    (void)state;
    outbox_remove(outbox, "i2");
    outbox_remove(outbox, "i2");
    outbox_remove(outbox, outbox_find(outbox, "i3")->id);
    assert_null(outbox_find(outbox, "i2"));
    assert_int_equal(outbox_count(outbox), 2);
    left = take_ids(outbox_of_agent(outbox, "web1"));
    assert_string_equal(left, "i1 i4");
    assert_int_equal(outbox_next_due(outbox, is_among, "db1"), INT64_MAX);
    outbox_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_kinds),
        cmocka_unit_test(what_was_added),
        cmocka_unit_test(of_an_agent_and_of_a_run),
        cmocka_unit_test(what_is_due),
        cmocka_unit_test(repeats_wait_longer_each_time),
        cmocka_unit_test(a_hurry_begins_anew),
        cmocka_unit_test(the_next_follows_every_change),
        cmocka_unit_test(what_is_removed_is_gone),
    };

    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
