#include "common/wire/message_fields.h"

#include "common/base/limits.h"
#include "common/base/name.h"

#include <string.h>

#include "common/base/banned.h"

#define ID_MAX_CHARS 64

const char *const message_kind_names[MESSAGE_KIND_COUNT + 1] = {
    [MESSAGE_CHAT] = "chat",         [MESSAGE_REPLY] = "reply",   [MESSAGE_TASK] = "task",
    [MESSAGE_ACK] = "ack",           [MESSAGE_ANSWER] = "answer", [MESSAGE_PROGRESS] = "progress",
    [MESSAGE_RESULT] = "result",     [MESSAGE_OUTPUT] = "output", [MESSAGE_CONTROL] = "control",
    [MESSAGE_REGISTER] = "register", [MESSAGE_STATUS] = "status", [MESSAGE_REPORT] = "report",
    [MESSAGE_ERROR] = "error",
};

const char *const message_control_actions[] = {
    [CONTROL_PAUSE] = "pause",     [CONTROL_RESUME] = "resume",
    [CONTROL_POLICY] = "policy",   [CONTROL_REPORT] = "report",
    [CONTROL_CANCEL] = "cancel",   [CONTROL_QUERY] = "query",
    [CONTROL_FETCH] = "fetch",     [CONTROL_UPDATE] = "update",
    [CONTROL_UPGRADE] = "upgrade", NULL,
};

const char *const message_agent_states[] = {
    [AGENT_ONLINE] = "online",
    [AGENT_PAUSED] = "paused",
    [AGENT_OFFLINE] = "offline",
    NULL,
};

static const char *const ack_states[] = {
    [ACK_ACCEPTED] = "accepted",
    [ACK_REJECTED] = "rejected",
    [ACK_DONE] = "done",
    NULL,
};

/* Ids of chats are made by clients of others: message.c asks for a ULID everywhere else. */
static bool is_id(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= ID_MAX_CHARS &&
           strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-") == length;
}

static bool is_run_state(const char *text)
{
    RunState state;

    return run_state_parse(text, &state);
}

/* One row each: { TEXT("name", member), REQUIRED }. */
#define AT(json_name, member)    .name = (json_name), .offset = offsetof(Message, member)
#define TEXT(json_name, member)  AT(json_name, member), .kind = FIELD_STRING
#define LABEL(json_name, member) TEXT(json_name, member), .maximum = LABEL_MAX_BYTES
#define ID(json_name, member)                                                                      \
    TEXT(json_name, member), .is_valid = is_id,                                                    \
                             .expected = "an id of 1 to 64 letters, digits, _ and -"
#define ULID(json_name, member)                                                                    \
    TEXT(json_name, member), .is_valid = name_is_ulid, .expected = "a ULID"
#define NAME(json_name, member)                                                                    \
    TEXT(json_name, member), .is_valid = name_is_valid,                                            \
                             .expected = "a name of 1 to 32 characters of a-z 0-9 _ -"
#define NUMBER(json_name, member)                                                                  \
    AT(json_name, member), .kind = FIELD_INT, .absent = MESSAGE_ABSENT, .maximum = STATUS_SEQ_WILL
#define TIME(json_name, member) AT(json_name, member), .kind = FIELD_TIME, .absent = MESSAGE_ABSENT
#define BOOL(json_name, member) AT(json_name, member), .kind = FIELD_BOOL
#define JSON(json_name, member) AT(json_name, member), .kind = FIELD_JSON
#define CHOICE(json_name, member, names)                                                           \
    AT(json_name, member), .kind = FIELD_CHOICE, .choices = (names), .is_always_written = true
#define OBJECT(json_name, rows) .name = (json_name), .kind = FIELD_OBJECT, .fields = (rows)
#define REQUIRED                .is_required = true
#define ALWAYS                  .is_always_written = true
#define END                     .name = NULL

const Field message_common_fields[] = {
    { ID("id", id), REQUIRED },
    { NAME("from", from), REQUIRED },
    { TIME("ts", ts_ms), REQUIRED },
    { ULID("journal", journal) },
    { END },
};

