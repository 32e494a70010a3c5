#include "agent1/port/heard.h"

#include <string.h>

#include "common/base/banned.h"

HeardMessage *heard_message_new(const char *topic, const char *payload, size_t length,
                                bool is_retained)
{
    HeardMessage *message = g_new0(HeardMessage, 1);

    message->topic = g_strdup(topic);
    message->length = MIN(length, HEARD_MAX_BYTES);
    message->payload = g_malloc(message->length + 1);
    memcpy(message->payload, payload, message->length);
    message->payload[message->length] = '\0';
    message->whole_length = length;
    message->is_retained = is_retained;
    return message;
}

void heard_message_free(void *data)
{
    HeardMessage *message = data;

    g_free(message->topic);
    g_free(message->payload);
    g_free(message);
}

GPtrArray *heard_messages_new(void)
{
    return g_ptr_array_new_with_free_func(heard_message_free);
}

void event_published_clear(EventPublished *published)
{
    g_free(published->id);
    g_free(published->reason);
}

void event_listening_clear(EventListening *listening)
{
    g_free(listening->id);
    g_free(listening->reason);
}

void event_heard_clear(EventHeard *heard)
{
    g_free(heard->id);
    if (heard->messages)
        g_ptr_array_unref(heard->messages);
}
