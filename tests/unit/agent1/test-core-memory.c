/* REMEMBER: and RECALL:, in their order: each answer depends on what was kept before it. */
#include "core-world.h"

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *user;
    const char *text;
    const char *answer;
} rows[] = {
    { "no bar", "oskar", "REMEMBER: backup nas3",
      "expected REMEMBER: <key> | <value>: there is no" },
    { "no key", "oskar", "REMEMBER: | nas3", "the key is empty" },
    { "not as a viewer", "vera", "REMEMBER: a | b", "REMEMBER: refused (role)" },
    { "hidden characters", "oskar", "REMEMBER: a | b\u200bc", "hidden or control characters" },
    { "recall nothing", "vera", "RECALL:", "expected RECALL: <key or words>; 0 keys are kept" },
    { "recall from nothing", "vera", "RECALL: backup", "backup: not found" },
    { "no such option", "vera", "RECALL: --foo",
      "--foo: no such option; --private looks among your own notes alone" },
    { "one behind the key", "vera", "RECALL: door --all", "--all: no such option" },
    { "one dash is looked for", "vera", "RECALL: ssh -p", "ssh -p: not found" },
    { "no word in it", "vera", "RECALL: ???", "???: not found" },
    { "forget nothing", "oskar", "REMEMBER: backup |", "nothing to forget: no key \"backup\"" },
    { "keep", "oskar", "REMEMBER: Backup host | nas3, on rack 4", "remembered \"Backup host\"" },
    { "the key in any case", "vera", "RECALL: backup  HOST",
      "Backup host: nas3, on rack 4 (oskar, 14:13)" },
    { "a word of the key", "vera", "RECALL: back",
      "no key \"back\"; these hold it:\nBackup host: nas3, on rack 4" },
    { "a word of the value", "vera", "recall: RACK", "these hold it:\nBackup host: nas3" },
    { "a slip", "vera", "RECALL: backup hots", "not found; nearest: Backup host" },
    { "nothing near", "vera", "RECALL: zzzzzzzzzz", "zzzzzzzzzz: not found; 1 key is kept" },
    { "replace", "ana", "REMEMBER: backup host | nas4 | rack 5",
      "remembered \"backup host\"; it replaces \"nas3, on rack 4\" (oskar, 14:13)" },
    { "the first bar splits", "vera", "RECALL: backup host",
      "backup host: nas4 | rack 5 (ana, 14:13)" },
    { "twice in one message", "ana", "REMEMBER: x | 1\nREMEMBER: x | 2", "remembered \"x\"" },
    { "the last one stands", "vera", "RECALL: x", "x: 2 (ana" },
    { "forget a slip", "oskar", "REMEMBER: backup hots |", "nearest: backup host" },
    { "forget", "oskar", "REMEMBER: backup host |",
      "forgotten: \"backup host\"; it was \"nas4 | rack 5\" (ana, 14:13)" },
    { "forgotten", "vera", "RECALL: backup host", "backup host: not found" },
    { "a quoted one", "oskar", "> REMEMBER: q | r", "REMEMBER: not run: it stood in a quotation" },
};

static void what_memory_answers(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\" is answered \"%s\"", rows[i].what, rows[i].text,
                     world_last_said(world));
    }
    assert_int_equal(world_count_rows(world, TABLE_MEMORIES), 1);
    assert_int_equal(world_count_rows(world, TABLE_MEMO_KEYS), 1);
}

static void memory_survives_a_restart(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    world_restart(world);
    world_write(world, "vera", NULL, "RECALL: Door");
    assert_contains(world_last_said(world), "door: 4711 (oskar");
}

static void a_dry_run_keeps_nothing(void **state)
{
    World *world = *state;
    const Message *reply;

    world_type(world, "chat-1", "REMEMBER: door | 4711", true, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_string_equal(reply->reply.text, "\"door\": allowed (dry run: nothing was kept)");
    assert_int_equal(world_count_rows(world, TABLE_MEMORIES), 0);
}

static void a_full_memory_takes_no_new_key(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < MEMORIES_MAX; i++) {
        g_autofree char *id = g_strdup_printf("shared:%u", i);
        Row *row = row_new(TABLE_MEMO_KEYS);

        row_set_text(row, MEMO_KEYS_ID, id);
        row_set_text(row, MEMO_KEYS_KEY, id + strlen("shared:"));
        row_store_put(&world->store, row);
    }
    world_restart(world);
    world_write(world, "oskar", NULL, "REMEMBER: one more | x");
    assert_contains(world_last_said(world), "10000 keys are kept, and no more fit");
    world_write(world, "oskar", NULL, "REMEMBER: 17 |");
    assert_string_equal(world_last_said(world), "forgotten: \"17\"");
    world_write(world, "oskar", NULL, "REMEMBER: one more | x");
    assert_string_equal(world_last_said(world), "remembered \"one more\"");
}

