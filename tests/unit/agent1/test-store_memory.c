/* The queries over what people have remembered: who finds what, in which order, by words and by
 * vectors. */
#include "agent1/edge/store_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/port/packed_vector.h"
#include "tests/unit/agent1/store-compare.h"

#include "common/base/limits.h"
#include "common/base/banned.h"

/* ---- what was remembered ---- */

static Row *make_memory(const char *key, const char *value)
{
    Row *row = row_new(TABLE_MEMORIES);

    row_set_text(row, MEMORIES_ID, key);
    row_set_text(row, MEMORIES_KEY, key);
    row_set_text(row, MEMORIES_VALUE, value);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_SHARED);
    return row;
}

static Row *make_private(const char *key, const char *value, const char *owner)
{
    g_autofree char *id = g_strdup_printf("%s of %s", key, owner);
    Row *row = make_memory(key, value);

    row_set_text(row, MEMORIES_ID, id);
    row_set_text(row, MEMORIES_USER, owner);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_PRIVATE);
    return row;
}

/* Written, replaced and deleted: the index follows. */
static void fill_memory(Fixture *fixture, RowStore *twin)
{
    static const char *const texts[][2] = {
        { "door", "4711" },       { "backup", "nas3 at Orl\u00e9ans" }, { "night", "call oskar" },
        { "spare", "door open" }, { "backup", "nas4 at Nantes" },       { "gone", "nas4" },
    };
    Effects *effects = effects_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        row_store_put(twin, make_memory(texts[i][0], texts[i][1]));
        effects_put(effects, make_memory(texts[i][0], texts[i][1]));
        /* Between two queries the store does not leave out what is overwritten. */
        effects_query(effects, i, QUERY_MEMORY, "none", 0, 1);
    }
    row_store_put(twin, make_private("door", "1234 open", "ana"));
    effects_put(effects, make_private("door", "1234 open", "ana"));
    row_store_delete(twin, TABLE_MEMORIES, "gone");
    effects_delete(effects, TABLE_MEMORIES, "gone");
    effects_delete(effects, TABLE_MEMORIES, "never there");
    fixture_store(fixture, effects);
}

static void check_memory(Fixture *fixture, const RowStore *twin)
{
    static const struct {
        QueryKind kind;
        const char *text;
        unsigned count;
        const char *beside;
    } cases[] = {
        { QUERY_MEMORY, "backup", 1, NULL },
        { QUERY_MEMORY, "absent", 0, NULL },
        { QUERY_MEMORY, "door", 2, "door of ana" },
        { QUERY_MEMORY, "absent", 1, "door of ana" },
        { QUERY_MEMORY_MATCH, "\"nas4\"*", 1, NULL },
        { QUERY_MEMORY_MATCH, "\"nas3\"*", 0, NULL },
        { QUERY_MEMORY_MATCH, "\"DOO\"*", 2, NULL },
        { QUERY_MEMORY_MATCH, "\"door\"* \"open\"*", 1, NULL },
        { QUERY_MEMORY_MATCH, "\"value\"* \"OR\"*", 0, NULL },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 1, "ana" },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 0, "oskar" },
        { QUERY_MEMORY_MATCH, "\"1234\"*", 0, NULL },
        { QUERY_MEMORY_OWN, "\"open\"*", 1, "ana" },
        { QUERY_MEMORY_OWN, "\"open\"*", 0, "oskar" },
        { QUERY_MEMORY_OWN, "\"open\"*", 0, NULL },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        EffectQuery query = { .kind = cases[i].kind,
                              .text = (char *)(guintptr)cases[i].text,
                              .beside = (char *)(guintptr)cases[i].beside,
                              .limit = 10 };

        print_message("%s\n", cases[i].text);
        assert_int_equal(check_same(fixture, twin, &query), cases[i].count);
    }
}

static void test_memory(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill_memory(fixture, &twin);
    check_memory(fixture, &twin);
    fixture_reopen(fixture);
    check_memory(fixture, &twin);
    row_store_clear(&twin);
}

