/*
 * The messages of the wire: one struct per kind, tied to its JSON by tables of fields.
 *
 * Decoding is strict about the fields it knows and ignores the others. It does not judge: who may
 * say what, to whom and when is each side's flow/admission.h. Pure.
 */
#ifndef COMMON_WIRE_MESSAGE_H
#define COMMON_WIRE_MESSAGE_H

#include "common/data/json.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    MESSAGE_CHAT,
    MESSAGE_REPLY,
    MESSAGE_TASK,
    MESSAGE_ACK,
    MESSAGE_ANSWER,
    MESSAGE_PROGRESS,
    MESSAGE_RESULT,
    MESSAGE_OUTPUT,
    MESSAGE_CONTROL,
    MESSAGE_REGISTER,
    MESSAGE_STATUS,
    MESSAGE_REPORT,
    MESSAGE_ERROR,
    MESSAGE_KIND_COUNT,
} MessageKind;

typedef enum {
    ACK_ACCEPTED,
    ACK_REJECTED,
    ACK_DONE,
} AckState;

typedef enum {
    CONTROL_PAUSE,
    CONTROL_RESUME,
    CONTROL_POLICY,
    CONTROL_REPORT,
    CONTROL_CANCEL,
    CONTROL_QUERY,
    CONTROL_FETCH,
    CONTROL_UPDATE,
    CONTROL_UPGRADE,
} ControlAction;

typedef enum {
    AGENT_ONLINE,
    AGENT_PAUSED,
    AGENT_OFFLINE,
} AgentState;

#define MESSAGE_ABSENT  INT64_C(-1)               /* an optional number or time that is not there */
#define STATUS_SEQ_WILL INT64_C(9007199254740991) /* 2^53 - 1: made as a last will */

typedef struct MessageChat {
    char *text;
    char *reply_to;
    int64_t expires_ms; /* Unix ms */
    bool is_dry_run;
    bool is_now;     /* refuse instead of queueing for an offline agent */
    bool wants_data; /* a program reads the answer: with its lists of objects */
} MessageChat;

typedef struct MessageReply {
    char *in_reply_to;
    char *text;
    bool is_final;
    GPtrArray *runs; /* char *, ULIDs */
    char *outcome;   /* NULL unless final */
    int64_t offset;  /* a part of an answer that is still coming: where it stands there, in bytes;
                        MESSAGE_ABSENT: the text is whole */
    Json *data;      /* lists of objects for programs, and how many there are: {"schedules": […],
                        "totals": {"schedules": n}}; NULL: none */
} MessageReply;

typedef struct MessageTask {
    char *run;      /* ULID */
    int64_t number; /* what people see as #42 */
    int64_t attempt;
    int64_t epoch;
    char *agent;
    char *task;  /* free text or "skill args" as typed; NULL when skill is set */
    char *skill; /* with args, an object */
    Json *args;
    bool is_idempotent;
    int64_t not_before_ms; /* MESSAGE_ABSENT: at once */
    int64_t expires_ms;
    int64_t timeout_s;
    int64_t window_end_ms; /* MESSAGE_ABSENT: agent1's gate does not close */
    char *requested_by;    /* a user's name */
    char *approval_id;     /* NULL: needed none */
    char *approval_hash;
    bool is_dry_run;
} MessageTask;

typedef struct MessageAck {
    char *in_reply_to;
    char *run; /* NULL: about a message without run */
    int64_t attempt;
    int state;     /* AckState */
    char *rule;    /* rejected: a rule_name() */
    char *reason;  /* rejected: for people */
    int64_t epoch; /* rejected without a claim: of the task that was turned away */
} MessageAck;

typedef struct MessageAnswer {
    char *in_reply_to;
    bool is_ok;
    char *text;
    Json *data; /* to query: {"runs": [{"run","attempt","state"}, …]} */
} MessageAnswer;

typedef struct MessageProgress {
    char *run;
    int64_t attempt;
    int64_t seq; /* rises within an attempt */
    char *tail;
    int64_t bytes;
    int64_t elapsed_ms;
    int64_t percent; /* MESSAGE_ABSENT: not known */
} MessageProgress;

