#include "agent1/edge/store_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "agent1/edge/store_sql.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define HEADER_BYTES       ((size_t)32)
#define FRAME_HEADER_BYTES ((size_t)24)
#define PAGE_MIN_BYTES     512
#define PAGE_MAX_BYTES     65536

/* The lowest bit says in which byte order the checksums take their words. */
#define MAGIC       UINT32_C(0x377f0682)
#define IS_BIG_MASK UINT32_C(1)

typedef struct Checksum {
    uint32_t first;
    uint32_t second;
} Checksum;

typedef struct Log {
    FILE *file;
    bool is_big_endian;
    size_t page_bytes;
    uint8_t salt[8];
    Checksum last; /* as the header or the last frame states it */
} Log;

static void close_file(FILE *file)
{
    (void)fclose(file); /* it was only read */
}
typedef FILE LogFile;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogFile, close_file)

static uint32_t read_big(const uint8_t *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof(word));
    return GUINT32_FROM_BE(word);
}

static Checksum read_checksum(const uint8_t *bytes)
{
    return (Checksum){ read_big(bytes), read_big(bytes + 4) };
}

static bool is_equal(Checksum a, Checksum b)
{
    return a.first == b.first && a.second == b.second;
}

/* The checksum after length bytes more, a multiple of 8. */
static Checksum add_bytes(const Log *log, Checksum sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 8) {
        uint32_t words[2];

        memcpy(words, bytes + i, sizeof(words));
        if (log->is_big_endian) {
            words[0] = GUINT32_FROM_BE(words[0]);
            words[1] = GUINT32_FROM_BE(words[1]);
        } else {
            words[0] = GUINT32_FROM_LE(words[0]);
            words[1] = GUINT32_FROM_LE(words[1]);
        }
        sum.first += words[0] + sum.second;
        sum.second += words[1] + sum.first;
    }

    return sum;
}

/* False when it is damaged. */
static bool read_header(Log *log, const uint8_t header[HEADER_BYTES])
{
    uint32_t magic = read_big(header);

    log->is_big_endian = magic & IS_BIG_MASK;
    log->page_bytes = read_big(header + 8);
    memcpy(log->salt, header + 16, sizeof(log->salt));
    log->last = read_checksum(header + 24);

    return (magic & ~IS_BIG_MASK) == MAGIC && log->page_bytes >= PAGE_MIN_BYTES &&
           log->page_bytes <= PAGE_MAX_BYTES && (log->page_bytes & (log->page_bytes - 1)) == 0 &&
           is_equal(add_bytes(log, (Checksum){ 0, 0 }, header, 24), log->last);
}

/* Whether a frame fits the one before it, as that one states its own checksum: whether that one is
 * sound itself does not matter here. */
static bool frame_fits(Log *log, const uint8_t *frame)
{
    Checksum stated = read_checksum(frame + 16);
    Checksum sum = add_bytes(log, log->last, frame, 8);

    sum = add_bytes(log, sum, frame + FRAME_HEADER_BYTES, log->page_bytes);
    log->last = stated;

    return memcmp(frame + 8, log->salt, sizeof(log->salt)) == 0 && is_equal(sum, stated);
}

/* Frames of an earlier round of the log, after those of this one, have another salt; so they never
 * fit, and after them none does. */
static bool check_frames(Log *log, GError **error)
{
    size_t frame_bytes = FRAME_HEADER_BYTES + log->page_bytes;
    g_autofree uint8_t *frame = g_malloc(frame_bytes);
    uint64_t unfit = 0; /* the first frame that does not fit, counted from 1 */
    bool is_after_commit = false;

    for (uint64_t number = 1; fread(frame, frame_bytes, 1, log->file) == 1; number++) {
        bool fits = frame_fits(log, frame);
        bool is_commit = fits && read_big(frame + 4) != 0;

        if (!fits && unfit == 0)
            unfit = number;
        if (unfit != 0 && fits && is_after_commit) {
            sql_set_damaged(error, "frame %" G_GUINT64_FORMAT " of the log does not fit", unfit);
            return false;
        }
        is_after_commit = unfit != 0 && is_commit;
    }

    return true;
}

/* ---- a log that was to begin anew ---- */

/* The last transaction of the log's only sound round. */
typedef struct LastCommit {
    uint64_t frame; /* its last one, counted from 1; 0: the log has no frame at all */
    uint32_t pages; /* that the database has from then on */
} LastCommit;

