#include "agent1/app/message_mark.h"

#include "common/base/banned.h"

/* A broker says what it retains once more at each connection. */
static char *mark_heard(const EventHeard *heard)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    unsigned i;

    for (i = 0; i < heard->messages->len; i++) {
        const HeardMessage *message = heard->messages->pdata[i];

        g_checksum_update(checksum, (const guchar *)message->topic, -1);
        g_checksum_update(checksum, (const guchar *)message->payload, (gssize)message->length);
    }
    return g_strdup_printf("heard %s %s", heard->id, g_checksum_get_string(checksum));
}

char *message_mark(const Event *event)
{
    if (event->kind == EVENT_MESSAGE)
        return g_strdup_printf("%s %s %s", event->message.sender,
                               message_kind_name(event->message.message->kind),
                               event->message.message->id);
    if (event->kind == EVENT_XMPP)
        return g_strdup_printf("%d %s %s", (int)event->fact.kind,
                               event->fact.address ? event->fact.address : "",
                               event->fact.about ? event->fact.about : "");
    if (event->kind == EVENT_HEARD)
        return mark_heard(&event->heard);
    if (event->kind == EVENT_CHAT)
        return g_strdup_printf("%s %s", event->chat.principal, event->chat.text);
    return NULL;
}
