/*
 * Keeps the output of a command: the first part in `head`, the last in two rotating tails, never
 * more than the plan allows. What cannot be written (disk full, file too large) is counted and
 * dropped, and the next part begins after the gap. The rules are agent2/folder/output.h's.
 */
#ifndef AGENT2_SHIM_RECORDER_H
#define AGENT2_SHIM_RECORDER_H

#include "agent2/folder/output.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Recorder {
    int folder;
    OutputPlan plan;
    int64_t total_bytes; /* all that came */
    int64_t kept_bytes;  /* what is on disk */
    int fd;              /* the part that grows; -1: none */
    OutputPart part;
    OutputPart older; /* the other tail; no bytes: none */
} Recorder;

void recorder_init(Recorder *recorder, int folder, OutputPlan plan);
void recorder_clear(Recorder *recorder);

/* Takes all of it, come what may. */
void recorder_add(Recorder *recorder, const char *bytes, size_t length);

#endif
