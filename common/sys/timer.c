#include "common/sys/timer.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/base/banned.h"

struct Timer {
    int fd;
    guint source_id;
    void (*handler)(void *data);
    void *data;
};

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    Timer *timer = data;
    uint64_t expirations;
    ssize_t got = read(fd, &expirations, sizeof(expirations));

    (void)condition;

    /* ECANCELED: somebody set the wall clock, and the caller has to look at it again. EAGAIN: it
     * was armed anew after it had become readable. The handler may free the timer. */
    if (got == (ssize_t)sizeof(expirations) || errno == ECANCELED)
        timer->handler(timer->data);

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
    timer->source_id = g_unix_fd_add(timer->fd, G_IO_IN, on_readable, timer);

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

static bool set_time(Timer *timer, int flags, time_t s, long ns)
{
    const struct itimerspec when = { .it_value = { .tv_sec = s, .tv_nsec = ns } };

    return timerfd_settime(timer->fd, flags, &when, NULL) == 0;
}

void timer_arm(Timer *timer, int64_t at_ms)
{
    const int absolute = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    bool is_armed;

    if (at_ms == INT64_MAX) {
        is_armed = set_time(timer, 0, 0, 0);
        g_assert(is_armed);
        return;
    }

    /* All zero would disarm it; one nanosecond after the epoch has passed as well. */
    if (at_ms <= 0)
        is_armed = set_time(timer, absolute, 0, 1);
    else
        is_armed = set_time(timer, absolute, at_ms / 1000, (long)(at_ms % 1000) * 1000000);

    /* The clock was set since the last read, and this call took the notice of it: fire at once. */
    if (!is_armed && errno == ECANCELED)
        is_armed = set_time(timer, TFD_TIMER_ABSTIME, 0, 1);
    g_assert(is_armed);
}
