/* Records: the same rows read and write, and errors that say where. */
#include "common/data/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/name.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

typedef enum {
    VIEWER,
    OPERATOR,
    ADMIN,
} Rank;

typedef struct Sample {
    char *name;
    char *note;
    bool is_on;
    bool is_always;
    int64_t port;
    int64_t count;
    int64_t wait_ms;
    int64_t size_bytes;
    int64_t at_ms;
    int rank;
    int state;
    GPtrArray *ids;
    char *url;
    int64_t limit;
    Json *any;
} Sample;

static const char *const ranks[] = { "viewer", "operator", "admin", NULL };

#define AT(json_name, member) .name = json_name, .offset = offsetof(Sample, member)

static const Field inner[] = {
    { AT("url", url), .kind = FIELD_STRING, .is_required = true, .maximum = 10 },
    { AT("limit", limit), .kind = FIELD_INT, .absent = -1, .minimum = 1 },
    { .name = NULL },
};

static const Field rows[] = {
    { AT("name", name), .kind = FIELD_STRING, .is_required = true, .is_valid = name_is_valid,
      .expected = "a name" },
    { AT("note", note), .kind = FIELD_STRING, .is_shared = true, .minimum = 2, .maximum = 4 },
    { AT("on", is_on), .kind = FIELD_BOOL },
    { AT("always", is_always), .kind = FIELD_BOOL, .is_always_written = true },
    { AT("port", port), .kind = FIELD_INT, .minimum = 1, .maximum = 65535, .absent = 1883 },
    { AT("count", count), .kind = FIELD_INT, .absent = -1 },
    { AT("wait", wait_ms), .kind = FIELD_DURATION, .absent = -1, .minimum = 1000,
      .maximum = 3600000 },
    { AT("size", size_bytes), .kind = FIELD_SIZE, .absent = -1 },
    { AT("at", at_ms), .kind = FIELD_TIME, .absent = -1 },
    { AT("rank", rank), .kind = FIELD_CHOICE, .choices = ranks },
    { AT("state", state), .kind = FIELD_CHOICE, .choices = ranks, .is_always_written = true },
    { AT("ids", ids), .kind = FIELD_STRINGS, .maximum = 3, .is_valid = name_is_ulid,
      .expected = "ULIDs, at most 3" },
    { .name = "mqtt", .kind = FIELD_OBJECT, .fields = inner },
    { AT("any", any), .kind = FIELD_JSON },
    { .name = NULL },
};

static Json *parse(const char *text)
{
    Json *json = json_parse(text, strlen(text), 10000, NULL);

    assert_non_null(json);
    return json;
}

static void check_writes(const Sample *sample, const char *expected)
{
    g_autoptr(Json) object = json_new_object();
    g_autofree char *printed = NULL;

    record_write(rows, sample, object);
    printed = json_print(object);
    assert_string_equal(printed, expected);
}

