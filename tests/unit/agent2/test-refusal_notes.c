/* The notes of refusals on a real file system: what was noted is found again by another process,
 * and what is damaged is not. */
#include "agent2/edge/refusal_notes.h"

#include "common/sys/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN        "01M7Y2HRDZ0097XPAE7KH45SMW"
#define BOOT_ID    "ba8cff58-e2cf-43d3-b8cc-714febe0880b"
#define SLOTS      16
#define SLOT_BYTES 4096

static char *folder;
static char *path;

static int set_up(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("test-refusal_notes-XXXXXX", NULL);
    path = g_build_filename(folder, "refusals", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    bool is_gone = file_remove_tree(folder, NULL);

    (void)state;
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&path, g_free);
    return is_gone ? 0 : -1;
}

static bool put(RefusalNotes *notes, int64_t attempt, const char *reason)
{
    RunClaim claim;

    run_claim_init(&claim, CLAIM_REJECTED, BOOT_ID, 1795012000000, "policy", reason);
    return refusal_notes_put(notes, RUN, attempt, &claim, "{\"number\":7}");
}

/* What a process that starts now finds; the caller owns it. */
static GPtrArray *read_again(void)
{
    g_autoptr(RefusalNotes) notes = refusal_notes_new(path, NULL);
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)worker_folder_free);

    refusal_notes_list(notes, found);
    return found;
}

static void test_there_and_back(void **state)
{
    g_autoptr(RefusalNotes) notes = refusal_notes_new(path, NULL);
    g_autoptr(GPtrArray) found = NULL;
    const WorkerFolder *note;

    (void)state;
    assert_true(put(notes, 3, "agent's disk is full"));
    found = read_again();
    assert_int_equal(found->len, 1);
    note = g_ptr_array_index(found, 0);
    assert_true(note->is_noted);
    assert_string_equal(note->run, RUN);
    assert_int_equal(note->attempt, 3);
    assert_int_equal(note->facts.claim, CLAIM_REJECTED);
    assert_string_equal(note->claim.rule, "policy");
    assert_string_equal(note->claim.reason, "agent's disk is full");
    assert_string_equal(note->meta, "{\"number\":7}");
}

static void test_an_attempt_has_one_slot(void **state)
{
    g_autoptr(RefusalNotes) notes = refusal_notes_new(path, NULL);
    g_autoptr(GPtrArray) found = NULL;

    (void)state;
    for (unsigned i = 0; i < 2 * SLOTS; i++) {
        assert_true(put(notes, 1, "first"));
        assert_true(put(notes, 1, "second"));
    }
    found = read_again();
    assert_int_equal(found->len, 1);
    /* What was told is not written over. */
    assert_string_equal(((const WorkerFolder *)found->pdata[0])->claim.reason, "first");
}

static void test_a_dropped_note_makes_room(void **state)
{
    g_autoptr(RefusalNotes) notes = refusal_notes_new(path, NULL);
    g_autoptr(GPtrArray) found = NULL;

    (void)state;
    for (int64_t attempt = 1; attempt <= SLOTS; attempt++)
        assert_true(put(notes, attempt, "no"));
    assert_false(put(notes, SLOTS + 1, "no"));
    refusal_notes_drop(notes, RUN, SLOTS + 1); /* it is not there: fine */
    refusal_notes_drop(notes, RUN, 5);
    assert_true(put(notes, SLOTS + 1, "no"));
    found = read_again();
    assert_int_equal(found->len, SLOTS);
    for (guint i = 0; i < found->len; i++)
        assert_int_not_equal(((const WorkerFolder *)found->pdata[i])->attempt, 5);
}

/* A slot that was written in part, or that the disk lost, is as if it were free; the others stand.
 */
static void test_damage(void **state)
{
    static const struct {
        const char *what;
        size_t at; /* in a slot */
        char byte;
    } rows[] = {
        { "of the sum", 0, 'x' },
        { "of the name", 65, '8' },
        { "of the length", 95, 'x' },
        { "of the claim", 130, 'x' },
        { "an end in the sum", 10, '\0' },
        { "an end after the sum", 64, '\0' },
        { "an end after the name", 92, '\0' },
        { "an end in the claim", 130, '\0' },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RefusalNotes) notes = refusal_notes_new(path, NULL);
        g_autoptr(GPtrArray) found = NULL;
        g_autoptr(GPtrArray) healed = NULL;
        g_autofree char *bytes = NULL;
        size_t length;

        print_message("  %s\n", rows[i].what);
        assert_true(put(notes, 1, "no"));
        assert_true(put(notes, 2, "no"));
        bytes = file_read(path, SLOTS * SLOT_BYTES, &length, NULL);
        assert_int_equal(length, SLOTS * SLOT_BYTES);
        for (size_t slot = 0; slot < SLOTS; slot++) {
            char *text = bytes + slot * SLOT_BYTES;

            if (strstr(text, RUN ".1\n"))
                text[rows[i].at] = rows[i].byte;
        }
        assert_true(file_write_atomic(path, bytes, length, 0600, NULL));
        found = read_again();
        assert_int_equal(found->len, 1);
        assert_int_equal(((const WorkerFolder *)found->pdata[0])->attempt, 2);

        /* Its place is to be had. */
        g_clear_pointer(&notes, refusal_notes_free);
        notes = refusal_notes_new(path, NULL);
        assert_true(put(notes, 1, "no"));
        healed = read_again();
        assert_int_equal(healed->len, 2);
    }
}

static void test_a_file_of_another_size_is_made_anew(void **state)
{
    static const size_t sizes[] = { 0, SLOT_BYTES, SLOTS * SLOT_BYTES - 1, SLOTS * SLOT_BYTES + 1 };
    g_autofree char *bytes = g_malloc0(SLOTS * SLOT_BYTES + 1);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GPtrArray) found = NULL;
        g_autoptr(RefusalNotes) notes = NULL;
        struct stat status;

        assert_true(file_write_atomic(path, bytes, sizes[i], 0600, NULL));
        notes = refusal_notes_new(path, NULL);
        assert_true(put(notes, 1, "no"));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_size, SLOTS * SLOT_BYTES);
        found = read_again();
        assert_int_equal(found->len, 1);
    }
}

/* There was no room for the file when the program started. */
static void test_without_its_file_nothing_is_noted(void **state)
{
    g_autofree char *nowhere = g_build_filename(folder, "none", "refusals", NULL);
    g_autoptr(RefusalNotes) notes = refusal_notes_new(nowhere, NULL);
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    (void)state;
    assert_false(put(notes, 1, "no"));
    assert_false(put(notes, 1, "no"));
    refusal_notes_drop(notes, RUN, 1);
    refusal_notes_list(notes, found);
    assert_int_equal(found->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_attempt_has_one_slot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_dropped_note_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_of_another_size_is_made_anew, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_without_its_file_nothing_is_noted, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("refusal_notes", tests, NULL, NULL);
}