/* "door one" and "door two" fit a word alike: which of them comes first? */
static void expect_first(Fixture *fixture, int64_t now_ms, const char *first)
{
    EffectQuery query = { .kind = QUERY_MEMORY_MATCH,
                          .text = (char *)(guintptr) "\"door\"*",
                          .number = now_ms,
                          .limit = 2 };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    assert_int_equal(found->rows.rows->len, 2);
    assert_string_equal(row_text(found->rows.rows->pdata[0], MEMORIES_ID), first);
}

static void keep_note(Fixture *fixture, const char *id, const char *value, int64_t changed_ms,
                      int64_t recalled_ms)
{
    Effects *effects = effects_new();
    Row *row = make_memory(id, value);

    row_set_int(row, MEMORIES_CHANGED, changed_ms);
    effects_put(effects, row);
    row = row_new(TABLE_MEMO_KEYS);
    row_set_text(row, MEMO_KEYS_ID, id);
    row_set_text(row, MEMO_KEYS_KEY, id);
    if (recalled_ms > 0)
        row_set_int(row, MEMO_KEYS_RECALLED, recalled_ms);
    effects_put(effects, row);
    fixture_store(fixture, effects);
}

/* The ids of those that hold any of two words, as ana finds them; the caller owns it. */
static char *order_for_ana(Fixture *fixture)
{
    EffectQuery query = { .kind = QUERY_MEMORY_ANY,
                          .text = (char *)(guintptr) "\"harbour\"* OR \"crane\"*",
                          .beside = (char *)(guintptr) "ana",
                          .limit = 10 };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    return print_rows(found->rows.rows);
}

/* What others keep for themselves changes no order, or it told which words stand there. */
static void test_private_notes_change_no_order(void **state)
{
    static const char *const words[] = { "harbour", "crane" };
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *before = NULL;

    (void)state;
    fixture_open(fixture);
    keep_note(fixture, "a", "the crane of the quay, and what else there is to say", 0, 0);
    keep_note(fixture, "b", "the harbour of the quay, and what else there is to say", 0, 0);
    keep_note(fixture, "both", "the harbour and its crane, and what else there is to say", 0, 0);
    keep_note(fixture, "crane", "and what else there is to say", 0, 0);
    keep_note(fixture, "short", "a crane", 0, 0);
    before = order_for_ana(fixture);
    assert_string_equal(before, "both crane short a b");
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        for (unsigned count = 0; count < 20; count++) {
            g_autofree char *key = g_strdup_printf("%s %u", words[i], count);
            Effects *effects = effects_new();
            g_autofree char *after = NULL;

            effects_put(effects, make_private(key, words[i], "oskar"));
            fixture_store(fixture, effects);
            after = order_for_ana(fixture);
            assert_string_equal(after, before);
        }
    }
}

/* Of two that fit, the one that was written or asked for later; nothing is ever not found. */
static void test_old_notes_come_last(void **state)
{
    const int64_t now_ms = 20 * MEMORY_HALF_LIFE_MS;
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;
    fixture_open(fixture);
    keep_note(fixture, "one", "door", now_ms - MEMORY_HALF_LIFE_MS, 0);
    keep_note(fixture, "two", "door", now_ms, 0);
    expect_first(fixture, now_ms, "two");
    keep_note(fixture, "one", "door", now_ms - MEMORY_HALF_LIFE_MS, now_ms + 1);
    expect_first(fixture, now_ms + 2, "one");
    /* A match twice as good is found first for as long as the other takes to be worth half. */
    keep_note(fixture, "one", "door door door", now_ms - MEMORY_HALF_LIFE_MS / 100, 0);
    expect_first(fixture, now_ms, "one");
    keep_note(fixture, "one", "door door door", 0, 0);
    expect_first(fixture, now_ms, "two");
    /* A clock that was put back. */
    expect_first(fixture, 5, "one");
}

