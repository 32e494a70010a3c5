/* A place for a file, as servers describe it, and why there is none. */
#include "agent1/edge/xmpp_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RESULT(content)                                                                            \
    "<iq xmlns='jabber:client' type='result' id='q'><slot xmlns='" XMPP_SLOT_NS "'>" content       \
    "</slot></iq>"
#define ERROR(content)                                                                             \
    "<iq xmlns='jabber:client' type='error' id='q'><error type='modify'>" content "</error></iq>"
#define CONDITION(name) "<" name " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
#define TEXT(text)      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>" text "</text>"
#define PUT             "<put url='https://up.example.org/x/a.txt'/>"
#define GET             "<get url='https://get.example.org/x/a.txt'/>"

static XmppSlot *read_xml(const char *xml)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);
    XmppSlot *slot;

    assert_non_null(iq);
    slot = xmpp_slot_read("upload-1", iq);
    xmpp_stanza_release(iq);
    xmpp_ctx_free(ctx);

    return slot;
}

static void test_refusals(void **state)
{
    static const struct {
        const char *what;
        const char *xml;
        const char *why; /* NULL: there is a place */
    } rows[] = {
        { "a place", RESULT(PUT GET), NULL },
        { "no way to read it", RESULT(PUT), "the XMPP server's answer cannot be understood" },
        { "no way to put it", RESULT(GET), "the XMPP server's answer cannot be understood" },
        { "nothing", "<iq xmlns='jabber:client' type='result' id='q'/>",
          "the XMPP server's answer cannot be understood" },
        { "a blank in it", RESULT(GET "<put url='https://up.example.org/a b'/>"),
          "the XMPP server's answer cannot be understood" },
        { "a letter of another alphabet",
          RESULT(PUT "<get url='https://g\xc3\xa9t.example.org/'/>"),
          "the XMPP server's answer cannot be understood" },
        { "too large",
          ERROR(CONDITION("not-acceptable")
                    TEXT("File too large") "<file-too-large xmlns='" XMPP_SLOT_NS
                                           "'><max-file-size>20</max-file-size></file-too-large>"),
          "the file is too large for the XMPP server" },
        { "quota", ERROR(CONDITION("resource-constraint") TEXT("Quota\nreached")),
          "the XMPP server has no more room for our files (Quota reached)" },
        { "not for us", ERROR(CONDITION("forbidden")), "the XMPP server does not let us upload" },
        { "something else", ERROR(CONDITION("internal-server-error")),
          "the XMPP server has no place for the file" },
        { "an error without a word", "<iq xmlns='jabber:client' type='error' id='q'/>",
          "the XMPP server has no place for the file" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XmppSlot) slot = read_xml(rows[i].xml);

        assert_string_equal(slot->id, "upload-1");
        if (g_strcmp0(slot->why, rows[i].why) != 0)
            fail_msg("%s: %s", rows[i].what, slot->why);
        assert_int_equal(slot->put_url == NULL, slot->why != NULL);
    }
}

static void test_fields(void **state)
{
    g_autoptr(XmppSlot) slot =
        read_xml(RESULT(GET "<put url='https://up.example.org/x'>"
                            "<header name='Host'>evil.example.org</header>"
                            "<header name='authorization'> Bearer a\nX: y </header>"
                            "<header name='Authorization'>a second one</header>"
                            "<header>nameless</header>"
                            "<header name='Cookie'>c=1</header></put>"));

    (void)state;
    assert_string_equal(slot->put_url, "https://up.example.org/x");
    assert_string_equal(slot->get_url, "https://get.example.org/x/a.txt");
    assert_string_equal(slot->fields[XMPP_SLOT_AUTHORIZATION], "Bearer a X: y");
    assert_string_equal(slot->fields[XMPP_SLOT_COOKIE], "c=1");
    assert_null(slot->fields[XMPP_SLOT_EXPIRES]);
}

static void test_bounds(void **state)
{
    g_autofree char *path = g_strnfill(XMPP_SLOT_URL_MAX_BYTES, 'x');
    g_autofree char *value = g_strnfill(XMPP_SLOT_FIELD_MAX_BYTES + 1, 'x');
    g_autofree char *long_url = g_strdup_printf(RESULT(GET "<put url='https://a/%s'/>"), path);
    g_autofree char *long_field = g_strdup_printf(
        RESULT(GET "<put url='https://a/'><header name='Cookie'>%s</header></put>"), value);
    g_autoptr(XmppSlot) first = read_xml(long_url);
    g_autoptr(XmppSlot) second = read_xml(long_field);

    (void)state;
    assert_non_null(first->why);
    assert_null(second->why);
    assert_null(second->fields[XMPP_SLOT_COOKIE]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
