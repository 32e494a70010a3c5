/* Vectors that do not come: of a provider that fails, and of notes that it refuses. */
#include "vectors-world.h"

#include "common/base/banned.h"

/* The last line of the log. */
static const char *last_logged(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_LOG)
            return effect->log.text;
    }
    fail_msg("nothing is logged");
    return NULL;
}

/* How many notes were given up by this model. */
static unsigned count_without_vector(const World *world, const char *model)
{
    GHashTableIter iter;
    unsigned count = 0;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_VECTORS]);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        count +=
            !row_bytes(row, VECTORS_VECTOR) && g_str_equal(row_text(row, VECTORS_MODEL), model);
    return count;
}

/* No text may hold this word: what is asked about with it is refused. */
static void refuse_or_embed(World *world, const char *word)
{
    const EmbedCall *call = last_embed(world);

    for (unsigned i = 0; i < call->texts->len; i++) {
        if (strstr(text_at(call, i), word)) {
            fail_with(world, EMBED_REFUSED);
            return;
        }
    }
    embed(world, 1);
}

/* It costs nothing but a try now and then, and whoever asks is told. */
static void a_provider_that_fails(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    expect_status(world, "");
    world_wait(world, 200);
    fail_embed(world);
    expect_status(world, "not available since 14:13 (ollama e: the server takes no connection); "
                         "notes are found by their words meanwhile");
    world_forget(world);
    world_wait(world, 29 * SECOND_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    /* Nobody waits for it meanwhile. */
    world_write(world, "oskar", NULL, "RECALL: 47");
    assert_string_equal(world_last_said(world),
                        "no key \"47\"; these hold it:\ndoor: 4711 (oskar, 14:13)\n"
                        "looked for by words alone; by meaning is not possible just now");
    world_write(world, "oskar", NULL, "RECALL: lamp");
    assert_string_equal(world_last_said(world),
                        "lamp: not found; 1 key is kept\n"
                        "looked for by words alone; by meaning is not possible just now");
    world_write(world, "oskar", NULL, "RECALL: door");
    assert_string_equal(world_last_said(world), "door: 4711 (oskar, 14:13)");
    world_write(world, "oskar", NULL, "RECALL: --private 47");
    assert_string_equal(world_last_said(world), "47: not found; 1 key is kept");
    for (int i = 0; i < 20; i++) {
        world_wait(world, 4 * HOUR_MS);
        assert_int_equal(world_count_other(world, EFFECT_EMBED), 1);
        expect_trial(world);
        fail_with(world, EMBED_SILENT);
        world_forget(world);
    }
    expect_status(world, "not available since 2026-09-21 14:13 (ollama e: the server does not "
                         "answer); notes are found by their words meanwhile");
    world_wait(world, 11 * MINUTE_MS);
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    world_wait(world, 1);
    assert_string_equal(text_at(last_embed(world), 0), "door: 4711");
    embed(world, 1);
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 1);
}

/* The log has each cause that is not the one before. */
static void a_provider_that_fails_in_several_ways(void **state)
{
    static const struct {
        EmbedTrouble trouble;
        unsigned logged;
        const char *says;
    } rows[] = {
        { EMBED_UNREACHABLE, 1, "takes no connection)" },
        { EMBED_UNREACHABLE, 0, "takes no connection)" },
        { EMBED_UNTRUSTED, 1, "has no certificate that can be verified)" },
        { EMBED_UNASKED, 1, "cannot be asked from here, the log says why)" },
        { EMBED_UNASKED, 0, "cannot be asked from here, the log says why)" },
    };
    World *world = *state;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    world_wait(world, 200);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *status = NULL;

        fail_with(world, rows[i].trouble);
        assert_int_equal(world_count_other(world, EFFECT_LOG), rows[i].logged);
        /* Where the server is concerns whoever reads the log. */
        if (rows[i].logged)
            assert_contains(last_logged(world), "llm.embeddings at 127.0.0.1:11434: it says so; ");
        status = status_of(world);
        assert_contains(status, "not available since 14:13 ");
        assert_contains(status, rows[i].says);
        world_forget(world);
        world_wait(world, 11 * MINUTE_MS);
    }
}

/* It fails, and no note is given up for it. */
static void a_provider_that_refuses_everything(void **state)
{
    World *world = *state;

    for (int i = 0; i < 3; i++) {
        g_autofree char *line = g_strdup_printf("REMEMBER: key %d | x", i);

        world_write(world, "oskar", NULL, line);
    }
    configure(world, WITH_VECTORS);
    world_wait(world, 200);
    assert_int_equal(last_embed(world)->texts->len, 3);
    fail_with(world, EMBED_REFUSED);
    world_wait(world, 1);
    assert_string_equal(text_at(last_embed(world), 0), "key 0: x");
    fail_with(world, EMBED_REFUSED);
    expect_trial(world);
    fail_with(world, EMBED_REFUSED);
    expect_status(world, "not available since 14:13 (ollama e: the server refuses every text); "
                         "notes are found by their words meanwhile");
    world_forget(world);
    world_wait(world, 29 * SECOND_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 0);
    world_wait(world, 11 * MINUTE_MS);
    expect_trial(world);
    embed(world, 1);
    for (int i = 0; i < 3; i++) {
        embed(world, 1);
        world_wait(world, 1);
    }
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 3);
    expect_status(world, "");
}

