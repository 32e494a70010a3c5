/* Ten thousand replies (a few hundred in `make test`, FAULTS=1 for all), most of them bad: silent,
 * dripping, broken, refused, without end, wrong. Each call has one end, of the kind that its reply
 * makes; none takes longer than its time limits; no turn of the loop is long; memory stays. */
#include "tests/unit/agent1/model_peer.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "common/base/banned.h"

#define AT_ONCE    100
#define TIMEOUT_MS 10000 /* what is dripped is not silence, on a busy machine either */
#define PROVIDERS  3
#define TURN_MS    200 /* of the processor, at most: commands are answered meanwhile */
#define SEED       7

static const struct {
    const char *what;
    const char *order;
    ModelOutcome outcome;
} kinds[] = {
    { "an answer", "{\"do\":\"answer\",\"text\":\"Oui, é 🙂.\"}", MODEL_ANSWERED },
    { "byte by byte", "{\"do\":\"answer\",\"text\":\"a b\",\"cut\":1}", MODEL_ANSWERED },
    { "in drops", "{\"do\":\"answer\",\"text\":\"a\",\"cut\":100,\"pause_s\":0.05}",
      MODEL_ANSWERED },
    { "a tool",
      "{\"do\":\"answer\",\"text\":\"\",\"tools\":[[\"delegate\",{\"agent\":\"a\",\"task\":\"x\"}]]"
      "}",
      MODEL_ANSWERED },
    { "a tool that does not fit",
      "{\"do\":\"answer\",\"text\":\"\",\"tools\":[[\"delegate\",{\"agent\":\"a|b\",\"task\":\"x\"}"
      "]]}",
      MODEL_BROKEN },
    { "silent", "{\"do\":\"answer\",\"text\":\"a\",\"hang_before\":true}", MODEL_SILENT },
    { "silent in the middle", "{\"do\":\"answer\",\"text\":\"a\",\"hang_after\":50}",
      MODEL_SILENT },
    { "broken off", "{\"do\":\"answer\",\"text\":\"a b c\",\"break_after\":150}", MODEL_BROKEN },
    { "500", "{\"do\":\"fail\",\"status\":500,\"message\":\"no\"}", MODEL_FAILED },
    { "429", "{\"do\":\"fail\",\"status\":429,\"message\":\"no\",\"retry_after\":9}",
      MODEL_LIMITED },
    { "401", "{\"do\":\"fail\",\"status\":401,\"message\":\"no\"}", MODEL_MISCONFIGURED },
    { "an error in the stream", "{\"do\":\"error\",\"message\":\"no\",\"after\":\"a\"}",
      MODEL_FAILED },
    { "1 GiB", "{\"do\":\"endless\",\"size\":1073741824,\"text\":\"%s\"}", MODEL_TOO_LARGE },
    { "no JSON", "{\"do\":\"raw\",\"body\":\"data: {oops\\n\\n\"}", MODEL_BROKEN },
    { "a page", "{\"do\":\"raw\",\"body\":\"<html>\",\"content_type\":\"text/html\"}",
      MODEL_BROKEN },
};

typedef struct Storm {
    ModelClient *client;
    GHashTable *open; /* the ids of calls without an end */
    unsigned wanted[MODEL_OUTCOME_COUNT];
    unsigned seen[MODEL_OUTCOME_COUNT];
    unsigned ends;
    int64_t longest_ms; /* of a call */
    int64_t longest_turn_us;
} Storm;

static void on_storm_news(ModelNews *news, void *data)
{
    g_autoptr(ModelNews) owned = news;
    Storm *storm = data;

    assert_true(g_hash_table_contains(storm->open, news->id));
    if (news->piece)
        return;
    g_hash_table_remove(storm->open, news->id);
    storm->seen[news->outcome]++;
    storm->ends++;
    storm->longest_ms = MAX(storm->longest_ms, news->total_ms);
}

static void ask(Storm *storm, unsigned number)
{
    g_autofree char *id = g_strdup_printf("%u", number);
    g_autoptr(ModelCall) call = model_call_new(id, 0);

    call->max_tokens = 100;
    call->has_tools = true;
    g_ptr_array_add(call->words, model_words_new(MODEL_PERSON, "hi"));
    g_hash_table_add(storm->open, g_strdup(id));
    model_client_call(storm->client, call);
}

static int64_t processor_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void turn(Storm *storm)
{
    int64_t began_us = processor_us();

    g_main_context_iteration(NULL, TRUE);
    storm->longest_turn_us = MAX(storm->longest_turn_us, processor_us() - began_us);
}

static void draw(Storm *storm, Peer *peer, GRand *random)
{
    unsigned kind = (unsigned)g_rand_int_range(random, 0, G_N_ELEMENTS(kinds));
    g_autofree char *filler = g_strnfill(2000, 'x');
    g_auto(GStrv) parts = g_strsplit(kinds[kind].order, "%s", 2);
    g_autofree char *order = g_strjoinv(filler, parts);

    storm->wanted[kinds[kind].outcome]++;
    peer_do(peer, order);
}

static void check_outcomes(const Storm *storm, unsigned count)
{
    assert_int_equal(storm->ends, count);
    assert_int_equal(g_hash_table_size(storm->open), 0);
    for (int outcome = 0; outcome < MODEL_OUTCOME_COUNT; outcome++) {
        if (storm->seen[outcome] != storm->wanted[outcome])
            fail_msg("%s: %u wanted, %u seen", model_outcome_name((ModelOutcome)outcome),
                     storm->wanted[outcome], storm->seen[outcome]);
    }
}

static long peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void storm_of(int provider, unsigned count)
{
    g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(model_settings_free);
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Storm storm = { .open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
    Peer *peer = peer_new(provider);
    unsigned asked = 0;

    g_ptr_array_add(chain, make_settings(provider, peer->url, TIMEOUT_MS));
    storm.client = model_client_new(chain, on_storm_news, &storm);
    while (storm.ends < count) {
        if (asked < count && asked - storm.ends < AT_ONCE) {
            draw(&storm, peer, random);
            ask(&storm, asked++);
        } else {
            turn(&storm);
        }
    }
    check_outcomes(&storm, count);
    print_message(
        "  %s: %u replies; longest call %.1f s, longest turn %.1f ms of the processor, peak %ld "
        "KiB\n",
        provider_name(provider), count, (double)storm.longest_ms / 1e3,
        (double)storm.longest_turn_us / 1e3, peak_kib());
    /* Beside other work a turn takes as long as the machine lets it. */
    assert_true(!g_getenv("FAULTS") || storm.longest_turn_us < TURN_MS * 1000);
    model_client_free(storm.client);
    g_hash_table_unref(storm.open);
    peer_free(peer);
}

/* How many replies: the few of each `make test`, or the share FAULTS of the full number. */
static unsigned count_replies(unsigned few, unsigned full)
{
    const char *share = g_getenv("FAULTS");

    return MAX(few, (unsigned)(share ? g_ascii_strtod(share, NULL) * full : 0));
}

static void test_storm(void **state)
{
    unsigned count = count_replies(300, 10000);

    (void)state;
    for (int provider = 0; provider < PROVIDERS; provider++)
        storm_of(provider, (count + PROVIDERS - 1) / PROVIDERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_storm) };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
