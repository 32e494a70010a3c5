/* agentctl.json: what is taken, and what a person is told about the rest. */
#include "agent1/cli/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define GOOD_KEY "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
#define GOOD_URL "mqtt://127.0.0.1:1883"

static char *folder;

static char *write_config(const char *text)
{
    char *path = g_build_filename(folder, "agentctl.json", NULL);

    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    return path;
}

static void test_good(void **state)
{
    g_autofree char *path =
        write_config("{\"_\": \"a comment\", \"mqtt\": {\"url\": \"" GOOD_URL "\","
                     " \"username\": \"me\", \"password_file\": \"password\","
                     " \"ca_file\": \"/etc/ca.pem\", \"cert_file\": \"\"},"
                     " \"orchestrator_key\": \"" GOOD_KEY "\", \"key_file\": \"my/key\"}");
    g_autofree char *password_path = g_build_filename(folder, "password", NULL);
    g_autofree char *key_path = g_build_filename(folder, "my/key", NULL);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CliConfig) config = NULL;
    g_autofree char *key = NULL;

    (void)state;

    assert_true(file_write_atomic(password_path, "secret\n", 7, 0600, NULL));
    config = cli_config_load(path, warnings, NULL);
    assert_non_null(config);
    assert_int_equal(warnings->len, 0);
    assert_string_equal(config->url, GOOD_URL);
    assert_string_equal(config->username, "me");
    assert_string_equal(config->password, "secret");
    assert_string_equal(config->ca_file, "/etc/ca.pem");
    assert_null(config->cert_file);
    assert_null(config->client_key_file);
    assert_string_equal(config->key_path, key_path);
    key = key_print(&config->orchestrator);
    assert_string_equal(key, GOOD_KEY);
}

static void test_defaults_and_warnings(void **state)
{
    g_autofree char *path =
        write_config("{\"mqtt\": {\"url\": \"" GOOD_URL "\", \"usrname\": \"x\"},"
                     " \"orchestrator_key\": \"" GOOD_KEY "\"}");
    g_autofree char *key_path = g_build_filename(folder, "key", NULL);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CliConfig) config = cli_config_load(path, warnings, NULL);

    (void)state;

    assert_non_null(config);
    assert_null(config->username);
    assert_null(config->password);
    assert_string_equal(config->key_path, key_path);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(g_ptr_array_index(warnings, 0), "username"));
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *mentions[3];
    } rows[] = {
        { "no JSON", "{\"mqtt\": {\n  \"url\": }}", { "line 2" } },
        { "no object", "[]", { "object" } },
        { "no broker", "{\"orchestrator_key\": \"" GOOD_KEY "\"}", { "mqtt" } },
        { "no URL", "{\"mqtt\": {}, \"orchestrator_key\": \"" GOOD_KEY "\"}", { "mqtt.url" } },
        { "bad URL",
          "{\"mqtt\": {\"url\": \"http://x\"}, \"orchestrator_key\": \"" GOOD_KEY "\"}",
          { "mqtt.url", "\"http://x\"", "expected mqtt://host[:port]" } },
        { "wrong type",
          "{\"mqtt\": {\"url\": 1}, \"orchestrator_key\": \"" GOOD_KEY "\"}",
          { "mqtt.url", "1" } },
        { "no key", "{\"mqtt\": {\"url\": \"" GOOD_URL "\"}}", { "orchestrator_key" } },
        { "bad key",
          "{\"mqtt\": {\"url\": \"" GOOD_URL "\"}, \"orchestrator_key\": \"x25519:short\"}",
          { "orchestrator_key", "\"x25519:short\"", "agent1 --show-key" } },
        { "absent password file",
          "{\"mqtt\": {\"url\": \"" GOOD_URL "\", \"password_file\": \"none\"},"
          " \"orchestrator_key\": \"" GOOD_KEY "\"}",
          { "mqtt.password_file", "none" } },
        { "two passwords",
          "{\"mqtt\": {\"url\": \"" GOOD_URL "\", \"password_file\": \"a\", \"password\": \"b\"},"
          " \"orchestrator_key\": \"" GOOD_KEY "\"}",
          { "mqtt.password" } },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = write_config(rows[i].text);
        g_autoptr(GError) error = NULL;

        print_message("  %s\n", rows[i].what);
        assert_null(cli_config_load(path, NULL, &error));
        assert_non_null(error);
        assert_true(g_str_has_prefix(error->message, path));
        for (size_t j = 0; j < G_N_ELEMENTS(rows[i].mentions) && rows[i].mentions[j]; j++) {
            if (!strstr(error->message, rows[i].mentions[j]))
                fail_msg("\"%s\" lacks \"%s\"", error->message, rows[i].mentions[j]);
        }
    }
}

static void test_absent(void **state)
{
    g_autofree char *path = g_build_filename(folder, "absent.json", NULL);
    g_autoptr(GError) error = NULL;

    (void)state;

    assert_null(cli_config_load(path, NULL, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_MISSING));
}

static void test_find_key(void **state)
{
    static const struct {
        const char *what;
        const char *text; /* NULL: no file */
        const char *key;  /* below the folder; NULL: refused */
    } rows[] = {
        { "no file", NULL, "key" },
        { "nothing in it", "{}", "key" },
        { "named, and the rest is wrong", "{\"mqtt\": 1, \"key_file\": \"k\"}", "k" },
        { "wrong type", "{\"key_file\": 1}", NULL },
        { "no JSON", "{", NULL },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = rows[i].text ? write_config(rows[i].text)
                                             : g_build_filename(folder, "absent.json", NULL);
        g_autofree char *found = cli_config_find_key(path, NULL);
        g_autofree char *expected =
            rows[i].key ? g_build_filename(folder, rows[i].key, NULL) : NULL;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(g_strcmp0(found, expected), 0);
    }
}

static void test_load_key(void **state)
{
    g_autofree char *path = g_build_filename(folder, "new/folder/key", NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    struct stat status;
    Key first;
    Key second;

    (void)state;

    assert_true(cli_config_load_key(path, &first, NULL));
    assert_true(cli_config_load_key(path, &second, NULL));
    assert_true(key_equal(&first, &second));
    assert_int_equal(stat(parent, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("test-config-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    bool is_gone = file_remove_tree(folder, NULL);

    (void)state;
    g_clear_pointer(&folder, g_free);
    return is_gone ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),     cmocka_unit_test(test_defaults_and_warnings),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_absent),
        cmocka_unit_test(test_find_key), cmocka_unit_test(test_load_key),
    };

    return cmocka_run_group_tests_name("cli-config", tests, make_folder, remove_folder);
}
