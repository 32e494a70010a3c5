#include "agent1/edge/model.h"

#include "agent1/providers/decoder.h"
#include "agent1/providers/error_text.h"
#include "agent1/providers/request.h"
#include "agent1/providers/verdict.h"
#include "common/base/problem.h"
#include "common/net/http.h"
#include "common/sys/clock.h"

#include <string.h>

#include "common/base/banned.h"

/* Behind the last word of an answer its connection is kept for the next, once the server has ended
 * the answer. So long is waited for that. */
#define DRAIN_MS 1000

typedef struct Call {
    ModelClient *client; /* NULL: gone, and freed as soon as its handler returns */
    char *id;
    ModelSettings *settings; /* what is needed of them once the call has begun */
    ModelDecoder *decoder;
    HttpRequest *request; /* NULL: none any more */
    int64_t begin_ms;     /* of clock_boot_ms() */
    int64_t first_ms;
    bool is_busy; /* the handler is being called */
    bool is_told; /* its end was told; what still comes is thrown away */
    guint timer;
    ModelNews *refused_at_once; /* the end of a call that never began */

    /* Of what is no answer. */
    bool is_refused;
    unsigned status;
    char *type;
    char *retry_after;
    GString *body;
} Call;

struct ModelClient {
    const GPtrArray *chain;
    ModelHandler handler;
    void *data;
    Http *http;       /* made for the first call */
    GPtrArray *calls; /* Call * */
};

static ModelSettings *keep_settings(const ModelSettings *from)
{
    ModelSettings *kept = g_new0(ModelSettings, 1);

    kept->provider = from->provider;
    kept->model = g_strdup(from->model);
    kept->api_key = g_strdup(from->api_key);
    return kept;
}

static Call *call_new(ModelClient *client, const char *id)
{
    Call *call = g_new0(Call, 1);

    call->client = client;
    call->id = g_strdup(id);
    call->begin_ms = clock_boot_ms();
    call->body = g_string_new(NULL);
    g_ptr_array_add(client->calls, call);
    return call;
}

static void call_free(Call *call)
{
    model_settings_free(call->settings);
    model_decoder_free(call->decoder);
    model_news_free(call->refused_at_once);
    g_string_free(call->body, TRUE);
    g_free(call->type);
    g_free(call->retry_after);
    g_free(call->id);
    g_free(call);
}

/* It is out of the list: no news follow. */
static void end(Call *call)
{
    call->client = NULL;
    g_clear_handle_id(&call->timer, g_source_remove);
    g_clear_pointer(&call->request, http_cancel);
    if (!call->is_busy)
        call_free(call);
}

static void drop(Call *call)
{
    g_ptr_array_remove_fast(call->client->calls, call);
    end(call);
}

/* ---- telling ---- */

/* Takes the news over. False: the handler has dropped the call, and it is freed. */
static bool tell(Call *call, ModelNews *news)
{
    call->is_busy = true;
    call->client->handler(news, call->client->data);
    call->is_busy = false;
    if (call->client)
        return true;

    call_free(call);
    return false;
}

static gboolean on_drained_too_long(gpointer data)
{
    Call *call = data;

    call->timer = 0;
    drop(call);
    return G_SOURCE_REMOVE;
}

/* Takes the news over; the call may be freed after it. */
static void tell_end(Call *call, ModelNews *news)
{
    bool is_good = news->outcome == MODEL_ANSWERED || news->outcome == MODEL_CUT;

    news->first_ms = call->first_ms;
    news->total_ms = clock_boot_ms() - call->begin_ms;
    call->is_told = true;
    if (!tell(call, news))
        return;
    if (call->request && is_good)
        call->timer = g_timeout_add(DRAIN_MS, on_drained_too_long, call);
    else
        drop(call);
}

static ModelNews *end_with(const Call *call, ModelOutcome outcome, const char *why)
{
    ModelNews *news = model_news_end(call->id, outcome);

    news->why = error_text_line(why, call->settings ? call->settings->api_key : NULL);
    return news;
}

static void tell_verdict(Call *call)
{
    const HttpRefusal refusal = { call->status, call->type, call->retry_after, call->body->str,
                                  call->body->len };

    tell_end(call, verdict_make(call->id, call->settings, &refusal, clock_now_ms()));
}

/* False: the handler has dropped the call, and it is freed. */
static bool tell_piece(Call *call)
{
    g_autofree char *piece = model_decoder_take_piece(call->decoder);

    if (!piece)
        return true;
    if (call->first_ms == 0)
        call->first_ms = MAX(clock_boot_ms() - call->begin_ms, 1);
    return tell(call, model_news_piece(call->id, piece));
}

/* ---- what comes ---- */

static void on_answered(const HttpAnswer *answer, void *data)
{
    Call *call = data;

    call->status = http_answer_status(answer);
    call->type = g_strdup(http_answer_field(answer, "content-type"));
    call->retry_after = g_strdup(http_answer_field(answer, "retry-after"));
    call->is_refused = !verdict_is_answer(call->settings->provider, call->status, call->type);
}

static void take_refusal(Call *call, const char *bytes, size_t length)
{
    g_string_append_len(call->body, bytes,
                        (gssize)MIN(length, VERDICT_BODY_MAX_BYTES - call->body->len));
    if (call->body->len >= VERDICT_BODY_MAX_BYTES)
        tell_verdict(call);
}