static const Field chat_fields[] = {
    { TEXT("text", chat.text), REQUIRED, .maximum = CHAT_TEXT_MAX_BYTES },
    { LABEL("reply_to", chat.reply_to), REQUIRED },
    { TIME("expires", chat.expires_ms), REQUIRED },
    { BOOL("dry_run", chat.is_dry_run) },
    { BOOL("now", chat.is_now) },
    { BOOL("data", chat.wants_data) },
    { END },
};

static const Field reply_fields[] = {
    { ID("in_reply_to", reply.in_reply_to), REQUIRED },
    { TEXT("text", reply.text), REQUIRED },
    { BOOL("final", reply.is_final), REQUIRED, ALWAYS },
    { AT("runs", reply.runs), .kind = FIELD_STRINGS, .is_valid = name_is_ulid,
      .expected = "an array of ULIDs" },
    { LABEL("outcome", reply.outcome) },
    { NUMBER("offset", reply.offset) },
    { JSON("data", reply.data) },
    { END },
};

static const Field approval_fields[] = {
    { LABEL("id", task.approval_id), REQUIRED },
    { LABEL("hash", task.approval_hash), REQUIRED },
    { END },
};

static const Field task_fields[] = {
    { ULID("run", task.run), REQUIRED },
    { NUMBER("number", task.number), REQUIRED },
    { NUMBER("attempt", task.attempt), REQUIRED },
    { NUMBER("epoch", task.epoch), REQUIRED },
    { NAME("agent", task.agent), REQUIRED },
    { TEXT("task", task.task), .maximum = TASK_TEXT_MAX_BYTES },
    { LABEL("skill", task.skill) },
    { JSON("args", task.args) },
    { BOOL("idempotent", task.is_idempotent), ALWAYS },
    { TIME("not_before", task.not_before_ms) },
    { TIME("expires", task.expires_ms), REQUIRED },
    { NUMBER("timeout_s", task.timeout_s), REQUIRED },
    { TIME("window_end", task.window_end_ms) },
    { LABEL("requested_by", task.requested_by), REQUIRED },
    { OBJECT("approval", approval_fields) },
    { BOOL("dry_run", task.is_dry_run) },
    { END },
};

static const Field ack_fields[] = {
    { ID("in_reply_to", ack.in_reply_to), REQUIRED },
    { ULID("run", ack.run) },
    { NUMBER("attempt", ack.attempt) },
    { CHOICE("state", ack.state, ack_states), REQUIRED },
    { LABEL("rule", ack.rule) },
    { TEXT("reason", ack.reason) },
    { NUMBER("epoch", ack.epoch) },
    { END },
};

static const Field answer_fields[] = {
    { ID("in_reply_to", answer.in_reply_to), REQUIRED },
    { BOOL("ok", answer.is_ok), REQUIRED, ALWAYS },
    { TEXT("text", answer.text) },
    { JSON("data", answer.data) },
    { END },
};

static const Field progress_fields[] = {
    { ULID("run", progress.run), REQUIRED },
    { NUMBER("attempt", progress.attempt), REQUIRED },
    { NUMBER("seq", progress.seq), REQUIRED },
    { TEXT("tail", progress.tail) },
    { NUMBER("bytes", progress.bytes) },
    { NUMBER("elapsed_ms", progress.elapsed_ms) },
    { AT("percent", progress.percent), .kind = FIELD_INT, .absent = MESSAGE_ABSENT,
      .maximum = 100 },
    { END },
};

static const Field rusage_fields[] = {
    { NUMBER("user_ms", result.user_ms) },
    { NUMBER("sys_ms", result.sys_ms) },
    { NUMBER("max_rss_kib", result.max_rss_kib) },
    { END },
};

