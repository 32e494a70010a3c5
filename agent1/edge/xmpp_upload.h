/*
 * Files on their way to the server of uploads (XEP-0363), on the main thread: a place is asked for
 * on the XMPP thread, then the file is put there by HTTP. Exactly one fact about each follows,
 * after XMPP_UPLOAD_MAX_MS at the latest: XMPP_FACT_UPLOADED with the link, or
 * XMPP_FACT_NOT_UPLOADED with why, in words for people. Nothing is tried twice.
 *
 * A file goes over TLS; in clear only where `is_clear_allowed`, or on this very machine. To this
 * machine it goes only when the XMPP server is here, too (`is_server_here`): the server chooses
 * the address, and what listens here trusts its neighbours. What the place asks for in header
 * fields is secret, as whoever has it may upload.
 */
#ifndef AGENT1_EDGE_XMPP_UPLOAD_H
#define AGENT1_EDGE_XMPP_UPLOAD_H

#include "agent1/edge/xmpp_slot.h"
#include "agent1/port/xmpp_act.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define XMPP_UPLOAD_MAX_MS    30000
#define XMPP_UPLOAD_MAX_BYTES ((size_t)1024 * 1024)
#define XMPP_UPLOADS_MAX      16 /* at once */

typedef struct XmppUpload XmppUpload;

typedef struct XmppUploadSettings {
    Mailbox *events;     /* Event *, posted here */
    const char *ca_file; /* of the authorities that are believed; NULL: the system's */
    bool is_clear_allowed;
    unsigned max_ms; /* 0: XMPP_UPLOAD_MAX_MS */
    /* Asks for a place; the answer comes by xmpp_upload_take(). False: it cannot be asked for. */
    bool (*ask)(const char *id, const char *name, size_t bytes, void *data);
    void *data;
} XmppUploadSettings;

/* The settings are copied, but ca_file is borrowed for its life. */
XmppUpload *xmpp_upload_new(const XmppUploadSettings *settings);

/* Ends what is under way; no fact follows. */
void xmpp_upload_free(XmppUpload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppUpload, xmpp_upload_free)

/* act: XMPP_ACT_UPLOAD, or …_CHART, which is drawn first. */
void xmpp_upload_begin(XmppUpload *upload, const XmppAct *act);

/* The answer to `ask`; slot is taken over. */
void xmpp_upload_take(XmppUpload *upload, XmppSlot *slot);

#endif
