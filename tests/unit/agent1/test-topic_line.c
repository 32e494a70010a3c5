/* What stands behind MQTT_PUBLISH: and MQTT_SUBSCRIBE:, right and wrong. */
#include "agent1/model/topic_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void what_is_read(void **state)
{
    static const struct {
        const char *text;
        TopicUse use;
        const char *topic;
        bool is_retained;
        unsigned count;
        int64_t time_ms;
    } rows[] = {
        { "home/lamp/set", TOPIC_FOR_MESSAGE, "home/lamp/set", false, 10, 600000 },
        { "home/lamp/set --retain", TOPIC_FOR_MESSAGE, "home/lamp/set", true, 10, 600000 },
        { "home/lamp/set \xE2\x80\x94Retain", TOPIC_FOR_MESSAGE, "home/lamp/set", true, 10,
          600000 },
        { "two  words/x  --retain", TOPIC_FOR_MESSAGE, "two  words/x", true, 10, 600000 },
        { "home/a --", TOPIC_FOR_MESSAGE, "home/a --", false, 10, 600000 },
        { "home/+/state", TOPIC_FOR_FILTER, "home/+/state", false, 10, 600000 },
        { "home/# --count 1", TOPIC_FOR_FILTER, "home/#", false, 1, 600000 },
        { "home/#  --count  100   --time  24h ", TOPIC_FOR_FILTER, "home/#", false, 100, 86400000 },
        { "home/# --time 1s --count 7", TOPIC_FOR_FILTER, "home/#", false, 7, 1000 },
        { "home/# --time 1h30m", TOPIC_FOR_FILTER, "home/#", false, 10, 5400000 },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(TopicLine) line = { 0 };
        g_autofree char *complaint = topic_line_read(rows[i].text, rows[i].use, &line);

        print_message("%s\n", rows[i].text);
        if (complaint)
            fail_msg("%s", complaint);
        assert_string_equal(line.topic, rows[i].topic);
        assert_int_equal(line.is_retained, rows[i].is_retained);
        assert_int_equal(line.count, rows[i].count);
        assert_int_equal(line.time_ms, rows[i].time_ms);
    }
}

static void what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        TopicUse use;
        const char *complaint; /* its beginning */
    } rows[] = {
        { "", TOPIC_FOR_MESSAGE, "no topic was given" },
        { "--retain", TOPIC_FOR_MESSAGE, "no topic was given" },
        { "home/x --keep", TOPIC_FOR_MESSAGE, "--keep: no such option here" },
        { "home/x --count 3", TOPIC_FOR_MESSAGE, "--count: no such option here" },
        { "home/x --retain", TOPIC_FOR_FILTER, "--retain: no such option here" },
        { "home/x --retain on", TOPIC_FOR_MESSAGE, "the options stand behind the topic" },
        { "home/x --count", TOPIC_FOR_FILTER, "--count: expected a number of messages from 1" },
        { "home/x --count 0", TOPIC_FOR_FILTER, "--count: expected a number of messages from 1" },
        { "home/x --count 101", TOPIC_FOR_FILTER, "--count: expected a number of messages from 1" },
        { "home/x --count -1", TOPIC_FOR_FILTER, "--count: expected a number of messages from 1" },
        { "home/x --count 99999999999999999999", TOPIC_FOR_FILTER, "--count: expected" },
        { "home/x --time", TOPIC_FOR_FILTER, "--time: expected a time from 1s to 24h" },
        { "home/x --time 5", TOPIC_FOR_FILTER, "--time: expected a time from 1s to 24h" },
        { "home/x --time 999ms", TOPIC_FOR_FILTER, "--time: expected a time from 1s to 24h" },
        { "home/x --time 25h", TOPIC_FOR_FILTER, "--time: expected a time from 1s to 24h" },
        { "home/x --time --count 3", TOPIC_FOR_FILTER, "--time: expected a time from 1s to 24h" },
        { "home/+/x", TOPIC_FOR_MESSAGE, "a message goes to one topic" },
        { "agents/web1/inbox --retain", TOPIC_FOR_MESSAGE, "agents/… is the wire" },
        { "agents/# --count 3", TOPIC_FOR_FILTER, "agents/… is the wire" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(TopicLine) line = { 0 };
        g_autofree char *complaint = topic_line_read(rows[i].text, rows[i].use, &line);

        print_message("%s: %s\n", rows[i].text, complaint ? complaint : "-");
        assert_non_null(complaint);
        assert_true(g_str_has_prefix(complaint, rows[i].complaint));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_wrong),
    };

    return cmocka_run_group_tests_name("topic_line", tests, NULL, NULL);
}