static void keep_of(Fixture *fixture, RowStore *twin, const char *key, const char *user,
                    const char *how, int is_tainted)
{
    Row *row = make_memory(key, "door");
    Effects *effects = effects_new();

    row_set_text(row, MEMORIES_USER, user);
    row_set_text(row, MEMORIES_HOW, how);
    if (is_tainted >= 0)
        row_set_int(row, MEMORIES_IS_TAINTED, is_tainted);
    row_store_put(twin, row_copy(row));
    effects_put(effects, row);
    fixture_store(fixture, effects);
}

/* What others wrote, or what came about otherwise, takes no place among the first. */
static void test_of_a_writer(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;
    EffectQuery query = { .kind = QUERY_MEMORY_ANY,
                          .text = (char *)(guintptr) "\"door\"*",
                          .writer = (char *)(guintptr) "oskar",
                          .limit = 2 };

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    keep_of(fixture, &twin, "a", "ana", HOW_TYPED, 0);
    keep_of(fixture, &twin, "b", "oskar", HOW_MODEL, 0);
    keep_of(fixture, &twin, "c", "oskar", HOW_TYPED, 1);
    keep_of(fixture, &twin, "d", "oskar", HOW_TYPED, -1);
    keep_of(fixture, &twin, "e", "oskar", NULL, 0);
    keep_of(fixture, &twin, "f", NULL, HOW_TYPED, 0);
    keep_of(fixture, &twin, "g", "oskar", HOW_TYPED, 0);
    assert_int_equal(check_same(fixture, &twin, &query), 1);
    query.writer = NULL;
    assert_int_equal(check_same(fixture, &twin, &query), 2);
    row_store_clear(&twin);
}

static GBytes *make_vector(float a, float b)
{
    const float numbers[] = { a, b };

    return packed_vector_new(numbers, G_N_ELEMENTS(numbers));
}

static void put_vector(Fixture *fixture, const char *id, const char *model, int64_t made_ms,
                       GBytes *vector)
{
    Row *row = row_new(TABLE_VECTORS);
    Effects *effects = effects_new();

    row_set_text(row, VECTORS_ID, id);
    row_set_text(row, VECTORS_MODEL, model);
    row_set_int(row, VECTORS_MADE, made_ms);
    if (vector)
        row_set_bytes(row, VECTORS_VECTOR, vector);
    effects_put(effects, row);
    fixture_store(fixture, effects);
    g_bytes_unref(vector);
}

/* The ids of what a query finds, the best first; the caller owns it. */
static char *ask_memory(Fixture *fixture, QueryKind kind, int64_t number, GBytes *vector)
{
    EffectQuery query = {
        .kind = kind, .text = (char *)(guintptr) "m", .vector = vector, .number = number, .limit = 3
    };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    return print_rows(found->rows.rows);
}

static void expect_near(Fixture *fixture, float a, float b, const char *expected)
{
    g_autoptr(GBytes) vector = make_vector(a, b);
    g_autofree char *found = ask_memory(fixture, QUERY_MEMORY_NEAR, 10, vector);

    assert_string_equal(found, expected);
}