static void test_round_trip(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *written; /* NULL: the same */
    } table[] = {
        { "the least", "{\"name\":\"a\"}",
          "{\"name\":\"a\",\"always\":false,\"state\":\"viewer\"}" },
        { "everything",
          "{\"name\":\"web1\",\"note\":\"ok\",\"on\":true,\"always\":true,\"port\":1,\"count\":0,"
          "\"wait\":\"90s\",\"size\":\"16MiB\",\"at\":\"2026-11-21T02:14:05.123Z\","
          "\"rank\":\"operator\",\"state\":\"admin\",\"ids\":[\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"],"
          "\"mqtt\":{\"url\":\"x\",\"limit\":5},\"any\":[1,{\"a\":null}]}",
          NULL },
        { "other spellings of the same",
          "{\"any\":false,\"size\":\"1048576\",\"wait\":\"60s\",\"at\":\"2026-11-21T03:14:05+01:"
          "00\","
          "\"name\":\"a\"}",
          "{\"name\":\"a\",\"always\":false,\"wait\":\"1m\",\"size\":\"1MiB\","
          "\"at\":\"2026-11-21T02:14:05.000Z\",\"state\":\"viewer\",\"any\":false}" },
        { "null is absent",
          "{\"name\":\"a\",\"note\":null,\"on\":null,\"port\":null,\"wait\":null,\"ids\":null,"
          "\"mqtt\":null,\"any\":null,\"rank\":null}",
          "{\"name\":\"a\",\"always\":false,\"state\":\"viewer\"}" },
        { "an empty list is a list",
          "{\"name\":\"a\",\"always\":false,\"state\":\"viewer\",\"ids\":[]}", NULL },
        { "the absent number is not written", "{\"name\":\"a\",\"port\":1883}",
          "{\"name\":\"a\",\"always\":false,\"state\":\"viewer\"}" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(Json) json = parse(table[i].json);
        g_autoptr(GError) error = NULL;
        Sample sample;
        Sample copy;

        print_message("%s\n", table[i].what);
        record_init(rows, &sample);
        assert_true(record_read(rows, &sample, json, "", NULL, &error));
        record_copy(rows, &sample, &copy);
        record_clear(rows, &sample);
        assert_null(sample.name);
        assert_null(sample.ids);
        assert_int_equal(sample.port, 1883);
        check_writes(&copy, table[i].written ? table[i].written : table[i].json);
        record_clear(rows, &copy);
    }
}

static void test_shared_text(void **state)
{
    g_autoptr(Json) json = parse("{\"name\":\"web1\",\"note\":\"same\"}");
    GHashTable *words = record_words_new();
    Sample samples[2];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        record_init(rows, &samples[i]);
    /* Once more than there are: what a record had is let go. */
    for (size_t i = 0; i <= G_N_ELEMENTS(samples); i++)
        record_read(rows, &samples[i % G_N_ELEMENTS(samples)], json, "", NULL, NULL);
    assert_ptr_not_equal(samples[0].note, samples[1].note);
    /* Once more, too: what is shared already stays. */
    for (size_t i = 0; i <= G_N_ELEMENTS(samples); i++)
        record_share(rows, &samples[i % G_N_ELEMENTS(samples)], words);
    g_hash_table_unref(words);
    assert_ptr_equal(samples[0].note, samples[1].note);
    record_clear(rows, &samples[0]);
    assert_string_equal(samples[1].note, "same");
    record_clear(rows, &samples[1]);
}

static void test_values(void **state)
{
    g_autoptr(Json) json =
        parse("{\"name\":\"a\",\"wait\":\"1m30s\",\"size\":\"2KiB\",\"rank\":"
              "\"admin\",\"at\":\"1970-01-01T00:00:01Z\",\"count\":-5,"
              "\"ids\":[\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"],\"mqtt\":{\"url\":\"u\"}}");
    Sample sample;

    (void)state;
    record_init(rows, &sample);
    assert_int_equal(sample.count, -1);
    assert_true(record_read(rows, &sample, json, "", NULL, NULL));
    assert_string_equal(sample.name, "a");
    assert_int_equal(sample.wait_ms, 90000);
    assert_int_equal(sample.size_bytes, 2048);
    assert_int_equal(sample.rank, ADMIN);
    assert_int_equal(sample.at_ms, 1000);
    assert_int_equal(sample.count, -5);
    assert_int_equal(sample.ids->len, 1);
    assert_string_equal(sample.url, "u");
    assert_int_equal(sample.limit, -1);
    record_clear(rows, &sample);
}

