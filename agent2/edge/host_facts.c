#include "agent2/edge/host_facts.h"

#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include "common/base/banned.h"

static Json *read_load(void)
{
    static const char *const names[] = { "1min_percent", "5min_percent", "15min_percent" };
    double loads[G_N_ELEMENTS(names)] = { 0 };
    int count = getloadavg(loads, G_N_ELEMENTS(names));
    Json *load = count > 0 ? json_new_object() : NULL;

    for (int i = 0; i < MIN(count, (int)G_N_ELEMENTS(names)); i++)
        json_set_int(load, names[i], (int64_t)(loads[i] * 100));
    return load;
}

static Json *read_disk(const char *path)
{
    struct statvfs status;
    Json *disk;

    if (statvfs(path, &status) != 0)
        return NULL;

    disk = json_new_object();
    json_set_string(disk, "path", path);
    json_set_int(disk, "total_bytes", (int64_t)(status.f_blocks * status.f_frsize));
    json_set_int(disk, "free_bytes", (int64_t)(status.f_bavail * status.f_frsize));
    return disk;
}

void host_facts_add(MessageReport *report, const char *state_dir)
{
    struct sysinfo info;

    if (sysinfo(&info) == 0)
        report->uptime_s = info.uptime;
    json_free(report->load);
    report->load = read_load();
    json_free(report->disk);
    report->disk = read_disk(state_dir);
}
