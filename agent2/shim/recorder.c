#include "agent2/shim/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

static void close_part(Recorder *recorder)
{
    if (recorder->fd >= 0)
        close(recorder->fd);
    recorder->fd = -1;
}

static void open_part(Recorder *recorder, int64_t start)
{
    recorder->part.start = start;
    recorder->part.bytes = 0;
    recorder->fd = openat(recorder->folder, recorder->part.name,
                          O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
}

void recorder_init(Recorder *recorder, int folder, OutputPlan plan)
{
    *recorder = (Recorder){ .folder = folder, .plan = plan, .fd = -1 };
    memcpy(recorder->part.name, RUN_FILE_HEAD, sizeof(RUN_FILE_HEAD));
}

void recorder_clear(Recorder *recorder)
{
    close_part(recorder);
}

static bool is_in_head(const Recorder *recorder)
{
    return strcmp(recorder->part.name, RUN_FILE_HEAD) == 0;
}

/* Bytes that the part may still take; none after a gap. */
static int64_t room_left(const Recorder *recorder)
{
    const OutputPart *part = &recorder->part;
    int64_t max = is_in_head(recorder) ? recorder->plan.head_bytes : recorder->plan.tail_bytes;

    if (recorder->fd < 0 || part->start + part->bytes != recorder->total_bytes)
        return 0;
    return max - part->bytes;
}

/* Begins the next tail where the output is now. The oldest goes first, so that there are never more
 * bytes than the plan allows. */
static void rotate(Recorder *recorder)
{
    close_part(recorder);
    if (!is_in_head(recorder)) {
        if (recorder->part.bytes == 0) {
            unlinkat(recorder->folder, recorder->part.name, 0);
        } else {
            if (recorder->older.bytes > 0)
                unlinkat(recorder->folder, recorder->older.name, 0);
            recorder->kept_bytes -= recorder->older.bytes;
            recorder->older = recorder->part;
        }
    }

    tail_name_print(recorder->part.name, recorder->total_bytes);
    open_part(recorder, recorder->total_bytes);
}

void recorder_add(Recorder *recorder, const char *bytes, size_t length)
{
    if (recorder->total_bytes == 0 && length > 0)
        open_part(recorder, 0);
    while (length > 0) {
        int64_t room = room_left(recorder);
        size_t chunk;
        ssize_t written;

        if (room == 0) {
            rotate(recorder);
            room = room_left(recorder);
        }
        chunk = (uint64_t)room < length ? (size_t)room : length;
        written = chunk > 0 ? write(recorder->fd, bytes, chunk) : -1;
        if (written < 0 && chunk > 0 && errno == EINTR)
            continue;
        if (written < 0) {
            recorder->total_bytes += (int64_t)length; /* dropped: a gap */
            return;
        }

        bytes += written;
        length -= (size_t)written;
        recorder->part.bytes += written;
        recorder->total_bytes += written;
        recorder->kept_bytes += written;
    }
}