/* The size of its pages; 0: it has no sound header. */
static size_t page_bytes_of(FILE *database)
{
    uint8_t header[18];
    size_t bytes;

    if (fread(header, sizeof(header), 1, database) != 1)
        return 0;
    bytes = (size_t)header[16] << 8 | header[17];
    if (bytes == 1)
        bytes = PAGE_MAX_BYTES;
    return bytes >= PAGE_MIN_BYTES && (bytes & (bytes - 1)) == 0 ? bytes : 0;
}

static bool read_frame(const Log *log, uint64_t number, uint8_t *out)
{
    size_t frame_bytes = FRAME_HEADER_BYTES + log->page_bytes;

    return fseeko(log->file, (off_t)(HEADER_BYTES + (number - 1) * frame_bytes), SEEK_SET) == 0 &&
           fread(out, frame_bytes, 1, log->file) == 1;
}

/* Without the header the first frame states the salt of its round, and from the second on each must
 * fit the one before it. False: they do not, so that nobody knows what was committed. */
static bool find_last_commit(Log *log, uint8_t *frame, LastCommit *out)
{
    uint64_t number;

    *out = (LastCommit){ 0 };
    for (number = 1; read_frame(log, number, frame); number++) {
        if (number == 1) {
            memcpy(log->salt, frame + 8, sizeof(log->salt));
            log->last = read_checksum(frame + 16);
        } else if (memcmp(log->salt, frame + 8, sizeof(log->salt)) != 0) {
            break;
        } else if (!frame_fits(log, frame)) {
            return false;
        }
        if (read_big(frame + 4) != 0)
            *out = (LastCommit){ number, read_big(frame + 4) };
    }
    return out->frame > 0 || number == 1;
}

static bool has_pages(FILE *database, const Log *log, uint32_t pages)
{
    return fseeko(database, 0, SEEK_END) == 0 &&
           ftello(database) == (off_t)(pages * log->page_bytes);
}

static bool stands_in(FILE *database, const Log *log, const uint8_t *frame, uint8_t *page)
{
    return fseeko(database, (off_t)((read_big(frame) - 1) * log->page_bytes), SEEK_SET) == 0 &&
           fread(page, log->page_bytes, 1, database) == 1 &&
           memcmp(page, frame + FRAME_HEADER_BYTES, log->page_bytes) == 0;
}

/* Whether each page that the frames have is in the database as the last of them left it. */
static bool stand_all_in(FILE *database, const Log *log, const LastCommit *last, uint8_t *frame)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autofree uint8_t *page = g_malloc(log->page_bytes);

    for (uint64_t number = last->frame; number > 0; number--) {
        if (!read_frame(log, number, frame) || read_big(frame) == 0)
            return false;
        if (read_big(frame) <= last->pages &&
            g_hash_table_add(seen, GUINT_TO_POINTER(read_big(frame))) &&
            !stands_in(database, log, frame, page))
            return false;
    }
    return true;
}

/* A header is written when the log begins, or begins anew because all of it is in the database.
 * Where that write broke off nothing is lost. */
static bool is_all_in_database(Log *log, const char *path)
{
    g_autoptr(LogFile) database = fopen(path, "rbe");
    g_autofree uint8_t *frame = NULL;
    LastCommit last;

    log->page_bytes = database ? page_bytes_of(database) : 0;
    if (log->page_bytes == 0)
        return false;

    frame = g_malloc(FRAME_HEADER_BYTES + log->page_bytes);
    if (!find_last_commit(log, frame, &last))
        return false;
    return last.frame == 0 ||
           (has_pages(database, log, last.pages) && stand_all_in(database, log, &last, frame));
}

/* ---- all of it ---- */

bool store_log_check(const char *path, GError **error)
{
    static const uint8_t zeros[HEADER_BYTES];
    g_autofree char *name = g_strconcat(path, "-wal", NULL);
    g_autoptr(LogFile) file = fopen(name, "rbe");
    uint8_t header[HEADER_BYTES];
    Log log = { .file = file };

    if (!file && errno == ENOENT)
        return true;
    if (!file) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "cannot open its log: %s", g_strerror(errno));
        return false;
    }

    /* Begun, and nothing committed to it yet: a power cut may leave zeros for what was written. */
    if (fread(header, sizeof(header), 1, file) != 1 || memcmp(header, zeros, sizeof(zeros)) == 0)
        return true;
    if (!read_header(&log, header)) {
        if (is_all_in_database(&log, path))
            return true;
        sql_set_damaged(error, "the header of the log does not fit");
        return false;
    }
    if (!check_frames(&log, error))
        return false;
    if (ferror(file)) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "cannot read its log: %s", g_strerror(errno));
        return false;
    }

    return true;
}
