/* The XMPP edge when nobody listens, when much is said at once, and when nothing happens. */
#include "agent1/edge/xmpp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/agent1/xmpp_stage.h"

#include "common/base/banned.h"

/* The thread's voluntary context switches so far. */
static unsigned count_switches(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(tasks))) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/status", name);
        g_autofree char *status = NULL;
        unsigned count;

        if (!g_file_get_contents(path, &status, NULL, NULL) ||
            !g_str_has_prefix(status, "Name:\txmpp\n"))
            continue;
        assert_int_equal(sscanf(strstr(status, "voluntary_ctxt_switches:"),
                                "voluntary_ctxt_switches: %u", &count),
                         1);
        return count;
    }
    fail_msg("no thread named xmpp");
    return 0;
}

static void test_idle(void **state)
{
    enum { IDLE_MS = 1000 };
    Stage *stage = *state;
    Ear *ear = ear_of_edge_up(stage, NULL);
    unsigned before;
    unsigned switches;

    ear_expect_nothing(ear, 100);
    before = count_switches();
    ear_expect_nothing(ear, IDLE_MS);
    switches = count_switches() - before;
    print_message("idle: %u wake-ups in %d ms\n", switches, IDLE_MS);
    assert_in_range(switches, 0, 20);
}

/* Nobody takes the events: nothing is lost, and what is said meanwhile leaves afterwards. */
static void test_full_mailbox(void **state)
{
    enum { CHATS = 50, ROOM = 3 };
    Stage *stage = *state;
    unsigned chats = 0;
    unsigned said = 0;

    stage->ear = ear_new_of(ROOM);
    edge_up(stage, NULL);
    for (unsigned i = 0; i < CHATS; i++) {
        g_autofree char *id = g_strdup_printf("m%u", i);

        peer_chat(stage->alice, id, AGENT, id);
    }
    xmpp_edge_say(stage->xmpp, "s1", ALICE, "meanwhile");
    g_usleep(100000);
    while (chats < CHATS || said < 1) {
        g_autoptr(Event) event = ear_wait_any(stage->ear);
        g_autofree char *id = g_strdup_printf("m%u", chats);

        if (event->kind == EVENT_CHAT) {
            assert_string_equal(event->chat.text, id);
            chats++;
        } else {
            assert_int_equal(event->kind, EVENT_SAID);
            said++;
        }
    }
    expect_received(stage->alice, "s1", "meanwhile");
    ear_expect_nothing(stage->ear, 20);
}

/* Nobody takes the events any more: leaving does not wait for it. */
static void test_leave_unheard(void **state)
{
    enum { CHATS = 50, ROOM = 3 };
    Stage *stage = *state;
    int64_t begin_ms;

    stage->ear = ear_new_of(ROOM);
    edge_up(stage, NULL);
    for (unsigned i = 0; i < CHATS; i++)
        peer_chat(stage->alice, "m", AGENT, "hello");
    g_usleep(100000);
    begin_ms = clock_boot_ms();
    g_clear_pointer(&stage->xmpp, xmpp_edge_free);
    assert_true(clock_boot_ms() - begin_ms < 2000);
}

/* More is said at once than there is room for: the core is made to say the rest again, in order. */
static void test_too_much(void **state)
{
    enum { SAYINGS = 6000 };
    Stage *stage = *state;
    Xmpp *xmpp = edge_up(stage, NULL);
    Ear *ear = stage->ear;
    unsigned said = 0;
    unsigned links = 0;

    for (unsigned i = 0; i < SAYINGS; i++) {
        g_autofree char *id = g_strdup_printf("b%u", i);

        xmpp_edge_say(xmpp, id, "nobody@" HOUSE_DOMAIN, id);
    }
    while (said < SAYINGS) {
        g_autoptr(Event) event = ear_wait_any(ear);
        g_autofree char *id = g_strdup_printf("b%u", said);

        g_main_context_iteration(NULL, FALSE);
        if (event->kind == EVENT_SAID) {
            assert_string_equal(event->said_id, id);
            said++;
            continue;
        }
        assert_int_equal(event->kind, links++ % 2 ? EVENT_LINK_UP : EVENT_LINK_DOWN);
        for (unsigned i = said; event->kind == EVENT_LINK_UP && i < SAYINGS; i++) {
            g_autofree char *again = g_strdup_printf("b%u", i);

            xmpp_edge_say(xmpp, again, "nobody@" HOUSE_DOMAIN, again);
        }
    }
    print_message("%u sayings at once: the link was reported anew %u times\n", SAYINGS, links / 2);
    assert_true(links % 2 == 0);
}

static void test_server_without_management(void **state)
{
    enum { MESSAGES = 300 };
    Stage *stage = *state;
    XmppSettings changes = { .ping_s = 1 };
    Xmpp *xmpp = edge_up(stage, &changes);
    Ear *ear = stage->ear;

    for (unsigned i = 0; i < MESSAGES; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i);

        xmpp_edge_say(xmpp, id, ALICE, id);
    }
    for (unsigned i = 0; i < MESSAGES; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i);

        expect_received(stage->alice, id, id);
        ear_expect_said(ear, id);
    }
    ear_expect_nothing(ear, 1200);
    assert_true(cut_connections(stage->house->port) > 0);
    ear_expect(ear, EVENT_LINK_DOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_idle, leave),
        cmocka_unit_test_teardown(test_full_mailbox, leave),
        cmocka_unit_test_teardown(test_leave_unheard, leave),
        cmocka_unit_test_teardown(test_too_much, leave),
        cmocka_unit_test_setup_teardown(test_server_without_management, stage_up_without_management,
                                        stage_down),
    };

    stage_prepare("test-xmpp_load");

    return cmocka_run_group_tests_name("xmpp_load", tests, stage_up, stage_down);
}
