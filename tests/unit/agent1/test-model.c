/* Language models by HTTP, against the scripted provider: each of its misbehaviours, on each of the
 * three interfaces; cancelling; two hundred calls at once. */
#include "tests/unit/agent1/model_peer.h"

#include "common/net/http.h"

#include "common/base/banned.h"

#define LONG  20000
#define SHORT 300 /* ms: a time limit that is to run out */
#define SAID  "Tout va bien 🙂, é !"
#define TOOL  "\"tools\":[[\"delegate\",{\"agent\":\"web1\",\"task\":\"ps aux | wc\"}]]"
#define ALL   -1

static const struct {
    const char *what;
    int provider; /* ALL: each */
    const char *order;
    int64_t timeout_ms;
    ModelOutcome outcome;
    const char *text; /* a pattern */
    const char *why;  /* a pattern; NULL: none */
    int64_t retry_after_ms;
} rows[] = {
    { "an answer", ALL, "{\"do\":\"answer\",\"text\":\"" SAID "\"}", LONG, MODEL_ANSWERED, SAID,
      NULL, 0 },
    { "at every byte", ALL, "{\"do\":\"answer\",\"text\":\"" SAID "\",\"cut\":1}", LONG,
      MODEL_ANSWERED, SAID, NULL, 0 },
    { "slow", ALL, "{\"do\":\"answer\",\"text\":\"" SAID "\",\"pause_s\":0.02,\"cut\":70}", LONG,
      MODEL_ANSWERED, SAID, NULL, 0 },
    { "out of tokens", ALL, "{\"do\":\"answer\",\"text\":\"a b\",\"reason\":\"length\"}", LONG,
      MODEL_CUT, "a b", NULL, 0 },
    { "a tool", ALL, "{\"do\":\"answer\",\"text\":\"Now:\"," TOOL "}", LONG, MODEL_ANSWERED,
      "Now:", NULL, 0 },
    { "a tool that is none", ALL,
      "{\"do\":\"answer\",\"text\":\"\",\"tools\":[[\"shell\",{\"x\":\"y\"}]]}", LONG, MODEL_BROKEN,
      "", "it calls \"shell\", which is no tool", 0 },
    { "silent from the beginning", ALL, "{\"do\":\"answer\",\"text\":\"a\",\"hang_before\":true}",
      SHORT, MODEL_SILENT, "", "no answer in 0.3 s", 0 },
    { "silent behind the head", ALL, "{\"do\":\"answer\",\"text\":\"a\",\"hang_after\":0}", SHORT,
      MODEL_SILENT, "", "n* 0.3 s", 0 },
    { "silent in the middle", ALL, "{\"do\":\"answer\",\"text\":\"" SAID "\",\"hang_after\":300}",
      SHORT, MODEL_SILENT, "*", "n* 0.3 s", 0 },
    { "broken in the middle", ALL, "{\"do\":\"answer\",\"text\":\"" SAID "\",\"break_after\":300}",
      LONG, MODEL_BROKEN, "*", "*", 0 },
    { "500", ALL, "{\"do\":\"fail\",\"status\":500,\"message\":\"out of \\u001bmemory\"}", LONG,
      MODEL_FAILED, "", "HTTP 500: *out of <U+001B>memory", 0 },
    { "500, endlessly", ALL,
      "{\"do\":\"raw\",\"body\":\"error error error \",\"status\":500,\"repeat\":1000000000}", LONG,
      MODEL_FAILED, "", "HTTP 500: error error*", 0 },
    { "429", ALL, "{\"do\":\"fail\",\"status\":429,\"message\":\"slow\",\"retry_after\":20}", LONG,
      MODEL_LIMITED, "", "HTTP 429: *slow", 20000 },
    { "503 with a time", ALL,
      "{\"do\":\"fail\",\"status\":503,\"message\":\"busy\",\"retry_after\":\"7\"}", LONG,
      MODEL_LIMITED, "", "HTTP 503: *busy", 7000 },
    { "529 without", ALL, "{\"do\":\"fail\",\"status\":529,\"message\":\"busy\"}", LONG,
      MODEL_FAILED, "", "HTTP 529: *busy", 0 },
    { "401 that repeats the key", ALL,
      "{\"do\":\"fail\",\"status\":401,\"message\":\"bad key sk-very-secret\"}", LONG,
      MODEL_MISCONFIGURED, "", "HTTP 401: *bad key ?redacted?; check the api_key of *", 0 },
    { "404", ALL, "{\"do\":\"fail\",\"status\":404,\"message\":\"no such model\"}", LONG,
      MODEL_MISCONFIGURED, "", "HTTP 404: *; check model \"m\" and base_url of *", 0 },
    { "an error in the stream", ALL,
      "{\"do\":\"error\",\"message\":\"Overloaded\",\"after\":\"Well then\"}", LONG, MODEL_FAILED,
      "Well then", "*Overloaded", 0 },
    { "text without end", ALL, "{\"do\":\"endless\",\"size\":1073741824}", LONG, MODEL_TOO_LARGE,
      "word word *", "its answer is longer than 256 KiB", 0 },
    { "a line without end", PROVIDER_OLLAMA,
      "{\"do\":\"raw\",\"body\":\"0123456789012345678901234567890123456789\",\"repeat\":"
      "1073741824}",
      LONG, MODEL_TOO_LARGE, "", "a part of its answer is longer than 1024 KiB", 0 },
    { "a stream without end or text", PROVIDER_OPENAI,
      "{\"do\":\"endless\",\"size\":1073741824,\"text\":\"\"}", LONG, MODEL_TOO_LARGE, "",
      "the answer is longer than 67108864 bytes", 0 },
    { "no JSON", PROVIDER_OLLAMA, "{\"do\":\"raw\",\"body\":\"{oops\\n\"}", LONG, MODEL_BROKEN, "",
      "a part of its answer is no JSON object", 0 },
    { "no JSON", PROVIDER_OPENAI, "{\"do\":\"raw\",\"body\":\"data: {oops\\n\\n\"}", LONG,
      MODEL_BROKEN, "", "a part of its answer is no JSON object", 0 },
    { "no JSON", PROVIDER_ANTHROPIC, "{\"do\":\"raw\",\"body\":\"data: {oops\\n\\n\"}", LONG,
      MODEL_BROKEN, "", "a part of its answer is no JSON object", 0 },
    { "an empty stream", ALL, "{\"do\":\"raw\",\"body\":\"\"}", LONG, MODEL_BROKEN, "",
      "its answer ends in the middle", 0 },
    { "a page", ALL, "{\"do\":\"raw\",\"body\":\"<html>\",\"content_type\":\"text/html\"}", LONG,
      MODEL_BROKEN, "", "it answers with text/html, not with *; check the base_url of *", 0 },
    { "a redirect", ALL,
      "{\"do\":\"raw\",\"body\":\"\",\"status\":301,\"headers\":{\"Location\":\"http://[::1]:1/"
      "\"}}",
      LONG, MODEL_MISCONFIGURED, "", "HTTP 301; check the base_url of *", 0 },
};

