/* Events: what a fresh one says, and that each kind releases what it owns (LSan looks on). */
#include "agent1/port/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void free_row(void *row)
{
    row_free(row);
}

static void fill_chat(Event *event)
{
    event->chat.address = g_strdup("ana@example.org/phone");
    event->chat.principal = g_strdup("ana@example.org");
    event->chat.stanza_id = g_strdup("s1");
    event->chat.text = g_strdup("hello");
}

static void fill_message(Event *event)
{
    event->message.topic_name = g_strdup("web1");
    event->message.sender = g_strdup("x25519:…");
    event->message.message = message_new(MESSAGE_CHAT, "id", "web1", 1);
    event->message.message->chat.text = g_strdup("hello");
}

static void fill_fact(Event *event)
{
    event->fact.address = g_strdup("ana@example.org/phone");
    event->fact.principal = g_strdup("ana@example.org");
    event->fact.about = g_strdup("id");
    event->fact.form = xmpp_form_new("cancel", "s1");
    event->fact.words = g_strsplit("+ -", " ", -1);
}

static void fill_said(Event *event)
{
    event->said_id = g_strdup("id");
}

static void fill_rows(Event *event)
{
    event->rows.rows = g_ptr_array_new_with_free_func(free_row);
    g_ptr_array_add(event->rows.rows, row_new(TABLE_RUNS));
}

static void fill_edited(Event *event)
{
    event->edited.id = g_strdup("id");
    event->edited.file = g_strdup("tasks_schedule.json");
    event->edited.error = g_strdup("read-only");
}

static void fill_probe(Event *event)
{
    event->probe_text = g_strdup("web1");
}

static void fill_home_assistant(Event *event)
{
    event->home_assistant.agent = g_strdup("web1");
    event->home_assistant.text = g_strdup("ON");
}

static void fill_published(Event *event)
{
    event->published.id = g_strdup("id");
    event->published.reason = g_strdup("not authorised");
}

static void fill_listening(Event *event)
{
    event->listening.id = g_strdup("id");
    event->listening.reason = g_strdup("connection refused");
}

static void fill_heard(Event *event)
{
    event->heard.id = g_strdup("id");
    event->heard.messages = heard_messages_new();
    g_ptr_array_add(event->heard.messages, heard_message_new("home/x", "on", 2, false));
}

static void fill_update(Event *event)
{
    event->update = update_news_new(UPDATE_FAILED);
    event->update->detail = g_strdup("fatal: bad object");
}

static void fill_model(Event *event)
{
    event->model = model_news_end("id", MODEL_FAILED);
    event->model->why = g_strdup("it says so");
}

static void fill_page(Event *event)
{
    event->page = page_news_new("id", PAGE_STATUS, "404");
}

static void fill_embedded(Event *event)
{
    event->embedded = embed_news_new_trouble("id", EMBED_FAILED, "it says so");
}

static void each_kind_releases_what_it_owns(void **state)
{
    static const struct {
        const char *what;
        EventKind kind;
        void (*fill)(Event *event);
    } rows[] = {
        { "chat", EVENT_CHAT, fill_chat },
        { "fact", EVENT_XMPP, fill_fact },
        { "message", EVENT_MESSAGE, fill_message },
        { "link up", EVENT_LINK_UP, NULL },
        { "link down", EVENT_LINK_DOWN, NULL },
        { "said", EVENT_SAID, fill_said },
        { "rows", EVENT_ROWS, fill_rows },
        { "file edited", EVENT_FILE_EDITED, fill_edited },
        { "configured", EVENT_CONFIGURED, NULL },
        { "probe", EVENT_PROBE, fill_probe },
        { "home assistant", EVENT_HOME_ASSISTANT, fill_home_assistant },
        { "published", EVENT_PUBLISHED, fill_published },
        { "listening", EVENT_LISTENING, fill_listening },
        { "heard", EVENT_HEARD, fill_heard },
        { "update", EVENT_UPDATE, fill_update },
        { "model", EVENT_MODEL, fill_model },
        { "page", EVENT_PAGE, fill_page },
        { "embedded", EVENT_EMBEDDED, fill_embedded },
        { "tick", EVENT_TICK, NULL },
    };
    unsigned i;

    (void)state;
    assert_int_equal(G_N_ELEMENTS(rows), EVENT_TICK + 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        Event *empty = event_new(rows[i].kind);
        Event *full = event_new(rows[i].kind);

        print_message("%s\n", rows[i].what);
        assert_int_equal(full->kind, rows[i].kind);
        if (rows[i].fill)
            rows[i].fill(full);
        event_free(empty);
        event_free(full);
    }
    event_free(NULL);
}

/* Absent is not 1970: a chat that was just written must not look delayed. */
static void a_fresh_chat_was_not_delayed(void **state)
{
    g_autoptr(Event) event = event_new(EVENT_CHAT);

    (void)state;
    assert_int_equal(event->chat.written_ms, MESSAGE_ABSENT);
}

/* What is kept of a message has a bound, and any bytes may stand in it. */
static void a_heard_message_is_kept_as_it_came(void **state)
{
    g_autofree char *much = g_strnfill(HEARD_MAX_BYTES + 1, 'x');
    g_autoptr(GPtrArray) messages = heard_messages_new();
    const HeardMessage *odd = heard_message_new("home/x", "a\0b", 3, true);
    const HeardMessage *large = heard_message_new("home/x", much, HEARD_MAX_BYTES + 1, false);
    const HeardMessage *empty = heard_message_new("home/x", "", 0, false);

    (void)state;
    g_ptr_array_add(messages, (void *)(uintptr_t)odd);
    g_ptr_array_add(messages, (void *)(uintptr_t)large);
    g_ptr_array_add(messages, (void *)(uintptr_t)empty);
    assert_int_equal(odd->length, 3);
    assert_memory_equal(odd->payload, "a\0b", 4);
    assert_true(odd->is_retained);
    assert_int_equal(large->length, HEARD_MAX_BYTES);
    assert_int_equal(large->whole_length, HEARD_MAX_BYTES + 1);
    assert_int_equal(empty->length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_releases_what_it_owns),
        cmocka_unit_test(a_fresh_chat_was_not_delayed),
        cmocka_unit_test(a_heard_message_is_kept_as_it_came),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
