#include "agent1/flow/state/progress.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

/* As much as agent2 sends; no other agent makes it more. */
#define TAIL_MAX_LINES 10
#define TAIL_MAX_BYTES 4096

void progress_free(void *data)
{
    Progress *progress = data;

    if (!progress)
        return;

    g_free(progress->tail);
    g_free(progress);
}

static char *bounded_tail(const char *tail)
{
    g_autofree char *harmless = tail ? text_make_harmless(tail, strlen(tail)) : NULL;

    return harmless && *harmless ? text_last_lines(harmless, TAIL_MAX_LINES, TAIL_MAX_BYTES) : NULL;
}

bool progress_take(Core *core, const Run *run, const MessageProgress *message)
{
    const Progress *last = progress_find(core, run);
    int64_t elapsed_ms = MAX(message->elapsed_ms, 0);
    Progress *progress;

    if (last && message->seq <= last->seq)
        return false;

    progress = g_new0(Progress, 1);
    progress->seq = message->seq;
    progress->started_ms = core->now_ms - elapsed_ms;
    progress->bytes = message->bytes;
    progress->tail = bounded_tail(message->tail);
    g_hash_table_replace(core->progress, g_strdup(run->id), progress);
    return true;
}

const Progress *progress_find(const Core *core, const Run *run)
{
    return g_hash_table_lookup(core->progress, run->id);
}

void progress_forget(Core *core, const Run *run)
{
    g_hash_table_remove(core->progress, run->id);
}
