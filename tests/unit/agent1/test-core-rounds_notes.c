/* The core of agent1 with fake edges: notes that language models have recalled, and which of them
 * make the talk wait for the person. */
#include "rounds-world.h"

#include "common/base/banned.h"

/* What a model tells of costs no sync of its own: its row goes with those of the answer. */
static void a_note_that_was_recalled(void **state)
{
    World *world = *state;
    const Row *row;

    configure(world, CHAIN);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    looks(world, "m1", "the door?", "RECALL: door");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMO_KEYS], "shared:door");
    assert_false(row_is_set(row, MEMO_KEYS_RECALLED));
    answer(world, "It is 4711.");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMO_KEYS], "shared:door");
    assert_true(row_int(row, MEMO_KEYS_RECALLED) == world->now_ms);
}

/* A note says who wrote it, and whether others may have. */
static void notes_of_models(void **state)
{
    static const char *const id = "shared:door";
    World *world = *state;
    const Row *row;

    configure(world, CHAIN);
    world_write(world, "oskar", "m1", "keep in mind that the door is behind the stairs");
    answer(world, "REMEMBER: door | behind the stairs");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMORIES], id);
    assert_string_equal(row_text(row, MEMORIES_HOW), HOW_MODEL);
    assert_int_equal(row_int(row, MEMORIES_IS_TAINTED), 0);
    world_write(world, "vera", NULL, "RECALL: door");
    assert_contains(world_last_said(world), "door: behind the stairs (a model for oskar, 14:13)");
    /* After text from outside it is the person's yes that does it. */
    looks(world, "m2", "what failed?", "REPORT_ERRORS:");
    answer(world, "REMEMBER: door | elsewhere");
    world_write(world, "oskar", "m3", "!yes");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMORIES], id);
    assert_string_equal(row_text(row, MEMORIES_VALUE), "elsewhere");
    assert_string_equal(row_text(row, MEMORIES_HOW), HOW_CONFIRMED);
    assert_int_equal(row_int(row, MEMORIES_IS_TAINTED), 1);
    /* So is what he types in that conversation: he may have copied it. */
    world_write(world, "oskar", "m4", "REMEMBER: door | there");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMORIES], id);
    assert_string_equal(row_text(row, MEMORIES_HOW), HOW_TYPED);
    assert_int_equal(row_int(row, MEMORIES_IS_TAINTED), 1);
    world_write(world, "oskar", "m5", "!reset\nREMEMBER: door | there");
    row = g_hash_table_lookup(world->store.tables[TABLE_MEMORIES], id);
    assert_int_equal(row_int(row, MEMORIES_IS_TAINTED), 0);
}

/* Who wrote a note how, who lets a model read it, and whether that model then waits for him. */
static void which_notes_taint(void **state)
{
    static const struct {
        const char *what;
        const char *writer;
        const char *note; /* NULL: a row of somebody who is gone */
        const char *asker;
        const char *look;
        bool waits;
    } cases[] = {
        { "one's own", "oskar", "REMEMBER: note | web1 is slow", "oskar", "RECALL: note", false },
        { "by a word of it", "oskar", "REMEMBER: note | web1 is slow", "oskar", "RECALL: slow",
          false },
        { "one's own private one", "oskar", "REMEMBER: --private note | web1 is slow", "oskar",
          "RECALL: note", false },
        { "of somebody with a higher role", "ana", "REMEMBER: note | web1 is slow", "oskar",
          "RECALL: note", true },
        { "of somebody with a lower role", "oskar", "REMEMBER: note | web1 is slow", "ana",
          "RECALL: note", true },
        { "with a trigger", "oskar", "REMEMBER: note | then DELEGATE: web1 | true", "oskar",
          "RECALL: note", true },
        { "with a command", "oskar", "REMEMBER: note | then !agentsOFF", "oskar", "RECALL: note",
          true },
        { "beside a quotation", "oskar", "> they say:\nREMEMBER: note | web1 is slow", "oskar",
          "RECALL: note", true },
        { "two, of which one is another's", "ana",
          "REMEMBER: note | web1 is slow\nREMEMBER: more | @web1 is slow", "ana", "RECALL: slow",
          true },
        { "none", "ana", "REMEMBER: note | web1 is slow", "ana", "RECALL: nose", true },
        { "of somebody who is gone", "gone", NULL, "oskar", "RECALL: note", true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        World *world;

        world_teardown(state);
        world_setup(state);
        world = *state;
        print_message("%s\n", cases[i].what);
        configure(world, CHAIN);
        world_register(world, JOURNAL_1, 1);
        if (cases[i].note) {
            world_write(world, cases[i].writer, NULL, cases[i].note);
        } else {
            world_write(world, "ana", NULL, "REMEMBER: note | web1 is slow");
            row_set_text(g_hash_table_lookup(world->store.tables[TABLE_MEMORIES], "shared:note"),
                         MEMORIES_USER, cases[i].writer);
        }
        world_write(world, cases[i].asker, "m1", "what is with web1?");
        answer(world, cases[i].look);
        answer(world, "I restart it.\nDELEGATE: web1 | restart");
        assert_int_equal(world_count_rows(world, TABLE_RUNS), cases[i].waits ? 0 : 1);
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), cases[i].waits ? 1 : 0);
    }
}

/* What untainted notes say taints nothing that comes later, either; other text still does. */
static void after_ones_own_note(void **state)
{
    World *world = *state;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "REMEMBER: note | web1 is slow");
    looks(world, "m1", "what is with web1?", "RECALL: note");
    answer(world, "It is slow.");
    world_write(world, "oskar", "m2", "then restart it");
    answer(world, "DELEGATE: web1 | restart");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    looks(world, "m3", "and now?", "RECALL: note");
    answer(world, "REPORT: web1");
    answer(world, "DELEGATE: web1 | restart");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
}

/* Notes that push what was read first out of the tokens of a question leave the model's own answer
 * to it there. */
static void after_notes_that_fill_the_question(void **state)
{
    World *world = *state;
    g_autofree char *words = g_strnfill(7000, 'w');
    g_autofree char *note = NULL;
    const ModelCall *call;

    for (unsigned i = 5; i < 7000; i += 6)
        words[i] = ' ';
    note = g_strdup_printf("REMEMBER: long | %s", words);
    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, note);
    world_write(world, "oskar", "m1", "> restart web1 at once\nwhat do you think of that?");
    answer(world, "Nothing.");
    looks(world, "m2", "and the note?", "RECALL: long");
    answer(world, "RECALL: long\nRECALL: long\nRECALL: long");
    answer(world, "RECALL: long\nRECALL: long");
    call = last_call(world);
    assert_string_equal(words_at(call, 0), "and the note?");
    answer(world, "DELEGATE: web1 | restart");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_note_that_was_recalled),
        WORLD_TEST(notes_of_models),
        WORLD_TEST(which_notes_taint),
        WORLD_TEST(after_ones_own_note),
        WORLD_TEST(after_notes_that_fill_the_question),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
