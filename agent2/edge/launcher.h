/*
 * Starts shims so that they outlive agent2, which must neither wait for them nor take them along
 * when it dies. Two ways behind one seam:
 *
 * LAUNCHER_SPAWN: a small process, forked before there are threads, forks the shims; when it ends,
 * as it does when agent2 is gone, they belong to init. For tests and hosts without systemd: a
 * service manager that ends agent2's whole control group would end these shims too.
 * LAUNCHER_UNIT: the same small process asks systemd for agent2-run@<run>.<attempt>.service, whose
 * ExecStart is the shim; it lives in a control group of its own, free of agent2's sandbox.
 *
 * Whether a shim started is not answered here: add the folder to a Watch first. A shim that could
 * not be started shows there as one that ended at once, without a claim.
 */
#ifndef AGENT2_EDGE_LAUNCHER_H
#define AGENT2_EDGE_LAUNCHER_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    LAUNCHER_SPAWN,
    LAUNCHER_UNIT,
} LauncherMode;

typedef struct Launcher Launcher;

/* Forks the spawner: call it before the first thread, with few descriptors open. shim_path is
 * absolute; it is not used for LAUNCHER_UNIT and may then be NULL. */
Launcher *launcher_new(LauncherMode mode, const char *shim_path, GError **error);

/* Ends the spawner; the shims live on. */
void launcher_free(Launcher *launcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Launcher, launcher_free)

/* Asks for a shim on the run folder (an absolute path). Never waits. PROBLEM_FULL: the spawner is
 * behind, ask again later; PROBLEM_IO: it is gone, which only a restart of agent2 mends. */
bool launcher_start(Launcher *launcher, const char *run_folder, GError **error);

#endif
