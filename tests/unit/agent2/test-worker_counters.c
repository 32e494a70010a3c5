#include "agent2/model/worker_counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define JOURNAL "01M7Y2HRDZ0097XPAE7KH45SMW"

static void test_round_trip(void **state)
{
    static const char policy[] = "{\"timezone\":\"UTC\",\"blackouts\":[]}";
    WorkerCounters counters;
    WorkerCounters again = { 0 };
    g_autofree char *text = NULL;
    g_autofree char *text_again = NULL;

    (void)state;
    worker_counters_init(&counters, JOURNAL);
    counters.session_end = 1001;
    counters.control_seq = 7;
    counters.epoch = 1795000000;
    counters.is_paused = true;
    counters.peer = g_strdup("x25519:…");
    counters.policy = json_parse(policy, strlen(policy), 1000, NULL);
    text = worker_counters_print(&counters);
    assert_true(worker_counters_parse(text, &again, NULL));
    text_again = worker_counters_print(&again);
    assert_string_equal(text_again, text);
    assert_string_equal(again.journal, JOURNAL);
    assert_int_equal(again.session_end, 1001);
    assert_true(again.is_paused);
    worker_counters_clear(&counters);
    worker_counters_clear(&again);
}

static void test_first_counters(void **state)
{
    WorkerCounters counters;
    g_autofree char *text = NULL;

    (void)state;
    worker_counters_init(&counters, JOURNAL);
    text = worker_counters_print(&counters);
    assert_true(worker_counters_parse(text, &counters, NULL));
    assert_int_equal(counters.session_end, 1);
    assert_int_equal(counters.epoch, 0);
    assert_null(counters.policy);
    worker_counters_clear(&counters);
}

static void test_damage(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "{}",
        "[]",
        "{\"format\":2,\"journal\":\"" JOURNAL
        "\",\"session_end\":1,\"control_seq\":0,\"epoch\":0}",
        "{\"format\":1,\"journal\":\"x\",\"session_end\":1,\"control_seq\":0,\"epoch\":0}",
        "{\"format\":1,\"journal\":\"" JOURNAL
        "\",\"session_end\":0,\"control_seq\":0,\"epoch\":0}",
        "{\"format\":1,\"journal\":\"" JOURNAL
        "\",\"session_end\":1,\"control_seq\":-1,\"epoch\":0}",
        "{\"format\":1,\"journal\":\"" JOURNAL "\",\"session_end\":1,\"control_seq\":0}",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        WorkerCounters counters;

        worker_counters_init(&counters, JOURNAL);
        if (worker_counters_parse(texts[i], &counters, &error) || !error)
            fail_msg("accepted: %s", texts[i]);
        worker_counters_clear(&counters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_first_counters),
        cmocka_unit_test(test_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
