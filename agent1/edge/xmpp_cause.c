#include "agent1/edge/xmpp_cause.h"

#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define REASON_MAX_CHARS 200

typedef enum {
    HINT_REASON,
    HINT_REFUSED,
    HINT_CLOSED,
    HINT_ERRNO, /* the line ends in the number */
} HintKind;

static const struct {
    const char *start;
    const char *end;
    HintKind kind;
    const char *reason;
} hints[] = {
    { "SASL ", " auth failed", HINT_REFUSED, "bad user name or password" },
    { "Cannot authenticate with known methods", "", HINT_REASON,
      "the server offers no way to sign in that is known here" },
    { "TLS is not supported, but set as mandatory", "", HINT_REASON,
      "the server offers no TLS, which is required" },
    { "SSL_CTX_load_verify_locations() failed", "", HINT_REASON, "cannot read the CA file" },
    { "Couldn't start TLS!", "", HINT_REASON, "the TLS handshake failed" },
    { "Connection attempt timed out", "", HINT_REASON, "no answer" },
    { "connection failed, error ", "", HINT_ERRNO, NULL },
    { "RECV: </stream:stream>", "", HINT_CLOSED, "closed by the server" },
};

void xmpp_cause_clear(XmppCause *cause)
{
    g_free(cause->reason);
    *cause = (XmppCause){ 0 };
}

void xmpp_cause_note(XmppCause *cause, const char *reason)
{
    if (!cause->reason)
        cause->reason = text_make_line(reason, REASON_MAX_CHARS);
}

void xmpp_cause_read_line(XmppCause *cause, xmpp_log_level_t level, const char *line)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(hints); i++) {
        const char *reason = hints[i].reason;

        if (!g_str_has_prefix(line, hints[i].start) || !g_str_has_suffix(line, hints[i].end))
            continue;
        if (hints[i].kind == HINT_ERRNO)
            reason = g_strerror((int)g_ascii_strtoll(line + strlen(hints[i].start), NULL, 10));
        cause->is_refused = cause->is_refused || hints[i].kind == HINT_REFUSED;
        cause->is_closed = cause->is_closed || hints[i].kind == HINT_CLOSED;
        xmpp_cause_note(cause, reason);
        return;
    }
    if (level >= XMPP_LEVEL_WARN)
        xmpp_cause_note(cause, line);
}

void xmpp_cause_read_stream_error(XmppCause *cause, const xmpp_stream_error_t *error)
{
    const char *condition = "undefined-condition";
    g_autofree char *reason = NULL;

    for (xmpp_stanza_t *child = error->stanza ? xmpp_stanza_get_children(error->stanza) : NULL;
         child; child = xmpp_stanza_get_next(child)) {
        const char *ns = xmpp_stanza_get_ns(child);
        const char *name = xmpp_stanza_get_name(child);

        if (ns && name && g_str_equal(ns, XMPP_NS_STREAMS_IETF) && !g_str_equal(name, "text")) {
            condition = name;
            break;
        }
    }
    reason = g_strdup_printf("the server ended the stream: %s%s%s", condition,
                             error->text ? ", " : "", error->text ? error->text : "");
    g_clear_pointer(&cause->reason, g_free);
    xmpp_cause_note(cause, reason);
}

char *xmpp_cause_take(XmppCause *cause)
{
    return cause->reason ? g_steal_pointer(&cause->reason) : g_strdup("connection lost");
}
