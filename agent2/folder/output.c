#include "agent2/folder/output.h"

#include <string.h>

#include "agent2/folder/task.h"
#include "common/base/limits.h"

#include "common/base/banned.h"

_Static_assert(RUN_OUTPUT_MIN == OUTPUT_HEAD_BYTES + 2 * OUTPUT_TAIL_BYTES,
               "the smallest output still fills a result");
_Static_assert(RUN_OUTPUT_MIN / 4 >= OUTPUT_HEAD_BYTES, "so does its head");

OutputPlan output_plan(int64_t max_output)
{
    int64_t head_max = max_output - INT64_C(2) * OUTPUT_TAIL_BYTES;
    int64_t head = max_output / 4;

    if (head > head_max)
        head = head_max;

    return (OutputPlan){ .head_bytes = head, .tail_bytes = (max_output - head) / 2 };
}

static int64_t part_end(const OutputPart *part)
{
    return part->start + part->bytes;
}

bool output_map_add(OutputMap *map, const char *name, int64_t start, int64_t bytes)
{
    unsigned place = map->count;
    OutputPart *part;

    if (bytes == 0)
        return true;
    while (place > 0 && map->parts[place - 1].start > start)
        place--;
    if (map->count == OUTPUT_PARTS_MAX || bytes > INT64_MAX - start ||
        strlen(name) >= RUN_TAIL_SIZE || (place > 0 && part_end(&map->parts[place - 1]) > start) ||
        (place < map->count && start + bytes > map->parts[place].start))
        return false;

    part = &map->parts[place];
    memmove(part + 1, part, (map->count - place) * sizeof(*part));
    *part = (OutputPart){ .start = start, .bytes = bytes };
    memcpy(part->name, name, strlen(name) + 1);
    map->count++;
    return true;
}

int64_t output_map_end(const OutputMap *map)
{
    return map->count > 0 ? part_end(&map->parts[map->count - 1]) : 0;
}

int64_t output_map_kept(const OutputMap *map)
{
    int64_t kept = 0;

    for (unsigned i = 0; i < map->count; i++)
        kept += map->parts[i].bytes;
    return kept;
}

const OutputPart *output_map_find(const OutputMap *map, int64_t offset, int64_t *out_offset)
{
    for (unsigned i = 0; i < map->count; i++) {
        const OutputPart *part = &map->parts[i];

        if (offset < part_end(part)) {
            *out_offset = offset > part->start ? offset : part->start;
            return part;
        }
    }

    return NULL;
}
