/* Messages: every field of every kind there and back, and what is refused. */
#include "common/wire/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define ULID  "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define OTHER "01BX5ZZKBKACTAV9WEVGEMMVRZ"
#define TS    "2026-11-21T02:14:05.123Z"
#define LATER "2026-11-21T02:19:05.000Z"
#define TS_MS INT64_C(1795227245123)

#define HEAD(type)  "{\"type\":\"" type "\",\"id\":\"" ULID "\",\"from\":\"web1\",\"ts\":\"" TS "\""
#define AGENT(type) HEAD(type) ",\"journal\":\"" OTHER "\""
#define RUN         ",\"run\":\"" ULID "\""

static Message *decode(const char *body, GError **error)
{
    g_autofree char *exact = g_memdup2(body, strlen(body));

    return message_decode(exact, strlen(body), error);
}

/* Everything that a kind can say, as it is written. */
static const char *const full[MESSAGE_KIND_COUNT] = {
    [MESSAGE_CHAT] = HEAD("chat") ",\"text\":\"DELEGATE: web1 | uptime\",\"reply_to\":"
                                  "\"agents/cli/abcdefghijklmnop/outbox\",\"expires\":\"" LATER
                                  "\",\"dry_run\":true,\"now\":true,\"data\":true}",
    [MESSAGE_REPLY] = HEAD("reply") ",\"in_reply_to\":\"my-own_id\",\"text\":\"#12 web1: queued\","
                                    "\"final\":true,\"runs\":[\"" ULID "\",\"" OTHER
                                    "\"],\"outcome\":\"succeeded\"}",
    [MESSAGE_TASK] = AGENT("task") RUN
    ",\"number\":42,\"attempt\":1,\"epoch\":1795227245,\"agent\":\"web1\",\"task\":\"uptime\","
    "\"skill\":\"apt.upgrade\",\"args\":{\"limit\":\"x\",\"n\":[1,null]},\"idempotent\":true,"
    "\"not_before\":\"" TS "\",\"expires\":\"" LATER "\",\"timeout_s\":600,\"window_end\":\"" LATER
    "\",\"requested_by\":\"sylvain\",\"approval\":{\"id\":\"a1\",\"hash\":\"ff\"},"
    "\"dry_run\":true}",
    [MESSAGE_ACK] = AGENT("ack") ",\"in_reply_to\":\"" ULID "\"" RUN
                                 ",\"attempt\":1,\"state\":\"rejected\",\"rule\":\"paused\","
                                 "\"reason\":\"the agent is paused\"}",
    [MESSAGE_ANSWER] = AGENT("answer") ",\"in_reply_to\":\"" ULID
                                       "\",\"ok\":true,\"text\":\"t\",\"data\":{\"runs\":[]}}",
    [MESSAGE_PROGRESS] = AGENT("progress") RUN
    ",\"attempt\":1,\"seq\":3,\"tail\":\"line\\n\",\"bytes\":0,\"elapsed_ms\":2000,"
    "\"percent\":100}",
    [MESSAGE_RESULT] = AGENT("result") RUN
    ",\"attempt\":2,\"state\":\"failed\",\"exit_code\":1,\"signal\":0,\"output\":\"o\","
    "\"output_bytes\":1,\"truncated\":true,\"started\":\"" TS "\",\"finished\":\"" LATER
    "\",\"duration_ms\":7,\"rusage\":{\"user_ms\":1,\"sys_ms\":2,\"max_rss_kib\":3},"
    "\"rule\":\"window\",\"reason\":\"r\"}",
    [MESSAGE_OUTPUT] = AGENT("output") ",\"in_reply_to\":\"" ULID "\"" RUN
                                       ",\"offset\":0,\"data\":\"Zm9v\",\"eof\":true}",
    [MESSAGE_CONTROL] =
        HEAD("control") ",\"action\":\"fetch\",\"seq\":4" RUN ",\"attempt\":1,\"expires\":\"" LATER
                        "\",\"offset\":131072,\"policy\":{\"paused\":false}}",
    [MESSAGE_REGISTER] = AGENT("register") ",\"name\":\"web1\",\"version\":\"0.1.0\",\"host\":"
                                           "\"h\",\"boot_id\":\"b\",\"session\":3,"
                                           "\"seq\":0,\"skills\":[{\"name\":\"shell\"}],\"install_"
                                           "path\":\"/opt\",\"service_name\":"
                                           "\"agent2\",\"git_branch\":\"main\",\"work_hours\":{"
                                           "\"start\":\"07:00\"},\"policy_hash\":"
                                           "\"ff\",\"clock\":\"" TS
                                           "\",\"unacked\":[{\"run\":\"" ULID "\",\"attempt\":1}],"
                                           "\"models\":{\"url\":\"u\"}}",
    [MESSAGE_STATUS] = AGENT(
        "status") ",\"name\":\"web1\",\"session\":3,\"seq\":9007199254740991,\"state\":\"offline\","
                  "\"since\":"
                  "\"" TS
                  "\",\"running\":0,\"queued\":2,\"version\":\"0.1.0\",\"clock_offset_ms\":-45000}",
    [MESSAGE_REPORT] = AGENT("report") ",\"day\":\"2026-11-21\",\"counts\":{\"failed\":0},"
                                       "\"durations\":[],\"uptime_s\":5,"
                                       "\"load\":[0.1],\"disk\":{\"/\":1},\"errors\":[\"e\"]}",
    [MESSAGE_ERROR] = AGENT("error") ",\"severity\":\"warning\",\"text\":\"t\"" RUN "}",
};

