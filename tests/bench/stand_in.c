#include "tests/bench/stand_in.h"

#include "common/base/limits.h"
#include "common/sys/clock.h"

#include <string.h>

#define INBOX "agents/agent1/inbox"

void stand_in_init(StandIn *stand_in, Packets *packets, const char *name, const char *key_file,
                   const char *agent1)
{
    g_autoptr(Message) source = frames_new(MESSAGE_ACK, name);

    *stand_in = (StandIn){ .name = name, .journal = g_strdup(source->id) };
    frames_init(&stand_in->frames, packets, key_file, agent1);
    stand_in_begin_session(stand_in);
}

void stand_in_begin_session(StandIn *stand_in)
{
    stand_in->session = MAX(stand_in->session + 1, clock_now_ms());
    stand_in->seq = 0;
    g_clear_pointer(&stand_in->register_id, g_free);
}

static Message *new_message(const StandIn *stand_in, MessageKind kind)
{
    Message *message = frames_new(kind, stand_in->name);

    message->journal = g_strdup(stand_in->journal);
    return message;
}

void stand_in_register(StandIn *stand_in, bool is_repeat)
{
    static const char skills[] = "[{\"name\":\"shell\",\"risk\":\"guarded\"}]";
    Message *message = new_message(stand_in, MESSAGE_REGISTER);
    MessageRegister *registration = &message->registration;

    if (is_repeat) {
        g_free(message->id);
        message->id = g_strdup(stand_in->register_id);
    } else {
        g_free(stand_in->register_id);
        stand_in->register_id = g_strdup(message->id);
    }
    registration->name = g_strdup(stand_in->name);
    registration->version = g_strdup("0");
    registration->host = g_strdup("bench");
    registration->boot_id = g_strdup("bench");
    registration->session = stand_in->session;
    registration->seq = ++stand_in->seq;
    registration->skills = json_parse(skills, strlen(skills), CONFIG_MAX_BYTES, NULL);
    registration->install_path = g_strdup("");
    registration->service_name = g_strdup("");
    registration->git_branch = g_strdup("");
    registration->policy_hash = g_strdup("");
    registration->clock_ms = message->ts_ms;
    registration->unacked = json_parse("[]", 2, CONFIG_MAX_BYTES, NULL);
    frames_send(&stand_in->frames, FRAME_CLEAR, "agents/register", message);
}

void stand_in_say_online(StandIn *stand_in)
{
    g_autofree char *topic = g_strdup_printf("agents/status/%s", stand_in->name);
    Message *message = new_message(stand_in, MESSAGE_STATUS);

    message->status.name = g_strdup(stand_in->name);
    message->status.session = stand_in->session;
    message->status.seq = ++stand_in->seq;
    message->status.state = AGENT_ONLINE;
    message->status.since_ms = message->ts_ms;
    message->status.running = 0;
    message->status.queued = 0;
    message->status.version = g_strdup("0");
    message->status.clock_offset_ms = MESSAGE_ABSENT;
    frames_send(&stand_in->frames, FRAME_CLEAR, topic, message);
}

static void say_ack(StandIn *stand_in, const Message *about, AckState state)
{
    Message *message = new_message(stand_in, MESSAGE_ACK);

    message->ack.in_reply_to = g_strdup(about->id);
    message->ack.state = (int)state;
    if (about->kind == MESSAGE_TASK) {
        message->ack.run = g_strdup(about->task.run);
        message->ack.attempt = about->task.attempt;
    }
    frames_send(&stand_in->frames, FRAME_SEALED, INBOX, message);
}

void stand_in_accept(StandIn *stand_in, const Message *task)
{
    say_ack(stand_in, task, ACK_ACCEPTED);
}

void stand_in_succeed(StandIn *stand_in, const char *run, int64_t attempt)
{
    Message *message = new_message(stand_in, MESSAGE_RESULT);
    MessageResult *result = &message->result;

    result->run = g_strdup(run);
    result->attempt = attempt;
    result->state = g_strdup("succeeded");
    result->exit_code = 0;
    result->output = g_strdup("");
    result->output_bytes = 0;
    result->started_ms = result->finished_ms = message->ts_ms;
    result->duration_ms = 0;
    result->user_ms = result->sys_ms = result->max_rss_kib = 0;
    frames_send(&stand_in->frames, FRAME_SEALED, INBOX, message);
}

void stand_in_obey(StandIn *stand_in, const Message *control)
{
    Message *message;

    if (control->control.action != CONTROL_QUERY) {
        say_ack(stand_in, control, ACK_DONE);
        return;
    }
    message = new_message(stand_in, MESSAGE_ANSWER);
    message->answer.in_reply_to = g_strdup(control->id);
    message->answer.is_ok = true;
    message->answer.text = g_strdup("");
    message->answer.data = json_parse("{\"runs\":[]}", 11, CONFIG_MAX_BYTES, NULL);
    frames_send(&stand_in->frames, FRAME_SEALED, INBOX, message);
}
