/* What is said of a question that is left alone, and which run a reply tells of. */
#include "agent1/cli/ask_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *what;
    Ask ask;
    bool is_in_talk;
    const char *words;
} rows_of_goes_on[] = {
    { "a run, in a conversation",
      { .text = (char *)"@web1 x", .state = ASK_TAKEN, .label = (char *)"#12 web1" },
      true,
      "#12 web1 goes on; !run 12 shows it, !cancel 12 stops it" },
    { "a run, outside",
      { .text = (char *)"@web1 x", .state = ASK_LATE, .label = (char *)"#12 web1" },
      false,
      "#12 web1 goes on; agentctl send '!run 12' shows it, agentctl send '!cancel 12' stops "
      "it" },
    { "several runs",
      { .text = (char *)"@web* uptime", .state = ASK_TAKEN },
      true,
      "\"@web* uptime\" goes on; !runs shows what becomes of it" },
    { "a subscription, in a conversation",
      { .text = (char *)"MQTT_SUBSCRIBE: home/#", .state = ASK_TAKEN, .label = (char *)"s3" },
      true,
      "s3 goes on; !subscriptions shows it, !subscriptions cancel s3 ends it" },
    { "a subscription, outside",
      { .text = (char *)"MQTT_SUBSCRIBE: home/#", .state = ASK_TAKEN, .label = (char *)"s3" },
      false,
      "s3 goes on; agentctl send '!subscriptions' shows it, agentctl send '!subscriptions "
      "cancel s3' ends it" },
    { "talk, in a conversation",
      { .text = (char *)"tell me a story", .state = ASK_TAKEN },
      true,
      "\"tell me a story\": the model goes on thinking, and may still act; !stop stops it" },
    { "talk, outside",
      { .text = (char *)"tell me a story", .state = ASK_LATE },
      false,
      "\"tell me a story\": the model goes on thinking, and may still act; agentctl send "
      "'!stop' stops it" },
    { "a command",
      { .text = (char *)"!agentsUPDATE", .state = ASK_TAKEN },
      true,
      "\"!agentsUPDATE\" goes on; !runs shows what becomes of it" },
    { "sent, and no word yet",
      { .text = (char *)"!status", .state = ASK_WAITING, .sent_count = 1, .expires_ms = 21500 },
      true,
      "agent1 has not answered \"!status\" yet, and may still take it for 20 s" },
    { "sent, and too old by now",
      { .text = (char *)"!status", .state = ASK_WAITING, .sent_count = 1, .expires_ms = 900 },
      true,
      "agent1 has not answered \"!status\" yet" },
    { "not even sent",
      { .text = (char *)"!status", .state = ASK_WAITING },
      false,
      "\"!status\" was not sent: there was no connection" },
};

static void test_goes_on(void **state)
{
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows_of_goes_on); i++) {
        g_autofree char *words =
            ask_goes_on(&rows_of_goes_on[i].ask, rows_of_goes_on[i].is_in_talk, 1500);

        print_message("  %s\n", rows_of_goes_on[i].what);
        assert_string_equal(words, rows_of_goes_on[i].words);
    }
}

/* A model that acted has runs, and thinks no more. */
static void test_talk_of_which_runs_came(void **state)
{
    g_autoptr(GHashTable) runs = g_hash_table_new(g_str_hash, g_str_equal);
    const Ask ask = { .text = (char *)"restart the web", .state = ASK_TAKEN, .runs = runs };
    g_autofree char *words = NULL;

    (void)state;
    g_hash_table_add(runs, (void *)(guintptr) "01J000000000000000000000ZZ");
    words = ask_goes_on(&ask, true, 0);
    assert_string_equal(words, "\"restart the web\" goes on; !runs shows what becomes of it");
}

static void test_talk(void **state)
{
    static const struct {
        const char *text;
        bool is_talk;
    } rows[] = {
        { "how are they?", true }, { "> quoted\nwhat is that?", true },  { "!status", false },
        { "@web1 uptime", false }, { "DELEGATE: web1 | uptime", false }, { "", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Ask ask = { .text = (char *)(guintptr)rows[i].text };

        print_message("  %s\n", rows[i].text);
        assert_int_equal(ask_is_talk(&ask), rows[i].is_talk);
    }
}

static void test_last_run(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        bool has_runs;
        int64_t number;
    } rows[] = {
        { "a run", "#12 web1: queued", true, 12 },
        { "several", "#12 web1: queued\n#14 web2: queued\n#13 db1: queued", true, 14 },
        { "below other lines", "task: x\n#12 web1: running\n", true, 12 },
        { "a list of runs that were not made here", "#12 web1: queued", false, 0 },
        { "output", "#12 web1: succeeded\n```\n#99 web1: queued\n```", true, 12 },
        { "no number", "#x web1: queued\n# 3 web1: y", true, 0 },
        { "no state", "#12", true, 0 },
        { "a number beyond all numbers", "#99999999999999999999 web1: x", true, INT64_MAX },
    };
    g_autoptr(GPtrArray) one = g_ptr_array_new();

    (void)state;

    g_ptr_array_add(one, (void *)(guintptr) "01J000000000000000000000ZZ");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MessageReply reply = { .text = (char *)(guintptr)rows[i].text,
                               .runs = rows[i].has_runs ? one : NULL };

        print_message("  %s\n", rows[i].what);
        assert_int_equal(reply_last_run(&reply), rows[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_talk_of_which_runs_came),
        cmocka_unit_test(test_talk),
        cmocka_unit_test(test_last_run),
    };

    return cmocka_run_group_tests_name("cli-ask-words", tests, NULL, NULL);
}
