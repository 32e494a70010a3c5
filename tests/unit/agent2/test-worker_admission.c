#include "agent2/flow/worker_admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *what;
    TopicKind topic;
    const char *name;
    const char *key;
    const char *from;
    MessageKind kind;
    const char *agent; /* of a task */
    bool is_clear;
    const char *problem; /* NULL: admitted */
} admission_rows[] = {
    { "a task", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_TASK, "web1", false, NULL },
    { "by the other key", TOPIC_KIND_INBOX, "web1", "k2", "agent1", MESSAGE_TASK, "web1", false,
      NULL },
    { "a control", TOPIC_KIND_CONTROL, "web1", "k1", "agent1", MESSAGE_CONTROL, NULL, false, NULL },
    { "an ack", TOPIC_KIND_CONTROL, "web1", "k1", "agent1", MESSAGE_ACK, NULL, false, NULL },
    { "a strange key", TOPIC_KIND_INBOX, "web1", "k3", "agent1", MESSAGE_TASK, "web1", false,
      "key" },
    { "another's topic", TOPIC_KIND_INBOX, "web2", "k1", "agent1", MESSAGE_TASK, "web1", false,
      "another agent's topic" },
    { "no name in the topic", TOPIC_KIND_REGISTER, NULL, "k1", "agent1", MESSAGE_TASK, "web1",
      false, "another agent's topic" },
    { "a task on control", TOPIC_KIND_CONTROL, "web1", "k1", "agent1", MESSAGE_TASK, "web1", false,
      "type" },
    { "a control on inbox", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_CONTROL, NULL, false,
      "type" },
    { "a status", TOPIC_KIND_STATUS, "web1", "k1", "agent1", MESSAGE_STATUS, NULL, false, "type" },
    { "a chat", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_CHAT, NULL, false, "type" },
    { "a result", TOPIC_KIND_CONTROL, "web1", "k1", "agent1", MESSAGE_RESULT, NULL, false, "type" },
    { "from somebody else", TOPIC_KIND_INBOX, "web1", "k1", "web1", MESSAGE_TASK, "web1", false,
      "from" },
    { "not sealed", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_TASK, "web1", true,
      "sealed" },
    { "for another agent", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_TASK, "web2", false,
      "another agent" },
    { "for no agent", TOPIC_KIND_INBOX, "web1", "k1", "agent1", MESSAGE_TASK, NULL, false,
      "another agent" },
};

static void test_admission(void **state)
{
    g_autoptr(WorkerSettings) settings = worker_settings_new();

    (void)state;
    settings->name = g_strdup("web1");
    g_ptr_array_add(settings->orchestrator_keys, g_strdup("k1"));
    g_ptr_array_add(settings->orchestrator_keys, g_strdup("k2"));
    for (size_t i = 0; i < G_N_ELEMENTS(admission_rows); i++) {
        g_autoptr(WorkerEvent) event = worker_event_new(WORKER_EVENT_MESSAGE);
        const char *problem;

        event->message.topic = admission_rows[i].topic;
        event->message.topic_name = g_strdup(admission_rows[i].name);
        event->message.sender = g_strdup(admission_rows[i].key);
        event->message.is_sealed = !admission_rows[i].is_clear;
        event->message.message =
            message_new(admission_rows[i].kind, "id", admission_rows[i].from, 0);
        if (admission_rows[i].kind == MESSAGE_TASK)
            event->message.message->task.agent = g_strdup(admission_rows[i].agent);
        problem = worker_admission_problem(settings, &event->message);
        if (admission_rows[i].problem ? !problem || !strstr(problem, admission_rows[i].problem)
                                      : problem != NULL)
            fail_msg("%s: %s", admission_rows[i].what, problem);
    }
}

static void test_clear_frames_for_debugging(void **state)
{
    g_autoptr(WorkerSettings) settings = worker_settings_new();
    g_autoptr(WorkerEvent) event = worker_event_new(WORKER_EVENT_MESSAGE);

    (void)state;
    settings->name = g_strdup("web1");
    settings->must_be_sealed = false;
    g_ptr_array_add(settings->orchestrator_keys, g_strdup("k1"));
    event->message.topic = TOPIC_KIND_CONTROL;
    event->message.topic_name = g_strdup("web1");
    event->message.sender = g_strdup("k1");
    event->message.message = message_new(MESSAGE_ACK, "id", "agent1", 0);
    assert_null(worker_admission_problem(settings, &event->message));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_admission),
        cmocka_unit_test(test_clear_frames_for_debugging),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
