/* agent2.json: what is taken, what is refused, and in which words. */
#include "agent2/app/worker_config.h"

#include "agent2/app/skill_packs.h"
#include "agent2/app/task_account.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/sys/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define KEY   "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
#define KEY_2 "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9_AsrhtHHw"
#define REST                                                                                       \
    "\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://h\"},\"orchestrator_key\":\"" KEY "\","          \
    "\"state_dir\":\"state\",\"shim\":\"/bin/true\""
#define WITH(members) "{" REST "," members "}"

typedef struct Fixture {
    char *folder;
    char *path;
    GPtrArray *warnings;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->folder = g_strdup("/tmp/test-config-XXXXXX");
    assert_non_null(g_mkdtemp(fixture->folder));
    fixture->path = g_build_filename(fixture->folder, "agent2.json", NULL);
    fixture->warnings = g_ptr_array_new_with_free_func(g_free);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;

    file_remove_tree(fixture->folder, NULL);
    g_ptr_array_unref(fixture->warnings);
    g_free(fixture->path);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

static void write_file(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
}

static WorkerConfig *load(Fixture *fixture, const char *text, GError **error)
{
    write_file(fixture, "agent2.json", text);
    g_ptr_array_set_size(fixture->warnings, 0);
    return worker_config_load(fixture->path, fixture->warnings, error);
}

static WorkerConfig *must_load(Fixture *fixture, const char *text)
{
    g_autoptr(GError) error = NULL;
    WorkerConfig *config = load(fixture, text, &error);

    if (!config)
        fail_msg("%s", error->message);
    return config;
}

static void test_the_least(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerConfig) config = must_load(fixture, "{" REST "}");
    g_autofree char *state_dir = g_build_filename(fixture->folder, "state", NULL);

    assert_int_equal(fixture->warnings->len, 0);
    assert_string_equal(config->name, "web1");
    assert_string_equal(config->state_dir, state_dir);
    assert_int_equal(config->orchestrator_keys->len, 1);
    assert_true(config->is_sealed);
    assert_null(config->mqtt_password);
    assert_int_equal(config->max_parallel, 4);
    assert_int_equal(config->queue, QUEUE_MAX_PER_AGENT);
    assert_int_equal(skill_book_count(config->skills), 0);
    assert_null(config->work_hours);
    assert_int_equal(config->orders->max_output, 16 << 20);
    assert_int_equal(config->orders->uid, RUN_AS_NOBODY_ELSE);
    assert_int_equal(strlen(config->policy_hash), 64);
    assert_int_equal(config->launcher, LAUNCHER_SPAWN);
    assert_string_equal(config->shim_path, "/bin/true");
}

static void test_everything(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerConfig) config = NULL;

    write_file(fixture, "password", "secret\n");
    write_file(fixture, "ca.pem", "x");
    config = must_load(
        fixture,
        "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtts://h:1\",\"username\":\"u\","
        "\"password_file\":\"password\",\"ca_file\":\"ca.pem\",\"keep_alive\":\"20s\","
        "\"seal\":false},\"orchestrator_key\":[\"" KEY "\",\"" KEY_2 "\"],"
        "\"state_dir\":\"/tmp/s\",\"shell\":true,\"max_parallel\":2,\"queue\":7,"
        "\"work_hours\":{\"start\":\"07:00\",\"end\":\"23:00\",\"timezone\":\"Europe/Paris\"},"
        "\"install_path\":\"/opt/a\",\"service_name\":\"s\",\"git_branch\":\"main\","
        "\"environment\":[\"PATH\"],\"launcher\":\"unit\",\"run_as\":null,"
        "\"tasks\":{\"max_output\":\"1MiB\",\"kill_grace\":\"2s\",\"folder\":\"/\"},"
        "\"_comment\":\"fine\"}");
    assert_int_equal(fixture->warnings->len, 0);
    assert_string_equal(config->mqtt_password, "secret");
    assert_string_equal(config->mqtt_username, "u");
    assert_true(g_str_has_suffix(config->mqtt_ca_file, "/ca.pem"));
    assert_int_equal(config->mqtt_keep_alive_s, 20);
    assert_false(config->is_sealed);
    assert_int_equal(config->orchestrator_keys->len, 2);
    assert_string_equal(config->state_dir, "/tmp/s");
    assert_non_null(skill_book_find(config->skills, "shell"));
    assert_int_equal(config->work_hours->start_min, 7 * 60);
    assert_string_equal(config->zone_name, "Europe/Paris");
    assert_string_equal(config->install_path, "/opt/a");
    assert_int_equal(config->orders->max_output, 1 << 20);
    assert_int_equal(config->orders->kill_grace_ms, 2000);
    assert_string_equal(config->orders->folder, "/");
    assert_int_equal(config->launcher, LAUNCHER_UNIT);
}

