#include "agent2/flow/worker_resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const char pack[] =
    "{\"format\":1,\"pack\":\"try\",\"skills\":["
    "{\"name\":\"say\",\"description\":\"x\",\"risk\":\"low\",\"timeout\":\"30s\",\"params\":["
    "{\"name\":\"word\",\"type\":\"name\",\"required\":true},"
    "{\"name\":\"times\",\"type\":\"int\"},"
    "{\"name\":\"loud\",\"type\":\"bool\"}],"
    "\"environment\":{\"A\":\"1\"},"
    "\"argv\":[\"echo\",\"{word}\",[\"{times}\"],[\"{loud}\"]]}]}";

static SkillBook *new_book(bool has_shell)
{
    SkillBook *book = skill_book_new();
    g_autoptr(Json) json = json_parse(pack, strlen(pack), 10000, NULL);

    assert_true(skill_book_add_pack(book, json, NULL, NULL));
    if (has_shell)
        skill_book_add_shell(book);
    return book;
}

typedef struct Row {
    const char *what;
    bool has_shell;
    const char *task;
    const char *skill;
    const char *args;
    int64_t timeout_s;
    const char *expected; /* argv with bars, or the reason */
    int64_t timeout_ms;   /* 0: refused */
} Row;

static const Row rows[] = {
    { "a skill", true, "say hi", NULL, NULL, 60, "echo|hi", 30000 },
    { "a shorter time than the skill's", true, "say hi", NULL, NULL, 5, "echo|hi", 5000 },
    { "a skill in parentheses", false, "  say(hi, times=2)\n", NULL, NULL, 60, "echo|hi|2", 30000 },
    { "a skill by args", true, NULL, "say", "{\"word\":\"hi\",\"times\":3,\"loud\":true}", 60,
      "echo|hi|3|true", 30000 },
    { "free text", true, "ps aux | grep x", NULL, NULL, 60, "/bin/sh|-c|--|ps aux | grep x",
      60000 },
    { "blanks before free text", true, "  uptime", NULL, NULL, 60, "/bin/sh|-c|--|uptime", 60000 },
    { "a name that is no skill", true, "saying hi", NULL, NULL, 60, "/bin/sh|-c|--|saying hi",
      60000 },
    { "shell by its name", true, "shell ls -l", NULL, NULL, 60, "/bin/sh|-c|--|ls -l", 60000 },
    { "a function in free text", true, "shell(){ true; }", NULL, NULL, 60,
      "/bin/sh|-c|--|shell(){ true; }", 60000 },
    { "shell by args", true, NULL, "shell", "{\"text\":\"ls\"}", 60, "/bin/sh|-c|--|ls", 60000 },
    { "no time limit", true, "true", NULL, NULL, 0, "/bin/sh|-c|--|true", 600000 },
    { "a time limit of years", true, "true", NULL, NULL, INT64_C(1) << 52, "/bin/sh|-c|--|true",
      RUN_TIMEOUT_MAX_MS },
    { "free text without shell", false, "uptime; ls", NULL, NULL, 60,
      "this is no skill of this agent, and free text is not allowed here; skills: "
      "say(word, times?, loud?)",
      0 },
    { "shell by name without shell", false, "shell ls", NULL, NULL, 60, "this is no skill", 0 },
    { "a wrong argument", true, "say -x", NULL, NULL, 60, "say: word: \"-x\"", 0 },
    { "a wrong call", true, "say(", NULL, NULL, 60, "say: the ')' is missing", 0 },
    { "an unknown skill", true, NULL, "dance", "{}", 60,
      "there is no skill \"dance\" here; skills: say(word, times?, loud?), shell", 0 },
    { "args of a wrong kind", true, NULL, "say", "{\"word\":[\"hi\"]}", 60, "say: args.word", 0 },
    { "args that are no object", true, NULL, "say", "[\"hi\"]", 60, "say: args", 0 },
    { "nothing", true, "", NULL, NULL, 60, "the task is empty", 0 },
    { "blanks", true, "  \n", NULL, NULL, 60, "the task is empty", 0 },
    { "shell without text", true, NULL, "shell", "{}", 60, "the task is empty", 0 },
};

static void test_resolve(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        g_autoptr(SkillBook) book = new_book(row->has_shell);
        g_autoptr(Message) message = message_new(MESSAGE_TASK, "x", "agent1", 0);
        g_autoptr(GError) error = NULL;
        g_autoptr(WorkerOrder) order = NULL;
        g_autofree char *joined = NULL;
        const Skill *skill = NULL;

        message->task.task = g_strdup(row->task);
        message->task.skill = g_strdup(row->skill);
        message->task.timeout_s = row->timeout_s;
        if (row->args)
            message->task.args = json_parse(row->args, strlen(row->args), 1000, NULL);
        order = worker_resolve(book, &message->task, &skill, &error);
        joined = order ? g_strjoinv("|", order->argv) : NULL;
        if (order ? strcmp(joined, row->expected) != 0 || order->timeout_ms != row->timeout_ms
                  : row->timeout_ms > 0 || !g_str_has_prefix(error->message, row->expected))
            fail_msg("%s: %s", row->what, order ? joined : error->message);
        if (order && strcmp(skill->name, "say") == 0)
            assert_string_equal(order->environment[0], "A=1");
    }
}

static void test_a_long_text(void **state)
{
    g_autoptr(SkillBook) book = new_book(true);
    g_autoptr(Message) message = message_new(MESSAGE_TASK, "x", "agent1", 0);
    g_autoptr(WorkerOrder) order = NULL;
    const Skill *skill = NULL;

    (void)state;
    message->task.task = g_strnfill(64 * 1024, 'x');
    order = worker_resolve(book, &message->task, &skill, NULL);
    assert_non_null(order);
    g_free(message->task.task);
    message->task.task = g_strnfill(64 * 1024 + 1, 'x');
    assert_null(worker_resolve(book, &message->task, &skill, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_a_long_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
