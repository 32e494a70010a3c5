/* How the service for files is found, and asked for places. */
#include "agent1/edge/xmpp_share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

typedef struct World {
    XmppOutbox *outbox;
    Mailbox *slots;
    XmppShare share;
    xmpp_ctx_t *ctx;
    char *asked; /* the last question that left */
} World;

static int set_up(void **state)
{
    World *world = g_new0(World, 1);

    world->outbox = xmpp_outbox_new();
    world->slots = mailbox_new(8, (GDestroyNotify)xmpp_slot_free);
    world->ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_share_init(&world->share, "example.org", world->slots);
    assert_null(xmpp_share_begin(&world->share, world->outbox));
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    xmpp_share_clear(&world->share);
    xmpp_outbox_free(world->outbox);
    mailbox_free(world->slots);
    xmpp_ctx_free(world->ctx);
    g_free(world->asked);
    g_free(world);
    return 0;
}

/* The next question that leaves is to this JID and has this in it. */
static void expect_question(World *world, const char *jid, const char *content)
{
    g_autofree char *to = g_strdup_printf(" to='%s'", jid);

    g_free(world->asked);
    world->asked = g_strdup(xmpp_outbox_next(world->outbox));
    if (!world->asked || !strstr(world->asked, to) || !strstr(world->asked, content))
        fail_msg("%s was not asked %s: %s", jid, content, world->asked);
}

/* The answer to the last question. The event, the caller's, or NULL. */
static Event *answer(World *world, const char *from, const char *type, const char *content)
{
    const char *start = strstr(world->asked, "id='") + strlen("id='");
    g_autofree char *id = g_strndup(start, strcspn(start, "'"));
    g_autofree char *xml = g_strdup_printf(
        "<iq xmlns='jabber:client' type='%s' from='%s' id='%s'>%s</iq>", type, from, id, content);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(world->ctx, xml);
    Event *event = NULL;

    assert_non_null(iq);
    assert_true(xmpp_share_take(&world->share, iq, world->outbox, &event));
    xmpp_stanza_release(iq);
    return event;
}

#define INFO(content)  "<query xmlns='http://jabber.org/protocol/disco#info'>" content "</query>"
#define ITEMS(content) "<query xmlns='http://jabber.org/protocol/disco#items'>" content "</query>"
#define FEATURE        "<feature var='" XMPP_SLOT_NS "'/>"
#define FORM(max)                                                                                  \
    "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>"                 \
    "<value>" XMPP_SLOT_NS "</value></field><field var='max-file-size'><value>" max                \
    "</value></field></x>"

static void find_service(World *world, const char *info, uint64_t max_bytes)
{
    g_autoptr(Event) event = NULL;

    expect_question(world, "example.org", "disco#info");
    assert_null(answer(world, "example.org", "result", INFO("<feature var='urn:xmpp:ping'/>")));
    expect_question(world, "example.org", "disco#items");
    assert_null(answer(world, "example.org", "result",
                       ITEMS("<item jid='ana@example.org'/><item jid='rooms.example.org' node='x'/>"
                             "<item/><item jid='share.example.org'/>")));
    expect_question(world, "share.example.org", "disco#info");
    event = answer(world, "share.example.org", "result", info);
    assert_non_null(event);
    assert_int_equal(event->kind, EVENT_XMPP);
    assert_int_equal(event->fact.kind, XMPP_FACT_SHARE);
    assert_true(event->fact.max_bytes == max_bytes);
    assert_false(xmpp_outbox_has_next(world->outbox));
}

static void expect_slot(World *world, const char *id, const char *why)
{
    g_autoptr(XmppSlot) slot = mailbox_take(world->slots);

    assert_non_null(slot);
    assert_string_equal(slot->id, id);
    assert_int_equal(g_strcmp0(slot->why, why), 0);
}

static void test_a_place(void **state)
{
    World *world = *state;

    find_service(world, INFO(FEATURE FORM("1000")), 1000);
    xmpp_share_ask(&world->share, "u1", "run-1-web1.txt", 1000, true, world->outbox);
    expect_question(world, "share.example.org", "filename='run-1-web1.txt' size='1000'");
    assert_null(answer(world, "share.example.org", "result",
                       "<slot xmlns='" XMPP_SLOT_NS
                       "'><put url='https://a/'/><get url='https://b/'/>"
                       "</slot>"));
    expect_slot(world, "u1", NULL);
}

