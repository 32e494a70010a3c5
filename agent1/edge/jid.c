#include "agent1/edge/jid.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

char *jid_bare(const char *jid)
{
    return g_strndup(jid, strcspn(jid, "/"));
}
