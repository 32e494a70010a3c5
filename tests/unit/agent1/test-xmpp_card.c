/* The account's vCard: given where there is none, left alone where somebody made one. */
#include "agent1/edge/xmpp_card.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN "agent1@example.org"

#define IQ(type, id, from, content)                                                                \
    "<iq xmlns='jabber:client' type='" type "' id='" id "' from='" from "'>" content "</iq>"
#define CARD(content) "<vCard xmlns='vcard-temp'>" content "</vCard>"

/* What is sent next; "" for nothing. The caller owns it. */
static char *take(XmppCard *card, const char *xml, bool *out_is_ours)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);
    char *next;

    assert_non_null(iq);
    *out_is_ours = xmpp_card_take(card, iq, OWN, &next);
    xmpp_stanza_release(iq);
    xmpp_ctx_free(ctx);

    return next ? next : g_strdup("");
}

static void test_answers(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        XmppCard card;
        bool is_given;
    } rows[] = {
        { "none", IQ("result", "card-get", OWN, CARD("")), XMPP_CARD_GIVEN, true },
        { "no element", IQ("result", "card-get", OWN, ""), XMPP_CARD_GIVEN, true },
        { "not found",
          IQ("error", "card-get", OWN,
             "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
             "</error>"),
          XMPP_CARD_GIVEN, true },
        { "a server without cards",
          IQ("error", "card-get", OWN,
             "<error type='cancel'><service-unavailable "
             "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
          XMPP_CARD_UNKNOWN, false },
        { "somebody's", IQ("result", "card-get", OWN, CARD("<FN>The bot</FN>")), XMPP_CARD_OTHER,
          false },
        { "somebody's picture",
          IQ("result", "card-get", OWN, CARD("<PHOTO><BINVAL>aGFsbG8=</BINVAL></PHOTO>")),
          XMPP_CARD_OTHER, false },
        { "not from the account", IQ("result", "card-get", "eve@example.org", CARD("")),
          XMPP_CARD_ASKED, false },
        { "another id", IQ("result", "card-set", OWN, CARD("")), XMPP_CARD_ASKED, false },
        { "a question", IQ("get", "card-get", OWN, CARD("")), XMPP_CARD_ASKED, false },
    };

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        XmppCard card;
        g_autofree char *question = xmpp_card_begin(&card);
        bool is_ours;
        g_autofree char *next = take(&card, rows[i].xml, &is_ours);

        assert_non_null(strstr(question, "type='get'"));
        if (card != rows[i].card || is_ours || !*next == rows[i].is_given)
            fail_msg("%s: %d, \"%s\"", rows[i].what, (int)card, next);
    }
}

static void test_given(void **state)
{
    XmppCard card;
    g_autofree char *question = xmpp_card_begin(&card);
    bool is_ours;
    g_autofree char *set = take(&card, IQ("result", "card-get", OWN, CARD("")), &is_ours);
    g_autofree char *after = take(&card, IQ("result", "card-set", OWN, ""), &is_ours);
    g_autofree char *body = NULL;
    g_autofree char *found = NULL;
    g_autofree char *again = NULL;

    (void)state;

    assert_true(is_ours);
    assert_int_equal(card, XMPP_CARD_OURS);
    assert_string_equal(after, "");
    /* The next session finds it, with line breaks as some servers make them, and leaves it. */
    g_free(xmpp_card_begin(&card));
    body = g_strndup(strstr(set, "<vCard"), strlen(strstr(set, "<vCard")) - strlen("</iq>"));
    found = g_strdup_printf(IQ("result", "card-get", OWN, "%s"), body);
    again = take(&card, found, &is_ours);
    assert_true(is_ours);
    assert_string_equal(again, "");
}

static void test_refused(void **state)
{
    XmppCard card;
    g_autofree char *question = xmpp_card_begin(&card);
    bool is_ours;
    g_autofree char *set = take(&card, IQ("result", "card-get", OWN, CARD("")), &is_ours);
    g_autofree char *after = take(&card, IQ("error", "card-set", OWN, ""), &is_ours);

    (void)state;

    assert_false(is_ours);
    assert_int_equal(card, XMPP_CARD_UNKNOWN);
}

static void test_picture(void **state)
{
    g_autofree char *hash = xmpp_card_picture_hash();

    (void)state;

    assert_string_equal(hash, "c4b036e4096fc4f280cf55b80257108a26762eb8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_picture),
    };

    return cmocka_run_group_tests_name("xmpp_card", tests, NULL, NULL);
}
