/* What embedding models are sent, and which of their answers are vectors. */
#include "agent1/providers/embeddings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/port/packed_vector.h"
#include "common/base/banned.h"

static void what_is_sent(void **state)
{
    static char url[] = "http://127.0.0.1:11434";
    static char key[] = "secret";
    static char name[] = "m";
    ModelSettings settings = { .provider = PROVIDER_OLLAMA, .base_url = url, .model = name };
    g_autoptr(EmbedCall) call = embed_call_new("id", 1000);
    g_autoptr(ModelRequest) ollama = NULL;
    g_autoptr(ModelRequest) openai = NULL;

    (void)state;
    g_ptr_array_add(call->texts, g_strdup("door: 4711"));
    g_ptr_array_add(call->texts, g_strdup("a \"b\""));
    ollama = embeddings_request_new(call, &settings);
    assert_string_equal(ollama->url, "http://127.0.0.1:11434/api/embed");
    assert_string_equal(ollama->body,
                        "{\"model\":\"m\",\"input\":[\"door: 4711\",\"a \\\"b\\\"\"]}");
    assert_int_equal(ollama->field_count, 2);
    settings.provider = PROVIDER_OPENAI;
    settings.api_key = key;
    openai = embeddings_request_new(call, &settings);
    assert_string_equal(openai->url, "http://127.0.0.1:11434/embeddings");
    assert_string_equal(openai->body, "{\"model\":\"m\",\"input\":[\"door: 4711\",\"a \\\"b\\\"\"],"
                                      "\"encoding_format\":\"float\"}");
    assert_string_equal(openai->fields[2].name, "Authorization");
    assert_string_equal(openai->fields[2].value, "Bearer secret");
}

static void which_answers_are_vectors(void **state)
{
    static const struct {
        const char *what;
        int provider;
        const char *body;
        unsigned count;
        const char *complaint; /* NULL: they are */
    } rows[] = {
        { "ollama's", PROVIDER_OLLAMA, "{\"model\":\"m\",\"embeddings\":[[1,0.5],[-1e-3,2]]}", 2,
          NULL },
        { "openai's", PROVIDER_OPENAI,
          "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[1,0."
          "5]},{\"index\":1,\"embedding\":[-0.001,2]}]}",
          2, NULL },
        { "one too few", PROVIDER_OLLAMA, "{\"embeddings\":[[1,2]]}", 2, "not one for each text" },
        { "one too many", PROVIDER_OLLAMA, "{\"embeddings\":[[1],[2]]}", 1,
          "not one for each text" },
        { "none", PROVIDER_OLLAMA, "{\"error\":\"model not found\"}", 1, "not one for each text" },
        { "the other's", PROVIDER_OPENAI, "{\"embeddings\":[[1]]}", 1, "not one for each text" },
        { "another order", PROVIDER_OPENAI,
          "{\"data\":[{\"index\":1,\"embedding\":[1]},{\"index\":0,\"embedding\":[2]}]}", 2,
          "missing, empty or too long" },
        { "an empty one", PROVIDER_OLLAMA, "{\"embeddings\":[[]]}", 1, "missing, empty" },
        { "a text", PROVIDER_OLLAMA, "{\"embeddings\":[\"AAAA\"]}", 1, "missing, empty" },
        { "a word in it", PROVIDER_OLLAMA, "{\"embeddings\":[[1,\"x\"]]}", 1, "no number" },
        { "null in it", PROVIDER_OLLAMA, "{\"embeddings\":[[1,null]]}", 1, "no number" },
        { "too large", PROVIDER_OLLAMA, "{\"embeddings\":[[1,1e39]]}", 1, "too large" },
        { "far too large", PROVIDER_OLLAMA, "{\"embeddings\":[[1,1e999]]}", 1, "" },
        { "noughts", PROVIDER_OLLAMA, "{\"embeddings\":[[0,0,-0.0]]}", 1, "noughts" },
        { "different lengths", PROVIDER_OLLAMA, "{\"embeddings\":[[1,2],[1]]}", 2,
          "different lengths" },
        { "no JSON", PROVIDER_OLLAMA, "<html>", 1, "" },
        { "nothing", PROVIDER_OLLAMA, "", 1, "" },
        { "an array", PROVIDER_OLLAMA, "[]", 1, "not one for each text" },
    };
    static const float numbers[] = { 1.0F, 0.5F };
    g_autoptr(GBytes) expected = packed_vector_new(numbers, 2);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) vectors = embeddings_parse(
            rows[i].provider, rows[i].body, strlen(rows[i].body), rows[i].count, &error);

        print_message("%s\n", rows[i].what);
        assert_int_equal(vectors == NULL, rows[i].complaint != NULL);
        if (rows[i].complaint) {
            assert_non_null(strstr(error->message, rows[i].complaint));
            continue;
        }
        assert_int_equal(vectors->len, rows[i].count);
        assert_true(g_bytes_equal(vectors->pdata[0], expected));
    }
}

/* Of one text: more numbers than its vector may have, wherever they stand. */
static void how_much_is_read(void **state)
{
    GString *body = g_string_new("{\"embeddings\":[[1]],\"more\":[1");
    g_autoptr(GError) error = NULL;

    (void)state;
    for (unsigned i = 0; i < 2 * VECTOR_NUMBERS_MAX; i++)
        g_string_append(body, ",1");
    g_string_append(body, "]}");
    assert_null(embeddings_parse(PROVIDER_OLLAMA, body->str, body->len, 1, &error));
    assert_non_null(strstr(error->message, "the answer is too long"));
    g_string_free(body, TRUE);
}

static void how_long_one_may_be(void **state)
{
    (void)state;
    for (unsigned length = VECTOR_NUMBERS_MAX; length <= VECTOR_NUMBERS_MAX + 1; length++) {
        GString *body = g_string_new("{\"embeddings\":[[1");
        g_autoptr(GPtrArray) vectors = NULL;

        for (unsigned i = 1; i < length; i++)
            g_string_append(body, ",1");
        g_string_append(body, "]]}");
        vectors = embeddings_parse(PROVIDER_OLLAMA, body->str, body->len, 1, NULL);
        assert_int_equal(vectors != NULL, length <= VECTOR_NUMBERS_MAX);
        g_string_free(body, TRUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(which_answers_are_vectors),
        cmocka_unit_test(how_much_is_read),
        cmocka_unit_test(how_long_one_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