/* Defaults that the caller put there stay, and are freed when something else is read. */
static void test_defaults(void **state)
{
    g_autoptr(Json) first = parse("{\"name\":\"a\",\"mqtt\":{\"url\":\"new\"}}");
    g_autoptr(Json) second = parse("{\"name\":\"b\",\"note\":\"mine\",\"any\":2,\"ids\":[]}");
    Sample sample;

    (void)state;
    record_init(rows, &sample);
    sample.note = g_ref_string_new("dflt");
    sample.url = g_strdup("old");
    sample.wait_ms = 5000;
    sample.any = json_new_int(1);
    sample.ids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(sample.ids, g_strdup("x"));

    assert_true(record_read(rows, &sample, first, "", NULL, NULL));
    assert_string_equal(sample.note, "dflt");
    assert_string_equal(sample.url, "new");
    assert_int_equal(sample.wait_ms, 5000);
    assert_int_equal(sample.ids->len, 1);

    assert_true(record_read(rows, &sample, second, "", NULL, NULL));
    assert_string_equal(sample.name, "b");
    assert_string_equal(sample.note, "mine");
    assert_int_equal(sample.ids->len, 0);
    record_clear(rows, &sample);
}

static const struct {
    const char *json;
    const char *message;
    Problem code;
} error_rows[] = {
    { "{}", "users[0].name: missing: expected a name", PROBLEM_MISSING },
    { "{\"name\":null}", "users[0].name: missing: expected a name", PROBLEM_MISSING },
    { "{\"name\":7}", "users[0].name: 7: expected a name", PROBLEM_TYPE },
    { "{\"name\":\"A b\"}", "users[0].name: \"A b\": expected a name", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"note\":\"x\"}", "users[0].note: \"x\": expected a text of 2 to 4 bytes",
      PROBLEM_VALUE },
    { "{\"name\":\"a\",\"note\":\"\\u001b\\n\\u202e\"}",
      "users[0].note: \"\\u001b\\n<U+202E>\": expected a text of 2 to 4 bytes", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"on\":\"yes\"}", "users[0].on: \"yes\": expected true or false",
      PROBLEM_TYPE },
    { "{\"name\":\"a\",\"port\":0}", "users[0].port: 0: expected a whole number from 1 to 65535",
      PROBLEM_VALUE },
    { "{\"name\":\"a\",\"port\":1.5}",
      "users[0].port: 1.5: expected a whole number from 1 to 65535", PROBLEM_TYPE },
    { "{\"name\":\"a\",\"count\":\"5\"}", "users[0].count: \"5\": expected a whole number",
      PROBLEM_TYPE },
    { "{\"name\":\"a\",\"wait\":5}",
      "users[0].wait: 5: expected a duration such as \"10m\", from 1s to 1h", PROBLEM_TYPE },
    { "{\"name\":\"a\",\"wait\":\"2h\"}",
      "users[0].wait: \"2h\": expected a duration such as \"10m\", from 1s to 1h", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"size\":\"big\"}",
      "users[0].size: \"big\": expected a size such as \"16MiB\"", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"at\":\"now\"}",
      "users[0].at: \"now\": expected a time such as \"2026-11-21T02:14:05.123Z\"", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"rank\":\"root\"}",
      "users[0].rank: \"root\": expected one of viewer, operator, admin", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"rank\":1}", "users[0].rank: 1: expected one of viewer, operator, admin",
      PROBLEM_TYPE },
    { "{\"name\":\"a\",\"ids\":\"x\"}", "users[0].ids: \"x\": expected ULIDs, at most 3",
      PROBLEM_TYPE },
    { "{\"name\":\"a\",\"ids\":[\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"x\"]}",
      "users[0].ids[1]: \"x\": expected ULIDs, at most 3", PROBLEM_VALUE },
    { "{\"name\":\"a\",\"ids\":[{}]}", "users[0].ids[0]: {}: expected ULIDs, at most 3",
      PROBLEM_TYPE },
    { "{\"name\":\"a\",\"ids\":[1,2,3,4]}", "users[0].ids: [1,2,3,4]: expected ULIDs, at most 3",
      PROBLEM_LIMIT },
    { "{\"name\":\"a\",\"mqtt\":[]}", "users[0].mqtt: []: expected an object", PROBLEM_TYPE },
    { "{\"name\":\"a\",\"mqtt\":{}}",
      "users[0].mqtt.url: missing: expected a text of 0 to 10 bytes", PROBLEM_MISSING },
    { "{\"name\":\"a\",\"mqtt\":{\"url\":\"u\",\"limit\":0}}",
      "users[0].mqtt.limit: 0: expected a whole number of at least 1", PROBLEM_VALUE },
    { "[]", "users[0]: []: expected an object", PROBLEM_TYPE },
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(error_rows); i++) {
        g_autoptr(Json) json = parse(error_rows[i].json);
        g_autoptr(GError) error = NULL;
        Sample sample;

        print_message("%s\n", error_rows[i].message);
        record_init(rows, &sample);
        assert_false(record_read(rows, &sample, json, "users[0]", NULL, &error));
        assert_string_equal(error->message, error_rows[i].message);
        assert_int_equal(error->code, error_rows[i].code);
        record_clear(rows, &sample);
    }
}

