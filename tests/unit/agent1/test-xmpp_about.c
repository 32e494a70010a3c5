/* What a message says about another one. */
#include "agent1/edge/xmpp_about.h"

#include "agent1/edge/xmpp_incoming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN "agent1@example.org"
#define BOB "bob@example.org/phone"

#define MESSAGE(content)                                                                           \
    "<message xmlns='jabber:client' type='chat' id='i1' from='" BOB "'>" content "</message>"
#define REPLACE(id) "<replace xmlns='urn:xmpp:message-correct:0' id='" id "'/>"
#define REPLY       "<reply xmlns='urn:xmpp:reply:0' id='q1'/>"
#define QUOTED(start, end)                                                                         \
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='" start             \
    "' end='" end "'/></fallback>"

static Event *judge(const char *xml)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    Event *event;

    if (!stanza)
        fail_msg("the test's XML is wrong: %s", xml);
    event = xmpp_incoming_judge(stanza, OWN).event;
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);

    return event;
}

static const struct {
    const char *what;
    const char *xml;
    const char *replaces;
    const char *quotes;
    const char *text; /* NULL: no chat */
} chat_rows[] = {
    { "of nothing", MESSAGE("<body>a</body>"), NULL, NULL, "a" },
    { "a correction", MESSAGE("<body>a</body>" REPLACE("r1")), "r1", NULL, "a" },
    { "of what has no id", MESSAGE("<body>a</body>" REPLACE("")), NULL, NULL, "a" },
    { "a reply without a quotation", MESSAGE("<body>!help</body>" REPLY), NULL, "q1", "!help" },
    { "a reply with one",
      MESSAGE("<body>&gt; Pl\u00e9ase\n&gt; \U0001F44D\n!help</body>" REPLY QUOTED("0", "13")),
      NULL, "q1", "!help" },
    { "a quotation and nothing else", MESSAGE("<body>&gt; a\n</body>" REPLY QUOTED("0", "4")), NULL,
      NULL, NULL },
    { "what does not look like one stays",
      MESSAGE("<body>do not\n@web1 rm</body>" REPLY QUOTED("0", "7")), NULL, "q1",
      "do not\n@web1 rm" },
    { "a part of a line stays", MESSAGE("<body>&gt; a @web1 rm</body>" REPLY QUOTED("0", "4")),
      NULL, "q1", "> a @web1 rm" },
    { "a quotation in the middle stays",
      MESSAGE("<body>a\n&gt; b\nc</body>" REPLY QUOTED("2", "6")), NULL, "q1", "a\n> b\nc" },
    { "more than there is stays", MESSAGE("<body>&gt; a\n!b</body>" REPLY QUOTED("0", "70")), NULL,
      "q1", "> a\n!b" },
    { "no number", MESSAGE("<body>&gt; a\n!b</body>" REPLY QUOTED("0", "x")), NULL, "q1",
      "> a\n!b" },
    { "a quotation without a reply", MESSAGE("<body>&gt; a\n!b</body>" QUOTED("0", "4")), NULL,
      NULL, "> a\n!b" },
};

static void test_chat(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(chat_rows); i++) {
        g_autoptr(Event) event = judge(chat_rows[i].xml);
        const EventChat *chat = event ? &event->chat : NULL;

        if (!event != !chat_rows[i].text)
            fail_msg("%s: chat or none", chat_rows[i].what);
        if (chat && (g_strcmp0(chat->text, chat_rows[i].text) != 0 ||
                     g_strcmp0(chat->replaces, chat_rows[i].replaces) != 0 ||
                     g_strcmp0(chat->quotes, chat_rows[i].quotes) != 0))
            fail_msg("%s: \"%s\"", chat_rows[i].what, chat->text);
    }
}

#define REACTIONS(content) "<reactions xmlns='urn:xmpp:reactions:0' id='m1'>" content "</reactions>"

static void test_reactions(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        const char *words; /* NULL: no reaction */
    } rows[] = {
        { "one", MESSAGE(REACTIONS("<reaction>\U0001F44D</reaction>")), "\U0001F44D" },
        { "two", MESSAGE(REACTIONS("<reaction>+</reaction><reaction> - </reaction>")), "+ -" },
        { "taken back", MESSAGE(REACTIONS("")), "" },
        { "what is none", MESSAGE(REACTIONS("<reaction/><x>!</x><reaction>+</reaction>")), "+" },
        { "much too long",
          MESSAGE(
              REACTIONS("<reaction>0123456789012345678901234567890123456789012345678901234567890"
                        "1234</reaction>")),
          "" },
        { "to nothing", MESSAGE("<reactions xmlns='urn:xmpp:reactions:0'/>"), NULL },
        { "forwarded",
          MESSAGE(REACTIONS("<reaction>+</reaction>") "<sent xmlns='urn:xmpp:carbons:2'/>"), NULL },
        { "in a room",
          "<message xmlns='jabber:client' type='groupchat' "
          "from='ops@rooms.example.org/bob'>" REACTIONS("<reaction>+</reaction>") "</message>",
          NULL },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Event) event = judge(rows[i].xml);
        g_autofree char *words = event ? g_strjoinv(" ", event->fact.words) : NULL;

        if (g_strcmp0(words, rows[i].words) != 0)
            fail_msg("%s: %s", rows[i].what, words ? words : "none");
        if (!event)
            continue;
        assert_int_equal(event->kind, EVENT_XMPP);
        assert_int_equal(event->fact.kind, XMPP_FACT_REACTION);
        assert_string_equal(event->fact.about, "m1");
        assert_string_equal(event->fact.address, BOB);
        assert_string_equal(event->fact.principal, "bob@example.org");
    }
}

/* It lay on a server, and was sent twice: both can be told. */
static void test_an_old_reaction(void **state)
{
    g_autoptr(Event) now = judge("<message xmlns='jabber:client' id='r1' type='chat' from='" BOB
                                 "'>" REACTIONS("<reaction>+</reaction>") "</message>");
    g_autoptr(Event) old =
        judge("<message xmlns='jabber:client' id='r1' type='chat' from='" BOB
              "'>" REACTIONS("<reaction>+</reaction>") "<delay xmlns='urn:xmpp:delay' "
                                                       "stamp='2026-11-20T14:02:00Z'/></message>");

    (void)state;
    assert_int_equal(now->fact.written_ms, 0);
    assert_string_equal(now->fact.stanza_id, "r1");
    assert_int_equal(old->fact.written_ms, 1795183320000);
    assert_string_equal(old->fact.stanza_id, "r1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_reactions),
        cmocka_unit_test(test_an_old_reaction),
    };

    return cmocka_run_group_tests_name("xmpp_about", tests, NULL, NULL);
}
