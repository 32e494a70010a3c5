/* What was asked by <iq/>, and whose answer counts. */
#include "agent1/edge/xmpp_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define BOB "bob@example.org/phone"

/* The id in a question's XML. The caller owns it. */
static char *id_of(const char *xml)
{
    const char *start = strstr(xml, "id='") + strlen("id='");

    return g_strndup(start, strcspn(start, "'"));
}

static bool answer(XmppQuestions *questions, const char *format, const char *id,
                   unsigned *out_abilities)
{
    g_auto(GStrv) parts = g_strsplit(format, "ID", 2);
    g_autofree char *xml = g_strjoinv(id, parts);
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);
    bool is_answered;

    assert_non_null(iq);
    is_answered = xmpp_questions_answered(questions, iq, out_abilities);
    xmpp_stanza_release(iq);
    xmpp_ctx_free(ctx);

    return is_answered;
}

#define RESULT(from, features)                                                                     \
    "<iq xmlns='jabber:client' type='result' id='ID' from='" from                                  \
    "'><query xmlns='http://jabber.org/protocol/disco#info'>" features "</query></iq>"
#define FEATURE(name) "<feature var='" name "'/>"

static void test_answers(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        bool is_answered;
        unsigned abilities;
    } rows[] = {
        { "nothing special", RESULT(BOB, FEATURE("urn:xmpp:ping")), true, 0 },
        { "corrections", RESULT(BOB, FEATURE("urn:xmpp:message-correct:0")), true,
          XMPP_CAN_CORRECT },
        { "all of it",
          RESULT(BOB, FEATURE("urn:xmpp:reply:0") FEATURE("urn:xmpp:message-correct:0")
                          FEATURE("urn:xmpp:reactions:0") FEATURE("urn:xmpp:receipts")),
          true, XMPP_CAN_CORRECT | XMPP_CAN_REACT | XMPP_CAN_REPLY | XMPP_CAN_RECEIPT },
        { "a feature elsewhere",
          "<iq xmlns='jabber:client' type='result' id='ID' from='" BOB
          "'><feature var='urn:xmpp:message-correct:0'/></iq>",
          true, 0 },
        { "an error", "<iq xmlns='jabber:client' type='error' id='ID' from='" BOB "'/>", true, 0 },
        { "an error that lists features",
          "<iq xmlns='jabber:client' type='error' id='ID' from='" BOB
          "'><query xmlns='http://jabber.org/protocol/disco#info'>" FEATURE(
              "urn:xmpp:message-correct:0") "</query></iq>",
          true, 0 },
        { "somebody else", RESULT("eve@example.org/phone", FEATURE("urn:xmpp:message-correct:0")),
          false, 0 },
        { "his other client",
          RESULT("bob@example.org/laptop", FEATURE("urn:xmpp:message-correct:0")), false, 0 },
        { "a question", "<iq xmlns='jabber:client' type='get' id='ID' from='" BOB "'/>", false, 0 },
        { "no sender", "<iq xmlns='jabber:client' type='result' id='ID'/>", false, 0 },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        XmppQuestions questions;
        g_autofree char *xml = NULL;
        g_autofree char *id = NULL;
        unsigned abilities = 0;

        xmpp_questions_init(&questions);
        xml = xmpp_questions_discover(&questions, BOB);
        id = id_of(xml);
        if (answer(&questions, rows[i].xml, id, &abilities) != rows[i].is_answered ||
            abilities != rows[i].abilities)
            fail_msg("%s", rows[i].what);
        /* Once. */
        assert_int_equal(answer(&questions, rows[i].xml, "other", &abilities), false);
        if (rows[i].is_answered)
            assert_false(answer(&questions, rows[i].xml, id, &abilities));
        xmpp_questions_clear(&questions);
    }
}

static void test_bounded(void **state)
{
    XmppQuestions questions;
    g_autofree char *first = NULL;
    g_autofree char *id = NULL;
    unsigned abilities;

    (void)state;

    xmpp_questions_init(&questions);
    first = xmpp_questions_discover(&questions, BOB);
    id = id_of(first);
    for (unsigned i = 0; i < XMPP_QUESTIONS_MAX; i++)
        g_free(xmpp_questions_discover(&questions, "it's@example.org/<x>"));
    assert_int_equal(questions.asked.open.length, XMPP_QUESTIONS_MAX);
    assert_false(answer(&questions, RESULT(BOB, ""), id, &abilities));
    xmpp_questions_clear(&questions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_bounded),
    };

    return cmocka_run_group_tests_name("xmpp_questions", tests, NULL, NULL);
}
