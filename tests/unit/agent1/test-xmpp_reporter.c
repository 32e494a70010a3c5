/* Events wait for room, in their order, and the link goes up and down in turns. */
#include "agent1/edge/xmpp_reporter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void expect(Mailbox *mailbox, EventKind kind, const char *said_id)
{
    g_autoptr(Event) event = mailbox_take(mailbox);

    assert_non_null(event);
    assert_int_equal(event->kind, kind);
    if (said_id)
        assert_string_equal(event->said_id, said_id);
    else
        assert_int_equal(event->link, LINK_XMPP);
}

static void test_links_take_turns(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(10, (GDestroyNotify)event_free);
    XmppReporter reporter;

    (void)state;

    xmpp_reporter_init(&reporter, mailbox);
    xmpp_reporter_link(&reporter, false);
    assert_null(mailbox_take(mailbox));
    xmpp_reporter_link(&reporter, true);
    xmpp_reporter_link(&reporter, true);
    assert_true(reporter.is_linked);
    expect(mailbox, EVENT_LINK_UP, NULL);
    assert_null(mailbox_take(mailbox));
    xmpp_reporter_link(&reporter, false);
    xmpp_reporter_link(&reporter, false);
    expect(mailbox, EVENT_LINK_DOWN, NULL);
    assert_null(mailbox_take(mailbox));
    xmpp_reporter_clear(&reporter);
}

static void test_room(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(2, (GDestroyNotify)event_free);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    XmppReporter reporter;

    (void)state;

    g_ptr_array_add(ids, (char[]){ "b" });
    g_ptr_array_add(ids, (char[]){ "c" });
    xmpp_reporter_init(&reporter, mailbox);
    assert_true(xmpp_reporter_flush(&reporter, 1000));
    xmpp_reporter_said(&reporter, "a", 1000);
    xmpp_reporter_all_said(&reporter, ids, 1000);
    xmpp_reporter_link(&reporter, true);
    assert_false(xmpp_reporter_flush(&reporter, 1000));

    expect(mailbox, EVENT_SAID, "a");
    assert_false(xmpp_reporter_flush(&reporter, 1000));
    expect(mailbox, EVENT_SAID, "b");
    expect(mailbox, EVENT_SAID, "c");
    assert_true(xmpp_reporter_flush(&reporter, 1000));
    expect(mailbox, EVENT_LINK_UP, NULL);

    /* What still waits is freed. */
    xmpp_reporter_all_said(&reporter, ids, 1000);
    xmpp_reporter_said(&reporter, "d", 1000);
    xmpp_reporter_clear(&reporter);
}

/* What the server took wakes nobody by itself. */
static void test_what_was_said_waits_for_company(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(200, (GDestroyNotify)event_free);
    XmppReporter reporter;

    (void)state;
    xmpp_reporter_init(&reporter, mailbox);
    assert_true(xmpp_reporter_deadline(&reporter) == INT64_MAX);
    xmpp_reporter_said(&reporter, "a", 1000);
    xmpp_reporter_said(&reporter, "b", 1030);
    assert_int_equal(xmpp_reporter_deadline(&reporter), 1000 + XMPP_REPORTER_COMPANY_MS);
    assert_true(xmpp_reporter_flush(&reporter, 1000 + XMPP_REPORTER_COMPANY_MS - 1));
    assert_null(mailbox_take(mailbox));
    assert_true(xmpp_reporter_flush(&reporter, 1000 + XMPP_REPORTER_COMPANY_MS));
    expect(mailbox, EVENT_SAID, "a");
    expect(mailbox, EVENT_SAID, "b");
    assert_true(xmpp_reporter_deadline(&reporter) == INT64_MAX);

    /* Another event takes them along, and many do not wait. */
    xmpp_reporter_said(&reporter, "c", 2000);
    xmpp_reporter_link(&reporter, true);
    expect(mailbox, EVENT_SAID, "c");
    expect(mailbox, EVENT_LINK_UP, NULL);
    for (unsigned i = 0; i < 100; i++)
        xmpp_reporter_said(&reporter, "d", 3000);
    expect(mailbox, EVENT_SAID, "d");
    xmpp_reporter_clear(&reporter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_said_waits_for_company),
        cmocka_unit_test(test_links_take_turns),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests_name("xmpp_reporter", tests, NULL, NULL);
}
