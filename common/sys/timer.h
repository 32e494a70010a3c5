/*
 * The one timer of a loop: fires at an absolute wall-clock time, at once when that has passed, and
 * also when the wall clock was set (timerfd, CLOCK_REALTIME, TFD_TIMER_CANCEL_ON_SET), so that who
 * waits for "03:00" can look again.
 */
#ifndef COMMON_SYS_TIMER_H
#define COMMON_SYS_TIMER_H

#include <glib.h>
#include <stdint.h>

typedef struct Timer Timer;

/* handler is called on the default main context. */
Timer *timer_new(void (*handler)(void *data), void *data);
void timer_free(Timer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timer, timer_free)

/* Arms it for Unix milliseconds; INT64_MAX: not at all. Replaces what was armed. */
void timer_arm(Timer *timer, int64_t at_ms);

#endif
