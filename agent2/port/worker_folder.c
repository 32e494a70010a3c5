#include "agent2/port/worker_folder.h"

#include "common/base/banned.h"

WorkerFolder *worker_folder_new(const char *run, int64_t attempt)
{
    WorkerFolder *folder = g_new0(WorkerFolder, 1);

    folder->run = g_strdup(run);
    folder->attempt = attempt;
    return folder;
}

void worker_folder_free(WorkerFolder *folder)
{
    if (!folder)
        return;

    g_free(folder->run);
    g_free(folder->meta);
    g_free(folder->problem);
    g_free(folder);
}