static void check_row(unsigned i, int provider, Peer *peer)
{
    Ear ear;

    peer_do(peer, rows[i].order);
    ear_init(&ear, provider, peer->url, rows[i].timeout_ms);
    ear_ask(&ear, 0);
    assert_int_equal(ear.ends, 0);
    wait_until(ear.ends > 0);
    settle();
    assert_int_equal(ear.ends, 1);
    if (ear.end->outcome != rows[i].outcome ||
        !g_pattern_match_simple(rows[i].text, ear.text->str) ||
        (rows[i].why != NULL) != (ear.end->why != NULL) ||
        (rows[i].why && !g_pattern_match_simple(rows[i].why, ear.end->why)) ||
        ear.end->retry_after_ms != rows[i].retry_after_ms)
        fail_msg("%s, %s: %s, \"%.60s\", %s", provider_name(provider), rows[i].what,
                 model_outcome_name(ear.end->outcome), ear.text->str, ear.end->why);
    assert_int_equal(ear.end->first_ms > 0, ear.pieces > 0);
    assert_true(ear.end->total_ms + 1 >= ear.end->first_ms);
    if (strstr(rows[i].order, TOOL)) {
        assert_int_equal(ear.end->tool_lines->len, 1);
        assert_string_equal(ear.end->tool_lines->pdata[0], "DELEGATE: web1 | ps aux | wc");
    }
    if (ear.end->outcome == MODEL_ANSWERED) {
        assert_int_equal(ear.end->tokens_in, 26);
        assert_int_equal(ear.end->tokens_out, 29);
    }
    ear_clear(&ear);
}