typedef struct MessageResult {
    char *run;
    int64_t attempt;
    char *state;          /* a terminal run_state_name() */
    int64_t exit_code;    /* MESSAGE_ABSENT: it did not exit by itself */
    int64_t signal;       /* MESSAGE_ABSENT: no signal ended it */
    char *output;         /* head and tail, valid UTF-8, nothing hidden */
    int64_t output_bytes; /* all that the task wrote */
    bool is_truncated;
    int64_t started_ms; /* MESSAGE_ABSENT: never started */
    int64_t finished_ms;
    int64_t duration_ms;
    int64_t user_ms; /* rusage of the task and its children */
    int64_t sys_ms;
    int64_t max_rss_kib;
    char *rule;   /* rejected: a rule_name() */
    char *reason; /* for people, where the state alone does not tell */
} MessageResult;

typedef struct MessageOutput {
    char *in_reply_to;
    char *run;
    int64_t offset;
    char *data; /* base64 */
    bool is_eof;
} MessageOutput;

typedef struct MessageControl {
    int action;  /* ControlAction */
    int64_t seq; /* for those without run */
    char *run;
    int64_t attempt;
    int64_t expires_ms;
    int64_t offset; /* fetch */
    Json *policy;   /* policy: {"timezone","blackouts":[window…],"work_hours":window|null,
                       "work_hours_timezone","paused":bool,"epoch":n} */
} MessageControl;

typedef struct MessageRegister {
    char *name;
    char *version;
    char *host;
    char *boot_id;
    int64_t session;
    int64_t seq;
    Json *
        skills; /* [{"name","description","risk","params":[…]}, …]; "shell" among them if allowed */
    char *install_path;
    char *service_name;
    char *git_branch;
    Json *work_hours;
    char *policy_hash;
    int64_t clock_ms;
    Json *unacked; /* [{"run","attempt"}, …] */
    Json *models;
} MessageRegister;

typedef struct MessageStatus {
    char *name;
    int64_t session;
    int64_t seq;
    int state; /* AgentState */
    int64_t since_ms;
    int64_t running;
    int64_t queued;
    char *version;
    int64_t clock_offset_ms; /* beyond CLOCK_OFFSET_WARN_MS; MESSAGE_ABSENT otherwise */
} MessageStatus;

typedef struct MessageReport {
    char *day; /* YYYY-MM-DD, local */
    Json *counts;
    Json *durations;
    int64_t uptime_s;
    Json *load;
    Json *disk;
    Json *errors;
} MessageReport;

typedef struct MessageError {
    char *severity;
    char *text;
    char *run;
} MessageError;

typedef struct Message {
    MessageKind kind;
    char *id;      /* ULID */
    char *from;    /* agent1, an agent's name, or a user's session */
    int64_t ts_ms; /* Unix ms */
    char *journal; /* on every message of an agent; on a task: whose journal it is meant for */
    union {
        MessageChat chat;
        MessageReply reply;
        MessageTask task;
        MessageAck ack;
        MessageAnswer answer;
        MessageProgress progress;
        MessageResult result;
        MessageOutput output;
        MessageControl control;
        MessageRegister registration;
        MessageStatus status;
        MessageReport report;
        MessageError error;
    };
} Message;

/* A message whose fields are all absent. id and from are copied. */
Message *message_new(MessageKind kind, const char *id, const char *from, int64_t ts_ms);
void message_free(Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

Message *message_copy(const Message *message);

/* "chat", "reply", … */
const char *message_kind_name(MessageKind kind);
const char *control_action_name(ControlAction action);
const char *agent_state_name(AgentState state);

/* Decodes a body of at most BODY_MAX_BYTES. Errors name the field. The caller owns the result. */
Message *message_decode(const char *body, size_t length, GError **error);

/* The body without its `ts`: a repeat has a fresh nonce and is of a later time; without them it is
 * the same message. Looks at bytes, since it must not stumble over what the decoder might. The
 * caller owns the result. */
char *message_without_time(const char *body, size_t length, size_t *out_length);

/* The body as JSON on one line, or NULL with PROBLEM_LIMIT when it would be over BODY_MAX_BYTES.
 * The caller owns it. */
char *message_encode(const Message *message, GError **error);

/* The same without a limit, for agentctl --json. */
char *message_print(const Message *message);

#endif
