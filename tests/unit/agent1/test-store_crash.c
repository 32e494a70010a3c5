/*
 * The process that is killed, and the disk that fails: what was answered as committed is there
 * afterwards, whole, and what was answered as not stored is not.
 *
 * The disk is a VFS of SQLite that passes everything on and fails once, at its Nth operation that
 * changes something. It has no shared memory, so that it also proves that none is used.
 */
#include "agent1/edge/store.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-fixture.h"

#include "common/base/banned.h"

#define KILLS 40

/* ---- batches that show whether they are whole -------------------------------------------------
 */

static void put_meta(Effects *effects, const char *name, unsigned number)
{
    g_autofree char *value = g_strdup_printf("%u", number);
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    effects_put(effects, row);
}

/* One number in the first and the last effect, a run and an audit row with it between. */
static Effects *make_batch(unsigned batch, size_t output_bytes)
{
    Effects *effects = effects_new();
    g_autofree char *id = g_strdup_printf("run-%08u", batch);
    g_autofree char *output = g_strnfill(output_bytes, 'o');
    Row *run = row_new(TABLE_RUNS);

    row_set_text(run, RUNS_ID, id);
    row_set_int(run, RUNS_NUMBER, batch);
    row_set_text(run, RUNS_STATE, "queued");
    row_set_text(run, RUNS_OUTPUT, output);

    put_meta(effects, "first", batch);
    effects_put(effects, run);
    effects_audit(effects, batch, "run", NULL, NULL, id, "batch %u", batch);
    put_meta(effects, "last", batch);
    return effects;
}

/* The number of the last batch that is there; fails when any is there in part. */
static unsigned count_whole_batches(Fixture *fixture)
{
    g_autoptr(GPtrArray) meta = fixture_load(fixture, TABLE_META);
    g_autoptr(GPtrArray) runs = fixture_load(fixture, TABLE_RUNS);
    g_autoptr(GError) error = NULL;
    g_autofree char *head = NULL;
    int64_t audited = -1;
    guint64 number = 0;

    if (!store_verify_audit(fixture->store, &audited, &head, &error))
        fail_msg("%s", error->message);
    assert_int_equal(audited, runs->len);
    if (runs->len == 0) {
        assert_int_equal(meta->len, 0);
        return 0;
    }

    assert_int_equal(meta->len, 2);
    for (unsigned i = 0; i < meta->len; i++) {
        const char *text = row_text(g_ptr_array_index(meta, i), META_VALUE);

        assert_true(g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &number, NULL));
        assert_int_equal(number, row_int(g_ptr_array_index(runs, runs->len - 1), RUNS_NUMBER));
    }
    return (unsigned)number;
}

/* ---- kill -9 ----------------------------------------------------------------------------------
 */

/* Commits batches from this number on for ever, and writes the number of each that was answered. */
static void commit_until_killed(Fixture *fixture, unsigned batch, int fd)
{
    fixture_open(fixture);
    for (;; batch++) {
        fixture_store(fixture, make_batch(batch, batch % 5 * 3000));
        if (write(fd, &batch, sizeof(batch)) != (ssize_t)sizeof(batch))
            _exit(1);
    }
}

/* Lets a child commit for so many milliseconds after its first answer; returns the last answered.
 */
static unsigned run_and_kill(Fixture *fixture, unsigned batch, int ms)
{
    int fds[2];
    unsigned answered = batch - 1;
    unsigned number;
    pid_t child;
    int status;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        commit_until_killed(fixture, batch, fds[1]);
    }
    close(fds[1]);

    assert_int_equal(read(fds[0], &answered, sizeof(answered)), sizeof(answered));
    poll(NULL, 0, ms);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(fds[0], &number, sizeof(number)) == (ssize_t)sizeof(number))
        answered = number;
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return answered;
}

/* Looks in a child too, because a process that has threads cannot fork. Returns what is there. */
static unsigned look(Fixture *fixture)
{
    int fds[2];
    unsigned count = 0;
    pid_t child;
    int status;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fixture_open(fixture);
        assert_null(fixture->set_aside);
        count = count_whole_batches(fixture);
        /* Half of the time, the next one finds the log as the killed one left it. */
        if (count % 2)
            fixture_close(fixture);
        _exit(write(fds[1], &count, sizeof(count)) != (ssize_t)sizeof(count));
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], &count, sizeof(count)), sizeof(count));
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return count;
}

