/* Which task it is, of bytes that nobody decodes. */
#include "common/wire/task_mark.h"

#include "common/wire/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define ID      "01J0000000000000000000000A"
#define RUN     "01J0000000000000000000000B"
#define JOURNAL "01J0000000000000000000000C"

static const struct {
    const char *what;
    const char *body;
    bool is_found;
    int64_t attempt;
    int64_t expires_ms;
} rows[] = {
    { "all of it",
      "{\"type\":\"task\",\"id\":\"" ID "\",\"run\":\"" RUN "\",\"number\":7,\"attempt\":2,"
      "\"journal\":\"" JOURNAL "\",\"expires\":\"1970-01-01T00:00:02.000Z\"}",
      true, 2, 2000 },
    { "in another order, with blanks, damaged behind",
      "{ \"attempt\" : 3,\n\"journal\": \"" JOURNAL "\", \"run\": \"" RUN "\", \"number\": 7, "
      "\"id\": \"" ID "\", \"type\": \"task\", \"task\": \"\\ud8",
      true, 3, 0 },
    { "a text that looks like members",
      "{\"type\":\"task\",\"task\":\"\\\"attempt\\\":9,\\\"run\\\":\\\"x\\\"\",\"id\":\"" ID
      "\",\"run\":\"" RUN "\",\"number\":7,\"attempt\":1,\"journal\":\"" JOURNAL "\"}",
      true, 1, 0 },
    { "a value that is a name",
      "{\"type\":\"task\",\"requested_by\":\"run\",\"id\":\"" ID "\",\"run\":\"" RUN
      "\",\"number\":7,\"attempt\":1,\"journal\":\"" JOURNAL "\"}",
      true, 1, 0 },
    { "another kind", "{\"type\":\"control\",\"id\":\"" ID "\",\"run\":\"" RUN "\",\"attempt\":1}",
      false, 0, 0 },
    { "no run", "{\"type\":\"task\",\"id\":\"" ID "\",\"attempt\":1}", false, 0, 0 },
    { "no ULID", "{\"type\":\"task\",\"id\":\"" ID "\",\"run\":\"../../x\",\"attempt\":1}", false,
      0, 0 },
    { "no attempt", "{\"type\":\"task\",\"id\":\"" ID "\",\"run\":\"" RUN "\",\"attempt\":0}",
      false, 0, 0 },
    { "cut off", "{\"type\":\"task\",\"id\":\"" ID "\",\"run\":\"", false, 0, 0 },
    { "cut off at the name", "{\"type\":\"task\",\"id\"", false, 0, 0 },
    { "cut off at the colon", "{\"type\":", false, 0, 0 },
    { "nothing", "", false, 0, 0 },
};

static void what_is_found(void **state)
{
    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* Exactly so long, for the sanitizer. */
        size_t length = strlen(rows[i].body);
        g_autofree char *body = memcpy(g_malloc(length + (length == 0)), rows[i].body, length);
        g_auto(TaskMark) mark = { 0 };

        print_message("%s\n", rows[i].what);
        assert_int_equal(task_mark_find(body, length, &mark), rows[i].is_found);
        if (!rows[i].is_found) {
            assert_null(mark.run);
            continue;
        }
        assert_string_equal(mark.request, ID);
        assert_string_equal(mark.run, RUN);
        assert_string_equal(mark.journal, JOURNAL);
        assert_int_equal(mark.number, 7);
        assert_int_equal(mark.attempt, rows[i].attempt);
        assert_int_equal(mark.expires_ms, rows[i].expires_ms);
    }
}

/* As agent1 writes it. */
static void a_task_of_ours(void **state)
{
    g_autoptr(Message) task = message_new(MESSAGE_TASK, ID, "agent1", 1000);
    g_auto(TaskMark) mark = { 0 };
    g_autofree char *body = NULL;
    g_autofree char *stable = NULL;
    size_t length;

    (void)state;
    task->journal = g_strdup(JOURNAL);
    task->task.run = g_strdup(RUN);
    task->task.number = 12;
    task->task.attempt = 4;
    task->task.expires_ms = 5000;
    task->task.task = g_strdup("echo '\"run\":\"" ID "\"'");
    body = message_print(task);
    stable = message_without_time(body, strlen(body), &length);
    assert_true(task_mark_find(stable, length, &mark));
    assert_string_equal(mark.run, RUN);
    assert_int_equal(mark.number, 12);
    assert_int_equal(mark.attempt, 4);
    assert_int_equal(mark.expires_ms, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found),
        cmocka_unit_test(a_task_of_ours),
    };

    return cmocka_run_group_tests_name("task_mark", tests, NULL, NULL);
}
