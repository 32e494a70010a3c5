/* What an incoming XMPP message is taken for. */
#include "agent1/edge/xmpp_incoming.h"

#include "common/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN "agent1@example.org"
#define BOB "bob@example.org/phone"

/* A message of this type and sender with this content. */
#define MESSAGE(type, from, content)                                                               \
    "<message xmlns='jabber:client' type='" type "' id='i1' from='" from "' to='" OWN "'>" content \
    "</message>"
#define BODY "<body>!help</body>"

static xmpp_stanza_t *parse(xmpp_ctx_t *ctx, const char *xml)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);

    if (!stanza)
        fail_msg("the test's XML is wrong: %s", xml);

    return stanza;
}

static const struct {
    const char *what;
    const char *xml;
    XmppIncomingKind kind;
} kind_rows[] = {
    { "chat", MESSAGE("chat", BOB, BODY), XMPP_INCOMING_CHAT },
    { "normal", MESSAGE("normal", BOB, BODY), XMPP_INCOMING_CHAT },
    { "no type", "<message xmlns='jabber:client' from='" BOB "'>" BODY "</message>",
      XMPP_INCOMING_CHAT },
    { "a type nobody knows counts as normal", MESSAGE("note", BOB, BODY), XMPP_INCOMING_CHAT },
    { "a bare sender", MESSAGE("chat", "bob@example.org", BODY), XMPP_INCOMING_CHAT },
    { "groupchat", MESSAGE("groupchat", BOB, BODY), XMPP_INCOMING_NOTHING },
    { "headline", MESSAGE("headline", BOB, BODY), XMPP_INCOMING_NOTHING },
    { "no body", MESSAGE("chat", BOB, "<composing/>"), XMPP_INCOMING_NOTHING },
    { "an empty body", MESSAGE("chat", BOB, "<body/>"), XMPP_INCOMING_NOTHING },
    { "a body of another namespace",
      MESSAGE("chat", BOB, "<body xmlns='http://www.w3.org/1999/xhtml'>!help</body>"),
      XMPP_INCOMING_NOTHING },
    { "a body inside", MESSAGE("chat", BOB, "<x xmlns='y'><body>!help</body></x>"),
      XMPP_INCOMING_NOTHING },
    { "no sender", "<message xmlns='jabber:client' type='chat'>" BODY "</message>",
      XMPP_INCOMING_NOTHING },
    { "a server", MESSAGE("chat", "example.org", BODY), XMPP_INCOMING_NOTHING },
    { "a server with a resource that looks like a person",
      MESSAGE("chat", "evil.example/bob@example.org", BODY), XMPP_INCOMING_NOTHING },
    { "no name", MESSAGE("chat", "@example.org", BODY), XMPP_INCOMING_NOTHING },
    { "itself", MESSAGE("chat", OWN, BODY), XMPP_INCOMING_NOTHING },
    { "its other client", MESSAGE("chat", OWN "/laptop", BODY), XMPP_INCOMING_NOTHING },
    { "carbon of a received message",
      MESSAGE("chat", BOB, BODY "<received xmlns='urn:xmpp:carbons:2'/>"), XMPP_INCOMING_NOTHING },
    { "carbon of a sent message", MESSAGE("chat", BOB, BODY "<sent xmlns='urn:xmpp:carbons:2'/>"),
      XMPP_INCOMING_NOTHING },
    { "forwarded", MESSAGE("chat", BOB, BODY "<forwarded xmlns='urn:xmpp:forward:0'/>"),
      XMPP_INCOMING_NOTHING },
    { "archive", MESSAGE("chat", BOB, BODY "<result xmlns='urn:xmpp:mam:2'/>"),
      XMPP_INCOMING_NOTHING },
    { "private message in a room",
      MESSAGE("chat", "ops@rooms.example.org/bob",
              BODY "<x xmlns='http://jabber.org/protocol/muc#user'/>"),
      XMPP_INCOMING_NOTHING },
    { "invitation", MESSAGE("normal", BOB, BODY "<x xmlns='jabber:x:conference' jid='r@x'/>"),
      XMPP_INCOMING_NOTHING },
    { "history of old servers",
      MESSAGE("chat", BOB, BODY "<x xmlns='jabber:x:delay' stamp='20020910T23:41:07'/>"),
      XMPP_INCOMING_NOTHING },
    { "OMEMO", MESSAGE("chat", BOB, BODY "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"),
      XMPP_INCOMING_ENCRYPTED },
    { "OMEMO without a body",
      MESSAGE("chat", BOB, "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"),
      XMPP_INCOMING_NOTHING },
    { "error", MESSAGE("error", BOB, BODY), XMPP_INCOMING_ERROR },
};

