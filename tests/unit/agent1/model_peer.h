/*
 * For the tests of the edge of language models: the scripted provider (tests/e2e/provider.py) as a
 * process, a client of it, and what that client was told. To be included once.
 */
#ifndef TESTS_UNIT_AGENT1_MODEL_PEER_H
#define TESTS_UNIT_AGENT1_MODEL_PEER_H

#include "agent1/edge/model.h"
#include "common/sys/clock.h"

#include <glib.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define STEP_MS 30000

/* ---- the provider ---- */

typedef struct Peer {
    GPid pid;
    int in;
    GIOChannel *out;
    char *url;
} Peer;

/* In the child: it does not outlive a test that crashes. */
static inline void die_with_parent(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static inline char *peer_read(Peer *peer)
{
    char *line = NULL;

    assert_int_equal(g_io_channel_read_line(peer->out, &line, NULL, NULL, NULL),
                     G_IO_STATUS_NORMAL);
    return g_strchomp(line);
}

static inline Peer *peer_new(int provider)
{
    g_autofree char *script = g_build_filename(TEST_DATA, "../../e2e/provider.py", NULL);
    g_autofree char *name = g_strdup(provider_name(provider));
    char python[] = "/usr/bin/python3";
    char quiet[] = "-B";
    char *argv[] = { python, quiet, script, name, NULL };
    Peer *peer = g_new0(Peer, 1);
    g_autofree char *port = NULL;
    int out;

    assert_true(g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                         die_with_parent, NULL, &peer->pid, &peer->in, &out, NULL,
                                         NULL));
    peer->out = g_io_channel_unix_new(out);
    g_io_channel_set_close_on_unref(peer->out, TRUE);
    port = peer_read(peer);
    peer->url = g_strdup_printf("http://127.0.0.1:%s", port);

    return peer;
}

static inline void peer_free(Peer *peer)
{
    kill(peer->pid, SIGKILL);
    assert_int_equal(waitpid(peer->pid, NULL, 0), peer->pid);
    close(peer->in);
    g_io_channel_unref(peer->out);
    g_free(peer->url);
    g_free(peer);
}

/* An order, {"do": …}; returns its answer, which the caller owns. */
static inline char *peer_ask(Peer *peer, const char *order)
{
    g_autofree char *line = g_strconcat(order, "\n", NULL);

    assert_int_equal(write(peer->in, line, strlen(line)), strlen(line));
    return peer_read(peer);
}

static inline void peer_do(Peer *peer, const char *order)
{
    g_autofree char *answer = peer_ask(peer, order);

    assert_string_equal(answer, "null");
}

/* ---- the client ---- */

typedef struct Ear {
    ModelClient *client;
    GPtrArray *chain; /* of one */
    GString *text;
    unsigned pieces;
    unsigned ends;
    ModelNews *end; /* the last */
    bool frees_at_piece;
    bool cancels_at_piece;
    bool frees_at_end;
} Ear;

static inline void on_news(ModelNews *news, void *data)
{
    g_autoptr(ModelNews) owned = news;
    Ear *ear = data;

    assert_string_equal(news->id, "id");
    if (news->piece) {
        ear->pieces++;
        assert_true(*news->piece && g_utf8_validate(news->piece, -1, NULL));
        g_string_append(ear->text, news->piece);
        if (ear->cancels_at_piece)
            model_client_cancel(ear->client, "id");
        if (ear->frees_at_piece)
            g_clear_pointer(&ear->client, model_client_free);
        return;
    }
    ear->ends++;
    model_news_free(ear->end);
    ear->end = g_steal_pointer(&owned);
    if (ear->frees_at_end)
        g_clear_pointer(&ear->client, model_client_free);
}

static inline ModelSettings *make_settings(int provider, const char *url, int64_t timeout_ms)
{
    ModelSettings *settings = g_new0(ModelSettings, 1);

    settings->provider = provider;
    settings->base_url = g_strdup(url);
    settings->model = g_strdup("m");
    settings->api_key = g_strdup("sk-very-secret");
    settings->timeout_ms = timeout_ms;
    return settings;
}

static inline void ear_init(Ear *ear, int provider, const char *url, int64_t timeout_ms)
{
    *ear = (Ear){ .text = g_string_new(NULL),
                  .chain = g_ptr_array_new_with_free_func(model_settings_free) };
    g_ptr_array_add(ear->chain, make_settings(provider, url, timeout_ms));
    ear->client = model_client_new(ear->chain, on_news, ear);
}

static inline void ear_clear(Ear *ear)
{
    model_client_free(ear->client);
    model_news_free(ear->end);
    g_ptr_array_unref(ear->chain);
    g_string_free(ear->text, TRUE);
}

static inline void ear_ask(Ear *ear, unsigned provider)
{
    g_autoptr(ModelCall) call = model_call_new("id", provider);

    call->preamble = g_strdup("Be brief.");
    call->max_tokens = 100;
    call->has_tools = true;
    g_ptr_array_add(call->words, model_words_new(MODEL_PERSON, "hi"));
    model_client_call(ear->client, call);
}

static inline gboolean note_time(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_CONTINUE;
}

/* Runs the loop until the condition holds; fails the test when it does not in time. */
#define wait_until(condition)                                                                      \
    do {                                                                                           \
        bool is_late = false;                                                                      \
        guint deadline = g_timeout_add(STEP_MS, note_time, &is_late);                              \
                                                                                                   \
        while (!(condition) && !is_late)                                                           \
            g_main_context_iteration(NULL, TRUE);                                                  \
        g_source_remove(deadline);                                                                 \
        if (!(condition))                                                                          \
            fail_msg("not in %d ms: %s", STEP_MS, #condition);                                     \
    } while (0)

/* What is left to be done at once. */
static inline void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

#endif
