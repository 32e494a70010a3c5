#include "tests/simulate/file_share.h"

#include "agent1/port/event.h"
#include "tests/simulate/orchestrator.h"

#include <string.h>

#include "common/base/banned.h"

#define MAX_BYTES 1000000
#define UPLOAD_MS (30 * SECOND_MS) /* what is not done by then is given up */

struct FileShare {
    Sim *sim;
    unsigned life; /* of agent1's process */
    bool is_known;
    int64_t gone_ms;     /* from then on there is none */
    GHashTable *started; /* ids of what is under way; set */
};

typedef struct File {
    char *id;
    char *name;
} File;

static void free_file(void *data)
{
    File *file = data;

    g_free(file->id);
    g_free(file->name);
    g_free(file);
}

FileShare *file_share_new(Sim *sim)
{
    FileShare *share = g_new0(FileShare, 1);

    share->sim = sim;
    share->started = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    share->gone_ms = !sim->plan.has_files           ? 0
                     : dice_chance(&sim->dice, 250) ? dice_between(&sim->dice, 0, 8 * MINUTE_MS)
                                                    : INT64_MAX;
    return share;
}

void file_share_free(FileShare *share)
{
    if (!share)
        return;
    g_hash_table_unref(share->started);
    g_free(share);
}

static bool is_there(const FileShare *share)
{
    return share->sim->now_ms < share->gone_ms;
}

/* ---- is there one? ---- */

static void post_size(FileShare *share, uint64_t max_bytes)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_SHARE;
    event->fact.max_bytes = max_bytes;
    share->is_known = max_bytes > 0;
    orchestrator_post(share->sim->agent1, event);
}

static void find(void *owner, void *item)
{
    FileShare *share = owner;

    (void)item;
    if (is_there(share))
        post_size(share, MAX_BYTES);
}

void file_share_look(FileShare *share)
{
    if (!share->sim->plan.has_files)
        return;
    if (share->is_known)
        post_size(share, 0);
    sim_later(share->sim, dice_between(&share->sim->dice, 1, 500), find, share, NULL, NULL,
              &share->life);
}

void file_share_leave(FileShare *share)
{
    share->life++;
    share->is_known = false;
    g_hash_table_remove_all(share->started);
}

/* ---- files ---- */

static void tell(FileShare *share, const File *file, XmppFactKind kind, const char *text)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.about = g_strdup(file->id);
    event->fact.text = g_strdup(text);
    orchestrator_post(share->sim->agent1, event);
}

static void end_file(void *owner, void *item)
{
    FileShare *share = owner;
    const File *file = item;
    g_autofree char *url = g_strdup_printf(FILE_SHARE_URL "%s/%s", file->id, file->name);

    g_hash_table_remove(share->started, file->id);
    if (!is_there(share))
        tell(share, file, XMPP_FACT_NOT_UPLOADED, "the XMPP server takes no files");
    else if (share->sim->is_healed || dice_chance(&share->sim->dice, 700))
        tell(share, file, XMPP_FACT_UPLOADED, url);
    else if (dice_chance(&share->sim->dice, 700))
        tell(share, file, XMPP_FACT_NOT_UPLOADED, "the file server refused it (HTTP 500)");
}

void file_share_begin(FileShare *share, const XmppAct *act)
{
    File *file;

    if (!g_hash_table_add(share->started, g_strdup(act->id)))
        return;
    file = g_new0(File, 1);
    file->id = g_strdup(act->id);
    file->name = g_strdup(act->about);
    sim_later(share->sim, dice_between(&share->sim->dice, 1, UPLOAD_MS), end_file, share, file,
              free_file, &share->life);
}
