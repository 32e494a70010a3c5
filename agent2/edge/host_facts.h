/*
 * What the host itself has to say in a report: how long it is up, its load, the disk that the
 * worker's state lies on.
 */
#ifndef AGENT2_EDGE_HOST_FACTS_H
#define AGENT2_EDGE_HOST_FACTS_H

#include "common/wire/message.h"

/* Adds `uptime_s`, `load` ({"1min_percent", …}, 100 for one busy processor), and `disk` ({"path",
 * "total_bytes", "free_bytes"}). What cannot be read is left out. */
void host_facts_add(MessageReport *report, const char *state_dir);

#endif
