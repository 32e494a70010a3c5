#include "agent1/providers/verdict.h"

#include "agent1/providers/error_text.h"
#include "agent1/providers/formats.h"
#include "agent1/providers/retry_after.h"

#include <string.h>

#include "common/base/banned.h"

#define OVERLOADED 529 /* Anthropic's */

static bool is_success(unsigned status)
{
    return status >= 200 && status < 300;
}

static bool has_type(const char *type, const char *expected)
{
    size_t length = strlen(expected);

    return g_ascii_strncasecmp(type, expected, length) == 0 &&
           (type[length] == '\0' || strchr("; \t", type[length]));
}

bool verdict_is_answer(int provider, unsigned status, const char *type)
{
    const ModelFormat *format = model_format(provider);

    if (!is_success(status))
        return false;
    /* One line of JSON is JSON, too. */
    return !type || has_type(type, format->media_type) ||
           (!format->is_sse && has_type(type, "application/json"));
}

typedef enum {
    CHECK_NOTHING,
    CHECK_KEY,
    CHECK_MODEL,
    CHECK_ADDRESS,
} Check;

static const struct {
    unsigned status;
    ModelOutcome outcome;
    Check check;
} known[] = {
    { 301, MODEL_MISCONFIGURED, CHECK_ADDRESS }, { 302, MODEL_MISCONFIGURED, CHECK_ADDRESS },
    { 307, MODEL_MISCONFIGURED, CHECK_ADDRESS }, { 308, MODEL_MISCONFIGURED, CHECK_ADDRESS },
    { 401, MODEL_MISCONFIGURED, CHECK_KEY },     { 403, MODEL_MISCONFIGURED, CHECK_KEY },
    { 404, MODEL_MISCONFIGURED, CHECK_MODEL },   { 429, MODEL_LIMITED, CHECK_NOTHING },
};

/* Behind what was said: what a person may look at; the caller owns it. */
static char *advice(Check check, const ModelSettings *settings)
{
    const char *name = provider_name(settings->provider);

    switch (check) {
    case CHECK_NOTHING:
        return g_strdup("");
    case CHECK_KEY:
        return g_strdup_printf("; check the api_key of %s", name);
    case CHECK_MODEL:
        return g_strdup_printf("; check model \"%s\" and base_url of %s", settings->model, name);
    case CHECK_ADDRESS:
        return g_strdup_printf("; check the base_url of %s", name);
    }
    g_assert_not_reached();
}

static char *make_why(const ModelSettings *settings, const char *fact, const char *said,
                      Check check)
{
    g_autofree char *line = said ? error_text_line(said, settings->api_key) : NULL;
    g_autofree char *next = advice(check, settings);

    return g_strconcat(fact, line ? ": " : "", line ? line : "", next, NULL);
}

/* A success that is none: another program listens there, or it does not stream. */
static ModelNews *judge_success(const char *id, const ModelSettings *settings,
                                const HttpRefusal *refusal, const char *said)
{
    bool is_json = has_type(refusal->type, "application/json");
    ModelNews *news = model_news_end(id, is_json && said ? MODEL_FAILED : MODEL_BROKEN);
    g_autofree char *type = error_text_line(refusal->type, settings->api_key);
    g_autofree char *fact = g_strdup_printf("it answers with %s, not with %s", type,
                                            model_format(settings->provider)->media_type);

    if (news->outcome == MODEL_FAILED)
        news->why = error_text_line(said, settings->api_key);
    else
        news->why = make_why(settings, fact, NULL, CHECK_ADDRESS);
    return news;
}

ModelNews *verdict_make(const char *id, const ModelSettings *settings, const HttpRefusal *refusal,
                        int64_t now_ms)
{
    g_autofree char *said = error_text_of_body(refusal->body, refusal->body_bytes);
    g_autofree char *fact = g_strdup_printf("HTTP %u", refusal->status);
    ModelOutcome outcome = MODEL_FAILED;
    Check check = CHECK_NOTHING;
    int64_t wait_ms = 0;
    ModelNews *news;

    if (is_success(refusal->status))
        return judge_success(id, settings, refusal, said);

    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].status == refusal->status) {
            outcome = known[i].outcome;
            check = known[i].check;
        }
    }
    if (retry_after_parse(refusal->retry_after, now_ms, &wait_ms) &&
        (refusal->status == 503 || refusal->status == OVERLOADED))
        outcome = MODEL_LIMITED;

    news = model_news_end(id, outcome);
    news->why = make_why(settings, fact, said, check);
    news->retry_after_ms = outcome == MODEL_LIMITED ? wait_ms : 0;
    return news;
}
