#include "agent2/shim/abort_point.h"

#include <signal.h>
#include <string.h>
#include <sys/types.h>

#include "agent2/shim/files.h"

#include "common/base/banned.h"

void abort_point(int folder, const char *name)
{
    char wanted[64];
    size_t length;

    if (!ABORT_POINTS || files_read(folder, "abort_at", wanted, sizeof(wanted)) < 0)
        return;

    length = strlen(name);
    if (strncmp(wanted, name, length) != 0)
        return;
    if (strcmp(wanted + length, " stop") == 0)
        raise(SIGSTOP);
    else if (wanted[length] == '\0')
        raise(SIGKILL);
}
