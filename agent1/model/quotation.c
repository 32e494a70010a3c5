#include "agent1/model/quotation.h"

#include <glib.h>
#include <string.h>

#include "common/wire/fence.h"
#include "common/base/banned.h"

/* Of the line that comes next. */
static bool is_own(Fence *fence, const char *line)
{
    return line[strspn(line, " \t")] != '>' && fence_step(fence, line) == FENCE_OUTSIDE;
}

char *quotation_leave_out(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) own = g_string_new(NULL);
    Fence fence = { .sign = '\0' };

    for (unsigned i = 0; lines[i]; i++) {
        if (is_own(&fence, lines[i]))
            g_string_append_printf(own, "%s%s", own->len > 0 ? "\n" : "", lines[i]);
    }
    return g_string_free(g_steal_pointer(&own), FALSE);
}

bool quotation_is_in(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Fence fence = { .sign = '\0' };

    for (unsigned i = 0; lines[i]; i++) {
        if (!is_own(&fence, lines[i]))
            return true;
    }
    return false;
}