static void test_kinds(void **state)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(kind_rows); i++) {
        xmpp_stanza_t *stanza = parse(ctx, kind_rows[i].xml);
        XmppIncoming incoming = xmpp_incoming_judge(stanza, OWN);

        if (incoming.kind != kind_rows[i].kind)
            fail_msg("%s: kind %d instead of %d", kind_rows[i].what, incoming.kind,
                     kind_rows[i].kind);
        if ((incoming.kind == XMPP_INCOMING_CHAT) != (incoming.event != NULL))
            fail_msg("%s: an event for chat, and only then", kind_rows[i].what);
        event_free(incoming.event);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

#define DELAY(from, stamp) "<delay xmlns='urn:xmpp:delay' from='" from "' stamp='" stamp "'/>"
#define AT_FIRST           INT64_C(1031701267000) /* 2002-09-10T23:41:07Z */
#define LONG_ID                                                                                    \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"

static const struct {
    const char *what;
    const char *xml;
    const char *text;
    const char *id;
    int64_t written_ms;
} chat_rows[] = {
    { "plain", MESSAGE("chat", BOB, BODY), "!help", "i1", MESSAGE_ABSENT },
    { "the sender's own id counts more",
      MESSAGE("chat", BOB, BODY "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"), "!help", "o1",
      MESSAGE_ABSENT },
    { "an empty one does not",
      MESSAGE("chat", BOB, BODY "<origin-id xmlns='urn:xmpp:sid:0' id=''/>"), "!help", "i1",
      MESSAGE_ABSENT },
    { "no id", "<message xmlns='jabber:client' from='" BOB "'>" BODY "</message>", "!help", NULL,
      MESSAGE_ABSENT },
    { "an id too long to be kept",
      "<message xmlns='jabber:client' id='" LONG_ID "' from='" BOB "'>" BODY "</message>", "!help",
      NULL, MESSAGE_ABSENT },
    { "the body without a language", MESSAGE("chat", BOB, "<body xml:lang='fr'>!aide</body>" BODY),
      "!help", "i1", MESSAGE_ABSENT },
    { "else the first",
      MESSAGE("chat", BOB, "<body xml:lang='fr'>!aide</body><body xml:lang='de'>!hilfe</body>"),
      "!aide", "i1", MESSAGE_ABSENT },
    { "entities and lines", MESSAGE("chat", BOB, "<body>a &lt;b&gt; &amp;\n&#x1F44D;</body>"),
      "a <b> &\n👍", "i1", MESSAGE_ABSENT },
    { "markup in the body is no text", MESSAGE("chat", BOB, "<body>!he<b>l</b>p</body>"), "!hep",
      "i1", MESSAGE_ABSENT },
    { "delayed by the server",
      MESSAGE("chat", BOB, BODY DELAY("example.org", "2002-09-10T23:41:07Z")), "!help", "i1",
      AT_FIRST },
    { "the oldest of two delays",
      MESSAGE("chat", BOB,
              BODY DELAY("example.org", "2002-09-10T23:41:07Z")
                  DELAY("bob@example.org", "2026-11-21T00:00:00Z")),
      "!help", "i1", AT_FIRST },
    { "the oldest of two delays, the other way round",
      MESSAGE("chat", BOB,
              BODY DELAY("bob@example.org", "2026-11-21T00:00:00Z")
                  DELAY("example.org", "2002-09-10T23:41:07Z")),
      "!help", "i1", AT_FIRST },
    { "a stamp that cannot be read", MESSAGE("chat", BOB, BODY DELAY("example.org", "soon")),
      "!help", "i1", 0 },
    { "no stamp", MESSAGE("chat", BOB, BODY "<delay xmlns='urn:xmpp:delay'/>"), "!help", "i1", 0 },
};

static void test_chat(void **state)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(chat_rows); i++) {
        xmpp_stanza_t *stanza = parse(ctx, chat_rows[i].xml);
        XmppIncoming incoming = xmpp_incoming_judge(stanza, OWN);
        g_autoptr(Event) event = incoming.event;

        if (!event)
            fail_msg("%s: no event", chat_rows[i].what);
        assert_int_equal(event->chat.door, DOOR_XMPP);
        assert_string_equal(event->chat.address, BOB);
        assert_string_equal(event->chat.principal, "bob@example.org");
        if (g_strcmp0(event->chat.text, chat_rows[i].text) != 0 ||
            g_strcmp0(event->chat.stanza_id, chat_rows[i].id) != 0 ||
            event->chat.written_ms != chat_rows[i].written_ms)
            fail_msg("%s: \"%s\", id %s, written %" G_GINT64_FORMAT, chat_rows[i].what,
                     event->chat.text, event->chat.stanza_id, event->chat.written_ms);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

static void test_receipts(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        const char *id;
    } rows[] = {
        { "none wanted", MESSAGE("chat", BOB, BODY), NULL },
        { "wanted", MESSAGE("chat", BOB, BODY "<request xmlns='urn:xmpp:receipts'/>"), "i1" },
        { "for the id of the stanza, whatever else it is called",
          MESSAGE("chat", BOB,
                  BODY "<request xmlns='urn:xmpp:receipts'/>"
                       "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"),
          "i1" },
        { "of another namespace", MESSAGE("chat", BOB, BODY "<request xmlns='x'/>"), NULL },
        { "a receipt is no request",
          MESSAGE("chat", BOB, BODY "<received xmlns='urn:xmpp:receipts' id='x'/>"), NULL },
        { "without an id",
          "<message xmlns='jabber:client' from='" BOB "'>" BODY
          "<request xmlns='urn:xmpp:receipts'/></message>",
          NULL },
        { "with an id too long",
          "<message xmlns='jabber:client' id='" LONG_ID "' from='" BOB "'>" BODY
          "<request xmlns='urn:xmpp:receipts'/></message>",
          NULL },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmpp_stanza_t *stanza = parse(ctx, rows[i].xml);
        XmppIncoming incoming = xmpp_incoming_judge(stanza, OWN);

        if (!incoming.event || g_strcmp0(incoming.event->chat.receipt_id, rows[i].id) != 0)
            fail_msg("%s", rows[i].what);
        event_free(incoming.event);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

static void test_length(void **state)
{
    static const struct {
        size_t bytes;
        XmppIncomingKind kind;
    } rows[] = {
        { CHAT_TEXT_MAX_BYTES, XMPP_INCOMING_CHAT },
        { CHAT_TEXT_MAX_BYTES + 1, XMPP_INCOMING_TOO_LONG },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strnfill(rows[i].bytes, 'x');
        g_autofree char *xml = g_strdup_printf(MESSAGE("chat", BOB, "<body>%s</body>"), text);
        xmpp_stanza_t *stanza = parse(ctx, xml);
        XmppIncoming incoming = xmpp_incoming_judge(stanza, OWN);

        assert_int_equal(incoming.kind, rows[i].kind);
        assert_int_equal(incoming.bytes, rows[i].bytes);
        assert_string_equal(incoming.from, BOB);
        event_free(incoming.event);
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

static void test_errors(void **state)
{
    static const struct {
        const char *xml;
        const char *condition;
    } rows[] = {
        { MESSAGE("error", BOB, BODY), "undefined-condition" },
        { MESSAGE("error", BOB, "<error type='cancel'/>"), "undefined-condition" },
        { MESSAGE("error", BOB,
                  "<error type='cancel'><item-not-found "
                  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
          "item-not-found" },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmpp_stanza_t *stanza = parse(ctx, rows[i].xml);
        XmppIncoming incoming = xmpp_incoming_judge(stanza, OWN);

        assert_int_equal(incoming.kind, XMPP_INCOMING_ERROR);
        assert_string_equal(incoming.condition, rows[i].condition);
        assert_string_equal(incoming.from, BOB);
        assert_string_equal(incoming.id, "i1");
        xmpp_stanza_release(stanza);
    }
    xmpp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),    cmocka_unit_test(test_chat),
        cmocka_unit_test(test_receipts), cmocka_unit_test(test_length),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests_name("xmpp_incoming", tests, NULL, NULL);
}