static void test_killed_process(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    unsigned batch = 0;

    (void)state;

    for (unsigned i = 0; i < KILLS; i++) {
        unsigned answered = run_and_kill(fixture, batch + 1, g_rand_int_range(random, 0, 60));
        unsigned found = look(fixture);

        /* One batch at the most was stored and not answered yet. */
        if (found != answered && found != answered + 1)
            fail_msg("kill %u: %u batches answered, %u found", i, answered, found);
        batch = found;
    }
    print_message("%d kills, %u batches\n", KILLS, batch);
    assert_true(batch > 2 * KILLS);
}

/* ---- a disk that fails ------------------------------------------------------------------------
 */

typedef enum {
    FAULT_NOTHING,
    FAULT_ERROR, /* EIO */
    FAULT_FULL,  /* ENOSPC */
    FAULT_QUOTA, /* EDQUOT, which SQLite calls an I/O error */
    FAULT_SHORT, /* half is written, then EIO */
    FAULT_READ,  /* EIO at a read; the others come to what changes something */
    FAULT_COUNT,
} Fault;

static const char *const fault_names[] = { "nothing", "error",       "full",
                                           "quota",   "short write", "read" };

/* Used by one thread at a time: the store's, or the test's while there is none. */
static struct {
    sqlite3_vfs *real;
    Fault fault;
    unsigned countdown; /* operations until the fault; 0: it has come */
    bool was_write;     /* it came to a write */
    bool was_sync;      /* it came to an fsync */
} disk;

typedef struct FaultyFile {
    sqlite3_file base;
    sqlite3_file *real; /* its memory follows */
} FaultyFile;

static sqlite3_file *real_file(sqlite3_file *file)
{
    return ((FaultyFile *)(void *)file)->real;
}

static bool counts_and_fails(bool is_read)
{
    static const int reasons[FAULT_COUNT] = { 0, EIO, ENOSPC, EDQUOT, EIO, EIO };
    bool fails = disk.fault != FAULT_NOTHING && (disk.fault == FAULT_READ) == is_read &&
                 disk.countdown > 0 && --disk.countdown == 0;

    if (fails)
        errno = reasons[disk.fault];
    return fails;
}

static bool fails_now(void)
{
    return counts_and_fails(false);
}

static bool is_fault_of_space(Fault fault)
{
    return fault == FAULT_FULL || fault == FAULT_QUOTA;
}

static int file_close(sqlite3_file *file)
{
    return real_file(file)->pMethods->xClose(real_file(file));
}

static int file_read_at(sqlite3_file *file, void *buffer, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = real_file(file);

    return counts_and_fails(true) ? SQLITE_IOERR_READ
                                  : real->pMethods->xRead(real, buffer, length, offset);
}

