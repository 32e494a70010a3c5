/* Entries of people's files: what an edit changes, and that it changes nothing else. */
#include "agent1/edge/file_entries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define TASKS      "tasks_schedule.json"
#define AGENTS     "agents_registry.json"
#define A          "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\",\"_\":\"mine\"}"
#define NAMING(id) "{\"id\":\"" id "\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\"}"
#define NAMELESS   "{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\"}"

static const struct {
    const char *file;
    const char *before;
    const char *name;
    const char *members;
    bool is_fill;
    const char *after; /* NULL: unchanged; else the file, or the complaint */
} rows[] = {
    { TASKS, "{}", "a", A, false, "{\"tasks\":[" A "]}" },
    { TASKS, "{\"_\":1,\"tasks\":[" A "]}", "b", "{\"id\":\"b\"}", false,
      "{\"_\":1,\"tasks\":[" A ",{\"id\":\"b\"}]}" },
    { TASKS, "{\"tasks\":[" A "]}", "a", "{\"cron\":\"daily 03:00\"}", false,
      "{\"tasks\":[{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily "
      "03:00\",\"_\":\"mine\"}]}" },
    { TASKS, "{\"tasks\":[{\"id\":\"b\"}," A ",{\"id\":\"c\"}]}", "a", "null", false,
      "{\"tasks\":[{\"id\":\"b\"},{\"id\":\"c\"}]}" },
    { TASKS, "{\"tasks\":[{\"id\":\"b\"}]}", "a", "null", false, NULL },
    /* Naming the nameless: once, and only what still says the same. */
    { TASKS, "{\"tasks\":[" NAMELESS "," NAMELESS "]}", NULL, "[" NAMING("n") "]", true,
      "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\",\"id\":\"n\"}"
      "," NAMELESS "]}" },
    { TASKS, "{\"tasks\":[{\"id\":\"n\"}," NAMELESS "]}", NULL, "[" NAMING("n") "]", true, NULL },
    { TASKS, "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"y\",\"cron\":\"hourly\"}]}", NULL,
      "[" NAMING("n") "]", true, NULL },
    { TASKS, "{\"tasks\":[7," NAMELESS "]}", NULL, "[" NAMING("n") "]", true,
      "{\"tasks\":[7,{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\",\"id\":\"n\"}]}" },
    /* Those that say the same, in the order of the file. */
    { TASKS, "{\"tasks\":[" NAMELESS "," NAMELESS "]}", NULL, "[" NAMING("n") "," NAMING("n-2") "]",
      true,
      "{\"tasks\":[{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\",\"id\":\"n\"},"
      "{\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"hourly\",\"id\":\"n-2\"}]}" },
    { TASKS, "{\"tasks\":{}}", "a", A, false, "tasks is no array" },
    { TASKS, "[]", "a", A, false, "it is no object" },
    { AGENTS, "{}", "web1", "{\"accepted\":true}", false,
      "{\"agents\":{\"web1\":{\"accepted\":true}}}" },
    { AGENTS, "{\"agents\":{\"web1\":{\"accepted\":false}}}", "web1", "{\"accepted\":true}", true,
      NULL },
    { AGENTS, "{\"agents\":{\"web1\":1}}", "web1", "{\"accepted\":true}", false,
      "agents.web1 is no object" },
    { "reports_schedule.json", "{\"a\":1}", NULL, "{\"daily_report_time\":\"22:30\"}", false,
      "{\"a\":1,\"daily_report_time\":\"22:30\"}" },
};

static void test_edits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) root = json_parse(rows[i].before, strlen(rows[i].before), 10000, NULL);
        const EffectEditFile edit = { .file = (char *)(uintptr_t)rows[i].file,
                                      .name = (char *)(uintptr_t)rows[i].name,
                                      .members = (char *)(uintptr_t)rows[i].members,
                                      .is_fill = rows[i].is_fill };
        g_autoptr(GError) error = NULL;
        bool is_changed = file_entries_change(root, &edit, &error);
        g_autofree char *after = json_print(root);
        const char *wanted = rows[i].after ? rows[i].after : rows[i].before;

        if (strcmp(error ? error->message : after, wanted) != 0)
            fail_msg("%u: %s", i, error ? error->message : after);
        assert_int_equal(is_changed, rows[i].after && !error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_edits) };

    return cmocka_run_group_tests_name("file_entries", tests, NULL, NULL);
}