/* Where the server is goes with each answer of it: another connection may lead elsewhere. */
static void test_a_place_says_where_its_server_is(void **state)
{
    World *world = *state;

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(XmppSlot) slot = NULL;

        world->share.is_server_here = i == 1;
        xmpp_share_ask(&world->share, "u1", "a.txt", 10, false, world->outbox);
        slot = mailbox_take(world->slots);
        assert_int_equal(slot->is_server_here, i == 1);
    }
}

static void test_a_service_that_is_the_server(void **state)
{
    World *world = *state;
    g_autoptr(Event) event = NULL;

    expect_question(world, "example.org", "disco#info");
    event = answer(world, "example.org", "result", INFO(FEATURE));
    assert_non_null(event);
    assert_true(event->fact.max_bytes == SIZE_MAX);
}

static void test_no_place(void **state)
{
    World *world = *state;

    xmpp_share_ask(&world->share, "u1", "a.txt", 10, true, world->outbox);
    expect_slot(world, "u1", "the XMPP server takes no files");
    find_service(world, INFO(FEATURE FORM("1000")), 1000);
    xmpp_share_ask(&world->share, "u2", "a.txt", 1001, true, world->outbox);
    expect_slot(world, "u2", "the XMPP server takes files of at most 1000 bytes");
    xmpp_share_ask(&world->share, "u3", "a.txt", 10, false, world->outbox);
    expect_slot(world, "u3", "there is no connection to the XMPP server");
    xmpp_share_ask(&world->share, "u4", "a.txt", 10, true, world->outbox);
    expect_question(world, "share.example.org", "size='10'");
    assert_null(answer(world, "share.example.org", "error", ""));
    expect_slot(world, "u4", "the XMPP server has no place for the file");
}

/* Another session may be with a server that was set up anew. */
static void test_a_new_session_begins_anew(void **state)
{
    World *world = *state;
    g_autoptr(Event) event = NULL;

    find_service(world, INFO(FEATURE), SIZE_MAX);
    event = xmpp_share_begin(&world->share, world->outbox);
    assert_int_equal(event->fact.kind, XMPP_FACT_SHARE);
    assert_true(event->fact.max_bytes == 0);
    xmpp_share_ask(&world->share, "u1", "a.txt", 10, true, world->outbox);
    expect_slot(world, "u1", "the XMPP server takes no files");
    find_service(world, INFO(FEATURE FORM("no number")), SIZE_MAX);
}

static void test_errors_find_nothing(void **state)
{
    World *world = *state;

    expect_question(world, "example.org", "disco#info");
    assert_null(answer(world, "example.org", "error", ""));
    expect_question(world, "example.org", "disco#items");
    assert_null(answer(world, "example.org", "error", ""));
    assert_null(world->share.service);
}

static void test_others_are_not_believed(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;
    g_autofree char *xml = NULL;
    xmpp_stanza_t *iq;
    Event *event = NULL;

    expect_question(world, "example.org", "disco#info");
    id = g_strndup(strstr(world->asked, "id='") + 4, 20);
    xml = g_strdup_printf("<iq xmlns='jabber:client' type='result' from='eve@example.org/x' "
                          "id='%s'>" INFO(FEATURE) "</iq>",
                          id);
    iq = xmpp_stanza_new_from_string(world->ctx, xml);
    assert_false(xmpp_share_take(&world->share, iq, world->outbox, &event));
    xmpp_stanza_release(iq);
    assert_null(event);
    assert_null(world->share.service);
}

static void test_many_services(void **state)
{
    World *world = *state;
    g_autoptr(GString) items =
        g_string_new("<query xmlns='http://jabber.org/protocol/disco#items'>");
    unsigned asked = 0;

    for (unsigned i = 0; i < XMPP_SHARE_SERVICES_MAX * 2; i++)
        g_string_append_printf(items, "<item jid='s%u.example.org'/>", i);
    g_string_append(items, "</query>");
    expect_question(world, "example.org", "disco#info");
    expect_question(world, "example.org", "disco#items");
    assert_null(answer(world, "example.org", "result", items->str));
    while (xmpp_outbox_next(world->outbox))
        asked++;
    assert_int_equal(asked, XMPP_SHARE_SERVICES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_place_says_where_its_server_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_service_that_is_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_new_session_begins_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_find_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others_are_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_services, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
