#include "agent1/edge/xmpp_outgoing.h"

#include "agent1/edge/xmpp_disco.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define NS_MUC    "http://jabber.org/protocol/muc"
#define NS_STATES "http://jabber.org/protocol/chatstates"

/* g_utf8_next_char() without its cast to char *. */
static const char *next_char(const char *at)
{
    return at + g_utf8_skip[(guchar)*at];
}

/* Harmless text has characters of XML 1.0 only (production 2): no controls, no halves of pairs, no
 * non-characters. */
static char *clean(const char *text)
{
    return text_make_harmless(text, strlen(text));
}

/* What g_markup_escape_text() makes of one character. */
static size_t escaped_bytes(const char *at)
{
    switch (*at) {
    case '&':
        return strlen("&amp;");
    case '<':
    case '>':
        return strlen("&lt;");
    case '\'':
    case '"':
        return strlen("&quot;");
    default:
        return (size_t)(next_char(at) - at);
    }
}

/* Cuts a clean text that takes too much, and says how much. */
static char *shorten(char *text)
{
    const size_t notice_bytes = 64;
    size_t bytes = 0;
    const char *cut = text;
    const char *at;

    for (at = text; *at && bytes <= XMPP_BODY_MAX_BYTES; at = next_char(at)) {
        bytes += escaped_bytes(at);
        if (bytes <= XMPP_BODY_MAX_BYTES - notice_bytes)
            cut = next_char(at);
    }
    if (bytes > XMPP_BODY_MAX_BYTES) {
        g_autofree char *whole = text;

        return g_strdup_printf("%.*s\n… (%zu bytes more)", (int)(cut - whole), whole, strlen(cut));
    }

    return text;
}

static void add_escaped(GString *xml, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    g_string_append(xml, escaped);
}

/* Two for each task, and g_markup_printf_escaped() prints all of it twice. */
char *xmpp_outgoing_chat(const char *id, const char *jid, const char *text)
{
    g_autofree char *clean_id = clean(id);
    g_autofree char *clean_jid = clean(jid);
    g_autofree char *body = shorten(clean(text));
    GString *xml = g_string_new("<message type='chat' id='");

    add_escaped(xml, clean_id);
    g_string_append(xml, "' to='");
    add_escaped(xml, clean_jid);
    g_string_append(xml, "'><body>");
    add_escaped(xml, body);
    g_string_append(xml, "</body><origin-id xmlns='urn:xmpp:sid:0' id='");
    add_escaped(xml, clean_id);
    g_string_append(xml, "'/><active xmlns='" NS_STATES "'/></message>");
    return g_string_free(xml, FALSE);
}

char *xmpp_outgoing_groupchat(const char *id, const char *room, const char *text)
{
    g_autofree char *clean_id = clean(id);
    g_autofree char *body = shorten(clean(text));

    return g_markup_printf_escaped("<message type='groupchat' id='%s' to='%s'><body>%s</body>"
                                   "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>",
                                   clean_id, room, body, clean_id);
}

char *xmpp_outgoing_link(const char *id, const char *jid, const char *type, const char *url)
{
    g_autofree char *clean_id = clean(id);
    g_autofree char *clean_jid = clean(jid);
    g_autofree char *clean_url = clean(url);

    return g_markup_printf_escaped("<message type='%s' id='%s' to='%s'><body>%s</body>"
                                   "<x xmlns='jabber:x:oob'><url>%s</url></x>"
                                   "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>",
                                   type, clean_id, clean_jid, clean_url, clean_url, clean_id);
}

char *xmpp_outgoing_enter(const char *room, const char *nick)
{
    return g_markup_printf_escaped("<presence to='%s/%s'><x xmlns='" NS_MUC "'>"
                                   "<history maxstanzas='0'/></x></presence>",
                                   room, nick);
}

char *xmpp_outgoing_open_room(const char *room)
{
    return g_markup_printf_escaped("<iq type='set' id='room-open' to='%s'>"
                                   "<query xmlns='" NS_MUC "#owner'>"
                                   "<x xmlns='jabber:x:data' type='submit'/></query></iq>",
                                   room);
}

/* With what says how it is kept behind it. The caller owns it. */
static char *make_correction(const char *id, const char *jid, const char *replaced,
                             const char *text, const char *keeping)
{
    g_autofree char *clean_id = clean(id);
    g_autofree char *clean_jid = clean(jid);
    g_autofree char *clean_replaced = clean(replaced);
    g_autofree char *body = shorten(clean(text));
    g_autofree char *head =
        g_markup_printf_escaped("<message type='chat' id='%s' to='%s'><body>%s</body>"
                                "<replace xmlns='urn:xmpp:message-correct:0' id='%s'/>",
                                clean_id, clean_jid, body, clean_replaced);

    return g_strconcat(head, keeping, "</message>", NULL);
}

char *xmpp_outgoing_correction(const char *id, const char *jid, const char *replaced,
                               const char *text)
{
    return make_correction(id, jid, replaced, text,
                           "<private xmlns='urn:xmpp:carbons:2'/>"
                           "<no-copy xmlns='urn:xmpp:hints'/>"
                           "<no-store xmlns='urn:xmpp:hints'/>");
}

char *xmpp_outgoing_last_correction(const char *id, const char *jid, const char *replaced,
                                    const char *text)
{
    g_autofree char *clean_id = clean(id);
    g_autofree char *keeping = g_markup_printf_escaped(
        "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/><active xmlns='" NS_STATES "'/>", clean_id);

    return make_correction(id, jid, replaced, text, keeping);
}

char *xmpp_outgoing_state(const char *jid, const char *state)
{
    g_autofree char *clean_jid = clean(jid);

    return g_markup_printf_escaped("<message type='chat' to='%s'><%s xmlns='" NS_STATES "'/>"
                                   "</message>",
                                   clean_jid, state);
}

char *xmpp_outgoing_receipt(const char *jid, const char *id)
{
    g_autofree char *clean_jid = clean(jid);
    g_autofree char *clean_id = clean(id);

    return g_markup_printf_escaped("<message type='chat' to='%s'>"
                                   "<received xmlns='urn:xmpp:receipts' id='%s'/>"
                                   "<store xmlns='urn:xmpp:hints'/></message>",
                                   clean_jid, clean_id);
}

char *xmpp_outgoing_ping(const char *id, const char *domain)
{
    return g_markup_printf_escaped("<iq type='get' id='%s' to='%s'>"
                                   "<ping xmlns='urn:xmpp:ping'/></iq>",
                                   id, domain);
}

char *xmpp_outgoing_subscription(const char *jid, const char *type)
{
    g_autofree char *clean_jid = clean(jid);

    return g_markup_printf_escaped("<presence to='%s' type='%s'/>", clean_jid, type);
}

char *xmpp_outgoing_presence(const char *show, const char *status, const char *picture_hash)
{
    g_autofree char *version = xmpp_disco_version_hash();
    g_autofree char *shown = *show ? g_strdup_printf("<show>%s</show>", show) : g_strdup("");
    g_autofree char *clean_status = clean(status);
    g_autofree char *photo =
        picture_hash
            ? g_strdup_printf("<x xmlns='vcard-temp:x:update'><photo>%s</photo></x>", picture_hash)
            : g_strdup("");
    g_autofree char *rest = NULL;

    rest = g_markup_printf_escaped("<status>%s</status>"
                                   "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1'"
                                   " node='%s' ver='%s'/>",
                                   clean_status, XMPP_DISCO_NODE, version);
    return g_strconcat("<presence>", shown, rest, photo, "</presence>", NULL);
}