/* The least that each kind must say; what is added when it is written stands in the last column. */
static const struct {
    const char *body;
    const char *added;
} least[MESSAGE_KIND_COUNT] = {
    [MESSAGE_CHAT] = { HEAD("chat") ",\"text\":\"\",\"reply_to\":\"r\",\"expires\":\"" LATER "\"}",
                       "" },
    [MESSAGE_REPLY] = { HEAD("reply") ",\"in_reply_to\":\"x\",\"text\":\"\",\"final\":false}", "" },
    [MESSAGE_TASK] = { HEAD("task") RUN ",\"number\":1,\"attempt\":1,\"epoch\":1,\"agent\":\"web1\""
                                        ",\"expires\":\"" LATER
                                        "\",\"timeout_s\":600,\"requested_by\":\"s\"}",
                       "\"idempotent\":false," },
    [MESSAGE_ACK] = { HEAD("ack") ",\"in_reply_to\":\"x\",\"state\":\"accepted\"}", "" },
    [MESSAGE_ANSWER] = { HEAD("answer") ",\"in_reply_to\":\"x\",\"ok\":false}", "" },
    [MESSAGE_PROGRESS] = { HEAD("progress") RUN ",\"attempt\":1,\"seq\":0}", "" },
    [MESSAGE_RESULT] = { HEAD("result") RUN ",\"attempt\":1,\"state\":\"deferred\"}",
                         ",\"truncated\":false" },
    [MESSAGE_OUTPUT] = { HEAD("output") ",\"in_reply_to\":\"x\"" RUN
                                        ",\"offset\":0,\"data\":\"\",\"eof\":false}",
                         "" },
    [MESSAGE_CONTROL] = { HEAD("control") ",\"action\":\"pause\"}", "" },
    [MESSAGE_REGISTER] = { HEAD("register") ",\"name\":\"web1\",\"session\":0,\"seq\":0}", "" },
    [MESSAGE_STATUS] = { HEAD("status") ",\"name\":\"web1\",\"session\":0,\"seq\":0,"
                                        "\"state\":\"online\"}",
                         "" },
    [MESSAGE_REPORT] = { HEAD("report") ",\"day\":\"2026-11-21\"}", "" },
    [MESSAGE_ERROR] = { HEAD("error") ",\"severity\":\"warning\",\"text\":\"\"}", "" },
};

