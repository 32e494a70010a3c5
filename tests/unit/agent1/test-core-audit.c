/* !audit: slices until the end, what is said of a sound chain and of a broken one. */
#include "core-world.h"

#include "common/base/banned.h"

static void what_audit_answers(void **state)
{
    static const struct {
        const char *what;
        int64_t rows;
        int64_t sound;
        const char *text;
        const char *answer; /* its beginning */
        bool has_row;
    } cases[] = {
        { "a word", 5, 5, "!audit all", "all: expected !audit [row], as in !audit 120", false },
        { "no row before the first", 5, 5, "!audit 0", "0: expected !audit [row]", false },
        { "two rows", 5, 5, "!audit 1 2", "1 2: expected !audit [row]", false },
        { "an empty one", 0, 0, "!audit", "The audit is sound: 0 rows, head 000", false },
        { "a sound one", 5, 5, "!audit", "The audit is sound: 5 rows, head 000", false },
        { "as many rows as a slice", 1000, 1000, "!AUDIT", "The audit is sound: 1000 rows", false },
        { "many rows", 123456, 123456, "!audit", "The audit is sound: 123456 rows, head 0", false },
        { "with a row", 2500, 2500, "!audit 1700", "The audit is sound: 2500 rows", true },
        { "with a row in the first slice", 2500, 2500, "!audit 7", "The audit is sound: 2500",
          true },
        { "with the last row", 2500, 2500, "!audit 2500", "The audit is sound: 2500 rows", true },
        { "with a row that is not there", 5, 5, "!audit 6", "The audit is sound: 5 rows", false },
        { "a broken one", 5, 3, "!audit 5",
          "The audit is BROKEN: row 4 was changed: its hash does not fit. The 3 rows before it are "
          "sound.",
          false },
        { "broken at once", 5, 0, "!audit",
          "The audit is BROKEN: row 1 was changed: its hash does not fit.", false },
        { "broken at the second", 5, 1, "!audit",
          "The audit is BROKEN: row 2 was changed: its hash does not fit. The row before it is "
          "sound.",
          false },
        { "one row", 1, 1, "!audit", "The audit is sound: 1 row, head 0", false },
        { "broken behind many", 3000, 2000, "!audit", "The audit is BROKEN: row 2001 was", false },
    };
    World *world = *state;
    unsigned i;

    world->is_store_slow = true;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *row = strchr(cases[i].text, ' ');
        g_autofree char *hash = row_store_audit_hash(row ? g_ascii_strtoll(row, NULL, 10) : 0);
        g_autofree char *line = g_strdup_printf("\nrow%s: %s", row ? row : "", hash);

        print_message("%s\n", cases[i].what);
        world->store.audit_rows = cases[i].rows;
        world->store.audit_sound = cases[i].sound;
        world_write(world, "vera", NULL, cases[i].text);
        world_answer_all(world);
        assert_true(g_str_has_prefix(world_last_said(world), cases[i].answer));
        assert_int_equal(strstr(world_last_said(world), line) != NULL, cases[i].has_row);
    }
}

/* agentctl reads the exit code off the outcome. */
static void a_break_is_a_failure(void **state)
{
    World *world = *state;

    world->store.audit_rows = 5;
    world->store.audit_sound = 5;
    world_type(world, "01J00000000000000000000001", "!audit 5", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, OUTCOME_OK);
    world_type(world, "01J00000000000000000000002", "!audit 6", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                    "\nrow 6: there is no such row");
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "failed");
    world->store.audit_sound = 2;
    world_type(world, "01J00000000000000000000003", "!audit", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "failed");
}

/* Who asks while it is checked waits, and the one who waits hears that it goes on. */
static void one_check_at_a_time(void **state)
{
    World *world = *state;
    const MessageReply *first;
    const MessageReply *last;

    world->store.audit_rows = 1500;
    world->store.audit_sound = 1500;
    world->is_store_slow = true;
    world_type(world, "01J00000000000000000000001", "!audit", false, false);
    world_write(world, "vera", NULL, "!audit");
    assert_contains(world_last_said(world), "the audit is being checked for somebody else");
    g_ptr_array_set_size(world->sent, 0);
    world_answer_all(world);
    assert_int_equal(world->sent->len, 2);
    first = &((const Effect *)world->sent->pdata[0])->publish.message->reply;
    assert_string_equal(first->text, "checking the audit, which has more than 1000 rows");
    assert_false(first->is_final);
    last = &((const Effect *)world->sent->pdata[1])->publish.message->reply;
    assert_true(g_str_has_prefix(last->text, "The audit is sound: 1500 rows"));
    assert_true(last->is_final);
    world_write(world, "vera", NULL, "!audit");
    world_answer_all(world);
    assert_contains(world_last_said(world), "The audit is sound: 1500 rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_audit_answers),
        WORLD_TEST(a_break_is_a_failure),
        WORLD_TEST(one_check_at_a_time),
    };

    return cmocka_run_group_tests_name("core-audit", tests, NULL, NULL);
}