static void test_refuses(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *message;
    } rows[] = {
        { "no JSON", "{", "line 1" },
        { "no object", "[]", "expected an object" },
        { "no name", "{\"mqtt\":{}}", "name" },
        { "a reserved name",
          "{\"name\":\"cli\",\"mqtt\":{\"url\":\"mqtt://h\"},"
          "\"orchestrator_key\":\"" KEY "\",\"state_dir\":\"s\"}",
          "name: \"cli\"" },
        { "a bad name", "{\"name\":\"a b\"}", "name: \"a b\"" },
        { "no broker", "{\"name\":\"web1\",\"state_dir\":\"s\",\"orchestrator_key\":\"" KEY "\"}",
          "mqtt" },
        { "a bad URL", "{\"name\":\"web1\",\"mqtt\":{\"url\":\"h:1883\"}}",
          "mqtt.url: \"h:1883\"" },
        { "a number for a name", "{\"name\":5}", "name: 5" },
        { "no key", "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://h\"},\"state_dir\":\"s\"}",
          "orchestrator_key" },
        { "a bad key",
          "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://h\"},\"state_dir\":\"s\","
          "\"orchestrator_key\":[\"" KEY "\",\"x\"]}",
          "orchestrator_key[1]" },
        { "a key of another kind",
          "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://h\"},\"state_dir\":\"s\","
          "\"orchestrator_key\":{}}",
          "orchestrator_key: expected a key" },
        { "a queue that is too long", WITH("\"queue\":101"), "queue: 101" },
        { "nothing at once", WITH("\"max_parallel\":0"), "max_parallel: 0" },
        { "bad work hours", WITH("\"work_hours\":{\"start\":\"7\",\"end\":\"8\"}"),
          "work_hours.start" },
        { "a bad zone",
          WITH("\"work_hours\":{\"start\":\"07:00\",\"end\":\"08:00\","
               "\"timezone\":\"Mars\"}"),
          "work_hours.timezone: \"Mars\"" },
        { "no such user", WITH("\"run_as\":\"nobody-of-that-name\""), "run_as" },
        { "no such folder of skills", WITH("\"skills_dir\":\"nowhere\""), "skills_dir" },
        { "a bad variable", WITH("\"environment\":[\"A=B\"]"), "environment[0]" },
        { "little output", WITH("\"tasks\":{\"max_output\":\"1KiB\"}"), "tasks.max_output" },
        { "output without unit", WITH("\"tasks\":{\"kill_grace\":\"5\"}"), "tasks.kill_grace" },
        { "an unknown launcher", WITH("\"launcher\":\"x\""), "launcher: \"x\"" },
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(WorkerConfig) config = load(fixture, rows[i].text, &error);

        if (config || !strstr(error->message, rows[i].message) ||
            !g_str_has_prefix(error->message, fixture->path))
            fail_msg("%s: %s", rows[i].what, error ? error->message : "was taken");
    }
}

/* The message is shown on a terminal and in chat. */
static void test_hostile(void **state)
{
    static const char *const rows[] = {
        WITH("\"work_hours\":{\"start\":\"07:00\",\"end\":\"08:00\",\"timezone\":\"\\u001b[2J\"}"),
        WITH("\"run_as\":\"\\u202e\""),
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(load(fixture, rows[i], &error));
        if (!text_is_harmless(error->message))
            fail_msg("%s: %s", rows[i], error->message);
    }
}

static void test_files_that_are_not_there(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_null(worker_config_load(fixture->path, fixture->warnings, &error));
    assert_non_null(strstr(error->message, "agent2.json"));
    g_clear_error(&error);
    assert_null(load(fixture,
                     "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtts://h\",\"ca_file\":\"no\"},"
                     "\"orchestrator_key\":\"" KEY "\",\"state_dir\":\"s\"}",
                     &error));
    assert_non_null(strstr(error->message, "mqtt.ca_file"));
    g_clear_error(&error);
    assert_null(load(fixture,
                     "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://h\"},\"shim\":\"no\","
                     "\"orchestrator_key\":\"" KEY "\",\"state_dir\":\"s\"}",
                     &error));
    assert_non_null(strstr(error->message, "shim"));
}

static void test_warns(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerConfig) config = must_load(fixture, WITH("\"shel\":true,\"_x\":1"));

    assert_int_equal(fixture->warnings->len, 1);
    assert_non_null(strstr(g_ptr_array_index(fixture->warnings, 0), "shel"));
    assert_true(g_str_has_prefix(g_ptr_array_index(fixture->warnings, 0), fixture->path));
}

/* ---- packs ---- */

#define PACK(name)                                                                                 \
    "{\"format\":1,\"pack\":\"p\",\"skills\":[{\"name\":\"" name "\",\"description\":\"x\","       \
    "\"risk\":\"low\",\"argv\":[\"true\"]}]}"

static void test_packs(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(SkillBook) book = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *list = NULL;

    write_file(fixture, "b.json", PACK("second"));
    write_file(fixture, "a.json", PACK("first"));
    write_file(fixture, "c.json.old", "{");
    write_file(fixture, ".d.json", "{");
    book = skill_packs_load(fixture->folder, true, fixture->warnings, &error);
    if (!book)
        fail_msg("%s", error->message);
    list = skill_book_list(book);
    assert_string_equal(list, "first, second, shell");

    write_file(fixture, "c.json", PACK("first"));
    assert_null(skill_packs_load(fixture->folder, true, fixture->warnings, &error));
    assert_non_null(strstr(error->message, "c.json: skills[0].name: \"first\" is taken"));
    g_clear_error(&error);
    write_file(fixture, "c.json", "{");
    assert_null(skill_packs_load(fixture->folder, true, fixture->warnings, &error));
    assert_non_null(strstr(error->message, "c.json: line 1"));
}

