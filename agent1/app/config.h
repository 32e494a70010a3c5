/*
 * The configuration folder: its files read and parsed, with every time zone that they name. What
 * they mean is checked by core_configure().
 */
#ifndef AGENT1_APP_CONFIG_H
#define AGENT1_APP_CONFIG_H

#include "agent1/flow/core.h"
#include "common/base/file_stamp.h"

#include <glib.h>

typedef struct Config Config;

/* Reads config.json (which must be there) and the other files (which may be absent). Errors name
 * the file, the line and column, and what was expected. tasks_schedule.json is not read where its
 * content is still that of kept (NULL: it is always read). host_zone is the host's as it was known
 * before (NULL: at the start): it stays where the host does not tell any more. Every configuration
 * may be loaded on any thread. */
Config *config_load(const char *folder, const FileStamp *kept, const char *host_zone,
                    GError **error);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* For core_configure(); borrowed. */
const CoreFiles *config_files(const Config *config);

/* Gives back what tasks_schedule.json said, once a core has it: it may be the largest by far. What
 * config_files() gives then names no tasks. */
void config_forget_tasks(Config *config);

/* The stamp of tasks_schedule.json, taken before it was read. */
const FileStamp *config_tasks_stamp(const Config *config);

/* True when no file has changed since, and neither has the host's time zone. tasks is which content
 * of tasks_schedule.json counts as the same. */
bool config_is_current(const Config *config, const FileStamp *tasks);

/* What counted when agent1 ran last (NULL: nothing is known) stands in the rows, which are read
 * later than the files: a host that did not tell its zone at the start is in that one. The first
 * call settles it; config_files() are others then. */
void config_settle_host_zone(Config *config, const char *before);

/* The absolute path of a file named in the configuration: relative ones count from the folder. The
 * caller owns it. */
char *config_path(const Config *config, const char *path);

/* True when both name the same broker, account and state folder: what only a restart changes. */
bool config_same_links(const Config *one, const Config *other);

/* The zones that it names, to which those can be added that are needed besides. */
Zones *config_zones(Config *config);

#endif