static void test_full(void **state)
{
    (void)state;
    for (int kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) message = decode(full[kind], &error);
        g_autoptr(Message) copy = NULL;
        g_autofree char *body = NULL;

        print_message("%s\n", message_kind_name((MessageKind)kind));
        assert_null(error);
        assert_int_equal(message->kind, kind);
        assert_int_equal(message->ts_ms, TS_MS);
        copy = message_copy(message);
        message_free(g_steal_pointer(&message));
        body = message_encode(copy, &error);
        assert_string_equal(body, full[kind]);
    }
}

static void test_least(void **state)
{
    (void)state;
    for (int kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) message = decode(least[kind].body, &error);
        g_autofree char *body = NULL;
        g_auto(GStrv) parts = NULL;
        g_autofree char *without = NULL;

        print_message("%s\n", message_kind_name((MessageKind)kind));
        assert_null(error);
        body = message_encode(message, &error);
        if (*least[kind].added) {
            parts = g_strsplit(body, least[kind].added, 2);
            assert_int_equal(g_strv_length(parts), 2);
            without = g_strjoinv("", parts);
        } else {
            without = g_strdup(body);
        }
        assert_string_equal(without, least[kind].body);
    }
}

/* Each member of the least: without it, and with a wrong type, the message is refused by its name.
 */
static void test_required(void **state)
{
    (void)state;
    for (int kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        const char *text = least[kind].body;
        g_autoptr(Json) whole = json_parse(text, strlen(text), BODY_MAX_BYTES, NULL);

        for (const Json *member = json_first(whole); member; member = json_next(member)) {
            for (int how = 0; how < 3; how++) {
                g_autoptr(Json) broken = json_copy(whole);
                g_autoptr(GError) error = NULL;
                g_autofree char *body = NULL;

                if (how == 0)
                    json_remove(broken, json_name(member));
                else if (how == 1)
                    json_set_string(broken, json_name(member), NULL);
                else
                    json_set(broken, json_name(member), json_new_array());
                body = json_print(broken);
                assert_null(decode(body, &error));
                assert_non_null(strstr(error->message, json_name(member)));
                if (how < 2)
                    assert_int_equal(error->code, PROBLEM_MISSING);
            }
        }
    }
}

static void test_fields(void **state)
{
    g_autoptr(Message) task = decode(full[MESSAGE_TASK], NULL);
    g_autoptr(Message) bare = decode(least[MESSAGE_TASK].body, NULL);
    g_autoptr(Message) result = decode(full[MESSAGE_RESULT], NULL);
    g_autoptr(Message) empty = decode(least[MESSAGE_RESULT].body, NULL);
    g_autoptr(Message) status = decode(full[MESSAGE_STATUS], NULL);
    g_autoptr(Message) reply = decode(full[MESSAGE_REPLY], NULL);

    (void)state;
    assert_string_equal(task->id, ULID);
    assert_string_equal(task->from, "web1");
    assert_string_equal(task->journal, OTHER);
    assert_int_equal(task->task.number, 42);
    assert_int_equal(task->task.timeout_s, 600);
    assert_int_equal(task->task.expires_ms, TS_MS + 299877);
    assert_string_equal(task->task.approval_hash, "ff");
    assert_true(task->task.is_idempotent);
    assert_int_equal(json_count(task->task.args), 2);

    assert_null(bare->journal);
    assert_null(bare->task.task);
    assert_null(bare->task.args);
    assert_null(bare->task.approval_id);
    assert_int_equal(bare->task.not_before_ms, MESSAGE_ABSENT);
    assert_int_equal(bare->task.window_end_ms, MESSAGE_ABSENT);
    assert_false(bare->task.is_idempotent);

    assert_int_equal(result->result.exit_code, 1);
    assert_int_equal(result->result.signal, 0);
    assert_int_equal(result->result.max_rss_kib, 3);
    assert_int_equal(empty->result.exit_code, MESSAGE_ABSENT);
    assert_int_equal(empty->result.started_ms, MESSAGE_ABSENT);
    assert_int_equal(empty->result.user_ms, MESSAGE_ABSENT);

    assert_true(status->status.seq == STATUS_SEQ_WILL);
    assert_int_equal(status->status.state, AGENT_OFFLINE);
    assert_int_equal(status->status.clock_offset_ms, -45000);
    assert_int_equal(reply->reply.runs->len, 2);
    assert_string_equal(g_ptr_array_index(reply->reply.runs, 1), OTHER);
}

