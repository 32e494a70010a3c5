/* `llm` of config.json and what the environment offers instead: the chain of models, its defaults,
 * and what is refused, with the words for the person who mends it. */
#include "agent1/port/model_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static TalkSettings *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), CONFIG_MAX_BYTES, NULL);

    if (!json)
        fail_msg("%s", text);
    return talk_settings_parse(json, NULL, warnings, error);
}

static const ModelSettings *at(const TalkSettings *settings, unsigned place)
{
    assert_true(place < settings->chain->len);
    return settings->chain->pdata[place];
}

static void the_defaults(void **state)
{
    g_autoptr(TalkSettings) none = talk_settings_parse(NULL, NULL, NULL, NULL);
    g_autoptr(TalkSettings) empty = parse("{}", NULL, NULL);
    g_autoptr(TalkSettings) one =
        parse("{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}", NULL, NULL);

    (void)state;
    assert_int_equal(none->chain->len, 0);
    assert_int_equal(empty->chain->len, 0);
    assert_int_equal(empty->max_rounds, 4);
    assert_int_equal(empty->daily_tokens, 0);
    assert_string_equal(at(one, 0)->base_url, "http://127.0.0.1:11434");
    assert_int_equal(at(one, 0)->timeout_ms, 8000);
    assert_int_equal(at(one, 0)->max_tokens, 2048);
    assert_int_equal(at(one, 0)->context_tokens, 8192);
    assert_null(at(one, 0)->api_key);
}

static void what_people_set(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(TalkSettings) settings =
        parse("{\"max_rounds\":2,\"daily_tokens\":100000,\"daily_user_tokens\":5000,"
              "\"refusals\":[\"no puedo\"],\"chain\":["
              "{\"provider\":\"openai\",\"base_url\":\"http://localhost:8080/v1//\","
              "\"model\":\"x\",\"timeout\":\"20s\",\"api_key\":\"\",\"api_keys\":1},"
              "{\"provider\":\"anthropic\",\"model\":\"y\",\"api_key_file\":\"k\","
              "\"max_tokens\":100,\"context_tokens\":2000}]}",
              warnings, NULL);

    (void)state;
    assert_non_null(settings);
    assert_int_equal(settings->max_rounds, 2);
    assert_int_equal(settings->daily_tokens, 100000);
    assert_int_equal(settings->daily_user_tokens, 5000);
    assert_string_equal(settings->refusals->pdata[0], "no puedo");
    assert_string_equal(at(settings, 0)->base_url, "http://localhost:8080/v1");
    assert_int_equal(at(settings, 0)->timeout_ms, 20000);
    assert_null(at(settings, 0)->api_key);
    assert_int_equal(at(settings, 1)->provider, PROVIDER_ANTHROPIC);
    assert_string_equal(at(settings, 1)->base_url, "https://api.anthropic.com");
    assert_int_equal(at(settings, 1)->timeout_ms, 30000);
    assert_int_equal(at(settings, 1)->max_tokens, 100);
    assert_int_equal(warnings->len, 1);
    assert_string_equal(warnings->pdata[0],
                        "unknown key \"api_keys\" in llm.chain[0] (did you mean \"api_key\"?)");
}

