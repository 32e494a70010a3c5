#include "agent1/edge/xmpp_upload.h"

#include "agent1/edge/chart_errand.h"
#include "agent1/port/event.h"
#include "common/net/http.h"

#include <string.h>

#include "common/base/banned.h"

/* What a server says about a file it took is read for no purpose. */
#define ANSWER_MAX_BYTES ((size_t)64 * 1024)
#define CONNECT_MAX_MS   10000

typedef struct File {
    XmppUpload *upload;
    char *id;
    char *name;
    GBytes *content;    /* NULL: it is still drawn */
    ChartErrand *chart; /* NULL: nothing is drawn */
    char *get_url;
    HttpRequest *request; /* NULL: none yet */
    guint timer;
} File;

struct XmppUpload {
    XmppUploadSettings settings;
    Http *http;        /* made for the first file */
    GHashTable *files; /* File *, by id */
};

static void file_free(void *data)
{
    File *file = data;

    if (file->request)
        http_cancel(file->request);
    if (file->chart)
        chart_errand_cancel(file->chart);
    g_clear_handle_id(&file->timer, g_source_remove);
    g_free(file->id);
    g_free(file->name);
    g_clear_pointer(&file->content, g_bytes_unref);
    g_free(file->get_url);
    g_free(file);
}

XmppUpload *xmpp_upload_new(const XmppUploadSettings *settings)
{
    XmppUpload *upload = g_new0(XmppUpload, 1);

    upload->settings = *settings;
    if (upload->settings.max_ms == 0)
        upload->settings.max_ms = XMPP_UPLOAD_MAX_MS;
    upload->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);

    return upload;
}

void xmpp_upload_free(XmppUpload *upload)
{
    if (!upload)
        return;

    g_hash_table_unref(upload->files);
    http_free(upload->http);
    g_free(upload);
}

/* ---- ends ---- */

static void tell(XmppUpload *upload, XmppFactKind kind, const char *id, const char *text)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.about = g_strdup(id);
    event->fact.text = g_strdup(text);
    /* So full is it only when all else is late, too; the core does not wait for this. */
    if (!mailbox_post(upload->settings.events, event))
        event_free(event);
}

static void fail(File *file, const char *why)
{
    tell(file->upload, XMPP_FACT_NOT_UPLOADED, file->id, why);
    g_hash_table_remove(file->upload->files, file->id);
}

static gboolean on_too_long(gpointer data)
{
    File *file = data;
    g_autofree char *why = g_strdup_printf("the upload was not done in %.0f s",
                                           (double)file->upload->settings.max_ms / 1e3);

    file->timer = 0;
    fail(file, why);

    return G_SOURCE_REMOVE;
}

static void on_done(const HttpResult *result, void *data)
{
    File *file = data;
    g_autofree char *why = NULL;

    file->request = NULL;
    if (result->end == HTTP_END_ANSWERED && result->status >= 200 && result->status < 300) {
        tell(file->upload, XMPP_FACT_UPLOADED, file->id, file->get_url);
        g_hash_table_remove(file->upload->files, file->id);
        return;
    }
    if (result->end == HTTP_END_ANSWERED)
        why = g_strdup_printf("the file server refused it (HTTP %u)", result->status);
    else
        why = g_strdup_printf("the file server: %s", result->why);
    fail(file, why);
}

/* ---- beginnings ---- */

/* The content is there: a place is asked for. */
static void ask(File *file)
{
    const XmppUploadSettings *settings = &file->upload->settings;
    size_t bytes = g_bytes_get_size(file->content);

    if (bytes > XMPP_UPLOAD_MAX_BYTES)
        fail(file, "the file is too large to be uploaded");
    else if (!settings->ask(file->id, file->name, bytes, settings->data))
        fail(file, "there is too much to do on XMPP");
}

static void on_drawn(GBytes *png, const char *why, void *data)
{
    File *file = data;

    file->chart = NULL;
    if (!png) {
        fail(file, why);
        return;
    }
    file->content = g_bytes_ref(png);
    ask(file);
}

void xmpp_upload_begin(XmppUpload *upload, const XmppAct *act)
{
    File *file;

    g_assert(act->kind == XMPP_ACT_UPLOAD || act->kind == XMPP_ACT_UPLOAD_CHART);
    if (g_hash_table_contains(upload->files, act->id))
        return;
    if (g_hash_table_size(upload->files) >= XMPP_UPLOADS_MAX) {
        tell(upload, XMPP_FACT_NOT_UPLOADED, act->id, "too many uploads are under way");
        return;
    }

    file = g_new0(File, 1);
    file->upload = upload;
    file->id = g_strdup(act->id);
    file->name = g_strdup(act->about);
    file->timer = g_timeout_add(upload->settings.max_ms, on_too_long, file);
    g_hash_table_insert(upload->files, file->id, file);
    if (act->kind == XMPP_ACT_UPLOAD_CHART) {
        file->chart = chart_errand_start(act->text, on_drawn, file);
        return;
    }
    file->content = g_bytes_new(act->text, strlen(act->text));
    ask(file);
}

static void put(File *file, const XmppSlot *slot)
{
    static const HttpHandlers handlers = { .done = on_done };
    HttpField fields[XMPP_SLOT_FIELD_COUNT + 1] = { { "Content-Type",
                                                      xmpp_slot_content_type(file->name) } };
    XmppUpload *upload = file->upload;
    g_autoptr(GError) error = NULL;
    HttpOrder order = {
        .method = HTTP_PUT,
        .url = slot->put_url,
        .fields = fields,
        .field_count = 1,
        .body = g_bytes_get_data(file->content, NULL),
        .body_bytes = g_bytes_get_size(file->content),
        .ca_file = upload->settings.ca_file,
        .connect_ms = CONNECT_MAX_MS,
        .must_leave = !slot->is_server_here,
        .max_bytes = ANSWER_MAX_BYTES,
    };

    for (unsigned i = 0; i < XMPP_SLOT_FIELD_COUNT; i++) {
        if (slot->fields[i])
            fields[order.field_count++] =
                (HttpField){ xmpp_slot_field_name((XmppSlotField)i), slot->fields[i] };
    }
    if (!upload->http)
        upload->http = http_new(&error);
    if (upload->http)
        file->request = http_start(upload->http, &order, &handlers, file, &error);
    if (!file->request)
        fail(file, error->message);
}

void xmpp_upload_take(XmppUpload *upload, XmppSlot *slot)
{
    g_autoptr(XmppSlot) owned = slot;
    File *file = g_hash_table_lookup(upload->files, slot->id);

    if (!file || !file->content || file->get_url)
        return;
    if (slot->why) {
        fail(file, slot->why);
        return;
    }
    if (!http_url_is_valid(slot->get_url)) {
        fail(file, "the link that the file server gives is none");
        return;
    }
    if (!upload->settings.is_clear_allowed &&
        (!http_url_is_private(slot->put_url) || !http_url_is_private(slot->get_url))) {
        fail(file, "the file server would have it without encryption (http instead of https)");
        return;
    }
    file->get_url = g_strdup(slot->get_url);
    put(file, slot);
}