static void test_refused(void **state)
{
    static const struct {
        const char *body;
        const char *message;
    } rows[] = {
        { "{\"type\":\"Chat\"}", "type: \"Chat\" is no message of this protocol" },
        { "{\"type\":\"a\\u001bb\"}", "type: \"a<U+001B>b\" is no message of this protocol" },
        { "{}", "type: expected the name of a message" },
        { "[]", "type: expected the name of a message" },
        { "hello", "line 1, column 1: expected a value, found 'h'" },
        { "{\"type\":\"control\",\"id\":\"my-own\",\"from\":\"agent1\",\"ts\":\"" TS
          "\",\"action\":\"pause\"}",
          "control.id: \"my-own\": expected a ULID" },
        { "{\"type\":\"control\",\"id\":\"a b\",\"from\":\"agent1\",\"ts\":\"" TS
          "\",\"action\":\"pause\"}",
          "control.id: \"a b\": expected an id of 1 to 64 letters, digits, _ and -" },
        { "{\"type\":\"control\",\"id\":\"" ULID "\",\"from\":\"A\",\"ts\":\"" TS
          "\",\"action\":\"pause\"}",
          "control.from: \"A\": expected a name of 1 to 32 characters of a-z 0-9 _ -" },
        { "{\"type\":\"control\",\"id\":\"" ULID "\",\"from\":\"a\",\"ts\":1795227245123,"
          "\"action\":\"pause\"}",
          "control.ts: 1795227245123: expected a time such as \"2026-11-21T02:14:05.123Z\"" },
        { HEAD("control") ",\"action\":\"reboot\"}",
          "control.action: \"reboot\": expected one of pause, resume, policy, report, cancel, "
          "query, fetch, update, upgrade" },
        { HEAD("control") ",\"action\":\"pause\",\"seq\":-1}",
          "control.seq: -1: expected a whole number from 0 to 9007199254740991" },
        { HEAD("control") ",\"action\":\"cancel\",\"run\":\"12\"}",
          "control.run: \"12\": expected a ULID" },
        { HEAD("control") ",\"action\":\"pause\",\"journal\":\"x\"}",
          "control.journal: \"x\": expected a ULID" },
        { HEAD("ack") ",\"in_reply_to\":\"x\",\"state\":\"ok\"}",
          "ack.state: \"ok\": expected one of accepted, rejected, done" },
        { HEAD("result") RUN ",\"attempt\":1,\"state\":\"fine\"}",
          "result.state: \"fine\": expected the state of a run" },
        { HEAD("progress") RUN ",\"attempt\":1,\"seq\":0,\"percent\":101}",
          "progress.percent: 101: expected a whole number from 0 to 100" },
        { HEAD("reply") ",\"in_reply_to\":\"x\",\"text\":\"\",\"final\":true,\"runs\":[\"1\"]}",
          "reply.runs[0]: \"1\": expected an array of ULIDs" },
        { HEAD("status") ",\"name\":\"web/1\",\"session\":0,\"seq\":0,\"state\":\"online\"}",
          "status.name: \"web/1\": expected a name of 1 to 32 characters of a-z 0-9 _ -" },
        { HEAD("control") ",\"action\":\"pause\",\"action\":\"resume\"}",
          "line 1, column 116: the name \"action\" stands twice" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        print_message("%s\n", rows[i].message);
        assert_null(decode(rows[i].body, &error));
        assert_string_equal(error->message, rows[i].message);
    }
}

static void test_accepted(void **state)
{
    g_autoptr(Message) chat =
        decode("{\"ts\":\"" TS "\",\"text\":\"hi\",\"new\":{\"type\":1},\"expires\":\"" LATER
               "\",\"dry_run\":null,\"reply_to\":\"r\",\"from\":\"s\",\"id\":\"c-1_A\","
               "\"type\":\"chat\"}",
               NULL);

    (void)state;
    assert_non_null(chat);
    assert_string_equal(chat->id, "c-1_A");
    assert_false(chat->chat.is_dry_run);
}

static void test_new_is_absent(void **state)
{
    g_autoptr(Message) message = message_new(MESSAGE_CONTROL, ULID, "agent1", TS_MS);
    g_autofree char *body = NULL;

    (void)state;
    assert_int_equal(message->control.attempt, MESSAGE_ABSENT);
    message->control.action = CONTROL_RESUME;
    body = message_encode(message, NULL);
    assert_string_equal(body, "{\"type\":\"control\",\"id\":\"" ULID
                              "\",\"from\":\"agent1\",\"ts\":\"" TS "\",\"action\":\"resume\"}");
    message_free(NULL);
}

static void test_size(void **state)
{
    g_autoptr(Message) message = message_new(MESSAGE_ERROR, ULID, "web1", TS_MS);
    g_autoptr(GError) error = NULL;
    g_autofree char *body = NULL;
    g_autofree char *largest = NULL;
    size_t around;

    (void)state;
    message->error.severity = g_strdup("warning");
    message->error.text = g_strdup("");
    body = message_encode(message, &error);
    around = strlen(body);

    g_free(message->error.text);
    message->error.text = g_strnfill(BODY_MAX_BYTES - around, 'x');
    largest = message_encode(message, &error);
    assert_int_equal(strlen(largest), BODY_MAX_BYTES);
    message_free(decode(largest, &error));
    assert_null(error);

    g_free(message->error.text);
    message->error.text = g_strnfill(BODY_MAX_BYTES - around + 1, 'x');
    assert_null(message_encode(message, &error));
    assert_int_equal(error->code, PROBLEM_LIMIT);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(message_kind_name(MESSAGE_REGISTER), "register");
    assert_string_equal(control_action_name(CONTROL_UPGRADE), "upgrade");
    assert_string_equal(agent_state_name(AGENT_PAUSED), "paused");
}

static void test_without_time(void **state)
{
    static const struct {
        const char *what;
        const char *body;
        const char *stable;
    } rows[] = {
        { "the value goes", "{\"id\":\"a\",\"ts\":\"2026\",\"x\":1}",
          "{\"id\":\"a\",\"ts\"\",\"x\":1}" },
        { "blanks go with it", "{\"ts\" : \"2026\"}", "{\"ts\"\"}" },
        { "no time", "{\"id\":\"a\"}", "{\"id\":\"a\"}" },
        { "no text", "{\"ts\":5}", "{\"ts\"5}" },
        { "an end that is missing", "{\"ts\":\"20", "{\"ts\"" },
        { "nothing", "", "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length;
        g_autofree char *stable = message_without_time(rows[i].body, strlen(rows[i].body), &length);

        if (length != strlen(rows[i].stable) || memcmp(stable, rows[i].stable, length) != 0)
            fail_msg("%s: %.*s", rows[i].what, (int)length, stable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_time), cmocka_unit_test(test_full),
        cmocka_unit_test(test_least),        cmocka_unit_test(test_required),
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_accepted),     cmocka_unit_test(test_new_is_absent),
        cmocka_unit_test(test_size),         cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