/* Which notes lie near a vector, and which have none of a model. */
static void test_vectors(void **state)
{
    const float one = 1;
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *bare = NULL;
    g_autofree char *rest = NULL;
    g_autofree char *refused = NULL;

    (void)state;
    fixture_open(fixture);
    for (unsigned i = 0; i < 7; i++) {
        char id[] = { (char)('a' + i), '\0' };

        keep_note(fixture, id, "x", 10, 0);
    }
    put_vector(fixture, "a", "m", 10, make_vector(3, 0));
    put_vector(fixture, "b", "m", 10, make_vector(1, 1));
    put_vector(fixture, "c", "m", 10, make_vector(-1, 0));
    /* Of a text that is no more, of another model, of another length, and none at all. */
    put_vector(fixture, "d", "m", 9, make_vector(1, 0));
    put_vector(fixture, "e", "n", 10, make_vector(1, 0));
    put_vector(fixture, "f", "m", 10, packed_vector_new(&one, 1));
    put_vector(fixture, "gone", "m", 10, make_vector(1, 0));
    expect_near(fixture, 1, 0, "a b");
    expect_near(fixture, 0, 1, "b");
    fixture_reopen(fixture);
    expect_near(fixture, 5, 4.9F, "b a");
    bare = ask_memory(fixture, QUERY_MEMORY_BARE, 0, NULL);
    assert_string_equal(bare, "d e g");
    rest = ask_memory(fixture, QUERY_MEMORY_BARE, 2, NULL);
    assert_string_equal(rest, "g");
    put_vector(fixture, "g", "m", 10, NULL);
    put_vector(fixture, "a", "n", 9, NULL);
    refused = ask_memory(fixture, QUERY_VECTORS_REFUSED, 0, NULL);
    assert_string_equal(refused, "a g");
}

static void keep_seen(Fixture *fixture, const char *id, const char *scope, const char *user,
                      int64_t changed_ms, int64_t recalled_ms)
{
    Effects *effects = effects_new();
    Row *note = make_memory(id, "x");
    Row *key = row_new(TABLE_MEMO_KEYS);

    row_set_text(note, MEMORIES_SCOPE, scope);
    row_set_text(note, MEMORIES_USER, user);
    row_set_text(note, MEMORIES_HOW, HOW_TYPED);
    row_set_int(note, MEMORIES_IS_TAINTED, 0);
    row_set_int(note, MEMORIES_CHANGED, changed_ms);
    row_set_text(key, MEMO_KEYS_ID, id);
    row_set_text(key, MEMO_KEYS_KEY, id);
    row_set_text(key, MEMO_KEYS_SCOPE, scope);
    row_set_text(key, MEMO_KEYS_USER, user);
    row_set_int(key, MEMO_KEYS_RECALLED, recalled_ms);
    effects_put(effects, note);
    effects_put(effects, key);
    fixture_store(fixture, effects);
    put_vector(fixture, id, "m", changed_ms, make_vector(1, 1));
}

/* The ids of those that lie near, as somebody finds them; the caller owns it. */
static char *near_for(Fixture *fixture, const char *user, const char *writer, unsigned limit)
{
    g_autoptr(GBytes) vector = make_vector(1, 1);
    EffectQuery query = { .kind = QUERY_MEMORY_NEAR,
                          .text = (char *)(guintptr) "m",
                          .beside = (char *)(guintptr)user,
                          .writer = (char *)(guintptr)writer,
                          .vector = vector,
                          .number = 20 * MEMORY_HALF_LIFE_MS,
                          .limit = limit };
    Effects *effects = effects_new();
    const Event *found;

    effects_query_all(effects, 1, &query);
    fixture_store(fixture, effects);
    found = g_ptr_array_index(fixture->answer.events, 0);
    return print_rows(found->rows.rows);
}

/* Whose a note is counts, and when it was written or told last. */
static void test_who_finds_what_is_near(void **state)
{
    static const struct {
        const char *user;
        const char *writer;
        unsigned limit;
        const char *found;
    } cases[] = {
        { NULL, NULL, 9, "told new a1 a2 old" },
        { "ana", NULL, 9, "told new own a1 a2 old" },
        { "oskar", NULL, 9, "told new a1 a2 old" },
        { NULL, NULL, 3, "told new a1" },
        { NULL, "ana", 9, "new a1 a2 old" },
        { "ana", "ana", 3, "new own a1" },
        { NULL, "oskar", 9, "told" },
        { NULL, "vera", 9, "" },
        { NULL, NULL, 0, "" },
    };
    const int64_t now_ms = 20 * MEMORY_HALF_LIFE_MS;
    g_autoptr(Fixture) fixture = fixture_new();

    (void)state;
    fixture_open(fixture);
    keep_seen(fixture, "old", SCOPE_SHARED, "ana", 1, 0);
    keep_seen(fixture, "a2", SCOPE_SHARED, "ana", now_ms / 2, 0);
    keep_seen(fixture, "a1", SCOPE_SHARED, "ana", now_ms / 2, 0);
    keep_seen(fixture, "own", SCOPE_PRIVATE, "ana", now_ms - 3000, 0);
    keep_seen(fixture, "new", SCOPE_SHARED, "ana", now_ms - 2000, 0);
    keep_seen(fixture, "told", SCOPE_SHARED, "oskar", 1, now_ms - 1000);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = near_for(fixture, cases[i].user, cases[i].writer, cases[i].limit);

        assert_string_equal(found, cases[i].found);
    }
}

