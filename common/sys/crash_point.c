#include "common/sys/crash_point.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/banned.h"

void crash_point(const char *name)
{
    static _Thread_local gint64 passages;
    const char *wanted = ABORT_POINTS ? getenv("CRASH_AT") : NULL;
    size_t length = strlen(name);

    if (!wanted || strncmp(wanted, name, length) != 0)
        return;
    if (wanted[length] != '\0' && wanted[length] != ':')
        return;

    passages++;
    if (wanted[length] == '\0' || g_ascii_strtoll(wanted + length + 1, NULL, 10) == passages)
        raise(SIGKILL);
}
