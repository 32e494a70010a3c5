/* Secrets by place, file, environment and credential; and the long-term key. */
#include "common/sys/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

static char *folder;

static void write_file(const char *name, const char *content, size_t length, mode_t mode)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    assert_true(file_write_atomic(path, content, length, mode, NULL));
}

static const struct {
    const char *what;
    const char *in_place;
    const char *file;
    const char *environment;
    const char *expected; /* NULL: an error, unless code is -1 */
    int code;
    const char *message;
} read_rows[] = {
    { "none", NULL, NULL, NULL, NULL, -1, NULL },
    { "none, as empty texts", "", "", "", NULL, -1, NULL },
    { "in place", "abc", NULL, NULL, "abc", 0, NULL },
    { "file", NULL, "plain", NULL, "from file", 0, NULL },
    { "file, only the last newline is cut", NULL, "lines", NULL, "a\nb\n", 0, NULL },
    { "file, edited elsewhere", NULL, "crlf", NULL, "word", 0, NULL },
    { "file, credential first", NULL, "both", NULL, "credential", 0, NULL },
    { "file, absent", NULL, "absent", NULL, NULL, PROBLEM_MISSING, "mqtt.password_file: /*" },
    { "file, empty", NULL, "empty", NULL, NULL, PROBLEM_VALUE, "*: is empty" },
    { "file, only a newline", NULL, "newline", NULL, NULL, PROBLEM_VALUE, "*: is empty" },
    { "file, NUL inside", NULL, "nul", NULL, NULL, PROBLEM_VALUE, "*: contains a NUL byte" },
    { "file, too long", NULL, "long", NULL, NULL, PROBLEM_LIMIT, "*4096*" },
    { "environment", NULL, NULL, "TEST_SECRET", "from env", 0, NULL },
    { "environment, unset", NULL, NULL, "TEST_NO_SECRET", NULL, PROBLEM_MISSING,
      "mqtt.password_env: the variable TEST_NO_SECRET is not set" },
    { "two of them", "a", "plain", NULL, NULL, PROBLEM_VALUE, "mqtt.password: expected only *" },
    { "two others", NULL, "plain", "TEST_SECRET", NULL, PROBLEM_VALUE, "*expected only one*" },
};

