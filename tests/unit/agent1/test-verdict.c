/* What it means when a provider's server answers with something else than an answer. */
#include "agent1/providers/retry_after.h"
#include "agent1/providers/verdict.h"
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define KEY    "sk-very-secret"
#define NOW_MS INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
    const char *value;
    int64_t ms; /* -1: it is none */
} waits[] = {
    { "0", 0 },
    { "120", 120000 },
    { "99999999999999999999", -1 },
    { "9999999999999999", RETRY_AFTER_MAX_MS },
    { "-1", -1 },
    { "1.5", -1 },
    { "", -1 },
    { "soon", -1 },
    { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
    { "Sun, 06 Nov 1994 08:50:07 GMT", 30000 },
    { "Sun, 06 Nov 1994 08:49:07 GMT", 0 },
    { "Sunday, 06-Nov-94 08:50:07 GMT", 30000 },
    { "Sun Nov  6 08:50:07 1994", 30000 },
    { "Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_MAX_MS },
    { "Sun, 06 Nov 1994 08:50:07 GMT, 5", -1 },
    { "Sun, 06 Nov 1994 08:50:07", -1 },
    { "Sun, 06 Nov 1994 25:50:07 GMT", -1 },
    { "Sun, 31 Feb 1994 08:50:07 GMT", -1 },
    { "Sun, 06 Foo 1994 08:50:07 GMT", -1 },
};

static void test_retry_after(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_false(retry_after_parse(NULL, NOW_MS, &ms));
    for (unsigned i = 0; i < G_N_ELEMENTS(waits); i++) {
        bool is_read = retry_after_parse(waits[i].value, NOW_MS, &ms);

        if (is_read != (waits[i].ms >= 0) || (is_read && ms != waits[i].ms))
            fail_msg("%s: %d, %" G_GINT64_FORMAT, waits[i].value, is_read, ms);
    }
}

static void test_types(void **state)
{
    static const struct {
        int provider;
        unsigned status;
        const char *type;
        bool is_answer;
    } rows[] = {
        { PROVIDER_OLLAMA, 200, "application/x-ndjson", true },
        { PROVIDER_OLLAMA, 200, "application/json; charset=utf-8", true },
        { PROVIDER_OLLAMA, 200, NULL, true },
        { PROVIDER_OLLAMA, 200, "text/html", false },
        { PROVIDER_OLLAMA, 500, "application/x-ndjson", false },
        { PROVIDER_OPENAI, 200, "text/event-stream; charset=utf-8", true },
        { PROVIDER_OPENAI, 200, "Text/Event-Stream", true },
        { PROVIDER_OPENAI, 200, "text/event-streams", false },
        { PROVIDER_OPENAI, 200, "application/json", false },
        { PROVIDER_ANTHROPIC, 200, "text/event-stream", true },
        { PROVIDER_ANTHROPIC, 301, "text/event-stream", false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(verdict_is_answer(rows[i].provider, rows[i].status, rows[i].type),
                         rows[i].is_answer);
}

static const struct {
    int provider;
    unsigned status;
    const char *type;
    const char *retry_after;
    const char *body;
    ModelOutcome outcome;
    int64_t wait_ms;
    const char *why;
} rows[] = {
    { PROVIDER_ANTHROPIC, 401, "application/json", NULL,
      "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid "
      "x-api-key\"}}",
      MODEL_MISCONFIGURED, 0,
      "HTTP 401: authentication_error: invalid x-api-key; check the api_key of anthropic" },
    { PROVIDER_OPENAI, 403, NULL, NULL, "", MODEL_MISCONFIGURED, 0,
      "HTTP 403; check the api_key of openai" },
    { PROVIDER_OPENAI, 401, NULL, NULL,
      "{\"error\":{\"message\":\"Incorrect API key provided: " KEY ".\",\"type\":null}}",
      MODEL_MISCONFIGURED, 0,
      "HTTP 401: Incorrect API key provided: [redacted].; check the api_key of openai" },
    { PROVIDER_OLLAMA, 404, "application/json", NULL,
      "{\"error\":\"model \\\"m:7b\\\" not found, try pulling it first\"}", MODEL_MISCONFIGURED, 0,
      "HTTP 404: model \"m:7b\" not found, try pulling it first; check model \"m:7b\" and base_url "
      "of ollama" },
    { PROVIDER_OPENAI, 301, "text/html", NULL, "<html>moved</html>", MODEL_MISCONFIGURED, 0,
      "HTTP 301; check the base_url of openai" },
    { PROVIDER_OPENAI, 429, NULL, "20", "{\"error\":{\"message\":\"slow down\"}}", MODEL_LIMITED,
      20000, "HTTP 429: slow down" },
    { PROVIDER_OPENAI, 429, NULL, NULL, "", MODEL_LIMITED, 0, "HTTP 429" },
    { PROVIDER_OPENAI, 429, NULL, "Sun, 06 Nov 1994 08:50:07 GMT", "", MODEL_LIMITED, 30000,
      "HTTP 429" },
    { PROVIDER_ANTHROPIC, 529, NULL, "3", "{\"error\":{\"type\":\"overloaded_error\"}}",
      MODEL_LIMITED, 3000, "HTTP 529: overloaded_error" },
    { PROVIDER_ANTHROPIC, 529, NULL, NULL, "", MODEL_FAILED, 0, "HTTP 529" },
    { PROVIDER_OLLAMA, 503, NULL, "7", "server busy", MODEL_LIMITED, 7000,
      "HTTP 503: server busy" },
    { PROVIDER_OLLAMA, 503, NULL, "whenever", "", MODEL_FAILED, 0, "HTTP 503" },
    { PROVIDER_OLLAMA, 500, NULL, "7", "{\"error\":\"out\\nof\\u001b[31m memory\"}", MODEL_FAILED,
      0, "HTTP 500: out of<U+001B>[31m memory" },
    { PROVIDER_OLLAMA, 500, NULL, NULL, "{\"error\":{\"message\":\"cut he", MODEL_FAILED, 0,
      "HTTP 500" },
    { PROVIDER_OPENAI, 400, NULL, NULL, "{\"detail\":\"bad\"}", MODEL_FAILED, 0, "HTTP 400: bad" },
    { PROVIDER_OPENAI, 400, NULL, NULL, "{\"object\":\"error\",\"message\":\"bad\"}", MODEL_FAILED,
      0, "HTTP 400: bad" },
    { PROVIDER_OPENAI, 502, "text/html", NULL, "<html>Bad gateway</html>", MODEL_FAILED, 0,
      "HTTP 502" },
    { PROVIDER_OPENAI, 200, "text/html", NULL, "<html>", MODEL_BROKEN, 0,
      "it answers with text/html, not with text/event-stream; check the base_url of openai" },
    { PROVIDER_OPENAI, 200, "application/json", NULL, "{\"choices\":[]}", MODEL_BROKEN, 0,
      "it answers with application/json, not with text/event-stream; check the base_url of "
      "openai" },
    { PROVIDER_OPENAI, 200, "application/json", NULL, "{\"error\":{\"message\":\"no\"}}",
      MODEL_FAILED, 0, "no" },
};

static void test_verdicts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        char key[] = KEY;
        char model[] = "m:7b";
        ModelSettings settings = { .provider = rows[i].provider, .api_key = key, .model = model };
        HttpRefusal refusal = { rows[i].status, rows[i].type, rows[i].retry_after, rows[i].body,
                                strlen(rows[i].body) };
        g_autoptr(ModelNews) news = verdict_make("id", &settings, &refusal, NOW_MS);

        if (news->outcome != rows[i].outcome || !g_str_equal(news->why, rows[i].why) ||
            news->retry_after_ms != rows[i].wait_ms)
            fail_msg("%u %s: %s, %s", rows[i].status, rows[i].body,
                     model_outcome_name(news->outcome), news->why);
        assert_true(text_is_harmless(news->why) && !strchr(news->why, '\n'));
        assert_string_equal(news->id, "id");
    }
}

/* Whatever a server writes, it is one short line. */
static void test_long_words(void **state)
{
    g_autofree char *body = g_strnfill(VERDICT_BODY_MAX_BYTES, 'x');
    ModelSettings settings = { .provider = PROVIDER_OLLAMA };
    HttpRefusal refusal = { 500, NULL, NULL, body, VERDICT_BODY_MAX_BYTES };
    g_autoptr(ModelNews) news = verdict_make("id", &settings, &refusal, NOW_MS);

    (void)state;
    assert_true(g_utf8_strlen(news->why, -1) < 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_long_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
