/* When a silent XMPP server is asked, and when its silence ends the connection. */
#include "agent1/edge/xmpp_pulse.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define BEGAN_MS 1000000

static const struct {
    const char *what;
    unsigned ping_s;
    int64_t heard_ms; /* these three after the beginning */
    int64_t pinged_ms;
    int64_t progress_ms;
    bool has_unacknowledged;
    bool is_waiting;
    int64_t deadline_ms;
} cases[] = {
    { "nothing happens: asked after the usual time", 0, 0, 0, 0, false, false, 30000 },
    { "and after another one", 10, 0, 0, 0, false, false, 10000 },
    { "what is heard puts it off", 10, 4000, 0, 0, false, false, 14000 },
    { "asked: half the time to answer", 10, 0, 10000, 0, false, true, 15000 },
    { "but not for ever", 600, 0, 600000, 0, false, true, 620000 },
    { "nor too short", 1, 0, 1000, 0, false, true, 3000 },
    { "answered: all begins anew", 10, 10100, 10000, 0, false, false, 20100 },
    { "a stanza waits: the server owes a word of it", 10, 0, 0, 2000, true, true, 7000 },
    { "though it says other things", 10, 6900, 0, 2000, true, true, 7000 },
};

static void test_cases(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        XmppPulse pulse;

        xmpp_pulse_init(&pulse, cases[i].ping_s);
        xmpp_pulse_begin(&pulse, BEGAN_MS);
        pulse.heard_ms += cases[i].heard_ms;
        pulse.pinged_ms += cases[i].pinged_ms;
        pulse.progress_ms = BEGAN_MS + cases[i].progress_ms;
        if (xmpp_pulse_is_waiting(&pulse, cases[i].has_unacknowledged) != cases[i].is_waiting ||
            xmpp_pulse_deadline(&pulse, cases[i].has_unacknowledged) !=
                BEGAN_MS + cases[i].deadline_ms)
            fail_msg("%s", cases[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