/* They were arrays of float, and are packed where they lie; what was none is made anew, and so is
 * what a note lacks: a server that refused everything, whatever it was, may have cost it that. */
static void test_vectors_of_an_older_version(void **state)
{
    static const float near[] = { 1, 1 };
    static const float far[] = { 1, -1 };
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *bare = NULL;

    (void)state;
    fixture_open(fixture);
    for (unsigned i = 0; i < 4; i++) {
        char id[] = { (char)('a' + i), '\0' };

        keep_note(fixture, id, "x", 10, 0);
    }
    put_vector(fixture, "a", "m", 10, g_bytes_new(far, sizeof(far)));
    put_vector(fixture, "b", "m", 10, g_bytes_new(near, sizeof(near)));
    put_vector(fixture, "c", "m", 10, g_bytes_new(near, sizeof(near) - 1));
    put_vector(fixture, "d", "m", 10, NULL);
    for (unsigned i = 0; i < 500; i++) {
        g_autofree char *id = g_strdup_printf("more %03u", i);

        keep_note(fixture, id, "x", 10, 0);
        put_vector(fixture, id, "m", 10, g_bytes_new(far, sizeof(far)));
    }
    fixture_close(fixture);
    assert_int_equal(fixture_sql(fixture, "PRAGMA user_version = 4000"), SQLITE_OK);
    fixture_open(fixture);
    assert_null(fixture->set_aside);
    expect_near(fixture, 1, 1, "b");
    expect_near(fixture, 1, -1, "a more 000 more 001");
    bare = ask_memory(fixture, QUERY_MEMORY_BARE, 0, NULL);
    assert_string_equal(bare, "c d");
}

/* An index that lost its content, or says what no row does, is made anew; the rows stay. */
static void test_a_damaged_index_is_made_anew(void **state)
{
    static const char *const harms[] = {
        "INSERT INTO memory_index (memory_index) VALUES ('delete-all')",
        "DELETE FROM memory_index_data WHERE id > 10",
        "UPDATE memory_index_data SET block = zeroblob(length(block)) WHERE id > 10",
        "INSERT INTO memory_index (rowid, key, value) VALUES (99, 'a', 'b')",
        "DELETE FROM memory_index_idx",
        "DELETE FROM memory_index_docsize",
    };
    g_autoptr(Fixture) fixture = fixture_new();
    RowStore twin;

    (void)state;
    row_store_init(&twin);
    fixture_open(fixture);
    fill_memory(fixture, &twin);
    for (unsigned i = 0; i < G_N_ELEMENTS(harms); i++) {
        print_message("%s\n", harms[i]);
        fixture_close(fixture);
        assert_int_equal(fixture_sql(fixture, harms[i]), SQLITE_OK);
        fixture_open(fixture);
        assert_null(fixture->set_aside);
        check_memory(fixture, &twin);
    }
    row_store_clear(&twin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_old_notes_come_last),
        cmocka_unit_test(test_private_notes_change_no_order),
        cmocka_unit_test(test_of_a_writer),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_who_finds_what_is_near),
        cmocka_unit_test(test_vectors_of_an_older_version),
        cmocka_unit_test(test_a_damaged_index_is_made_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
