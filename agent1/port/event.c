#include "agent1/port/event.h"

#include "common/base/banned.h"

Event *event_new(EventKind kind)
{
    Event *event = g_new0(Event, 1);

    event->kind = kind;
    if (kind == EVENT_CHAT)
        event->chat.written_ms = MESSAGE_ABSENT;
    return event;
}

static void clear_message(EventMessage *received)
{
    g_free(received->topic_name);
    g_free(received->sender);
    message_free(received->message);
}

/* What came of publishing and listening for people. */
static void clear_heard(Event *event)
{
    if (event->kind == EVENT_PUBLISHED)
        event_published_clear(&event->published);
    else if (event->kind == EVENT_LISTENING)
        event_listening_clear(&event->listening);
    else
        event_heard_clear(&event->heard);
}

static void clear_chat(EventChat *chat)
{
    g_free(chat->address);
    g_free(chat->principal);
    g_free(chat->stanza_id);
    g_free(chat->room);
    g_free(chat->nick);
    g_free(chat->receipt_id);
    g_free(chat->replaces);
    g_free(chat->quotes);
    g_free(chat->text);
}

static void clear_edited(EventFileEdited *edited)
{
    g_free(edited->id);
    g_free(edited->file);
    g_free(edited->error);
}

void event_free(Event *event)
{
    if (!event)
        return;

    switch (event->kind) {
    case EVENT_CHAT:
        clear_chat(&event->chat);
        break;
    case EVENT_XMPP:
        xmpp_fact_clear(&event->fact);
        break;
    case EVENT_MESSAGE:
        clear_message(&event->message);
        break;
    case EVENT_SAID:
        g_free(event->said_id);
        break;
    case EVENT_ROWS:
        if (event->rows.rows)
            g_ptr_array_unref(event->rows.rows);
        break;
    case EVENT_FILE_EDITED:
        clear_edited(&event->edited);
        break;
    case EVENT_CONFIGURED:
        g_free(event->reload_error);
        break;
    case EVENT_HOME_ASSISTANT:
        g_free(event->home_assistant.agent);
        g_free(event->home_assistant.text);
        break;
    case EVENT_PUBLISHED:
    case EVENT_LISTENING:
    case EVENT_HEARD:
        clear_heard(event);
        break;
    case EVENT_UPDATE:
        update_news_free(event->update);
        break;
    case EVENT_MODEL:
        model_news_free(event->model);
        break;
    case EVENT_PAGE:
        page_news_free(event->page);
        break;
    case EVENT_EMBEDDED:
        embed_news_free(event->embedded);
        break;
    case EVENT_PROBE:
        g_free(event->probe_text);
        break;
    case EVENT_LINK_UP:
    case EVENT_LINK_DOWN:
    case EVENT_TICK:
        break;
    }
    zones_free(event->zones);
    g_free(event);
}
