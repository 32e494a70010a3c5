/* A full disk: what was committed stays as it was, and the store heals when there is space again.
 */
#include "agent1/edge/store.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-rows.h"

#include "common/base/banned.h"

typedef struct FullDisk {
    char *path;
} FullDisk;

static FullDisk *disk_new(const char *options)
{
    FullDisk *disk = g_new0(FullDisk, 1);

    disk->path = g_strdup("/tmp/test-store-disk-XXXXXX");
    assert_non_null(g_mkdtemp(disk->path));
    if (mount("tmpfs", disk->path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0)
        return disk;

    print_message("cannot mount a small tmpfs (%s): skipped\n", g_strerror(errno));
    assert_int_equal(rmdir(disk->path), 0);
    g_free(disk->path);
    g_free(disk);
    return NULL;
}

static void disk_free(FullDisk *disk)
{
    assert_int_equal(umount(disk->path), 0);
    assert_int_equal(rmdir(disk->path), 0);
    g_free(disk->path);
    g_free(disk);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FullDisk, disk_free)

/* Takes all the space but keep_bytes. */
static void disk_fill(const FullDisk *disk, size_t keep_bytes)
{
    g_autofree char *path = g_build_filename(disk->path, "ballast", NULL);
    static const char block[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    off_t length = 0;
    ssize_t written;

    assert_true(fd >= 0);
    while ((written = write(fd, block, sizeof(block))) > 0)
        length += written;
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(ftruncate(fd, MAX(0, length - (off_t)keep_bytes)), 0);
    close(fd);
}

static void disk_empty(const FullDisk *disk)
{
    g_autofree char *path = g_build_filename(disk->path, "ballast", NULL);

    assert_int_equal(unlink(path), 0);
}

static Effects *large_batch(unsigned round)
{
    Effects *effects = effects_new();

    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *key = g_strdup_printf("%06u-%u", round, i);

        effects_put(effects, make_row(TABLE_CHATS, key, FILL_LARGE));
    }
    effects_audit(effects, round, "run", NULL, NULL, NULL, "round %u", round);
    return effects;
}

/* Fills the disk, sees what was committed stay as it was, and heals when there is space again. */
static void fill_and_heal(Fixture *fixture, const FullDisk *disk, unsigned *committed)
{
    unsigned refused = 0;
    StoreOutcome outcome;

    disk_fill(disk, 1024 * 1024);
    while ((outcome = fixture_commit(fixture, large_batch(*committed))) == STORE_COMMITTED)
        ++*committed;
    for (; refused < 5; refused++) {
        g_autoptr(GPtrArray) rows = fixture_load(fixture, TABLE_CHATS);

        if (outcome != STORE_FULL)
            fail_msg("outcome %d: %s", (int)outcome, fixture->answer.error);
        assert_int_equal(fixture->answer.events->len, 0);
        assert_int_equal(rows->len, *committed * 4);
        check_audit(fixture, *committed, NULL);
        outcome = fixture_commit(fixture, large_batch(*committed));
    }

    disk_empty(disk);
    for (unsigned i = 0; i < 3; i++)
        fixture_store(fixture, large_batch((*committed)++));
}

static void test_full_disk_heals(void **state)
{
    g_autoptr(FullDisk) disk = disk_new("size=16m");
    g_autoptr(Fixture) fixture = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    unsigned committed = 0;

    (void)state;

    if (!disk)
        skip();
    fixture = fixture_new_in(disk->path);
    fixture_open(fixture);
    fill_and_heal(fixture, disk, &committed);
    fill_and_heal(fixture, disk, &committed);
    fixture_reopen(fixture);
    rows = fixture_load(fixture, TABLE_CHATS);
    assert_int_equal(rows->len, committed * 4);
    check_audit(fixture, committed, NULL);
    print_message("%u batches around two full disks\n", committed);
}

/* A disk that is full from the start is said to be so, and nothing half made stays in the way. */
static void test_full_disk_at_start(void **state)
{
    g_autoptr(FullDisk) disk = disk_new("size=2m");
    unsigned opened = 0;

    (void)state;

    if (!disk)
        skip();
    for (size_t keep = 0; opened == 0; keep += 4096) {
        g_autoptr(Fixture) fixture = NULL;
        g_autoptr(GError) error = NULL;

        assert_true(keep < 1024 * 1024);
        fixture = fixture_new_in(disk->path);
        disk_fill(disk, keep);
        if (fixture_try_open(fixture, &error))
            opened++;
        else if (!g_error_matches(error, PROBLEM, PROBLEM_FULL))
            fail_msg("with %zu bytes: %s", keep, error->message);
        assert_null(fixture->set_aside);

        fixture_close(fixture);
        disk_empty(disk);
        fixture_open(fixture);
        assert_null(fixture->set_aside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_disk_heals),
        cmocka_unit_test(test_full_disk_at_start),
    };

    return cmocka_run_group_tests_name("store_full", tests, NULL, NULL);
}
