/* What providers are sent: address, header fields, body. */
#include "agent1/providers/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static ModelCall *make_call(void)
{
    ModelCall *call = model_call_new("id", 0);

    call->preamble = g_strdup("Be \"brief\".");
    call->max_tokens = 100;
    return call;
}

static void add_words(ModelCall *call, ModelSpeaker speaker, const char *text)
{
    g_ptr_array_add(call->words, model_words_new(speaker, text));
}

static ModelRequest *make_request(int provider, const char *base_url, const char *key,
                                  const ModelCall *call)
{
    char *url = g_strdup(base_url);
    char *api_key = g_strdup(key);
    char model[] = "m";
    ModelSettings settings = { .provider = provider,
                               .base_url = url,
                               .model = model,
                               .api_key = api_key,
                               .context_tokens = 8000 };
    ModelRequest *request = model_request_new(call, &settings);

    g_free(url);
    g_free(api_key);
    return request;
}

static void test_addresses(void **state)
{
    static const struct {
        int provider;
        const char *base_url;
        const char *url;
    } rows[] = {
        { PROVIDER_OLLAMA, "http://127.0.0.1:11434", "http://127.0.0.1:11434/api/chat" },
        { PROVIDER_OLLAMA, "https://h/ollama", "https://h/ollama/api/chat" },
        { PROVIDER_OPENAI, "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions" },
        { PROVIDER_OPENAI, "https://api.openai.com/v1",
          "https://api.openai.com/v1/chat/completions" },
        { PROVIDER_OPENAI, "https://h/api/v3", "https://h/api/v3/chat/completions" },
        { PROVIDER_ANTHROPIC, "https://api.anthropic.com",
          "https://api.anthropic.com/v1/messages" },
        { PROVIDER_ANTHROPIC, "https://h/gate/v1", "https://h/gate/v1/messages" },
        { PROVIDER_ANTHROPIC, "https://h/gate", "https://h/gate/v1/messages" },
    };
    g_autoptr(ModelCall) call = make_call();

    (void)state;
    add_words(call, MODEL_PERSON, "hi");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelRequest) request =
            make_request(rows[i].provider, rows[i].base_url, NULL, call);

        assert_string_equal(request->url, rows[i].url);
    }
}

static void test_fields(void **state)
{
    static const struct {
        int provider;
        const char *key;
        const char *fields;
    } rows[] = {
        { PROVIDER_OLLAMA, NULL, "Content-Type: application/json\nAccept: application/x-ndjson\n" },
        { PROVIDER_OPENAI, "k",
          "Content-Type: application/json\nAccept: text/event-stream\nAuthorization: Bearer k\n" },
        { PROVIDER_ANTHROPIC, "k",
          "Content-Type: application/json\nAccept: text/event-stream\nx-api-key: k\n"
          "anthropic-version: 2023-06-01\n" },
    };
    g_autoptr(ModelCall) call = make_call();

    (void)state;
    add_words(call, MODEL_PERSON, "hi");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelRequest) request =
            make_request(rows[i].provider, "http://h", rows[i].key, call);
        g_autoptr(GString) fields = g_string_new(NULL);

        for (unsigned field = 0; field < request->field_count; field++)
            g_string_append_printf(fields, "%s: %s\n", request->fields[field].name,
                                   request->fields[field].value);
        assert_string_equal(fields->str, rows[i].fields);
    }
}

#define MESSAGES                                                                                   \
    "{\"role\":\"user\",\"content\":\"one\\n\\ntwo\"},{\"role\":\"assistant\",\"content\":"        \
    "\"three\"},{\"role\":\"user\",\"content\":\"four\"}]"
#define WITH_SYSTEM                                                                                \
    "\"messages\":[{\"role\":\"system\",\"content\":\"Be \\\"brief\\\".\"}," MESSAGES

static void test_bodies(void **state)
{
    static const struct {
        int provider;
        const char *base_url;
        const char *body;
    } rows[] = {
        { PROVIDER_OLLAMA, "http://h",
          "{\"model\":\"m\"," WITH_SYSTEM
          ",\"stream\":true,\"options\":{\"num_predict\":100,\"num_ctx\":8100}}" },
        { PROVIDER_OPENAI, "http://h",
          "{\"model\":\"m\"," WITH_SYSTEM
          ",\"max_tokens\":100,\"stream\":true,\"stream_options\":{\"include_usage\":true}}" },
        { PROVIDER_OPENAI, "https://api.openai.com/v1",
          "{\"model\":\"m\"," WITH_SYSTEM ",\"max_completion_tokens\":100,\"stream\":true,"
          "\"stream_options\":{\"include_usage\":true}}" },
        { PROVIDER_ANTHROPIC, "http://h",
          "{\"model\":\"m\",\"max_tokens\":100,\"system\":\"Be "
          "\\\"brief\\\".\",\"messages\":[" MESSAGES ",\"stream\":true}" },
    };
    g_autoptr(ModelCall) call = make_call();

    (void)state;
    add_words(call, MODEL_ITSELF, "before anybody");
    add_words(call, MODEL_PERSON, "one");
    add_words(call, MODEL_PERSON, "two");
    add_words(call, MODEL_ITSELF, "three");
    add_words(call, MODEL_PERSON, "four");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelRequest) request =
            make_request(rows[i].provider, rows[i].base_url, NULL, call);

        assert_string_equal(request->body, rows[i].body);
    }
}

static void test_tools(void **state)
{
    static const struct {
        int provider;
        const char *first; /* of the tools */
    } rows[] = {
        { PROVIDER_OLLAMA, "*\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"delegate\","
                           "\"description\":\"one run *\",\"parameters\":{\"type\":\"object\",*" },
        { PROVIDER_OPENAI, "*\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"delegate\","
                           "\"description\":\"one run *\",\"parameters\":{\"type\":\"object\",*" },
        { PROVIDER_ANTHROPIC, "*\"tools\":[{\"name\":\"delegate\",\"description\":\"one run *\","
                              "\"input_schema\":{\"type\":\"object\",*" },
    };
    g_autoptr(ModelCall) call = make_call();

    (void)state;
    call->has_tools = true;
    add_words(call, MODEL_PERSON, "hi");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ModelRequest) request = make_request(rows[i].provider, "http://h", NULL, call);

        if (!g_pattern_match_simple(rows[i].first, request->body))
            fail_msg("%s", request->body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_tools),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
