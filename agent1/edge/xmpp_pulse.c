#include "agent1/edge/xmpp_pulse.h"

#include <glib.h>

#include "common/base/banned.h"

#define PING_DEFAULT_S 30
#define ANSWER_MAX_MS  20000
#define ANSWER_MIN_MS  2000

void xmpp_pulse_init(XmppPulse *pulse, unsigned ping_s)
{
    *pulse = (XmppPulse){ .ping_ms = (ping_s ? ping_s : PING_DEFAULT_S) * INT64_C(1000) };
}

void xmpp_pulse_begin(XmppPulse *pulse, int64_t now_ms)
{
    pulse->heard_ms = now_ms;
    pulse->pinged_ms = now_ms;
}

bool xmpp_pulse_is_waiting(const XmppPulse *pulse, bool has_unacknowledged)
{
    return pulse->pinged_ms > pulse->heard_ms || has_unacknowledged;
}

/* So long may the server be silent when it was asked. */
static int64_t answer_ms(const XmppPulse *pulse)
{
    return CLAMP(pulse->ping_ms / 2, ANSWER_MIN_MS, ANSWER_MAX_MS);
}

int64_t xmpp_pulse_deadline(const XmppPulse *pulse, bool has_unacknowledged)
{
    int64_t deadline = pulse->pinged_ms > pulse->heard_ms ? pulse->pinged_ms + answer_ms(pulse)
                                                          : pulse->heard_ms + pulse->ping_ms;

    return has_unacknowledged ? MIN(deadline, pulse->progress_ms + answer_ms(pulse)) : deadline;
}
