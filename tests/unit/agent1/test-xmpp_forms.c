/* Commands in the menus of clients: what is read, and what is written. */
#include "agent1/edge/xmpp_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define OWN "agent1@example.org"
#define BOB "bob@example.org/phone"

#define IQ(type, content)                                                                          \
    "<iq xmlns='jabber:client' type='" type "' id='i1' from='" BOB "'>" content "</iq>"
#define COMMAND(attributes, content)                                                               \
    "<command xmlns='http://jabber.org/protocol/commands' " attributes ">" content "</command>"
#define SUBMIT(fields)     "<x xmlns='jabber:x:data' type='submit'>" fields "</x>"
#define FIELD(name, value) "<field var='" name "'><value>" value "</value></field>"

static Event *read_iq(const char *xml)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);
    Event *event;

    if (!iq)
        fail_msg("the test's XML is wrong: %s", xml);
    event = xmpp_forms_read(iq, OWN);
    xmpp_stanza_release(iq);
    xmpp_ctx_free(ctx);

    return event;
}

static const struct {
    const char *what;
    const char *xml;
    const char *is; /* NULL: nothing */
} read_rows[] = {
    { "the list",
      IQ("get", "<query xmlns='http://jabber.org/protocol/disco#items' "
                "node='http://jabber.org/protocol/commands'/>"),
      "list" },
    { "other items", IQ("get", "<query xmlns='http://jabber.org/protocol/disco#items'/>"), NULL },
    { "a command", IQ("set", COMMAND("node='status' action='execute'", "")), "status -" },
    { "its form, filled in",
      IQ("set", COMMAND("node='run' sessionid='s1'", SUBMIT(FIELD("argument1", "12")))),
      "run s1 submitted argument1=12" },
    { "a value of two lines",
      IQ("set", COMMAND("node='run'", SUBMIT("<field var='a'><value>1</value><value>2</value>"
                                             "</field><field var='b'/><field/>"))),
      "run - submitted a=1\n2" },
    { "given up", IQ("set", COMMAND("node='run' sessionid='s1' action='cancel'", "")),
      "run s1 cancelled" },
    { "a form that is not filled in",
      IQ("set", COMMAND("node='run'", "<x xmlns='jabber:x:data' type='cancel'/>")), "run -" },
    { "no node", IQ("set", COMMAND("action='execute'", "")), "- -" },
    { "asked instead of ordered", IQ("get", COMMAND("node='status'", "")), NULL },
    { "an answer", IQ("result", COMMAND("node='status'", "")), NULL },
    { "a command elsewhere", IQ("set", "<x>" COMMAND("node='status'", "") "</x>"), NULL },
    { "from a server",
      "<iq xmlns='jabber:client' type='set' id='i1' from='example.org'>" COMMAND("node='status'",
                                                                                 "") "</iq>",
      NULL },
    { "from itself",
      "<iq xmlns='jabber:client' type='set' id='i1' from='" OWN
      "/x'>" COMMAND("node='status'", "") "</iq>",
      NULL },
    { "without an id",
      "<iq xmlns='jabber:client' type='set' from='" BOB "'>" COMMAND("node='status'", "") "</iq>",
      NULL },
};

static void test_read(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(read_rows); i++) {
        g_autoptr(Event) event = read_iq(read_rows[i].xml);
        const XmppForm *form = event ? event->fact.form : NULL;
        g_autoptr(GString) is = g_string_new(event ? "list" : NULL);

        if (form) {
            g_string_printf(
                is, "%s %s%s%s", form->node ? form->node : "-", form->session ? form->session : "-",
                form->is_submitted ? " submitted" : "", form->is_cancelled ? " cancelled" : "");
            for (unsigned item = 0; item < form->items->len; item++) {
                const XmppFormItem *field = form->items->pdata[item];

                g_string_append_printf(is, " %s=%s", field->name, field->value);
            }
        }
        if (strcmp(is->str, read_rows[i].is ? read_rows[i].is : "") != 0)
            fail_msg("%s: %s", read_rows[i].what, is->str);
        if (event)
            assert_string_equal(event->fact.principal, "bob@example.org");
    }
}

static void test_many_fields(void **state)
{
    g_autoptr(GString) fields = g_string_new(NULL);
    g_autofree char *xml = NULL;
    g_autoptr(Event) event = NULL;

    (void)state;

    for (unsigned i = 0; i < 1000; i++)
        g_string_append(fields, FIELD("a", "b"));
    xml = g_strdup_printf(IQ("set", COMMAND("node='run'", SUBMIT("%s"))), fields->str);
    event = read_iq(xml);
    assert_int_equal(event->fact.form->items->len, XMPP_FORMS_MAX_FIELDS);
}

static char *print(XmppActKind kind, const char *text, bool is_trouble)
{
    g_autoptr(XmppForm) form = xmpp_form_new("it's", "<s>");
    char jid[] = "bob@example.org/it's";
    char about[] = "i&1";
    g_autofree char *copy = g_strdup(text);
    const XmppAct act = { .kind = kind, .jid = jid, .about = about, .text = copy, .form = form };

    form->is_cancelled = is_trouble;
    xmpp_form_add(form, "argument1", "a <label>", "a 'value'", true);
    xmpp_form_add(form, "argument2", "b", NULL, false);
    return xmpp_forms_print(&act);
}

static void test_printed(void **state)
{
    static const struct {
        XmppActKind kind;
        const char *text;
        bool is_trouble;
        const char *parts[4];
    } rows[] = {
        { XMPP_ACT_FORM_LIST,
          OWN,
          false,
          { "<item jid='" OWN "' node='argument1' name='a &lt;label&gt;'/>" } },
        { XMPP_ACT_FORM_ASK,
          "fill it in",
          false,
          { "status='executing'", "<instructions>fill it in</instructions>",
            "<value>a &apos;value&apos;</value><required/></field>", "label='b'></field>" } },
        { XMPP_ACT_FORM_DONE,
          "a < b\x1b[31m",
          false,
          { "status='completed'", "<note type='info'>a &lt; b&lt;U+001B&gt;[31m</note>" } },
        { XMPP_ACT_FORM_DONE, "no", true, { "<note type='error'>no</note>" } },
        { XMPP_ACT_FORM_CANCELLED, NULL, false, { "status='canceled'" } },
        { XMPP_ACT_FORM_REFUSED, "forbidden", false, { "type='error'", "<forbidden xmlns=" } },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *xml = print(rows[i].kind, rows[i].text, rows[i].is_trouble);
        xmpp_stanza_t *iq = xmpp_stanza_new_from_string(ctx, xml);

        if (!iq)
            fail_msg("not well formed: %s", xml);
        assert_string_equal(xmpp_stanza_get_to(iq), "bob@example.org/it's");
        assert_string_equal(xmpp_stanza_get_id(iq), "i&1");
        for (unsigned part = 0; part < 4 && rows[i].parts[part]; part++) {
            if (!strstr(xml, rows[i].parts[part]))
                fail_msg("no %s in %s", rows[i].parts[part], xml);
        }
        xmpp_stanza_release(iq);
    }
    xmpp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_many_fields),
        cmocka_unit_test(test_printed),
    };

    return cmocka_run_group_tests_name("xmpp_forms", tests, NULL, NULL);
}
