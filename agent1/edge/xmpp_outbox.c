#include "agent1/edge/xmpp_outbox.h"

#include <string.h>

#include "common/base/banned.h"

typedef struct Item {
    char *id;
    char *xml;
    int64_t acknowledged_ms;
} Item;

struct XmppOutbox {
    GQueue waiting; /* Item *, not sent yet */
    GQueue sent;    /* Item *, sent and not acknowledged, oldest first */
    uint32_t acknowledged;
    size_t bytes; /* of the XML in both */

    GHashTable *held; /* ids of both queues; borrowed from the items */
    GHashTable *said; /* ids acknowledged in this session */
    GQueue said_order;

    GQueue doubted; /* Item *, sayings acknowledged a moment ago, oldest first */
    size_t doubted_bytes;
};

static void item_free(void *data)
{
    Item *item = data;

    g_free(item->id);
    g_free(item->xml);
    g_free(item);
}

XmppOutbox *xmpp_outbox_new(void)
{
    XmppOutbox *outbox = g_new0(XmppOutbox, 1);

    g_queue_init(&outbox->waiting);
    g_queue_init(&outbox->sent);
    g_queue_init(&outbox->said_order);
    g_queue_init(&outbox->doubted);
    outbox->held = g_hash_table_new(g_str_hash, g_str_equal);
    outbox->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    return outbox;
}

void xmpp_outbox_free(XmppOutbox *outbox)
{
    if (!outbox)
        return;

    xmpp_outbox_restart(outbox, INT64_MAX);
    g_hash_table_unref(outbox->held);
    g_hash_table_unref(outbox->said);
    g_free(outbox);
}

XmppOutboxAnswer xmpp_outbox_add(XmppOutbox *outbox, const char *id, const char *xml)
{
    size_t bytes = strlen(xml);
    Item *item;

    if (id && g_hash_table_contains(outbox->said, id))
        return XMPP_OUTBOX_SAID;
    if (id && g_hash_table_contains(outbox->held, id))
        return XMPP_OUTBOX_WAITS;
    if (xmpp_outbox_length(outbox) >= XMPP_OUTBOX_MAX_ITEMS ||
        bytes > XMPP_OUTBOX_MAX_BYTES - outbox->bytes)
        return XMPP_OUTBOX_FULL;

    item = g_new0(Item, 1);
    item->id = g_strdup(id);
    item->xml = g_strdup(xml);
    outbox->bytes += bytes;
    g_queue_push_tail(&outbox->waiting, item);
    if (item->id)
        g_hash_table_add(outbox->held, item->id);

    return XMPP_OUTBOX_ADDED;
}

const char *xmpp_outbox_next(XmppOutbox *outbox)
{
    Item *item;

    if (!xmpp_outbox_has_next(outbox))
        return NULL;

    item = g_queue_pop_head(&outbox->waiting);
    g_queue_push_tail(&outbox->sent, item);

    return item->xml;
}

bool xmpp_outbox_has_next(const XmppOutbox *outbox)
{
    return outbox->waiting.length > 0 && outbox->sent.length < XMPP_OUTBOX_WINDOW;
}

uint32_t xmpp_outbox_sent(const XmppOutbox *outbox)
{
    return outbox->acknowledged + outbox->sent.length;
}

unsigned xmpp_outbox_unacknowledged(const XmppOutbox *outbox)
{
    return outbox->sent.length;
}

unsigned xmpp_outbox_length(const XmppOutbox *outbox)
{
    return outbox->waiting.length + outbox->sent.length;
}

bool xmpp_outbox_is_empty(const XmppOutbox *outbox)
{
    return xmpp_outbox_length(outbox) == 0;
}

/* ---- acknowledgements -------------------------------------------------------------------------
 */

static void forget_doubt(XmppOutbox *outbox)
{
    Item *item = g_queue_pop_head(&outbox->doubted);

    outbox->doubted_bytes -= strlen(item->xml);
    item_free(item);
}

static void forget_doubts_before(XmppOutbox *outbox, int64_t time_ms)
{
    const Item *oldest;

    while ((oldest = g_queue_peek_head(&outbox->doubted)) && oldest->acknowledged_ms < time_ms)
        forget_doubt(outbox);
}

/* Takes the item over. */
static void doubt(XmppOutbox *outbox, Item *item, int64_t now_ms)
{
    forget_doubts_before(outbox, now_ms - XMPP_OUTBOX_DOUBT_MS);
    item->acknowledged_ms = now_ms;
    g_queue_push_tail(&outbox->doubted, item);
    outbox->doubted_bytes += strlen(item->xml);
    while (outbox->doubted_bytes > XMPP_OUTBOX_DOUBT_MAX_BYTES)
        forget_doubt(outbox);
}

/* Takes an acknowledged item over. */
static void note_said(XmppOutbox *outbox, Item *item, int64_t now_ms, GPtrArray *said)
{
    char *known = g_strdup(item->id);

    outbox->bytes -= strlen(item->xml);
    if (!known) {
        item_free(item);
        return;
    }

    g_hash_table_remove(outbox->held, item->id);
    g_hash_table_add(outbox->said, known);
    g_queue_push_tail(&outbox->said_order, known);
    if (outbox->said_order.length > XMPP_OUTBOX_MAX_KNOWN)
        g_hash_table_remove(outbox->said, g_queue_pop_head(&outbox->said_order));
    g_ptr_array_add(said, g_strdup(item->id));
    doubt(outbox, item, now_ms);
}

bool xmpp_outbox_acknowledge(XmppOutbox *outbox, uint32_t count, int64_t now_ms, GPtrArray *said)
{
    uint32_t more = count - outbox->acknowledged; /* modulo 2^32, as the counters are */

    if (more > outbox->sent.length)
        return false;

    for (uint32_t i = 0; i < more; i++)
        note_said(outbox, g_queue_pop_head(&outbox->sent), now_ms, said);
    outbox->acknowledged = count;

    return true;
}

bool xmpp_outbox_resume(XmppOutbox *outbox, uint32_t count, int64_t now_ms, GPtrArray *said)
{
    Item *item;

    if (!xmpp_outbox_acknowledge(outbox, count, now_ms, said))
        return false;

    while ((item = g_queue_pop_tail(&outbox->sent)))
        g_queue_push_head(&outbox->waiting, item);

    return true;
}

void xmpp_outbox_restart(XmppOutbox *outbox, int64_t alive_ms)
{
    forget_doubts_before(outbox, alive_ms - XMPP_OUTBOX_DOUBT_MS);
    g_hash_table_remove_all(outbox->held);
    g_queue_clear_full(&outbox->waiting, item_free);
    g_queue_clear_full(&outbox->sent, item_free);
    g_queue_clear(&outbox->said_order);
    g_hash_table_remove_all(outbox->said);
    outbox->acknowledged = 0;
    outbox->bytes = 0;
}

void xmpp_outbox_add_doubted(XmppOutbox *outbox)
{
    while (outbox->doubted.length > 0) {
        const Item *item = g_queue_peek_head(&outbox->doubted);

        xmpp_outbox_add(outbox, item->id, item->xml);
        forget_doubt(outbox);
    }
}
