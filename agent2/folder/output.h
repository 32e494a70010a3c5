/*
 * Where the bytes of an output are: how the shim divides what may be kept between the head and two
 * rotating tails, and how agent2 finds them again. An output that fits in max_output is kept whole;
 * of a longer one the head, and at least the last tail_bytes. Where the disk was full there is a
 * gap between two parts. Pure, without GLib.
 */
#ifndef AGENT2_FOLDER_OUTPUT_H
#define AGENT2_FOLDER_OUTPUT_H

#include "agent2/folder/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct OutputPlan {
    int64_t head_bytes; /* at least OUTPUT_HEAD_BYTES */
    int64_t tail_bytes; /* of each of the two tails, at least OUTPUT_TAIL_BYTES */
} OutputPlan;

/* Divides max_output (RUN_OUTPUT_MIN..RUN_OUTPUT_MAX); head + 2 tails never exceed it. */
OutputPlan output_plan(int64_t max_output);

/* The head, at most two tails, and one more that the shim is just creating. */
#define OUTPUT_PARTS_MAX 4

typedef struct OutputPart {
    int64_t start; /* in the whole output */
    int64_t bytes;
    char name[RUN_TAIL_SIZE];
} OutputPart;

/* The parts of one folder in the order of their start, without overlap. */
typedef struct OutputMap {
    unsigned count;
    OutputPart parts[OUTPUT_PARTS_MAX];
} OutputMap;

/* Adds a part in its place; a part of no bytes counts for nothing. False (and no change) when it
 * overlaps another or there are too many: the folder changed while it was read, look again. */
bool output_map_add(OutputMap *map, const char *name, int64_t start, int64_t bytes);

/* Where the last kept byte ends; 0 when there is none. */
int64_t output_map_end(const OutputMap *map);

/* All bytes that are there. */
int64_t output_map_kept(const OutputMap *map);

/* The part that holds offset or, if that is a gap, the first part after it; NULL beyond the end.
 * *out_offset is where to begin in the whole output: offset itself, or the start of that part. */
const OutputPart *output_map_find(const OutputMap *map, int64_t offset, int64_t *out_offset);

#endif