/* What somebody looks for is refused, or comes too late: that alone says nothing of a server. */
static void a_search_that_gets_no_vector(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    keep_with_vector(world, "REMEMBER: entrance hall | 4711", 2);
    world_write(world, "oskar", NULL, "RECALL: hall");
    fail_with(world, EMBED_REFUSED);
    assert_contains(world_last_said(world), "entrance hall: 4711 (oskar, 14:13)\n"
                                            "looked for by words alone; by meaning is not possible "
                                            "just now");
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    /* Who only had to wake up is well soon. */
    world_write(world, "oskar", NULL, "RECALL: hall");
    fail_with(world, EMBED_SILENT);
    expect_status(world, "not available since 14:13 (ollama e: the server does not answer); notes "
                         "are found by their words meanwhile");
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    world_write(world, "oskar", NULL, "RECALL: hall");
    embed(world, 2);
    assert_string_equal(world_last_said(world), "no key \"hall\"; these hold it:\n"
                                                "entrance hall: 4711 (oskar, 14:13)");
    /* Nobody makes any: then nothing is lacking. */
    world_write(world, "oskar", NULL, "RECALL: hall");
    configure(world, "{\"chain\":[]}");
    fail_with(world, EMBED_UNASKED);
    world_write(world, "oskar", NULL, "RECALL: hall");
    assert_string_equal(world_last_said(world), "no key \"hall\"; these hold it:\n"
                                                "entrance hall: 4711 (oskar, 14:13)");
}

/* The others of its call get their vectors, and nobody rests for it. */
static void a_note_that_is_refused(void **state)
{
    World *world = *state;
    unsigned calls;

    for (int i = 0; i < 20; i++) {
        g_autofree char *line = g_strdup_printf("REMEMBER: key %02d | %s", i, i == 3 ? "odd" : "x");

        world_write(world, "oskar", NULL, line);
    }
    configure(world, WITH_VECTORS);
    world_wait(world, 200);
    for (calls = 0; world_count_rows(world, TABLE_VECTORS) < 20 && calls < 30; calls++) {
        refuse_or_embed(world, "odd");
        world_wait(world, 1);
    }
    /* A call of 16, each of those by itself, any text to see who is wrong, and the last four. */
    assert_int_equal(calls, 19);
    assert_null(
        row_bytes(row_store_find(&world->store, TABLE_VECTORS, "shared:key 03"), VECTORS_VECTOR));
    /* It is not asked about again, but found by its words. */
    world_restart(world);
    world_forget(world);
    world_wait(world, DAY_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    world_write(world, "oskar", NULL, "RECALL: odd");
    refuse_or_embed(world, "odd");
    assert_contains(world_last_said(world), "key 03: odd");
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    world_write(world, "oskar", NULL, "REMEMBER: key 03 | even");
    world_wait(world, 200);
    assert_string_equal(text_at(last_embed(world), 0), "key 03: even");
}

static void remember_many(World *world, int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *line = g_strdup_printf("REMEMBER: key %02d | x", i);

        world_write(world, "oskar", NULL, line);
    }
}

/* One after the other, while any text is taken. */
static void fail_notes(World *world, EmbedTrouble trouble, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        world_wait(world, 1);
        assert_contains(text_at(last_embed(world), 0), "key ");
        fail_with(world, trouble);
        expect_trial(world);
        embed(world, 1);
    }
}

static void expect_rest(World *world)
{
    world_forget(world);
    world_wait(world, 29 * SECOND_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
}

/* Each costs one call, and the next rest is longer. */
static void fail_tries(World *world, EmbedTrouble trouble, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        expect_rest(world);
        world_wait(world, 11 * MINUTE_MS);
        assert_int_equal(world_count_other(world, EFFECT_EMBED), 1);
        assert_int_equal(last_embed(world)->texts->len, 1);
        assert_contains(text_at(last_embed(world), 0), "key ");
        fail_with(world, trouble);
    }
}

/* People may have mended why: what they have read anew is tried once more, and then again no more.
 */
