#include "agent2/flow/worker_state.h"

#include "common/data/backoff.h"

#include "common/base/banned.h"

Message *worker_new_message(Worker *worker, MessageKind kind)
{
    g_autofree char *id = ids_next(&worker->ids);
    Message *message = message_new(kind, id, worker->settings->name, worker->now_ms);

    message->journal = g_strdup(worker->counters.journal);
    return message;
}

void worker_say(Worker *worker, WorkerEffects *effects, Message *message)
{
    if (worker->is_linked)
        worker_effects_publish(effects, TOPIC_AGENT1_INBOX, worker->peer, true, false, message);
    else
        message_free(message);
}

void worker_ack(Worker *worker, WorkerEffects *effects, const char *in_reply_to, const char *run,
                int64_t attempt, AckState state, Rule rule, const char *reason)
{
    Message *message;

    if (!in_reply_to)
        return;

    message = worker_new_message(worker, MESSAGE_ACK);
    message->ack.in_reply_to = g_strdup(in_reply_to);
    message->ack.state = state;
    if (run) {
        message->ack.run = g_strdup(run);
        message->ack.attempt = attempt;
    }
    if (state == ACK_REJECTED) {
        message->ack.rule = g_strdup(rule_name(rule));
        message->ack.reason = g_strdup(reason);
    }
    worker_say(worker, effects, message);
}

void worker_answer(Worker *worker, WorkerEffects *effects, const char *in_reply_to, bool is_ok,
                   const char *text, Json *data)
{
    Message *message = worker_new_message(worker, MESSAGE_ANSWER);

    message->answer.in_reply_to = g_strdup(in_reply_to);
    message->answer.is_ok = is_ok;
    message->answer.text = g_strdup(text);
    message->answer.data = data;
    worker_say(worker, effects, message);
}

void worker_alarm(Worker *worker, WorkerEffects *effects, const char *run, const char *format, ...)
{
    Message *message = worker_new_message(worker, MESSAGE_ERROR);
    va_list arguments;

    va_start(arguments, format);
    message->error.text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    message->error.severity = g_strdup("high");
    message->error.run = g_strdup(run);
    worker_effects_log(effects, WORKER_LOG_ERROR, run, "%s", message->error.text);
    g_ptr_array_add(worker->alarms, message);
    g_queue_push_tail(worker->errors, message_copy(message));
    if (g_queue_get_length(worker->errors) > WORKER_ERRORS_MAX)
        message_free(g_queue_pop_head(worker->errors));
    if (worker->alarms->len > WORKER_ALARMS_MAX)
        g_ptr_array_remove_index(worker->alarms, 0);
    if (worker->is_linked)
        worker_tell_alarms(worker, effects);
}

void worker_tell_alarms(Worker *worker, WorkerEffects *effects)
{
    for (guint i = 0; i < worker->alarms->len; i++)
        worker_effects_publish(effects, TOPIC_ERRORS, worker->peer, true, false,
                               g_steal_pointer(&worker->alarms->pdata[i]));
    g_ptr_array_set_size(worker->alarms, 0);
}

int64_t worker_agent1_now(const Worker *worker)
{
    return worker->now_ms + worker_clock_offset(&worker->clock);
}

uint64_t worker_touch_counters(Worker *worker)
{
    worker->are_counters_dirty = true;
    worker->counters_boot_ms = 0;
    return worker->counters_version + 1;
}

void worker_ack_later(Worker *worker, const char *in_reply_to, uint64_t version)
{
    PendingAck *pending = g_new0(PendingAck, 1);

    pending->in_reply_to = g_strdup(in_reply_to);
    pending->version = version;
    g_ptr_array_add(worker->pending_acks, pending);
}

int64_t worker_wait_ms(Worker *worker, unsigned retry, int64_t base_ms, int64_t cap_ms)
{
    uint64_t random = ids_random(&worker->ids, UINT64_MAX);

    return backoff_wait_ms(MIN(retry, 30), base_ms, cap_ms, random);
}

bool worker_has_durable_journal(const Worker *worker)
{
    return worker->stored_version >= worker->journal_version;
}
