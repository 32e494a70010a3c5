/* Vectors of notes: made after the note, anew with another model, found by meaning, and never
 * waited for longer than a moment. */
#include "vectors-world.h"

#include "common/base/banned.h"

static void made_after_the_note(void **state)
{
    World *world = *state;
    const Row *row;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    assert_string_equal(world_last_said(world), "remembered \"door\"");
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    world_wait(world, 200);
    assert_int_equal(last_embed(world)->texts->len, 1);
    assert_string_equal(text_at(last_embed(world), 0), "door: 4711");
    embed(world, 1);
    row = row_store_find(&world->store, TABLE_VECTORS, "shared:door");
    assert_string_equal(row_text(row, VECTORS_MODEL), "ollama e");
    assert_int_equal(g_bytes_get_size(row_bytes(row, VECTORS_VECTOR)), sizeof(float));
    /* There is nothing more to do. */
    world_forget(world);
    world_wait(world, DAY_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    /* A note that changes, and one that is forgotten. */
    world_write(world, "oskar", NULL, "REMEMBER: door | 4712");
    world_wait(world, 200);
    assert_string_equal(text_at(last_embed(world), 0), "door: 4712");
    embed(world, 2);
    world_write(world, "oskar", NULL, "REMEMBER: door |");
    assert_null(row_store_find(&world->store, TABLE_VECTORS, "shared:door"));
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 0);
}

/* Whoever makes vectors is told no password. */
static void no_passwords(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: wifi password | hunter2");
    world_wait(world, 200);
    assert_string_equal(text_at(last_embed(world), 0), "wifi password");
}

/* What came for a text that is no more is no vector of the one that is. */
static void a_note_that_changes_meanwhile(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    world_write(world, "oskar", NULL, "REMEMBER: lamp | on");
    world_wait(world, 200);
    assert_int_equal(last_embed(world)->texts->len, 2);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4712");
    world_write(world, "oskar", NULL, "REMEMBER: lamp |");
    embed(world, 1);
    assert_null(row_store_find(&world->store, TABLE_VECTORS, "shared:lamp"));
    world_wait(world, 200);
    assert_int_equal(last_embed(world)->texts->len, 1);
    assert_string_equal(text_at(last_embed(world), 0), "door: 4712");
}

static void in_slices_and_anew_with_another_model(void **state)
{
    World *world = *state;
    unsigned calls = 0;

    for (int i = 0; i < 40; i++) {
        g_autofree char *line = g_strdup_printf("REMEMBER: key %02d | x", i);

        world_write(world, "oskar", NULL, line);
    }
    configure(world, WITH_VECTORS);
    for (world_wait(world, 200); world_count_rows(world, TABLE_VECTORS) < 40;
         world_wait(world, 1)) {
        assert_true(last_embed(world)->texts->len <= EMBED_TEXTS_MAX);
        embed(world, 1);
        calls++;
    }
    assert_int_equal(calls, 3);
    world_restart(world);
    world_forget(world);
    world_wait(world, 200);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    configure(world, "{\"embeddings\":{\"provider\":\"openai\",\"model\":\"e\",\"base_url\":"
                     "\"http://127.0.0.1:1/v1\"}}");
    world_wait(world, 200);
    assert_int_equal(last_embed(world)->texts->len, EMBED_TEXTS_MAX);
    embed(world, 1);
    assert_string_equal(
        row_text(row_store_find(&world->store, TABLE_VECTORS, "shared:key 00"), VECTORS_MODEL),
        "openai e");
    /* Nobody makes them any more. */
    configure(world, "{\"chain\":[]}");
    world_forget(world);
    world_wait(world, DAY_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
}

static void found_by_meaning(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    keep_with_vector(world, "REMEMBER: front gate | mind the dog", 1);
    keep_with_vector(world, "REMEMBER: entrance hall | 4711", 2);
    keep_with_vector(world, "REMEMBER: --private entry | 1234", 2);
    world_write(world, "oskar", NULL, "RECALL: hall");
    assert_string_equal(text_at(last_embed(world), 0), "hall");
    embed(world, 1);
    assert_string_equal(world_last_said(world),
                        "no key \"hall\"; these may have to do with it:\nentrance hall: 4711 "
                        "(oskar, 14:13)\nfront gate: mind the dog (oskar, 14:13)");
    world_write(world, "oskar", NULL, "RECALL: way in");
    embed(world, 2);
    assert_string_equal(world_last_said(world),
                        "no key \"way in\"; these may have to do with it:\nentry (for you alone): "
                        "1234 (oskar, 14:13)\nentrance hall: 4711 (oskar, 14:13)");
    /* Another's own is no nearer to anybody. */
    world_write(world, "ana", NULL, "RECALL: way in");
    embed(world, 2);
    assert_string_equal(world_last_said(world),
                        "no key \"way in\"; these may have to do with it:\nentrance hall: 4711 "
                        "(oskar, 14:13)");
    world_write(world, "ana", NULL, "RECALL: way in");
    embed(world, 3);
    assert_contains(world_last_said(world), "way in: not found");
}

/* As many hold the words as are told, and yet what is told is not all of them. */
static void found_by_meaning_among_many(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    for (unsigned i = 1; i <= 6; i++) {
        g_autofree char *line = g_strdup_printf("REMEMBER: hall %u | 471%u", i, i);

        keep_with_vector(world, line, 1);
    }
    world_write(world, "oskar", NULL, "RECALL: hall");
    embed(world, 3);
    assert_contains(world_last_said(world), "no key \"hall\"; these hold it:\n");
    keep_with_vector(world, "REMEMBER: front gate | mind the dog", 2);
    world_write(world, "oskar", NULL, "RECALL: hall");
    embed(world, 2);
    assert_contains(world_last_said(world), "no key \"hall\"; these may have to do with it:\n");
    assert_contains(world_last_said(world), "\nfront gate: mind the dog");
}

static void a_vector_that_does_not_come(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    keep_with_vector(world, "REMEMBER: entrance hall | 4711", 2);
    world_forget(world);
    world_type(world, "chat-1", "RECALL: hall", false, false);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 0);
    world_wait(world, 2 * SECOND_MS - 1);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 0);
    world_wait(world, 1);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "entrance hall: 4711");
    assert_true(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    /* Too late. */
    embed(world, 2);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 1);
    /* One that fails. */
    world_type(world, "chat-2", "RECALL: hall", false, false);
    fail_embed(world);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 2);
}

static void shown_to_a_model(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    keep_with_vector(world, "REMEMBER: entrance hall | 4711", 2);
    world_write(world, "oskar", "m1", "how does somebody come inside?");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    embed(world, 2);
    assert_contains(words_at(last_call(world), 0), "- entrance hall: 4711 (oskar, 14:13)\n");
    answer(world, "By the hall.");
    /* It goes without when nothing comes. */
    world_write(world, "oskar", "m2", "and how does somebody come outside?");
    world_wait(world, 2500);
    assert_string_equal(words_at(last_call(world), 2), "and how does somebody come outside?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(made_after_the_note),
        WORLD_TEST(a_note_that_changes_meanwhile),
        WORLD_TEST(no_passwords),
        WORLD_TEST(in_slices_and_anew_with_another_model),
        WORLD_TEST(found_by_meaning),
        WORLD_TEST(found_by_meaning_among_many),
        WORLD_TEST(a_vector_that_does_not_come),
        WORLD_TEST(shown_to_a_model),
    };

    return cmocka_run_group_tests_name("core-vectors", tests, NULL, NULL);
}
