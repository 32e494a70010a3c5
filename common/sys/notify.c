#include "common/sys/notify.h"

#include <glib.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>

#include "common/base/text.h"

#include "common/base/banned.h"

#define STATUS_MAX_CHARS 200

void notify_ready(void)
{
    sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
    sd_notify(0, "RELOADING=1");
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_status(const char *text)
{
    /* A line of its own would be another assignment to the service manager. */
    g_autofree char *line = text_make_line(text, STATUS_MAX_CHARS);
    g_autofree char *assignment = g_strconcat("STATUS=", line, NULL);

    sd_notify(0, assignment);
}

static gboolean feed(gpointer data)
{
    (void)data;

    sd_notify(0, "WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

void notify_start_watchdog(void)
{
    uint64_t interval_us = 0;

    if (sd_watchdog_enabled(0, &interval_us) <= 0)
        return;

    feed(NULL);
    g_timeout_add((guint)CLAMP(interval_us / 2000, 1, G_MAXINT), feed, NULL);
}
