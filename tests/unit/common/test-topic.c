/* Topics, made and taken apart. */
#include "common/wire/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define SESSION "abcdefghijklmnop"

static void test_parse(void **state)
{
    static const struct {
        const char *topic;
        TopicKind kind;
        const char *name;
    } rows[] = {
        { "agents/agent1/inbox", TOPIC_KIND_AGENT1_INBOX, NULL },
        { "agents/web1/inbox", TOPIC_KIND_INBOX, "web1" },
        { "agents/web1/control", TOPIC_KIND_CONTROL, "web1" },
        { "agents/register", TOPIC_KIND_REGISTER, NULL },
        { "agents/status/web1", TOPIC_KIND_STATUS, "web1" },
        { "agents/daily_report", TOPIC_KIND_DAILY_REPORT, NULL },
        { "agents/errors", TOPIC_KIND_ERRORS, NULL },
        { "agents/cli/" SESSION "/outbox", TOPIC_KIND_CLI_OUTBOX, SESSION },
        { "agents/cli/outbox", TOPIC_KIND_CLI_SHARED_OUTBOX, NULL },
        { "agents/acl-probe/inbox", TOPIC_KIND_ACL_PROBE, NULL },
        { "agents/events/health", TOPIC_KIND_EVENTS, NULL },
        { "agents/events/world", TOPIC_KIND_EVENTS, NULL },
        { "agents/a/inbox", TOPIC_KIND_INBOX, "a" },
        { "", TOPIC_KIND_OTHER, NULL },
        { "agents", TOPIC_KIND_OTHER, NULL },
        { "agents/", TOPIC_KIND_OTHER, NULL },
        { "agents//inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/inbox", TOPIC_KIND_OTHER, NULL },
        { "/agents/web1/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/web1/inbox/", TOPIC_KIND_OTHER, NULL },
        { "agents/web1/outbox", TOPIC_KIND_OTHER, NULL },
        { "agents/Web1/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/web1/x/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/+/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/#", TOPIC_KIND_OTHER, NULL },
        { "agents/web1\n/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/cli/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/agent1/control", TOPIC_KIND_OTHER, NULL },
        { "agents/status/agent1", TOPIC_KIND_OTHER, NULL },
        { "agents/status/", TOPIC_KIND_OTHER, NULL },
        { "agents/status/web1/x", TOPIC_KIND_OTHER, NULL },
        { "agents/cli/short/outbox", TOPIC_KIND_OTHER, NULL },
        { "agents/cli/" SESSION SESSION "x/outbox", TOPIC_KIND_OTHER, NULL },
        { "agents/0123456789abcdef0123456789abcdef0/inbox", TOPIC_KIND_OTHER, NULL },
        { "agents/events/other", TOPIC_KIND_OTHER, NULL },
        { "agents/ha/web1/set", TOPIC_KIND_HOME_ASSISTANT_SET, "web1" },
        { "agents/ha/agent1/set", TOPIC_KIND_OTHER, NULL },
        { "agents/ha/web1/state", TOPIC_KIND_OTHER, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *name = NULL;

        print_message("%s\n", rows[i].topic);
        assert_int_equal(topic_parse(rows[i].topic, &name), rows[i].kind);
        assert_int_equal(g_strcmp0(name, rows[i].name), 0);
        g_free(name);
        assert_int_equal(topic_parse(rows[i].topic, NULL), rows[i].kind);
    }
}

static void test_make(void **state)
{
    static const struct {
        char *(*make)(const char *name);
        const char *name;
        const char *topic;
    } rows[] = {
        { topic_inbox, "web1", "agents/web1/inbox" },
        { topic_inbox, "agent1", TOPIC_AGENT1_INBOX },
        { topic_control, "web1", "agents/web1/control" },
        { topic_status, "web1", "agents/status/web1" },
        { topic_cli_outbox, SESSION, "agents/cli/" SESSION "/outbox" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *topic = rows[i].make(rows[i].name);

        assert_string_equal(topic, rows[i].topic);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_make),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