static int file_write_at(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = real_file(file);

    if (!fails_now())
        return real->pMethods->xWrite(real, bytes, length, offset);
    disk.was_write = true;
    if (disk.fault == FAULT_SHORT && real->pMethods->xWrite(real, bytes, length / 2, offset) == 0)
        errno = EIO;
    return disk.fault == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    sqlite3_file *real = real_file(file);

    return fails_now() ? SQLITE_IOERR_TRUNCATE : real->pMethods->xTruncate(real, size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    sqlite3_file *real = real_file(file);

    if (!fails_now())
        return real->pMethods->xSync(real, flags);
    disk.was_sync = true;
    return SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    return real_file(file)->pMethods->xFileSize(real_file(file), out_size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_file(file)->pMethods->xLock(real_file(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_file(file)->pMethods->xUnlock(real_file(file), level);
}

static int file_check_lock(sqlite3_file *file, int *out_is_locked)
{
    return real_file(file)->pMethods->xCheckReservedLock(real_file(file), out_is_locked);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file)
{
    return real_file(file)->pMethods->xSectorSize(real_file(file));
}

static int file_characteristics(sqlite3_file *file)
{
    return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}

static const sqlite3_io_methods faulty_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read_at,
    .xWrite = file_write_at,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    FaultyFile *faulty = (FaultyFile *)(void *)file;
    int code;

    (void)vfs;

    faulty->base.pMethods = NULL;
    faulty->real = (sqlite3_file *)(void *)(faulty + 1);
    if (fails_now())
        return SQLITE_CANTOPEN;
    code = disk.real->xOpen(disk.real, name, faulty->real, flags, out_flags);
    if (faulty->real->pMethods)
        faulty->base.pMethods = &faulty_methods;
    return code;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;

    return fails_now() ? SQLITE_IOERR_DELETE : disk.real->xDelete(disk.real, name, sync_folder);
}

static sqlite3_vfs *install_disk(void)
{
    static sqlite3_vfs faulty;

    disk.real = sqlite3_vfs_find(NULL);
    faulty = *disk.real;
    faulty.zName = "faulty";
    faulty.pNext = NULL;
    faulty.szOsFile = (int)sizeof(FaultyFile) + disk.real->szOsFile;
    faulty.xOpen = disk_open;
    faulty.xDelete = disk_delete;
    assert_int_equal(sqlite3_vfs_register(&faulty, 1), SQLITE_OK);
    return &faulty;
}

typedef struct Load {
    const char *what;
    unsigned batches;
    size_t output_bytes; /* of each batch */
    unsigned step;       /* every so many operations one fails; `make faults`: every one */
    unsigned least;      /* operations that there must have been, to prove anything */
} Load;

typedef struct Promises {
    unsigned committed; /* the last batch that was answered as such */
    unsigned unknown;   /* the one answered with STORE_BROKEN; 0: none */
} Promises;

/* Commits batches until the store is broken; one that found the disk full is tried again. */
static Promises commit_with_fault(Fixture *fixture, const Load *load, Fault fault)
{
    Promises promises = { 0 };

    for (unsigned batch = 1; batch <= load->batches && promises.unknown == 0;) {
        switch (fixture_commit(fixture, make_batch(batch, load->output_bytes))) {
        case STORE_COMMITTED:
            promises.committed = batch++;
            break;
        case STORE_FULL:
            assert_true(is_fault_of_space(fault));
            /* Nobody knows what such a disk holds. */
            assert_false(disk.was_sync);
            assert_int_equal(count_whole_batches(fixture), promises.committed);
            break;
        case STORE_BROKEN:
            assert_false(is_fault_of_space(fault) && disk.was_write);
            promises.unknown = batch;
            break;
        }
    }

    return promises;
}

/* Opens it once more and reads all of it, while the fault may still come. */
static void read_with_fault(Fixture *fixture, GError **error)
{
    if (!fixture_try_open(fixture, error))
        return;

    for (unsigned table = 0; table < TABLE_COUNT && !*error; table++) {
        GPtrArray *rows = store_load(fixture->store, (Table)table, error);

        if (rows)
            g_ptr_array_unref(rows);
    }
}

/* Returns whether the fault came at all. */
static bool check_fault(const Load *load, Fault fault, unsigned nth)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GError) error = NULL;
    Promises promises = { 0 };
    unsigned found;
    bool came;

    disk.fault = fault;
    disk.countdown = nth;
    disk.was_sync = disk.was_write = false;
    if (fixture_try_open(fixture, &error))
        promises = commit_with_fault(fixture, load, fault);
    fixture_close(fixture);
    assert_null(fixture->set_aside);
    if (!error && promises.unknown == 0)
        read_with_fault(fixture, &error);
    assert_null(fixture->set_aside);
    fixture_close(fixture);
    came = disk.countdown == 0;
    disk.fault = FAULT_NOTHING;

    if (error && error->code != PROBLEM_IO &&
        !(error->code == PROBLEM_FULL && is_fault_of_space(fault)))
        fail_msg("%s at operation %u: %s", fault_names[fault], nth, error->message);

    fixture_open(fixture);
    if (fixture->set_aside)
        fail_msg("%s at operation %u: set aside", fault_names[fault], nth);
    found = count_whole_batches(fixture);
    if (found != promises.committed && (promises.unknown == 0 || found != promises.unknown))
        fail_msg("%s at operation %u: %u committed, %u found", fault_names[fault], nth,
                 promises.committed, found);
    return came;
}

static void test_faulty_disk(void **state)
{
    const char *share = g_getenv("FAULTS");
    double full = share ? g_ascii_strtod(share, NULL) : 0;
    const Load loads[] = {
        { "small batches", 4, 5000, full > 0 ? 1 : 5, 40 },
        /* The log grows over 1000 pages and is moved into the database in between. */
        { "large batches", 6, 1000 * 1000, full > 0 ? (unsigned)MAX(1, 1 / full) : 941, 1000 },
    };
    sqlite3_vfs *faulty = install_disk();

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(loads); i++) {
        for (unsigned fault = FAULT_ERROR; fault < FAULT_COUNT; fault++) {
            unsigned nth = 1;

            while (check_fault(&loads[i], (Fault)fault, nth))
                nth += loads[i].step;
            print_message("%s, %s: %u operations\n", loads[i].what, fault_names[fault], nth - 1);
            assert_true(nth > loads[i].least);
        }
    }
    assert_int_equal(sqlite3_vfs_unregister(faulty), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* Forks, so before anything starts a thread. */
        cmocka_unit_test(test_killed_process),
        cmocka_unit_test(test_faulty_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