static void test_root(void **state)
{
    g_autoptr(Json) array = json_new_array();
    g_autoptr(Json) object = json_new_object();
    g_autoptr(GError) error = NULL;
    Sample sample;

    (void)state;
    record_init(rows, &sample);
    assert_false(record_read(rows, &sample, array, "", NULL, &error));
    assert_string_equal(error->message, "[]: expected an object");
    g_clear_error(&error);
    assert_false(record_read(rows, &sample, object, "", NULL, &error));
    assert_string_equal(error->message, "name: missing: expected a name");
}

static void test_warnings(void **state)
{
    static const struct {
        const char *json;
        const char *path;
        const char *warnings;
    } table[] = {
        { "{\"name\":\"a\",\"_why\":1}", "users[0]", "" },
        { "{\"name\":\"a\",\"nmae\":1}", "users[0]",
          "unknown key \"nmae\" in users[0] (did you mean \"name\"?)" },
        { "{\"name\":\"a\",\"Name\":1}", "", "unknown key \"Name\" (did you mean \"name\"?)" },
        { "{\"name\":\"a\",\"colour\":1}", "", "unknown key \"colour\"" },
        { "{\"name\":\"a\",\"x\\u001b\":1}", "", "unknown key \"x<U+001B>\"" },
        { "{\"name\":\"a\",\"ports\":1,\"mqtt\":{\"url\":\"\",\"uri\":\"x\"}}", "",
          "unknown key \"ports\" (did you mean \"port\"?)|"
          "unknown key \"uri\" in mqtt (did you mean \"url\"?)" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Json) json = parse(table[i].json);
        g_autofree char *all = NULL;
        Sample sample;

        record_init(rows, &sample);
        assert_true(record_read(rows, &sample, json, table[i].path, warnings, NULL));
        g_ptr_array_add(warnings, NULL);
        all = g_strjoinv("|", (char **)warnings->pdata);
        assert_string_equal(all, table[i].warnings);
        record_clear(rows, &sample);
    }
}

/* What a person wrote besides our members stays where it is. */
static void test_write_into(void **state)
{
    g_autoptr(Json) object = parse("{\"_c\":1,\"name\":\"old\",\"x\":2}");
    g_autofree char *printed = NULL;
    Sample sample;

    (void)state;
    record_init(rows, &sample);
    sample.name = g_strdup("new");
    sample.rank = OPERATOR;
    record_write(rows, &sample, object);
    printed = json_print(object);
    assert_string_equal(printed, "{\"_c\":1,\"name\":\"new\",\"x\":2,\"always\":false,\"rank\":"
                                 "\"operator\",\"state\":\"viewer\"}");
    record_clear(rows, &sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_shared_text),
        cmocka_unit_test(test_values),     cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_root),
        cmocka_unit_test(test_warnings),   cmocka_unit_test(test_write_into),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
