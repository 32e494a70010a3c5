/*
 * Agents that do nothing: each registers, and says "accepted" and "succeeded" to every task at
 * once. One connection and one loop serve them all.
 *
 *     bench-agents PORT USER PASSWORD AGENT1_KEY NAME KEY_FILE [NAME KEY_FILE …]
 */
#include "tests/bench/frames.h"

#include "common/base/limits.h"
#include "common/sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INBOX "agents/agent1/inbox"

typedef struct Agent {
    const char *name;
    char *journal;
    int64_t session;
    Frames frames;
} Agent;

typedef struct Agents {
    Packets packets;
    GHashTable *by_name;
} Agents;

static Message *new_message(const Agent *agent, MessageKind kind)
{
    Message *message = frames_new(kind, agent->name);

    message->journal = g_strdup(agent->journal);
    return message;
}

static void register_agent(Agent *agent)
{
    static const char skills[] = "[{\"name\":\"shell\",\"risk\":\"guarded\"}]";
    g_autofree char *topic = g_strdup_printf("agents/status/%s", agent->name);
    Message *message = new_message(agent, MESSAGE_REGISTER);
    MessageRegister *registration = &message->registration;

    registration->name = g_strdup(agent->name);
    registration->version = g_strdup("0");
    registration->host = g_strdup("bench");
    registration->boot_id = g_strdup("bench");
    registration->session = agent->session;
    registration->seq = 1;
    registration->skills = json_parse(skills, strlen(skills), CONFIG_MAX_BYTES, NULL);
    registration->install_path = g_strdup("");
    registration->service_name = g_strdup("");
    registration->git_branch = g_strdup("");
    registration->policy_hash = g_strdup("");
    registration->clock_ms = message->ts_ms;
    registration->unacked = json_parse("[]", 2, CONFIG_MAX_BYTES, NULL);
    frames_send(&agent->frames, FRAME_CLEAR, "agents/register", message);

    message = new_message(agent, MESSAGE_STATUS);
    message->status.name = g_strdup(agent->name);
    message->status.session = agent->session;
    message->status.seq = 2;
    message->status.state = AGENT_ONLINE;
    message->status.since_ms = message->ts_ms;
    message->status.running = 0;
    message->status.queued = 0;
    message->status.version = g_strdup("0");
    message->status.clock_offset_ms = MESSAGE_ABSENT;
    frames_send(&agent->frames, FRAME_CLEAR, topic, message);
}

static void say_ack(Agent *agent, const Message *about, AckState state)
{
    Message *message = new_message(agent, MESSAGE_ACK);

    message->ack.in_reply_to = g_strdup(about->id);
    message->ack.state = (int)state;
    if (about->kind == MESSAGE_TASK) {
        message->ack.run = g_strdup(about->task.run);
        message->ack.attempt = about->task.attempt;
    }
    frames_send(&agent->frames, FRAME_SEALED, INBOX, message);
}

static void say_result(Agent *agent, const MessageTask *task)
{
    Message *message = new_message(agent, MESSAGE_RESULT);
    MessageResult *result = &message->result;

    result->run = g_strdup(task->run);
    result->attempt = task->attempt;
    result->state = g_strdup("succeeded");
    result->exit_code = 0;
    result->output = g_strdup("");
    result->output_bytes = 0;
    result->started_ms = result->finished_ms = message->ts_ms;
    result->duration_ms = 0;
    result->user_ms = result->sys_ms = result->max_rss_kib = 0;
    frames_send(&agent->frames, FRAME_SEALED, INBOX, message);
}

static void say_answer(Agent *agent, const Message *query)
{
    Message *message = new_message(agent, MESSAGE_ANSWER);

    message->answer.in_reply_to = g_strdup(query->id);
    message->answer.is_ok = true;
    message->answer.text = g_strdup("");
    message->answer.data = json_parse("{\"runs\":[]}", 11, CONFIG_MAX_BYTES, NULL);
    frames_send(&agent->frames, FRAME_SEALED, INBOX, message);
}

static void on_message(const char *topic, const char *payload, gsize length, void *data)
{
    Agents *agents = data;
    g_auto(GStrv) parts = g_strsplit(topic, "/", 3);
    Agent *agent = g_hash_table_lookup(agents->by_name, parts[1]);
    g_autoptr(Message) message = NULL;

    if (!agent)
        return;
    message = frames_open(&agent->frames, topic, payload, length);
    if (message->kind == MESSAGE_TASK) {
        say_ack(agent, message, ACK_ACCEPTED);
        say_result(agent, &message->task);
    } else if (message->kind == MESSAGE_CONTROL && message->control.action == CONTROL_QUERY) {
        say_answer(agent, message);
    } else if (message->kind == MESSAGE_CONTROL) {
        say_ack(agent, message, ACK_DONE);
    }
}

int main(int argc, char **argv)
{
    Agents agents = { 0 };

    if (argc < 7)
        bench_fail("usage: bench-agents PORT USER PASSWORD AGENT1_KEY NAME KEY_FILE...");
    agents.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    agents.packets.data = &agents;
    agents.packets.on_message = on_message;
    packets_connect(&agents.packets, (unsigned)atoi(argv[1]), "bench-agents", argv[2], argv[3]);
    packets_subscribe(&agents.packets, "agents/+/inbox");
    packets_subscribe(&agents.packets, "agents/+/control");
    for (int i = 5; i + 1 < argc; i += 2) {
        Agent *agent = g_new0(Agent, 1);
        g_autoptr(Message) source = frames_new(MESSAGE_ACK, argv[i]);

        agent->name = argv[i];
        agent->journal = g_strdup(source->id);
        agent->session = clock_now_ms();
        frames_init(&agent->frames, &agents.packets, argv[i + 1], argv[4]);
        g_hash_table_insert(agents.by_name, argv[i], agent);
        register_agent(agent);
    }
    puts("ready");
    fflush(stdout);

    for (;;)
        packets_wait(&agents.packets, -1);
}
