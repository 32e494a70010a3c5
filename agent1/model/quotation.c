#include "agent1/model/quotation.h"

#include <glib.h>
#include <string.h>

#include "common/wire/fence.h"
#include "common/base/banned.h"

bool quotation_is_in(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Fence fence = { .sign = '\0' };

    for (unsigned i = 0; lines[i]; i++) {
        const char *line = lines[i] + strspn(lines[i], " \t");

        if (*line == '>' || fence_step(&fence, lines[i]) != FENCE_OUTSIDE)
            return true;
    }
    return false;
}