static void test_the_hash_follows_packs_and_file(void **state)
{
    static const char text[] = WITH("\"skills_dir\":\"skills\"");
    static const char other[] = WITH("\"skills_dir\":\"skills\",\"queue\":5");
    Fixture *fixture = *state;
    g_autofree char *skills = g_build_filename(fixture->folder, "skills", NULL);
    g_autoptr(WorkerConfig) first = NULL;
    g_autoptr(WorkerConfig) same = NULL;
    g_autoptr(WorkerConfig) pack = NULL;
    g_autoptr(WorkerConfig) file = NULL;

    assert_true(file_make_folder(skills, 0700, NULL));
    write_file(fixture, "skills/a.json", PACK("first"));
    first = must_load(fixture, text);
    same = must_load(fixture, text);
    assert_string_equal(first->policy_hash, same->policy_hash);
    write_file(fixture, "skills/a.json", PACK("other"));
    pack = must_load(fixture, text);
    assert_string_not_equal(first->policy_hash, pack->policy_hash);
    file = must_load(fixture, other);
    assert_string_not_equal(pack->policy_hash, file->policy_hash);
}

/* ---- reload ---- */

static void test_what_only_a_restart_changes(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(WorkerConfig) running = must_load(fixture, "{" REST "}");
    g_autoptr(WorkerConfig) queue = must_load(fixture, WITH("\"queue\":5,\"shell\":true"));
    g_autoptr(WorkerConfig) launcher = must_load(fixture, WITH("\"launcher\":\"unit\""));
    g_autoptr(WorkerConfig) broker = must_load(
        fixture, "{\"name\":\"web1\",\"mqtt\":{\"url\":\"mqtt://other\"},\"shim\":\"/bin/true\","
                 "\"orchestrator_key\":\"" KEY_2 "\",\"state_dir\":\"state\"}");

    assert_null(worker_config_fixed_member(running, queue));
    assert_string_equal(worker_config_fixed_member(running, broker), "mqtt.url");
    assert_non_null(worker_config_fixed_member(running, launcher));
}

/* ---- accounts ---- */

static bool has_variable(const JournalOrders *orders, const char *start)
{
    for (unsigned i = 0; orders->environment[i]; i++) {
        if (g_str_has_prefix(orders->environment[i], start))
            return true;
    }
    return false;
}

static void test_its_own_account(void **state)
{
    g_autoptr(JournalOrders) orders = journal_orders_new();
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_true(task_account_fill(orders, NULL, NULL, &error));
    assert_int_equal(orders->uid, RUN_AS_NOBODY_ELSE);
    assert_true(g_path_is_absolute(orders->folder));
    assert_true(has_variable(orders, "PATH="));
    assert_false(has_variable(orders, "ASAN_OPTIONS="));
    assert_false(has_variable(orders, "SUDO_"));
}

static void test_another_account(void **state)
{
    g_autoptr(JournalOrders) orders = journal_orders_new();
    g_autoptr(GError) error = NULL;

    (void)state;
    if (geteuid() != 0) {
        assert_false(task_account_fill(orders, "daemon", NULL, &error));
        assert_non_null(strstr(error->message, "only root"));
        return;
    }
    assert_true(task_account_fill(orders, "daemon", NULL, &error));
    assert_true(orders->uid > 0);
    assert_true(orders->gid > 0);
    assert_true(orders->group_count >= 1);
    assert_true(has_variable(orders, "USER=daemon"));
    assert_true(has_variable(orders, "HOME=/"));
}

static void test_chosen_variables(void **state)
{
    g_autoptr(JournalOrders) orders = journal_orders_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    (void)state;
    g_ptr_array_add(names, (char[]){ "NO_SUCH_VARIABLE" });
    g_ptr_array_add(names, (char[]){ "HOME" });
    assert_true(task_account_fill(orders, NULL, names, NULL));
    assert_false(has_variable(orders, "PATH="));
    assert_false(has_variable(orders, "NO_SUCH_VARIABLE"));
    assert_true(task_account_variable_is_valid("_A1"));
    assert_false(task_account_variable_is_valid("1A"));
    assert_false(task_account_variable_is_valid(""));
    assert_false(task_account_variable_is_valid("A=B"));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_the_least),
        TEST(test_everything),
        TEST(test_refuses),
        TEST(test_hostile),
        TEST(test_files_that_are_not_there),
        TEST(test_warns),
        TEST(test_packs),
        TEST(test_the_hash_follows_packs_and_file),
        TEST(test_what_only_a_restart_changes),
        TEST(test_its_own_account),
        TEST(test_another_account),
        TEST(test_chosen_variables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