static void check_provider(int provider)
{
    Peer *peer = peer_new(provider);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].provider != ALL && rows[i].provider != provider)
            continue;
        print_message("  %s\n", rows[i].what);
        check_row(i, provider, peer);
    }
    peer_free(peer);
}

static void test_ollama(void **state)
{
    (void)state;
    check_provider(PROVIDER_OLLAMA);
}

static void test_openai(void **state)
{
    (void)state;
    check_provider(PROVIDER_OPENAI);
}

static void test_anthropic(void **state)
{
    (void)state;
    check_provider(PROVIDER_ANTHROPIC);
}

/* ---- ends that nobody said ---- */

static void test_nobody_there(void **state)
{
    Ear ear;

    (void)state;
    ear_init(&ear, PROVIDER_OLLAMA, "http://127.0.0.1:1", LONG);
    ear_ask(&ear, 0);
    assert_int_equal(ear.ends, 0);
    wait_until(ear.ends == 1);
    assert_int_equal(ear.end->outcome, MODEL_UNREACHABLE);
    assert_non_null(ear.end->why);
    ear_clear(&ear);
}

static void test_what_cannot_be_asked(void **state)
{
    static const struct {
        const char *url;
        const char *key;
        unsigned provider;
        const char *why;
    } bad[] = {
        { "http://127.0.0.1:1", "k\r\nX: y", 0, "a header field cannot be sent" },
        { "ftp://127.0.0.1", "k", 0, "this is no http or https URL" },
        { "http://127.0.0.1:1", "k", 1, "it is no longer in the chain" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        ModelSettings *settings;
        Ear ear;

        ear_init(&ear, PROVIDER_OPENAI, bad[i].url, LONG);
        settings = ear.chain->pdata[0];
        g_free(settings->api_key);
        settings->api_key = g_strdup(bad[i].key);
        ear_ask(&ear, bad[i].provider);
        assert_int_equal(ear.ends, 0);
        wait_until(ear.ends == 1);
        assert_int_equal(ear.end->outcome, MODEL_MISCONFIGURED);
        assert_string_equal(ear.end->why, bad[i].why);
        ear_clear(&ear);
    }
}

/* ---- ends in the middle ---- */

static void test_cancelling(void **state)
{
    Peer *peer = peer_new(PROVIDER_OPENAI);

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        Ear ear;

        peer_do(peer, i == 4 ? "{\"do\":\"answer\",\"text\":\"a\"}"
                             : "{\"do\":\"answer\",\"text\":\"a b\",\"hang_after\":500}");
        ear_init(&ear, PROVIDER_OPENAI, peer->url, LONG);
        ear.cancels_at_piece = i == 0;
        ear.frees_at_piece = i == 1;
        ear.frees_at_end = i == 4;
        ear_ask(&ear, 0);
        if (i == 4) {
            wait_until(ear.ends > 0);
        } else {
            g_autofree char *order = g_strdup_printf("{\"do\":\"wait_gone\",\"count\":%u}", i + 1);

            wait_until(ear.pieces > 0);
            if (i == 2)
                model_client_cancel(ear.client, "id");
            if (i == 3)
                g_clear_pointer(&ear.client, model_client_free);
            peer_do(peer, order);
        }
        settle();
        assert_int_equal(ear.ends, i == 4);
        ear_clear(&ear);
    }
    peer_free(peer);
}

