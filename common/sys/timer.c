#include "common/sys/timer.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/sys/clock.h"
#include "common/sys/loop.h"

#include "common/base/banned.h"

struct Timer {
    int fd;
    int64_t wanted_ms;
    int64_t armed_ms; /* INT64_MAX: not armed; else no later than wanted_ms */
    guint source_id;
    void (*handler)(void *data);
    void *data;
};

static bool set_time(const Timer *timer, int flags, time_t s, long ns)
{
    const struct itimerspec when = { .it_value = { .tv_sec = s, .tv_nsec = ns } };

    return timerfd_settime(timer->fd, flags, &when, NULL) == 0;
}

static void set(Timer *timer, int64_t at_ms)
{
    const int absolute = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    bool is_set;

    /* All zero would disarm it. Not a time near the epoch: a clock that is moved for the program
     * alone, as tests do, has none before it. */
    if (at_ms <= 0)
        is_set = set_time(timer, 0, 0, 1);
    else
        is_set = set_time(timer, absolute, at_ms / 1000, (long)(at_ms % 1000) * 1000000);

    /* The clock was set since the last read, and this call took the notice of it: fire at once. */
    if (!is_set && errno == ECANCELED) {
        timer->wanted_ms = at_ms = 0;
        is_set = set_time(timer, 0, 0, 1);
    }
    g_assert(is_set);
    timer->armed_ms = at_ms;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    Timer *timer = data;
    uint64_t expirations;
    bool was_clock_set = read(fd, &expirations, sizeof(expirations)) < 0 && errno == ECANCELED;

    (void)condition;

    timer->armed_ms = INT64_MAX;
    if (timer->wanted_ms == INT64_MAX)
        return G_SOURCE_CONTINUE;
    /* Somebody set the wall clock: the caller has to look at it again. The handler may free the
     * timer. */
    if (was_clock_set || timer->wanted_ms <= clock_now_ms())
        timer->handler(timer->data);
    else
        set(timer, timer->wanted_ms);

    return G_SOURCE_CONTINUE;
}

Timer *timer_new(void (*handler)(void *data), void *data)
{
    Timer *timer = g_new0(Timer, 1);

    timer->handler = handler;
    timer->data = data;
    timer->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer->fd < 0)
        g_error("no descriptor for the timer: %s", g_strerror(errno));
    timer->wanted_ms = timer->armed_ms = INT64_MAX;
    timer->source_id = loop_watch(timer->fd, on_readable, timer);

    return timer;
}

void timer_free(Timer *timer)
{
    if (!timer)
        return;

    g_source_remove(timer->source_id);
    close(timer->fd);
    g_free(timer);
}

/* A call of the kernel for each turn would be dear, and deadlines mostly move on: then the timer
 * fires once too early, and is armed anew. */
void timer_arm(Timer *timer, int64_t at_ms)
{
    timer->wanted_ms = at_ms;
    if (at_ms < timer->armed_ms)
        set(timer, at_ms);
}