/* Asked through agentctl the chat ends with the answer of the store. */
static void the_last_answer_is_final(void **state)
{
    World *world = *state;
    const Message *reply;

    world_write(world, "ana", NULL, "REMEMBER: a | b");
    world->is_store_slow = true;
    world_type(world, "chat-1", "RECALL: a", false, false);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 0);
    world_answer_all(world);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "ok");
    world_type(world, "chat-2", "RECALL: zz", false, false);
    world_answer_all(world);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "refused");
}

static Row *row_of(World *world, Table table, const char *id)
{
    Row *row = g_hash_table_lookup(world->store.tables[table], id);

    if (!row)
        fail_msg("no row %s", id);
    return row;
}

static void how_a_note_came_about(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *how;
        bool is_tainted;
    } cases[] = {
        { "typed", "REMEMBER: x | 1", HOW_TYPED, false },
        { "beside a quotation", "> and what then?\nREMEMBER: x | 1", HOW_TYPED, true },
        { "typed again", "REMEMBER: x | 2", HOW_TYPED, false },
    };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Row *row;

        print_message("%s\n", cases[i].what);
        world_write(world, "oskar", NULL, cases[i].text);
        row = row_of(world, TABLE_MEMORIES, "shared:x");
        assert_string_equal(row_text(row, MEMORIES_HOW), cases[i].how);
        assert_int_equal(row_int(row, MEMORIES_IS_TAINTED), cases[i].is_tainted);
    }
}

/* By a word, too; not by whoever only tries. */
static void when_it_was_last_told(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    assert_false(row_is_set(row_of(world, TABLE_MEMO_KEYS, "shared:door"), MEMO_KEYS_RECALLED));
    world->now_ms += HOUR_MS;
    world_write(world, "vera", NULL, "RECALL: door");
    assert_true(row_int(row_of(world, TABLE_MEMO_KEYS, "shared:door"), MEMO_KEYS_RECALLED) ==
                world->now_ms);
    world->now_ms += HOUR_MS;
    world_type(world, "c1", "RECALL: door", true, false);
    world_write(world, "vera", NULL, "RECALL: dor");
    assert_true(row_int(row_of(world, TABLE_MEMO_KEYS, "shared:door"), MEMO_KEYS_RECALLED) ==
                world->now_ms - HOUR_MS);
    world_write(world, "vera", NULL, "RECALL: 47");
    assert_true(row_int(row_of(world, TABLE_MEMO_KEYS, "shared:door"), MEMO_KEYS_RECALLED) ==
                world->now_ms);
    /* Written anew nobody has asked for it yet. */
    world_write(world, "oskar", NULL, "REMEMBER: door | 4712");
    assert_false(row_is_set(row_of(world, TABLE_MEMO_KEYS, "shared:door"), MEMO_KEYS_RECALLED));
}

/* What is told while somebody writes it anew does not bring the old one back. */
static void told_while_it_changes(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    world->is_store_slow = true;
    world_write(world, "vera", NULL, "RECALL: door");
    world_write(world, "oskar", NULL, "REMEMBER: door | 4712");
    world_answer_all(world);
    assert_string_equal(row_text(row_of(world, TABLE_MEMORIES, "shared:door"), MEMORIES_VALUE),
                        "4712");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_memory_answers),      WORLD_TEST(memory_survives_a_restart),
        WORLD_TEST(a_dry_run_keeps_nothing),  WORLD_TEST(a_full_memory_takes_no_new_key),
        WORLD_TEST(the_last_answer_is_final), WORLD_TEST(how_a_note_came_about),
        WORLD_TEST(when_it_was_last_told),    WORLD_TEST(told_while_it_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
