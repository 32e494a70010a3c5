/* The parts of the worker put together from its configuration, and the host it stands on. */
#ifndef AGENT2_APP_WORKER_ASSEMBLY_H
#define AGENT2_APP_WORKER_ASSEMBLY_H

#include "agent2/app/worker_config.h"
#include "agent2/flow/worker.h"
#include "agent2/folder/names.h"
#include "common/data/zones.h"

#include <glib.h>
#include <stdbool.h>

/* Makes the folder, or checks the one that is there: a local file system, as locks and fsync need
 * it. */
bool worker_assembly_make_state_dir(const char *state_dir, GError **error);

bool worker_assembly_read_boot_id(char out[RUN_BOOT_ID_CHARS + 1], GError **error);

/* What the core is told; takes the skills and the work hours out of the configuration. The caller
 * owns it. */
WorkerSettings *worker_assembly_settings(WorkerConfig *config, const char *boot_id);

/* A worker with the counters of the state folder. Damaged counters are set aside, loudly: a new
 * journal begins. zones gets what the stored policy needs. */
Worker *worker_assembly_new_worker(WorkerConfig *config, const char *boot_id, Zones *zones,
                                   GError **error);

/* Adds a zone of this system by its IANA name; NULL and unknown names are passed over. */
void worker_assembly_add_zone(Zones *zones, const char *name);

#endif
