/* agentctl audit verify: what an answer says, what speaks against it, and the file of heads. */
#include "agent1/cli/audit.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "common/sys/file.h"

#include "common/base/banned.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void test_answers(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        int64_t rows;
        const char *head;
        const char *row_hash;
        const char *against; /* with row 5 = A saved; NULL: nothing */
    } rows[] = {
        { "nothing", "", -1, "", "", NULL },
        { "a refusal", "!audit: refused (role): no", -1, "", "", NULL },
        { "broken", "The audit is BROKEN: row 4 is missing. The 3 rows before it are sound.", -1,
          "", "", NULL },
        { "no number", "The audit is sound: many rows, head " HASH_B, -1, "", "", NULL },
        { "a head that is too short", "The audit is sound: 9 rows, head bb", -1, "", "", NULL },
        { "one row", "The audit is sound: 1 row, head " HASH_B, 1, HASH_B, "",
          "rows are missing: there are 1 now" },
        { "sound and the same", "The audit is sound: 9 rows, head " HASH_B "\nrow 5: " HASH_A, 9,
          HASH_B, HASH_A, NULL },
        { "sound and another", "The audit is sound: 9 rows, head " HASH_A "\nrow 5: " HASH_B, 9,
          HASH_A, HASH_B, "the hash of row 5 was " HASH_A ", and is " HASH_B " now" },
        { "a row not told", "The audit is sound: 9 rows, head " HASH_B, 9, HASH_B, "",
          "and is not told now" },
        { "fewer rows", "The audit is sound: 4 rows, head " HASH_B "\nrow 5: there is no such row",
          4, HASH_B, "", "rows are missing: there are 4 now, and row 5 was seen here" },
        { "in French", "L'audit est intact : 9 lignes, tête " HASH_B "\nligne 5 : " HASH_A, 9,
          HASH_B, HASH_A, NULL },
        { "none at all", "The audit is sound: 0 rows, head " HASH_B, 0, HASH_B, "",
          "rows are missing: there are 0 now" },
    };
    static const SavedHead saved = { .row = 5, .hash = HASH_A };
    static const SavedHead none = { 0 };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AuditAnswer answer;
        g_autofree char *against = NULL;

        print_message("  %s\n", rows[i].what);
        audit_answer_read(rows[i].text, &answer);
        assert_int_equal(answer.rows, rows[i].rows);
        assert_string_equal(answer.head, rows[i].head);
        assert_string_equal(answer.row_hash, rows[i].row_hash);
        against = audit_answer_judge(&answer, &saved);
        if (rows[i].against)
            assert_non_null(strstr(against, rows[i].against));
        else
            assert_null(against);
        assert_null(audit_answer_judge(&answer, &none));
    }
}

static Key key_of(uint8_t byte)
{
    Key key;

    memset(&key, byte, sizeof(key));
    return key;
}

static void test_file(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("test-audit-XXXXXX", NULL);
    g_autofree char *config = g_build_filename(folder, "agentctl.json", NULL);
    g_autofree char *path = audit_heads_path(config);
    const SavedHead first = { .row = 5, .hash = HASH_A, .saved_ms = 1700000000123 };
    const SavedHead second = { .row = 7, .hash = HASH_B, .saved_ms = 1700000000999 };
    const Key one = key_of(1);
    const Key other = key_of(2);
    struct stat info;
    SavedHead head = { .row = 99 };

    (void)state;

    assert_true(audit_heads_load(path, &one, &head, NULL));
    assert_int_equal(head.row, 0);
    assert_true(audit_heads_save(path, &one, &first, NULL));
    assert_true(audit_heads_save(path, &other, &first, NULL));
    assert_true(audit_heads_save(path, &one, &second, NULL));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(audit_heads_load(path, &one, &head, NULL));
    assert_int_equal(head.row, 7);
    assert_string_equal(head.hash, HASH_B);
    assert_int_equal(head.saved_ms, 1700000000999);
    assert_true(audit_heads_load(path, &other, &head, NULL));
    assert_int_equal(head.row, 5);
    assert_true(file_remove_tree(folder, NULL));
}

/* What somebody else wrote there is not taken for a head, and not written over. */
static void test_wrong_files(void **state)
{
    static const struct {
        const char *what;
        const char *value; /* of the key; NULL: the whole file is no object */
        const char *mentions;
    } rows[] = {
        { "no object", NULL, "expected an object" },
        { "no head", "7", "expected a row, a hash and a time" },
        { "no row", "{\"row\":0,\"hash\":\"" HASH_A "\",\"saved_ms\":1}", "expected a row" },
        { "a hash in capitals",
          "{\"row\":1,\"saved_ms\":1,\"hash\":"
          "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
          "expected a row" },
        { "no time", "{\"row\":1,\"hash\":\"" HASH_A "\"}", "expected a row" },
    };
    g_autofree char *folder = g_dir_make_tmp("test-audit-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "audit_heads.json", NULL);
    const Key one = key_of(1);
    g_autofree char *name = key_print(&one);

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            rows[i].value ? g_strdup_printf("{\"%s\":%s}", name, rows[i].value) : g_strdup("[]");
        g_autoptr(GError) error = NULL;
        SavedHead head;

        print_message("  %s\n", rows[i].what);
        assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
        assert_false(audit_heads_load(path, &one, &head, &error));
        assert_non_null(strstr(error->message, path));
        assert_non_null(strstr(error->message, rows[i].mentions));
    }
    assert_true(file_remove_tree(folder, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_wrong_files),
    };

    return cmocka_run_group_tests_name("cli-audit", tests, NULL, NULL);
}
