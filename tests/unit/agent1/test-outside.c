/* What a core that is made anew hears, and what it does not hear twice. */
#include "agent1/app/outside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void note_link(Outside *outside, EventKind kind, Link link)
{
    g_autoptr(Event) event = event_new(kind);

    event->link = link;
    outside_note(outside, event);
}

static void note_share(Outside *outside, uint64_t max_bytes)
{
    g_autoptr(Event) event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_SHARE;
    event->fact.max_bytes = max_bytes;
    outside_note(outside, event);
}

static void note_said(Outside *outside, const char *id)
{
    g_autoptr(Event) event = event_new(EVENT_SAID);

    event->said_id = g_strdup(id);
    outside_note(outside, event);
}

/* "s1 up0 up1 share10": what is told, in its order. The caller owns it. */
static char *told(Outside *outside)
{
    g_autoptr(GPtrArray) events = outside_tell(outside);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < events->len; i++) {
        const Event *event = events->pdata[i];

        g_string_append(text, i ? " " : "");
        if (event->kind == EVENT_SAID)
            g_string_append(text, event->said_id);
        else if (event->kind == EVENT_LINK_UP)
            g_string_append_printf(text, "up%d", (int)event->link);
        else
            g_string_append_printf(text, "share%d", (int)event->fact.max_bytes);
    }
    return g_string_free(text, FALSE);
}

static void expect(Outside *outside, const char *text)
{
    g_autofree char *is = told(outside);

    assert_string_equal(is, text);
}

static void links_and_files(void **state)
{
    g_autoptr(Outside) outside = outside_new();

    (void)state;
    expect(outside, "");
    note_share(outside, 10);
    expect(outside, "");
    note_link(outside, EVENT_LINK_UP, LINK_XMPP);
    note_link(outside, EVENT_LINK_UP, LINK_MQTT);
    expect(outside, "up0 up1 share10");
    note_share(outside, 0);
    note_link(outside, EVENT_LINK_DOWN, LINK_MQTT);
    expect(outside, "up0");
}

static void what_was_taken_until_its_row_is_gone(void **state)
{
    g_autoptr(Outside) outside = outside_new();

    (void)state;
    note_said(outside, "s1");
    outside_batch_begins(outside);
    note_said(outside, "s2");
    /* The batch fails: both, and once more when the next one does. */
    expect(outside, "s2 s1");
    outside_batch_begins(outside);
    expect(outside, "s2 s1");
    outside_batch_begins(outside);
    note_said(outside, "s3");
    outside_batch_stored(outside);
    expect(outside, "s3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_and_files),
        cmocka_unit_test(what_was_taken_until_its_row_is_gone),
    };

    return cmocka_run_group_tests_name("outside", tests, NULL, NULL);
}
