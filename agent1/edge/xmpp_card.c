#include "agent1/edge/xmpp_card.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

#define NS_VCARD "vcard-temp"
#define ID_GET   "card-get"
#define ID_SET   "card-set"

/* A PNG of 96 times 96 points in four colours: a ring in the middle, and three discs joined to it.
 */
static const char picture[] =
    "iVBORw0KGgoAAAANSUhEUgAAAGAAAABgAgMAAACf9p+rAAAADFBMVEUfKjjy9Pc/uY5reoymq8Hc"
    "AAAA+UlEQVR42u2UMQ7CMAxFQ1GXLkxcojtzOUKGZkPiKOQojJUXjgBHYmFBhZDURXXAlogEUiXq"
    "odLPU+zE8a9SfxRlw69nAJYFBcCezwTA5wIfSSALwI4NpN9DbonYRLHt4kOpqh0jMIZfXxpTCxv4"
    "LXkAms/E5zJGyCWBGYI1X5ur7oHOBRDqaOa0df/5HOiQ78cg9VTiBVfYks3LOFt1wSZuOzE4o1nc"
    "EOzOJXGJt5JzCJwjvgq2PD7BnVjUWwkOLQ5DdYXBWB044fjMKfCuDAVxFnpBAY4oA3CoOfAm0kFB"
    "ThgJEWT0RxWJ6H9EBe10JOjbxGKKKb4bDwpAxb34XkEpAAAAAElFTkSuQmCC";

char *xmpp_card_picture_hash(void)
{
    gsize length;
    g_autofree guchar *bytes = g_base64_decode(picture, &length);

    return g_compute_checksum_for_data(G_CHECKSUM_SHA1, bytes, length);
}

char *xmpp_card_begin(XmppCard *card)
{
    *card = XMPP_CARD_ASKED;

    return g_strdup("<iq type='get' id='" ID_GET "'><vCard xmlns='" NS_VCARD "'/></iq>");
}

static char *give(void)
{
    return g_strdup_printf("<iq type='set' id='" ID_SET "'><vCard xmlns='" NS_VCARD "'>"
                           "<FN>agent1</FN><NICKNAME>agent1</NICKNAME>"
                           "<DESC>Runs tasks on your machines when you ask for them here. "
                           "Type !help to see what you may do.</DESC>"
                           "<PHOTO><TYPE>image/png</TYPE><BINVAL>%s</BINVAL></PHOTO>"
                           "</vCard></iq>",
                           picture);
}

/* The text of the picture without blanks; NULL: there is none. The caller owns it. */
static char *read_picture(xmpp_stanza_t *vcard)
{
    xmpp_stanza_t *photo = xmpp_stanza_get_child_by_name(vcard, "PHOTO");
    xmpp_stanza_t *value = photo ? xmpp_stanza_get_child_by_name(photo, "BINVAL") : NULL;
    char *text = value ? xmpp_stanza_get_text(value) : NULL;
    GString *bare;

    if (!text)
        return NULL;

    bare = g_string_new(NULL);
    for (const char *at = text; *at; at++) {
        if (!g_ascii_isspace(*at))
            g_string_append_c(bare, *at);
    }
    xmpp_free(xmpp_stanza_get_context(vcard), text);

    return g_string_free(bare, FALSE);
}

static XmppCard judge(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *vcard = xmpp_stanza_get_child_by_name_and_ns(iq, "vCard", NS_VCARD);
    g_autofree char *found = vcard ? read_picture(vcard) : NULL;

    if (!vcard || !xmpp_stanza_get_children(vcard))
        return XMPP_CARD_GIVEN;

    return g_strcmp0(found, picture) == 0 ? XMPP_CARD_OURS : XMPP_CARD_OTHER;
}

/* A server that has no card says so by an empty one, or by this error. */
static bool is_absent(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(iq, "error");

    return error && xmpp_stanza_get_child_by_name(error, "item-not-found");
}

bool xmpp_card_take(XmppCard *card, xmpp_stanza_t *iq, const char *own_jid, char **out_xml)
{
    const char *id = xmpp_stanza_get_id(iq);
    const char *type = xmpp_stanza_get_type(iq);
    const char *from = xmpp_stanza_get_from(iq);
    bool is_result = type && g_str_equal(type, "result");

    *out_xml = NULL;
    if (!id || !type || (from && g_strcmp0(from, own_jid) != 0) ||
        (!is_result && !g_str_equal(type, "error")))
        return false;

    if (*card == XMPP_CARD_ASKED && g_str_equal(id, ID_GET)) {
        *card = is_result ? judge(iq) : is_absent(iq) ? XMPP_CARD_GIVEN : XMPP_CARD_UNKNOWN;
        if (*card == XMPP_CARD_GIVEN)
            *out_xml = give();
        return *card == XMPP_CARD_OURS;
    }
    if (*card == XMPP_CARD_GIVEN && g_str_equal(id, ID_SET)) {
        *card = is_result ? XMPP_CARD_OURS : XMPP_CARD_UNKNOWN;
        return is_result;
    }

    return false;
}
