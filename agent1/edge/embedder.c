#include "agent1/edge/embedder.h"

#include <string.h>

#include "agent1/providers/embeddings.h"
#include "agent1/providers/error_text.h"
#include "common/base/problem.h"
#include "common/net/http.h"

#include "common/base/banned.h"

#define OK 200

typedef struct Asked {
    Embedder *embedder;
    char *id;
    int provider;
    char *secret; /* never told; NULL: none */
    unsigned count;
    HttpRequest *request; /* NULL: it never began, or is over */
    unsigned status;
    GString *body;
    char *why;   /* it never began */
    guint timer; /* then */
} Asked;

struct Embedder {
    EmbedHandler handler;
    void *data;
    ModelSettings *settings;
    Http *http;       /* made for the first call */
    GPtrArray *asked; /* Asked * */
};

static void asked_free(void *data)
{
    Asked *asked = data;

    g_clear_handle_id(&asked->timer, g_source_remove);
    g_clear_pointer(&asked->request, http_cancel);
    g_string_free(asked->body, TRUE);
    g_free(asked->secret);
    g_free(asked->why);
    g_free(asked->id);
    g_free(asked);
}

/* Takes the news over; the call is freed. */
static void tell(Asked *asked, EmbedNews *news)
{
    Embedder *embedder = asked->embedder;

    g_ptr_array_remove_fast(embedder->asked, asked);
    embedder->handler(news, embedder->data);
}

static void tell_trouble(Asked *asked, EmbedTrouble trouble, const char *why)
{
    g_autofree char *line = error_text_line(why, asked->secret);

    tell(asked, embed_news_new_trouble(asked->id, trouble, line));
}

static void on_answered(const HttpAnswer *answer, void *data)
{
    ((Asked *)data)->status = http_answer_status(answer);
}

static void on_received(const char *bytes, size_t length, void *data)
{
    g_string_append_len(((Asked *)data)->body, bytes, (gssize)length);
}

/* What a client did wrong, other than with the text; and a server that has too much to do. */
static const struct {
    unsigned status;
    EmbedTrouble trouble;
} known[] = {
    { 401, EMBED_MISCONFIGURED }, { 402, EMBED_MISCONFIGURED }, { 403, EMBED_MISCONFIGURED },
    { 404, EMBED_MISCONFIGURED }, { 405, EMBED_MISCONFIGURED }, { 407, EMBED_MISCONFIGURED },
    { 421, EMBED_MISCONFIGURED }, { 426, EMBED_MISCONFIGURED }, { 408, EMBED_SILENT },
    { 425, EMBED_LIMITED },       { 429, EMBED_LIMITED },       { 503, EMBED_LIMITED },
    { 529, EMBED_LIMITED },
};

static EmbedTrouble trouble_of_status(unsigned status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (status == known[i].status)
            return known[i].trouble;
    }
    if (status >= 500)
        return EMBED_FAILED;
    if (status >= 400)
        return EMBED_REFUSED;
    return status >= 300 ? EMBED_MISCONFIGURED : EMBED_BROKEN;
}

static EmbedTrouble trouble_of_end(HttpEnd end)
{
    switch (end) {
    case HTTP_END_UNREACHABLE:
        return EMBED_UNREACHABLE;
    case HTTP_END_UNTRUSTED:
        return EMBED_UNTRUSTED;
    case HTTP_END_SILENT:
        return EMBED_SILENT;
    case HTTP_END_TOO_LARGE:
    case HTTP_END_ANSWERED:
    case HTTP_END_BROKEN:
        return EMBED_BROKEN;
    }
    g_assert_not_reached();
}

/* What a server says of a text may quote it, and the text may be private: it is not passed on. */
static void on_done(const HttpResult *result, void *data)
{
    Asked *asked = data;
    GPtrArray *vectors = NULL;
    g_autofree char *why = NULL;

    asked->request = NULL;
    if (result->end != HTTP_END_ANSWERED) {
        tell_trouble(asked, trouble_of_end(result->end), result->why);
        return;
    }
    if (asked->status != OK) {
        why = g_strdup_printf("it answers with status %u", asked->status);
        tell_trouble(asked, trouble_of_status(asked->status), why);
        return;
    }
    vectors =
        embeddings_parse(asked->provider, asked->body->str, asked->body->len, asked->count, NULL);
    if (vectors)
        tell(asked, embed_news_new(asked->id, vectors));
    else
        tell_trouble(asked, EMBED_BROKEN, "what it answers is not a vector for each text");
}

static gboolean on_refused_at_once(gpointer data)
{
    Asked *asked = data;
    g_autofree char *why = g_steal_pointer(&asked->why);

    asked->timer = 0;
    tell_trouble(asked, EMBED_UNASKED, why);
    return G_SOURCE_REMOVE;
}

static void refuse_at_once(Asked *asked, const char *why)
{
    asked->why = g_strdup(why);
    asked->timer = g_idle_add_full(G_PRIORITY_DEFAULT, on_refused_at_once, asked, NULL);
}

static HttpRequest *start(Asked *asked, const EmbedCall *call, GError **error)
{
    static const HttpHandlers handlers = { on_answered, on_received, on_done };
    const ModelSettings *settings = asked->embedder->settings;
    g_autoptr(ModelRequest) made = embeddings_request_new(call, settings);
    HttpField fields[MODEL_REQUEST_FIELDS_MAX];
    const HttpOrder order = {
        .method = HTTP_POST,
        .url = made->url,
        .fields = fields,
        .field_count = made->field_count,
        .body = made->body,
        .body_bytes = strlen(made->body),
        .ca_file = settings->ca_file,
        .total_ms = call->timeout_ms,
        .max_bytes = EMBEDDINGS_ANSWER_MAX_BYTES,
    };

    for (unsigned i = 0; i < made->field_count; i++)
        /* cppcheck-suppress unreadVariable ; the order borrows them */
        fields[i] = (HttpField){ made->fields[i].name, made->fields[i].value };
    if (!asked->embedder->http)
        asked->embedder->http = http_new(error);
    return asked->embedder->http
               ? http_start(asked->embedder->http, &order, &handlers, asked, error)
               : NULL;
}

void embedder_call(Embedder *embedder, const EmbedCall *call)
{
    g_autoptr(GError) error = NULL;
    Asked *asked = g_new0(Asked, 1);

    asked->embedder = embedder;
    asked->id = g_strdup(call->id);
    asked->count = call->texts->len;
    asked->body = g_string_new(NULL);
    g_ptr_array_add(embedder->asked, asked);
    if (!embedder->settings) {
        refuse_at_once(asked, "nobody makes vectors any more");
        return;
    }
    asked->provider = embedder->settings->provider;
    asked->secret = g_strdup(embedder->settings->api_key);
    asked->request = start(asked, call, &error);
    if (!asked->request)
        refuse_at_once(asked, error->message);
}

/* ---- life ---- */

Embedder *embedder_new(EmbedHandler handler, void *data)
{
    Embedder *embedder = g_new0(Embedder, 1);

    embedder->handler = handler;
    embedder->data = data;
    embedder->asked = g_ptr_array_new_with_free_func(asked_free);
    return embedder;
}

void embedder_configure(Embedder *embedder, ModelSettings *settings)
{
    model_settings_free(embedder->settings);
    embedder->settings = settings;
}

void embedder_free(Embedder *embedder)
{
    if (!embedder)
        return;

    g_ptr_array_unref(embedder->asked);
    http_free(embedder->http);
    model_settings_free(embedder->settings);
    g_free(embedder);
}