static void who_makes_vectors(void **state)
{
    g_autoptr(TalkSettings) nobody = parse("{\"embeddings\":null}", NULL, NULL);
    g_autoptr(TalkSettings) somebody =
        parse("{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\"}}", NULL, NULL);
    g_autoptr(TalkSettings) slow =
        parse("{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\",\"timeout\":\"30s\"}}",
              NULL, NULL);

    (void)state;
    assert_null(nobody->embeddings);
    assert_int_equal(somebody->embeddings->provider, PROVIDER_OLLAMA);
    assert_string_equal(somebody->embeddings->base_url, "http://127.0.0.1:11434");
    assert_int_equal(somebody->embeddings->timeout_ms, 2000);
    assert_int_equal(slow->embeddings->timeout_ms, 30000);
    assert_int_equal(somebody->chain->len, 0);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "{\"chain\":{}}", "llm.chain: expected an array, found an object" },
        { "{\"chain\":[{\"model\":\"m\"}]}", "llm.chain[0].provider: missing" },
        { "{\"chain\":[{\"provider\":\"gpt\",\"model\":\"m\"}]}", "llm.chain[0].provider" },
        { "{\"chain\":[{\"provider\":\"ollama\"}]}", "llm.chain[0].model: missing" },
        { "{\"chain\":[{\"provider\":\"openai\",\"model\":\"m\"}]}",
          "llm.chain[0].base_url: missing" },
        { "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\",\"base_url\":\"ftp://h\"}]}",
          "llm.chain[0].base_url" },
        { "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\","
          "\"base_url\":\"http://user:secret@h\"}]}",
          "without ?, # and a password" },
        { "{\"chain\":[{\"provider\":\"openai\",\"model\":\"m\",\"api_key\":\"secret\","
          "\"base_url\":\"http://10.0.0.1:80\"}]}",
          "the key would be readable on the way" },
        { "{\"chain\":[{\"provider\":\"anthropic\",\"model\":\"m\"}]}", "api_key_file: missing" },
        { "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\",\"timeout\":\"0s\"}]}",
          "llm.chain[0].timeout" },
        { "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\",\"max_tokens\":9000}]}",
          "expected less than context_tokens" },
        { "{\"max_rounds\":0}", "llm.max_rounds" },
        { "{\"embeddings\":[]}", "llm.embeddings: []: expected an object" },
        { "{\"embeddings\":{\"model\":\"e\"}}", "llm.embeddings.provider: missing" },
        { "{\"embeddings\":{\"provider\":\"ollama\"}}", "llm.embeddings.model: missing" },
        { "{\"embeddings\":{\"provider\":\"anthropic\",\"model\":\"e\"}}",
          "llm.embeddings.provider" },
        { "{\"embeddings\":{\"provider\":\"openai\",\"model\":\"e\"}}",
          "llm.embeddings.base_url: missing" },
        { "{\"embeddings\":{\"provider\":\"openai\",\"model\":\"e\",\"api_key\":\"secret\","
          "\"base_url\":\"http://10.0.0.1:80\"}}",
          "the key would be readable on the way" },
        { "{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\",\"timeout\":\"31s\"}}",
          "llm.embeddings.timeout" },
        { "{\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\",\"timeout\":\"500ms\"}}",
          "llm.embeddings.timeout" },
        { "{\"refusals\":[\"\"]}", "a phrase that means a model refused" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(TalkSettings) settings = parse(rows[i].text, NULL, &error);

        assert_null(settings);
        if (!strstr(error->message, rows[i].error) || strstr(error->message, "secret\""))
            fail_msg("%s: %s", rows[i].text, error->message);
    }
}

static void too_many(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"chain\":[");
    g_autoptr(GError) error = NULL;
    g_autoptr(TalkSettings) settings = NULL;

    (void)state;
    for (int i = 0; i <= MODEL_CHAIN_MAX; i++)
        g_string_append_printf(text, "%s{\"provider\":\"ollama\",\"model\":\"m\"}", i ? "," : "");
    g_string_append(text, "]}");
    settings = parse(text->str, NULL, &error);
    assert_null(settings);
    assert_string_equal(error->message, "llm.chain: 9 models: expected at most 8");
}

static void the_environment(void **state)
{
    static const struct {
        ModelEnvironment offers;
        unsigned count;
        const char *base_url;
        const char *model;
    } rows[] = {
        { { 0 }, 0, NULL, NULL },
        { { .ollama_model = "m" }, 1, "http://127.0.0.1:11434", "m" },
        { { .ollama_host = "10.0.0.2" }, 1, "http://10.0.0.2:11434", "qwen2.5:7b-instruct" },
        { { .ollama_host = "gpu:80", .ollama_model = "m" }, 1, "http://gpu:80", "m" },
        { { .ollama_host = "https://gpu/" }, 1, "https://gpu", "qwen2.5:7b-instruct" },
        { { .ollama_host = "a b" }, 0, NULL, NULL },
        { { .has_anthropic_key = true },
          2,
          "https://api.anthropic.com",
          "claude-haiku-4-5-20251001" },
        { { .ollama_model = "m", .has_anthropic_key = true }, 3, "http://127.0.0.1:11434", "m" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(TalkSettings) settings = talk_settings_parse(NULL, &rows[i].offers, NULL, NULL);

        assert_int_equal(settings->chain->len, rows[i].count);
        if (rows[i].count == 0)
            continue;
        assert_string_equal(at(settings, 0)->base_url, rows[i].base_url);
        assert_string_equal(at(settings, 0)->model, rows[i].model);
        if (rows[i].offers.has_anthropic_key) {
            assert_string_equal(at(settings, rows[i].count - 1)->model, "claude-sonnet-4-6");
            assert_string_equal(at(settings, rows[i].count - 1)->api_key_env, "ANTHROPIC_API_KEY");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults),      cmocka_unit_test(what_people_set),
        cmocka_unit_test(who_makes_vectors), cmocka_unit_test(what_is_refused),
        cmocka_unit_test(too_many),          cmocka_unit_test(the_environment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
