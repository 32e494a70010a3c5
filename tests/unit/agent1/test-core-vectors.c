/* Vectors of notes: made after the note, anew with another model, found by meaning, and never
 * waited for longer than a moment. */
#include "talk-world.h"

#include "common/base/banned.h"

#define WITH_VECTORS                                                                               \
    "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}],"                                      \
    "\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\"}}"

/* The last texts of which vectors are wanted. */
static const EmbedCall *last_embed(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_EMBED)
            return effect->embed;
    }
    fail_msg("no vector is wanted");
    return NULL;
}

static const char *text_at(const EmbedCall *call, unsigned place)
{
    assert_true(place < call->texts->len);
    return call->texts->pdata[place];
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

/* Each text gets the vector of its sense. */
static void embed(World *world, float sense)
{
    const EmbedCall *call = last_embed(world);
    Event *event = event_new(EVENT_EMBEDDED);
    GPtrArray *vectors = g_ptr_array_new_with_free_func(unref_bytes);

    for (unsigned i = 0; i < call->texts->len; i++)
        g_ptr_array_add(vectors, g_bytes_new(&sense, sizeof(sense)));
    event->embedded = embed_news_new(call->id, vectors);
    world_step(world, event);
}

static void fail_with(World *world, EmbedTrouble trouble)
{
    Event *event = event_new(EVENT_EMBEDDED);

    event->embedded = embed_news_new_trouble(last_embed(world)->id, trouble, "it says so");
    world_step(world, event);
}

static void fail_embed(World *world)
{
    fail_with(world, EMBED_UNREACHABLE);
}

static void expect_trial(const World *world)
{
    assert_int_equal(last_embed(world)->texts->len, 1);
    assert_string_equal(text_at(last_embed(world), 0), "note");
}

/* The line of !status, behind its beginning; "": there is none. The caller owns it. */
static char *status_of(World *world)
{
    static const char begin[] = "memory by meaning: ";
    const char *line;

    world_write(world, "vera", NULL, "!status");
    line = strstr(world_last_said(world), begin);
    return line ? g_strndup(line + strlen(begin), strcspn(line + strlen(begin), "\n"))
                : g_strdup("");
}

static void expect_status(World *world, const char *expected)
{
    g_autofree char *found = status_of(world);

    assert_string_equal(found, expected);
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

static void keep_with_vector(World *world, const char *line, float sense)
{
    world_write(world, "oskar", NULL, line);
    world_wait(world, 200);
    embed(world, sense);
    world_wait(world, 200);
}

/* "": there is none. */
static const char *model_of_vector(const World *world, const char *id)
{
    const Row *row = row_store_find(&world->store, TABLE_VECTORS, id);

    return row ? row_text(row, VECTORS_MODEL) : "";
}

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

/* It costs nothing but a try now and then, and whoever asks is told. */
static void a_provider_that_fails(void **state)
{
    World *world = *state;

    configure(world, WITH_VECTORS);
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    expect_status(world, "");
    world_wait(world, 200);
    fail_embed(world);
    expect_status(world, "not available since 14:13 (the embedding server at 127.0.0.1:11434 takes "
                         "no connection); notes are found by their words meanwhile");
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
    expect_status(world, "not available since 2026-09-21 14:13 (the embedding server at "
                         "127.0.0.1:11434 does not answer); notes are found by their words "
                         "meanwhile");
    world_wait(world, 11 * MINUTE_MS);
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    world_wait(world, 1);
    assert_string_equal(text_at(last_embed(world), 0), "door: 4711");
    embed(world, 1);
    assert_int_equal(world_count_rows(world, TABLE_VECTORS), 1);
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
    expect_status(world, "not available since 14:13 (the embedding server at 127.0.0.1:11434 "
                         "refuses every text); notes are found by their words meanwhile");
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
    expect_status(world, "not available since 14:13 (the embedding server at 127.0.0.1:11434 does "
                         "not answer); notes are found by their words meanwhile");
    expect_trial(world);
    embed(world, 1);
    expect_status(world, "");
    world_write(world, "oskar", NULL, "RECALL: hall");
    embed(world, 2);
    assert_string_equal(world_last_said(world), "no key \"hall\"; these hold it:\n"
                                                "entrance hall: 4711 (oskar, 14:13)");
    /* Nobody makes any: then nothing is lacking. */
    configure(world, "{\"chain\":[]}");
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
        WORLD_TEST(a_provider_that_fails),
        WORLD_TEST(a_provider_that_refuses_everything),
        WORLD_TEST(a_search_that_gets_no_vector),
        WORLD_TEST(a_note_that_is_refused),
        WORLD_TEST(a_note_that_makes_it_fail),
        WORLD_TEST(found_by_meaning),
        WORLD_TEST(found_by_meaning_among_many),
        WORLD_TEST(a_vector_that_does_not_come),
        WORLD_TEST(shown_to_a_model),
    };

    return cmocka_run_group_tests_name("core-vectors", tests, NULL, NULL);
}
