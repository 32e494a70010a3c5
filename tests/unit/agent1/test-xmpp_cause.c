/* Why a connection ended, out of libstrophe's log. */
#include "agent1/edge/xmpp_cause.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *what;
    struct {
        xmpp_log_level_t level;
        const char *line;
    } lines[3];
    const char *reason;
    bool is_refused;
    bool is_closed;
} line_rows[] = {
    { "nothing", { { 0, NULL } }, "connection lost", false, false },
    { "chatter",
      { { XMPP_LEVEL_DEBUG, "SENT: <auth>secret</auth>" } },
      "connection lost",
      false,
      false },
    { "a wrong password, and what comes of it",
      { { XMPP_LEVEL_DEBUG, "SASL SCRAM-SHA-256 auth failed" },
        { XMPP_LEVEL_ERROR, "Cannot authenticate with known methods" },
        { XMPP_LEVEL_DEBUG, "RECV: </stream:stream>" } },
      "bad user name or password",
      true,
      true },
    { "SASL that did not fail",
      { { XMPP_LEVEL_DEBUG, "SASL SCRAM-SHA-256 auth successful" } },
      "connection lost",
      false,
      false },
    { "no way to sign in",
      { { XMPP_LEVEL_ERROR, "Cannot authenticate with known methods" } },
      "the server offers no way to sign in that is known here",
      false,
      false },
    { "no TLS",
      { { XMPP_LEVEL_ERROR, "TLS is not supported, but set as mandatory for this connection" } },
      "the server offers no TLS, which is required",
      false,
      false },
    { "an errno",
      { { XMPP_LEVEL_DEBUG, "connection failed, error 111" } },
      "Connection refused",
      false,
      false },
    { "the server goes",
      { { XMPP_LEVEL_DEBUG, "RECV: </stream:stream>" } },
      "closed by the server",
      false,
      true },
    { "a stanza that looks like the end",
      { { XMPP_LEVEL_DEBUG, "RECV: <message><body>RECV: </stream:stream></body></message>" } },
      "connection lost",
      false,
      false },
    { "a warning nobody knows, made one harmless line",
      { { XMPP_LEVEL_WARN, "oops\n\033[31m" } },
      "oops <U+001B>[31m",
      false,
      false },
    { "information is no cause", { { XMPP_LEVEL_INFO, "oops" } }, "connection lost", false, false },
};

static void test_lines(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(line_rows); i++) {
        XmppCause cause = { 0 };
        g_autofree char *reason = NULL;

        for (unsigned n = 0; n < G_N_ELEMENTS(line_rows[i].lines) && line_rows[i].lines[n].line;
             n++)
            xmpp_cause_read_line(&cause, line_rows[i].lines[n].level, line_rows[i].lines[n].line);
        reason = xmpp_cause_take(&cause);
        if (!g_str_equal(reason, line_rows[i].reason) ||
            cause.is_refused != line_rows[i].is_refused ||
            cause.is_closed != line_rows[i].is_closed)
            fail_msg("%s: %s", line_rows[i].what, reason);
        xmpp_cause_clear(&cause);
    }
}

static void test_stream_error(void **state)
{
    static const struct {
        const char *xml;
        const char *text;
        const char *reason;
    } rows[] = {
        { "<error><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>x</text>"
          "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
          "Replaced by new connection",
          "the server ended the stream: conflict, Replaced by new connection" },
        { "<error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>", NULL,
          "the server ended the stream: system-shutdown" },
        { "<error><conflict xmlns='elsewhere'/></error>", NULL,
          "the server ended the stream: undefined-condition" },
        { "<error/>", NULL, "the server ended the stream: undefined-condition" },
        { NULL, NULL, "the server ended the stream: undefined-condition" },
    };
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmpp_stream_error_t error = { .text = g_strdup(rows[i].text) };
        XmppCause cause = { 0 };
        g_autofree char *reason = NULL;

        if (rows[i].xml)
            error.stanza = xmpp_stanza_new_from_string(ctx, rows[i].xml);
        xmpp_cause_note(&cause, "connection reset");
        xmpp_cause_read_stream_error(&cause, &error);
        reason = xmpp_cause_take(&cause);
        assert_string_equal(reason, rows[i].reason);
        if (error.stanza)
            xmpp_stanza_release(error.stanza);
        g_free(error.text);
    }
    xmpp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_stream_error),
    };

    return cmocka_run_group_tests_name("xmpp_cause", tests, NULL, NULL);
}