static void test_read(void **state)
{
    g_autofree char *credentials = g_build_filename(folder, "credentials", NULL);
    g_autofree char *long_text = g_strnfill(5000, 'x');

    (void)state;

    g_setenv("CREDENTIALS_DIRECTORY", credentials, TRUE);
    g_setenv("TEST_SECRET", "from env", TRUE);
    assert_true(file_make_folder(credentials, 0700, NULL));
    write_file("plain", "from file\n", 10, 0600);
    write_file("lines", "a\nb\n\n", 5, 0600);
    write_file("crlf", "word\r\n", 6, 0600);
    write_file("both", "beside the configuration\n", 25, 0600);
    write_file("credentials/both", "credential", 10, 0600);
    write_file("empty", "", 0, 0600);
    write_file("newline", "\n", 1, 0600);
    write_file("nul", "a\0b", 3, 0600);
    write_file("long", long_text, 5000, 0600);

    for (size_t i = 0; i < G_N_ELEMENTS(read_rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *secret = NULL;

        print_message("  %s\n", read_rows[i].what);
        secret = secret_read("mqtt.password", read_rows[i].in_place, read_rows[i].file,
                             read_rows[i].environment, folder, &error);
        if (read_rows[i].expected) {
            assert_non_null(secret);
            assert_string_equal(secret, read_rows[i].expected);
            assert_null(error);
            continue;
        }
        assert_null(secret);
        if (read_rows[i].code == -1) {
            assert_null(error);
            continue;
        }
        assert_non_null(error);
        assert_int_equal(error->code, read_rows[i].code);
        if (!g_pattern_match_simple(read_rows[i].message, error->message))
            fail_msg("expected %s, found %s", read_rows[i].message, error->message);
    }
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_read_absolute(void **state)
{
    g_autofree char *path = g_build_filename(folder, "absolute", NULL);
    g_autofree char *secret = NULL;

    (void)state;

    write_file("absolute", "s3cret", 6, 0600);
    secret = secret_read("x", NULL, path, NULL, "/nowhere", NULL);
    assert_string_equal(secret, "s3cret");
}

static void test_key_is_made_once(void **state)
{
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    Key first = { { 0 } };
    Key second = { { 0 } };
    Key none = { { 0 } };
    struct stat status;

    (void)state;

    assert_true(secret_key_load(path, &first, &error));
    assert_memory_not_equal(&first, &none, sizeof(Key));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    text = file_read(path, 1000, NULL, NULL);
    assert_true(g_str_has_prefix(text, "x25519-secret:"));
    assert_int_equal(strlen(text), strlen("x25519-secret:") + 43 + 1);

    assert_true(secret_key_load(path, &second, &error));
    assert_memory_equal(&first, &second, sizeof(Key));
}

static void test_key_known(void **state)
{
    g_autofree char *path = g_build_filename(folder, "known", NULL);
    static const char text[] = "x25519-secret:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
    Key key;

    (void)state;

    /* Without the final newline, as somebody's editor may leave it. */
    write_file("known", text, strlen(text), 0400);
    assert_true(secret_key_load(path, &key, NULL));
    for (uint8_t i = 0; i < KEY_BYTES; i++)
        assert_int_equal(key.bytes[i], i + 1);
}

static void test_key_refuses(void **state)
{
#define GOOD "x25519-secret:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"
    static const struct {
        const char *what;
        const char *content;
        mode_t mode;
        Problem code;
        const char *message;
    } rows[] = {
        { "readable by the group", GOOD "\n", 0640, PROBLEM_REFUSED, "*(mode 0640): chmod 600 /*" },
        { "readable by all", GOOD "\n", 0604, PROBLEM_REFUSED, "*(mode 0604): chmod 600 /*" },
        { "writable by the group", GOOD "\n", 0620, PROBLEM_REFUSED, "*chmod 600 /*" },
        { "empty", "", 0600, PROBLEM_SYNTAX, "*not a secret key*" },
        { "a public key", "x25519:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n", 0600,
          PROBLEM_SYNTAX, "*not a secret key*" },
        { "one character short", "x25519-secret:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHy\n", 0600,
          PROBLEM_SYNTAX, "*43 characters*" },
        { "one more", GOOD "A\n", 0600, PROBLEM_SYNTAX, "*not a secret key*" },
        { "padded", GOOD "=\n", 0600, PROBLEM_SYNTAX, "*not a secret key*" },
        { "not canonical", "x25519-secret:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB\n", 0600,
          PROBLEM_SYNTAX, "*not a secret key*" },
        { "the other alphabet", "x25519-secret:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH+A\n", 0600,
          PROBLEM_SYNTAX, "*not a secret key*" },
        { "a second line", GOOD "\nmore\n", 0600, PROBLEM_SYNTAX, "*not a secret key*" },
    };
    g_autofree char *path = g_build_filename(folder, "refused", NULL);

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        Key key = { { 7 } };

        print_message("  %s\n", rows[i].what);
        write_file("refused", rows[i].content, strlen(rows[i].content), rows[i].mode);
        assert_false(secret_key_load(path, &key, &error));
        assert_int_equal(key.bytes[0], 7);
        assert_non_null(error);
        assert_int_equal(error->code, rows[i].code);
        assert_true(g_str_has_prefix(error->message, path));
        if (!g_pattern_match_simple(rows[i].message, error->message))
            fail_msg("expected %s, found %s", rows[i].message, error->message);
        assert_null(strstr(error->message, "AQID"));
    }
}

static void test_key_without_a_folder(void **state)
{
    g_autofree char *path = g_build_filename(folder, "absent/key", NULL);
    g_autoptr(GError) error = NULL;
    Key key;

    (void)state;

    assert_false(secret_key_load(path, &key, &error));
    assert_int_equal(error->code, PROBLEM_IO);
}

static int make_test_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("test-secret-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_test_folder(void **state)
{
    bool is_gone = file_remove_tree(folder, NULL);

    (void)state;
    g_clear_pointer(&folder, g_free);
    return is_gone ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_absolute),
        cmocka_unit_test(test_key_is_made_once),
        cmocka_unit_test(test_key_known),
        cmocka_unit_test(test_key_refuses),
        cmocka_unit_test(test_key_without_a_folder),
    };

    return cmocka_run_group_tests_name("secret", tests, make_test_folder, remove_test_folder);
}