static void on_received(const char *bytes, size_t length, void *data)
{
    Call *call = data;

    if (call->is_told)
        return;
    if (call->is_refused) {
        take_refusal(call, bytes, length);
        return;
    }

    model_decoder_feed(call->decoder, bytes, length);
    if (tell_piece(call) && model_decoder_is_over(call->decoder))
        tell_end(call, model_decoder_end(call->decoder, call->id));
}

static ModelOutcome outcome_of(HttpEnd end)
{
    switch (end) {
    case HTTP_END_UNREACHABLE:
    case HTTP_END_UNTRUSTED:
        return MODEL_UNREACHABLE;
    case HTTP_END_SILENT:
        return MODEL_SILENT;
    case HTTP_END_TOO_LARGE:
        return MODEL_TOO_LARGE;
    case HTTP_END_ANSWERED:
    case HTTP_END_BROKEN:
        return MODEL_BROKEN;
    }
    g_assert_not_reached();
}

static void on_done(const HttpResult *result, void *data)
{
    Call *call = data;

    call->request = NULL;
    if (call->is_told) {
        drop(call);
        return;
    }
    if (call->is_refused) {
        tell_verdict(call);
        return;
    }
    if (result->end != HTTP_END_ANSWERED && !model_decoder_has_end(call->decoder)) {
        tell_end(call, end_with(call, outcome_of(result->end), result->why));
        return;
    }

    model_decoder_finish(call->decoder);
    if (tell_piece(call))
        tell_end(call, model_decoder_end(call->decoder, call->id));
}

/* ---- beginnings ---- */

static gboolean on_refused_at_once(gpointer data)
{
    Call *call = data;

    call->timer = 0;
    tell_end(call, g_steal_pointer(&call->refused_at_once));
    return G_SOURCE_REMOVE;
}

static void refuse_at_once(Call *call, ModelOutcome outcome, const char *why)
{
    call->refused_at_once = end_with(call, outcome, why);
    call->timer = g_idle_add_full(G_PRIORITY_DEFAULT, on_refused_at_once, call, NULL);
}

static void list_fields(const ModelRequest *made, HttpField *fields)
{
    for (unsigned i = 0; i < made->field_count; i++)
        fields[i] = (HttpField){ made->fields[i].name, made->fields[i].value };
}

static HttpRequest *start(Call *call, const ModelSettings *settings, const ModelRequest *made,
                          GError **error)
{
    static const HttpHandlers handlers = { on_answered, on_received, on_done };
    HttpField fields[MODEL_REQUEST_FIELDS_MAX];
    HttpOrder order = {
        .method = HTTP_POST,
        .url = made->url,
        .fields = fields,
        .field_count = made->field_count,
        .body = made->body,
        .body_bytes = strlen(made->body),
        .ca_file = settings->ca_file,
        .first_byte_ms = settings->timeout_ms,
        .stall_ms = settings->timeout_ms,
        .total_ms = MODEL_CALL_MAX_MS + settings->timeout_ms,
        .max_bytes = MODEL_STREAM_MAX_BYTES,
    };

    list_fields(made, fields);
    if (!call->client->http)
        call->client->http = http_new(error);
    return call->client->http ? http_start(call->client->http, &order, &handlers, call, error)
                              : NULL;
}

void model_client_call(ModelClient *client, const ModelCall *call)
{
    Call *begun = call_new(client, call->id);
    g_autoptr(ModelRequest) made = NULL;
    g_autoptr(GError) error = NULL;
    const ModelSettings *settings;

    /* The chain may have changed since this was decided. */
    if (call->provider >= client->chain->len) {
        refuse_at_once(begun, MODEL_MISCONFIGURED, "it is no longer in the chain");
        return;
    }

    settings = client->chain->pdata[call->provider];
    begun->settings = keep_settings(settings);
    begun->decoder = model_decoder_new(settings, call->has_tools);
    made = model_request_new(call, settings);
    begun->request = start(begun, settings, made, &error);
    if (begun->request)
        return;
    /* A URL or a key that cannot be sent will not mend itself; all else is of this moment. */
    refuse_at_once(begun,
                   g_error_matches(error, PROBLEM, PROBLEM_VALUE) ? MODEL_MISCONFIGURED
                                                                  : MODEL_UNREACHABLE,
                   error->message);
}

void model_client_cancel(ModelClient *client, const char *id)
{
    for (unsigned i = 0; i < client->calls->len; i++) {
        Call *call = client->calls->pdata[i];

        if (g_str_equal(call->id, id) && !call->is_told) {
            drop(call);
            return;
        }
    }
}

/* ---- life ---- */

ModelClient *model_client_new(const GPtrArray *chain, ModelHandler handler, void *data)
{
    ModelClient *client = g_new0(ModelClient, 1);

    client->chain = chain;
    client->handler = handler;
    client->data = data;
    client->calls = g_ptr_array_new();
    return client;
}

void model_client_set_chain(ModelClient *client, const GPtrArray *chain)
{
    client->chain = chain;
}

void model_client_free(ModelClient *client)
{
    if (!client)
        return;

    while (client->calls->len > 0)
        end(g_ptr_array_steal_index_fast(client->calls, 0));
    g_ptr_array_unref(client->calls);
    http_free(client->http);
    g_free(client);
}
