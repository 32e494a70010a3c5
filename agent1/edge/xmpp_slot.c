#include "agent1/edge/xmpp_slot.h"

#include "agent1/edge/xmpp_asked.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define WORDS_MAX_CHARS 150

static const char *const field_names[XMPP_SLOT_FIELD_COUNT] = {
    [XMPP_SLOT_AUTHORIZATION] = "Authorization",
    [XMPP_SLOT_COOKIE] = "Cookie",
    [XMPP_SLOT_EXPIRES] = "Expires",
};

const char *xmpp_slot_content_type(const char *name)
{
    return g_str_has_suffix(name, ".png") ? "image/png" : "text/plain; charset=utf-8";
}

const char *xmpp_slot_field_name(XmppSlotField field)
{
    return field_names[field];
}

XmppSlot *xmpp_slot_new(const char *id)
{
    XmppSlot *slot = g_new0(XmppSlot, 1);

    slot->id = g_strdup(id);

    return slot;
}

void xmpp_slot_free(XmppSlot *slot)
{
    if (!slot)
        return;

    g_free(slot->id);
    g_free(slot->why);
    g_free(slot->put_url);
    g_free(slot->get_url);
    for (unsigned i = 0; i < XMPP_SLOT_FIELD_COUNT; i++)
        g_free(slot->fields[i]);
    g_free(slot);
}

/* The text of an element. The caller owns it; NULL: there is none. */
static char *read_text(xmpp_stanza_t *element)
{
    char *text = element ? xmpp_stanza_get_text(element) : NULL;
    char *copy = g_strdup(text);

    if (text)
        xmpp_free(xmpp_stanza_get_context(element), text);

    return copy;
}

/* ---- refusals ---- */

static const struct {
    const char *condition; /* RFC 6120, 8.3.3 */
    const char *words;
} refusals[] = {
    { "resource-constraint", "the XMPP server has no more room for our files" },
    { "forbidden", "the XMPP server does not let us upload" },
    { "not-allowed", "the XMPP server does not let us upload" },
    { "not-acceptable", "the XMPP server does not take this file" },
};

/* XEP-0363, section 5.2. */
static char *describe_refusal(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(iq, "error");
    xmpp_stanza_t *text = error ? xmpp_stanza_get_child_by_name(error, "text") : NULL;
    g_autofree char *said = read_text(text);
    g_autofree char *line = said ? text_make_line(said, WORDS_MAX_CHARS) : NULL;
    const char *words = "the XMPP server has no place for the file";

    if (error && xmpp_stanza_get_child_by_name_and_ns(error, "file-too-large", XMPP_SLOT_NS))
        return g_strdup("the file is too large for the XMPP server");
    for (unsigned i = 0; error && i < G_N_ELEMENTS(refusals); i++) {
        if (xmpp_stanza_get_child_by_name(error, refusals[i].condition))
            words = refusals[i].words;
    }

    return line && *line ? g_strdup_printf("%s (%s)", words, line) : g_strdup(words);
}

/* ---- places ---- */

/* One line of printable ASCII, as a URL is (RFC 3986, 2). */
static bool is_url(const char *url)
{
    if (!url || !*url || strlen(url) > XMPP_SLOT_URL_MAX_BYTES)
        return false;
    for (const char *c = url; *c; c++) {
        if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
            return false;
    }

    return true;
}

/* A new line would begin another field: the XEP has it taken out. */
static char *read_field(xmpp_stanza_t *header)
{
    char *value = read_text(header);

    if (value)
        g_strdelimit(value, "\r\n", ' ');
    if (value && strlen(value) > XMPP_SLOT_FIELD_MAX_BYTES)
        g_clear_pointer(&value, g_free);

    return value ? g_strstrip(value) : NULL;
}

static void read_fields(XmppSlot *slot, xmpp_stanza_t *put)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(put); child;
         child = xmpp_stanza_get_next(child)) {
        const char *element = xmpp_stanza_get_name(child);
        const char *name = xmpp_stanza_get_attribute(child, "name");

        if (!element || !g_str_equal(element, "header") || !name)
            continue;
        for (unsigned i = 0; i < XMPP_SLOT_FIELD_COUNT; i++) {
            if (g_ascii_strcasecmp(name, field_names[i]) == 0 && !slot->fields[i])
                slot->fields[i] = read_field(child);
        }
    }
}

XmppSlot *xmpp_slot_read(const char *id, xmpp_stanza_t *iq)
{
    xmpp_stanza_t *element = xmpp_stanza_get_child_by_name_and_ns(iq, "slot", XMPP_SLOT_NS);
    xmpp_stanza_t *put = element ? xmpp_stanza_get_child_by_name(element, "put") : NULL;
    xmpp_stanza_t *get = element ? xmpp_stanza_get_child_by_name(element, "get") : NULL;
    const char *put_url = put ? xmpp_stanza_get_attribute(put, "url") : NULL;
    const char *get_url = get ? xmpp_stanza_get_attribute(get, "url") : NULL;
    XmppSlot *slot = xmpp_slot_new(id);

    if (!xmpp_asked_is_result(iq)) {
        slot->why = describe_refusal(iq);
    } else if (!is_url(put_url) || !is_url(get_url)) {
        slot->why = g_strdup("the XMPP server's answer cannot be understood");
    } else {
        slot->put_url = g_strdup(put_url);
        slot->get_url = g_strdup(get_url);
        read_fields(slot, put);
    }

    return slot;
}