static void a_refused_note_when_people_change_files(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    keep_with_vector(world, "REMEMBER: lamp | on", 1);
    world_write(world, "oskar", NULL, "REMEMBER: door | odd");
    world_wait(world, 200);
    fail_with(world, EMBED_REFUSED);
    embed(world, 1);
    assert_int_equal(count_without_vector(world, "ollama e"), 1);
    for (int times = 0; times < 2; times++) {
        configure(world, WITH_VECTORS);
        world_forget(world);
        world_wait(world, 200);
        assert_string_equal(text_at(last_embed(world), 0), "door: odd");
        fail_with(world, EMBED_REFUSED);
        expect_trial(world);
        embed(world, 1);
        world_forget(world);
        world_wait(world, DAY_MS);
        assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
    }
    /* What was asked before says nothing of what is in use now. */
    configure(world, WITH_VECTORS);
    world_wait(world, 200);
    fail_with(world, EMBED_REFUSED);
    configure(world, WITH_VECTORS);
    embed(world, 1);
    world_wait(world, 200);
    assert_string_equal(text_at(last_embed(world), 0), "door: odd");
    embed(world, 1);
    assert_int_equal(count_without_vector(world, "ollama e"), 0);
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 2);
    /* Nobody makes any. */
    configure(world, "{\"chain\":[]}");
    world_forget(world);
    world_wait(world, DAY_MS);
    assert_int_equal(world_count_other(world, EFFECT_EMBED), 0);
}

/* Any text but a note is taken, whatever the notes: the server fails as one that takes none. It is
 * tried with notes then, another each time, until one gets its vector. */
static void a_provider_that_takes_no_note(void **state)
{
    static const struct {
        EmbedTrouble trouble;
        unsigned given_up;
        const char *says;
    } rows[] = {
        { EMBED_REFUSED, 7, "refuses every text" },
        { EMBED_FAILED, 0, "answers with an error" },
    };
    World *world = *state;

    remember_many(world, 20);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *llm =
            g_strdup_printf("{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e%u\"}}", i);
        g_autofree char *model = g_strdup_printf("ollama e%u", i);
        g_autofree char *status = NULL;

        configure(world, llm);
        world_wait(world, 200);
        assert_int_equal(last_embed(world)->texts->len, 16);
        fail_with(world, rows[i].trouble);
        fail_notes(world, rows[i].trouble, 8);
        status = status_of(world);
        assert_contains(status, rows[i].says);
        fail_tries(world, rows[i].trouble, 5);
        expect_rest(world);
        for (int calls = 0; calls < 20; calls++) {
            world_wait(world, 11 * MINUTE_MS);
            embed(world, 1);
        }
        expect_status(world, "");
        assert_int_equal(count_without_vector(world, model), rows[i].given_up);
        assert_string_equal(model_of_vector(world, "shared:key 19"), model);
        assert_string_equal(model_of_vector(world, "shared:key 09"), model);
    }
}

/* There is no other note to try it with: any text must do. */
static void a_provider_that_takes_none_of_the_last_notes(void **state)
{
    World *world = *state;

    remember_many(world, 9);
    configure(world, WITH_VECTORS);
    world_wait(world, 200);
    for (int calls = 0; calls < 18; calls++) {
        if (strstr(text_at(last_embed(world), 0), "key "))
            fail_with(world, EMBED_FAILED);
        else
            embed(world, 1);
        world_wait(world, 11 * MINUTE_MS);
    }
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    /* They are tried again in their time, as few ones are. */
    world_forget(world);
    world_wait(world, 2 * HOUR_MS);
    assert_string_equal(text_at(last_embed(world), 0), "key 00: x");
}

/* One that makes the provider fail: the others do not wait for it for ever. */
static void a_note_that_makes_it_fail(void **state)
{
    static const EmbedTrouble troubles[] = { EMBED_FAILED, EMBED_SILENT };
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: a | odd");
    world_write(world, "oskar", NULL, "REMEMBER: b | x");
    world_write(world, "oskar", NULL, "REMEMBER: c | x");
    for (unsigned i = 0; i < G_N_ELEMENTS(troubles); i++) {
        g_autofree char *llm =
            g_strdup_printf("{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e%u\"}}", i);
        g_autofree char *model = g_strdup_printf("ollama e%u", i);

        configure(world, llm);
        world_wait(world, 200);
        for (int calls = 0; calls < 12; calls++) {
            if (strstr(text_at(last_embed(world), 0), "odd"))
                fail_with(world, troubles[i]);
            else
                embed(world, 1);
            world_wait(world, 2 * MINUTE_MS);
        }
        assert_string_equal(model_of_vector(world, "shared:b"), model);
        assert_string_equal(model_of_vector(world, "shared:c"), model);
        /* It is tried now and then. */
        while (!strstr(text_at(last_embed(world), 0), "odd")) {
            embed(world, 1);
            world_wait(world, 2 * HOUR_MS);
        }
        assert_string_not_equal(model_of_vector(world, "shared:a"), model);
        embed(world, 1);
        assert_string_equal(model_of_vector(world, "shared:a"), model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_provider_that_fails),
        WORLD_TEST(a_provider_that_fails_in_several_ways),
        WORLD_TEST(a_provider_that_refuses_everything),
        WORLD_TEST(a_search_that_gets_no_vector),
        WORLD_TEST(a_note_that_is_refused),
        WORLD_TEST(a_refused_note_when_people_change_files),
        WORLD_TEST(a_provider_that_takes_no_note),
        WORLD_TEST(a_provider_that_takes_none_of_the_last_notes),
        WORLD_TEST(a_note_that_makes_it_fail),
    };

    return cmocka_run_group_tests_name("core-vectors_trouble", tests, NULL, NULL);
}
