#include "agent2/model/worker_counters.h"

#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/data/record.h"

#include <string.h>

#include "common/base/banned.h"

#define FORMAT    1
#define LARGEST   INT64_C(9007199254740991) /* 2^53 - 1, what JSON numbers carry exactly */
#define MAX_BYTES (2 * BODY_MAX_BYTES)

typedef struct Row {
    int64_t format;
    WorkerCounters counters;
} Row;

#define COUNTER(member) offsetof(Row, counters.member)

/* clang-format off */
static const Field fields[] = {
    { .name = "format", .kind = FIELD_INT, .offset = offsetof(Row, format), .is_required = true,
      .minimum = FORMAT, .maximum = FORMAT, .absent = -1 },
    { .name = "journal", .kind = FIELD_STRING, .offset = COUNTER(journal), .is_required = true,
      .is_valid = name_is_ulid, .expected = "a ULID" },
    { .name = "session_end", .kind = FIELD_INT, .offset = COUNTER(session_end),
      .is_required = true, .minimum = 1, .maximum = LARGEST, .absent = -1 },
    { .name = "control_seq", .kind = FIELD_INT, .offset = COUNTER(control_seq),
      .is_required = true, .minimum = 0, .maximum = LARGEST, .absent = -1 },
    { .name = "epoch", .kind = FIELD_INT, .offset = COUNTER(epoch), .is_required = true,
      .minimum = 0, .maximum = LARGEST, .absent = -1 },
    { .name = "is_paused", .kind = FIELD_BOOL, .offset = COUNTER(is_paused) },
    { .name = "peer", .kind = FIELD_STRING, .offset = COUNTER(peer) },
    { .name = "policy", .kind = FIELD_JSON, .offset = COUNTER(policy) },
    { .name = NULL },
};
/* clang-format on */

void worker_counters_init(WorkerCounters *counters, const char *journal)
{
    memset(counters, 0, sizeof *counters);
    counters->journal = g_strdup(journal);
    counters->session_end = 1;
}

void worker_counters_clear(WorkerCounters *counters)
{
    g_clear_pointer(&counters->journal, g_free);
    g_clear_pointer(&counters->peer, g_free);
    g_clear_pointer(&counters->policy, json_free);
}

char *worker_counters_print(const WorkerCounters *counters)
{
    Row row = { .format = FORMAT, .counters = *counters };
    g_autoptr(Json) object = json_new_object();

    record_write(fields, &row, object);
    return json_print_pretty(object);
}

bool worker_counters_parse(const char *text, WorkerCounters *out, GError **error)
{
    g_autoptr(Json) object = json_parse(text, strlen(text), MAX_BYTES, error);
    Row row = { 0 };
    bool is_read = false;

    worker_counters_clear(out);
    if (!object)
        return false;

    record_init(fields, &row);
    is_read = record_read(fields, &row, object, "", NULL, error);
    if (!is_read)
        record_clear(fields, &row);
    *out = row.counters;
    return is_read;
}