static const Field result_fields[] = {
    { ULID("run", result.run), REQUIRED },
    { NUMBER("attempt", result.attempt), REQUIRED },
    { TEXT("state", result.state), REQUIRED, .is_valid = is_run_state,
      .expected = "the state of a run" },
    { NUMBER("exit_code", result.exit_code) },
    { NUMBER("signal", result.signal) },
    { TEXT("output", result.output) },
    { NUMBER("output_bytes", result.output_bytes) },
    { BOOL("truncated", result.is_truncated), ALWAYS },
    { TIME("started", result.started_ms) },
    { TIME("finished", result.finished_ms) },
    { NUMBER("duration_ms", result.duration_ms) },
    { OBJECT("rusage", rusage_fields) },
    { LABEL("rule", result.rule) },
    { TEXT("reason", result.reason) },
    { END },
};

static const Field output_fields[] = {
    { ID("in_reply_to", output.in_reply_to), REQUIRED }, { ULID("run", output.run), REQUIRED },
    { NUMBER("offset", output.offset), REQUIRED },       { TEXT("data", output.data), REQUIRED },
    { BOOL("eof", output.is_eof), REQUIRED, ALWAYS },    { END },
};

static const Field control_fields[] = {
    { CHOICE("action", control.action, message_control_actions), REQUIRED },
    { NUMBER("seq", control.seq) },
    { ULID("run", control.run) },
    { NUMBER("attempt", control.attempt) },
    { TIME("expires", control.expires_ms) },
    { NUMBER("offset", control.offset) },
    { JSON("policy", control.policy) },
    { END },
};

static const Field register_fields[] = {
    { NAME("name", registration.name), REQUIRED },
    { LABEL("version", registration.version) },
    { LABEL("host", registration.host) },
    { LABEL("boot_id", registration.boot_id) },
    { NUMBER("session", registration.session), REQUIRED },
    { NUMBER("seq", registration.seq), REQUIRED },
    { JSON("skills", registration.skills) },
    { TEXT("install_path", registration.install_path) },
    { LABEL("service_name", registration.service_name) },
    { LABEL("git_branch", registration.git_branch) },
    { JSON("work_hours", registration.work_hours) },
    { LABEL("policy_hash", registration.policy_hash) },
    { TIME("clock", registration.clock_ms) },
    { JSON("unacked", registration.unacked) },
    { JSON("models", registration.models) },
    { END },
};

static const Field status_fields[] = {
    { NAME("name", status.name), REQUIRED },
    { NUMBER("session", status.session), REQUIRED },
    { NUMBER("seq", status.seq), REQUIRED },
    { CHOICE("state", status.state, message_agent_states), REQUIRED },
    { TIME("since", status.since_ms) },
    { NUMBER("running", status.running) },
    { NUMBER("queued", status.queued) },
    { LABEL("version", status.version) },
    /* Signed; -1 cannot be meant, since only offsets of more than half a minute are told. */
    { AT("clock_offset_ms", status.clock_offset_ms), .kind = FIELD_INT, .absent = MESSAGE_ABSENT },
    { END },
};

static const Field report_fields[] = {
    { LABEL("day", report.day), REQUIRED },  { JSON("counts", report.counts) },
    { JSON("durations", report.durations) }, { NUMBER("uptime_s", report.uptime_s) },
    { JSON("load", report.load) },           { JSON("disk", report.disk) },
    { JSON("errors", report.errors) },       { END },
};

static const Field error_fields[] = {
    { LABEL("severity", error.severity), REQUIRED },
    { TEXT("text", error.text), REQUIRED },
    { ULID("run", error.run) },
    { END },
};

const Field *const message_kind_fields[MESSAGE_KIND_COUNT] = {
    [MESSAGE_CHAT] = chat_fields,       [MESSAGE_REPLY] = reply_fields,
    [MESSAGE_TASK] = task_fields,       [MESSAGE_ACK] = ack_fields,
    [MESSAGE_ANSWER] = answer_fields,   [MESSAGE_PROGRESS] = progress_fields,
    [MESSAGE_RESULT] = result_fields,   [MESSAGE_OUTPUT] = output_fields,
    [MESSAGE_CONTROL] = control_fields, [MESSAGE_REGISTER] = register_fields,
    [MESSAGE_STATUS] = status_fields,   [MESSAGE_REPORT] = report_fields,
    [MESSAGE_ERROR] = error_fields,
};