/* Byte by byte for hours: it is cancelled, and nothing is left of it. */
static void test_a_drip(void **state)
{
    Peer *peer = peer_new(PROVIDER_OLLAMA);
    Ear ear;

    (void)state;
    peer_do(peer, "{\"do\":\"endless\",\"size\":1000000,\"cut\":1,\"pause_s\":0.0005}");
    ear_init(&ear, PROVIDER_OLLAMA, peer->url, LONG);
    ear_ask(&ear, 0);
    wait_until(ear.pieces >= 2);
    model_client_cancel(ear.client, "id");
    model_client_cancel(ear.client, "id");
    peer_do(peer, "{\"do\":\"wait_gone\",\"count\":1}");
    assert_int_equal(ear.ends, 0);
    ear_clear(&ear);
    peer_free(peer);
}

/* ---- many ---- */

static void test_one_connection_after_another(void **state)
{
    Peer *peer = peer_new(PROVIDER_ANTHROPIC);
    g_autofree char *seen = NULL;
    Ear ear;

    (void)state;
    ear_init(&ear, PROVIDER_ANTHROPIC, peer->url, LONG);
    for (unsigned i = 0; i < 5; i++) {
        g_autofree char *order = g_strdup_printf("{\"do\":\"wait_answered\",\"count\":%u}", i + 1);

        ear_ask(&ear, 0);
        wait_until(ear.ends == i + 1);
        /* The end is told at its last word; the client reads on, and keeps its connection. */
        peer_do(peer, order);
        settle();
    }
    seen = peer_ask(peer, "{\"do\":\"look\"}");
    assert_non_null(strstr(seen, "\"requests\": 5"));
    assert_non_null(strstr(seen, "\"connections\": 1,"));
    ear_clear(&ear);
    peer_free(peer);
}

static void test_two_hundred_at_once(void **state)
{
    enum { COUNT = 200 };
    Peer *peer = peer_new(PROVIDER_OPENAI);
    Ear ear;

    (void)state;
    peer_do(peer, "{\"do\":\"keep\",\"text\":\"a b c d\",\"pause_s\":0.2}");
    ear_init(&ear, PROVIDER_OPENAI, peer->url, LONG);
    for (unsigned i = 0; i < COUNT; i++)
        ear_ask(&ear, 0);
    wait_until(ear.ends == COUNT);
    assert_int_equal(ear.text->len, COUNT * strlen("a b c d"));
    assert_int_equal(ear.end->outcome, MODEL_ANSWERED);
    ear_clear(&ear);
    peer_free(peer);
}

/* More than HTTP_REQUESTS_MAX are refused, one by one. */
static void test_too_many_at_once(void **state)
{
    Peer *peer = peer_new(PROVIDER_OLLAMA);
    Ear ear;

    (void)state;
    peer_do(peer, "{\"do\":\"keep\",\"text\":\"a\",\"hang_before\":true}");
    ear_init(&ear, PROVIDER_OLLAMA, peer->url, LONG);
    for (unsigned i = 0; i < HTTP_REQUESTS_MAX + 3; i++)
        ear_ask(&ear, 0);
    wait_until(ear.ends == 3);
    settle();
    assert_int_equal(ear.ends, 3);
    assert_int_equal(ear.end->outcome, MODEL_UNREACHABLE);
    assert_string_equal(ear.end->why,
                        G_STRINGIFY(HTTP_REQUESTS_MAX) " requests are under way already");
    ear_clear(&ear);
    peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ollama),
        cmocka_unit_test(test_openai),
        cmocka_unit_test(test_anthropic),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_what_cannot_be_asked),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_a_drip),
        cmocka_unit_test(test_one_connection_after_another),
        cmocka_unit_test(test_two_hundred_at_once),
        cmocka_unit_test(test_too_many_at_once),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
