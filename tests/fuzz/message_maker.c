#include "tests/fuzz/message_maker.h"

#include "common/base/timestamp.h"
#include "common/wire/run_state.h"

#include <string.h>

#include "common/base/banned.h"

typedef enum {
    VALUE_ULID,
    VALUE_ID,
    VALUE_NAME,
    VALUE_TIME,
    VALUE_NUMBER,
    VALUE_BOOL,
    VALUE_TEXT,
    VALUE_STATE, /* of a run */
    VALUE_RULE,
    VALUE_ACK,
    VALUE_ACTION,
    VALUE_AGENT_STATE,
    VALUE_RUNS,   /* [{"run","attempt","state"}, …] or an object with them */
    VALUE_SKILLS, /* of a registration */
    VALUE_POLICY,
    VALUE_JSON, /* anything */
} ValueKind;

typedef struct Member {
    const char *name;
    ValueKind kind;
} Member;

static const Member common_members[] = {
    { "id", VALUE_ID },        { "from", VALUE_NAME }, { "ts", VALUE_TIME },
    { "journal", VALUE_ULID }, { NULL, VALUE_JSON },
};

static const Member chat_members[] = {
    { "text", VALUE_TEXT },    { "reply_to", VALUE_NAME }, { "expires", VALUE_TIME },
    { "dry_run", VALUE_BOOL }, { "now", VALUE_BOOL },      { "data", VALUE_BOOL },
    { NULL, VALUE_JSON },
};

static const Member reply_members[] = {
    { "in_reply_to", VALUE_ID }, { "text", VALUE_TEXT },     { "final", VALUE_BOOL },
    { "runs", VALUE_JSON },      { "outcome", VALUE_STATE }, { "data", VALUE_JSON },
    { NULL, VALUE_JSON },
};

static const Member task_members[] = {
    { "run", VALUE_ULID },        { "number", VALUE_NUMBER },     { "attempt", VALUE_NUMBER },
    { "epoch", VALUE_NUMBER },    { "agent", VALUE_NAME },        { "task", VALUE_TEXT },
    { "skill", VALUE_TEXT },      { "args", VALUE_JSON },         { "idempotent", VALUE_BOOL },
    { "not_before", VALUE_TIME }, { "expires", VALUE_TIME },      { "timeout_s", VALUE_NUMBER },
    { "window_end", VALUE_TIME }, { "requested_by", VALUE_NAME }, { "approval", VALUE_JSON },
    { "dry_run", VALUE_BOOL },    { NULL, VALUE_JSON },
};

static const Member ack_members[] = {
    { "in_reply_to", VALUE_ID }, { "run", VALUE_ULID },  { "attempt", VALUE_NUMBER },
    { "state", VALUE_ACK },      { "rule", VALUE_RULE }, { "reason", VALUE_TEXT },
    { NULL, VALUE_JSON },
};

static const Member answer_members[] = {
    { "in_reply_to", VALUE_ID }, { "ok", VALUE_BOOL }, { "text", VALUE_TEXT },
    { "data", VALUE_RUNS },      { NULL, VALUE_JSON },
};

static const Member progress_members[] = {
    { "run", VALUE_ULID },       { "attempt", VALUE_NUMBER }, { "seq", VALUE_NUMBER },
    { "tail", VALUE_TEXT },      { "bytes", VALUE_NUMBER },   { "elapsed_ms", VALUE_NUMBER },
    { "percent", VALUE_NUMBER }, { NULL, VALUE_JSON },
};

static const Member result_members[] = {
    { "run", VALUE_ULID },
    { "attempt", VALUE_NUMBER },
    { "state", VALUE_STATE },
    { "exit_code", VALUE_NUMBER },
    { "signal", VALUE_NUMBER },
    { "output", VALUE_TEXT },
    { "output_bytes", VALUE_NUMBER },
    { "truncated", VALUE_BOOL },
    { "started", VALUE_TIME },
    { "finished", VALUE_TIME },
    { "duration_ms", VALUE_NUMBER },
    { "rusage", VALUE_JSON },
    { "rule", VALUE_RULE },
    { "reason", VALUE_TEXT },
    { NULL, VALUE_JSON },
};

static const Member output_members[] = {
    { "in_reply_to", VALUE_ID }, { "run", VALUE_ULID }, { "offset", VALUE_NUMBER },
    { "data", VALUE_TEXT },      { "eof", VALUE_BOOL }, { NULL, VALUE_JSON },
};

static const Member control_members[] = {
    { "action", VALUE_ACTION },  { "seq", VALUE_NUMBER },   { "run", VALUE_ULID },
    { "attempt", VALUE_NUMBER }, { "expires", VALUE_TIME }, { "offset", VALUE_NUMBER },
    { "policy", VALUE_POLICY },  { NULL, VALUE_JSON },
};

static const Member register_members[] = {
    { "name", VALUE_NAME },       { "version", VALUE_TEXT },      { "host", VALUE_TEXT },
    { "boot_id", VALUE_TEXT },    { "session", VALUE_NUMBER },    { "seq", VALUE_NUMBER },
    { "skills", VALUE_SKILLS },   { "install_path", VALUE_TEXT }, { "service_name", VALUE_TEXT },
    { "git_branch", VALUE_TEXT }, { "work_hours", VALUE_JSON },   { "policy_hash", VALUE_TEXT },
    { "clock", VALUE_TIME },      { "unacked", VALUE_RUNS },      { "models", VALUE_JSON },
    { NULL, VALUE_JSON },
};

static const Member status_members[] = {
    { "name", VALUE_NAME },
    { "session", VALUE_NUMBER },
    { "seq", VALUE_NUMBER },
    { "state", VALUE_AGENT_STATE },
    { "since", VALUE_TIME },
    { "running", VALUE_NUMBER },
    { "queued", VALUE_NUMBER },
    { "version", VALUE_TEXT },
    { "clock_offset_ms", VALUE_NUMBER },
    { NULL, VALUE_JSON },
};

static const Member report_members[] = {
    { "day", VALUE_TEXT },        { "counts", VALUE_JSON }, { "durations", VALUE_JSON },
    { "uptime_s", VALUE_NUMBER }, { "load", VALUE_JSON },   { "disk", VALUE_JSON },
    { "errors", VALUE_JSON },     { NULL, VALUE_JSON },
};

static const Member error_members[] = {
    { "severity", VALUE_TEXT },
    { "text", VALUE_TEXT },
    { "run", VALUE_ULID },
    { NULL, VALUE_JSON },
};

static const Member *const members_of[MESSAGE_KIND_COUNT] = {
    [MESSAGE_CHAT] = chat_members,       [MESSAGE_REPLY] = reply_members,
    [MESSAGE_TASK] = task_members,       [MESSAGE_ACK] = ack_members,
    [MESSAGE_ANSWER] = answer_members,   [MESSAGE_PROGRESS] = progress_members,
    [MESSAGE_RESULT] = result_members,   [MESSAGE_OUTPUT] = output_members,
    [MESSAGE_CONTROL] = control_members, [MESSAGE_REGISTER] = register_members,
    [MESSAGE_STATUS] = status_members,   [MESSAGE_REPORT] = report_members,
    [MESSAGE_ERROR] = error_members,
};

/* ---- the pool ---- */

MessagePool *message_pool_new(void)
{
    MessagePool *pool = g_new0(MessagePool, 1);

    pool->ulids = g_ptr_array_new_with_free_func(g_free);
    pool->names = g_ptr_array_new_with_free_func(g_free);

    return pool;
}

void message_pool_free(MessagePool *pool)
{
    if (!pool)
        return;

    g_ptr_array_unref(pool->ulids);
    g_ptr_array_unref(pool->names);
    g_free(pool);
}

static void add(GPtrArray *array, const char *text)
{
    if (!text || g_ptr_array_find_with_equal_func(array, text, g_str_equal, NULL))
        return;

    if (array->len >= MESSAGE_POOL_MAX)
        g_ptr_array_remove_index(array, array->len / 2);
    g_ptr_array_add(array, g_strdup(text));
}

void message_pool_add_ulid(MessagePool *pool, const char *ulid)
{
    add(pool->ulids, ulid);
}

void message_pool_add_name(MessagePool *pool, const char *name)
{
    add(pool->names, name);
}

void message_pool_learn(MessagePool *pool, const Message *message)
{
    add(pool->ulids, message->id);
    if (message->kind == MESSAGE_TASK)
        add(pool->ulids, message->task.run);
    if (message->kind == MESSAGE_CONTROL && message->control.run)
        add(pool->ulids, message->control.run);
}

/* ---- values ---- */

static char *pick(FuzzInput *input, const GPtrArray *array, const char *fallback)
{
    return g_strdup(array->len ? array->pdata[fuzz_below(input, array->len)] : fallback);
}

/* Also those that no whole number of JSON is. */
static Json *number_value(int64_t number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    return json_parse(text, strlen(text), 65536, NULL);
}

static Json *text_value(FuzzInput *input)
{
    static const char *const texts[] = {
        "", "shell", "guarded", "error", "ok", "true", "DELEGATE: web1 | ls", "2026-11-21"
    };
    g_autofree char *text = fuzz_pick(input, texts, G_N_ELEMENTS(texts), true);

    return json_new_string(text);
}

static Json *time_value(FuzzInput *input, int64_t now_ms)
{
    static const int64_t offsets[] = { 0,      -1,      1000,     60000,    300000,
                                       -60001, 3600000, -3600000, 86400000, -86400000 };
    unsigned choice = fuzz_below(input, G_N_ELEMENTS(offsets) + 1);
    int64_t at_ms = choice < G_N_ELEMENTS(offsets) ? now_ms + offsets[choice] : fuzz_number(input);
    g_autofree char *text = timestamp_format(at_ms);

    return json_new_string(text);
}

/* Any JSON: a text of the input if it is that, or one of a few. */
static Json *any_value(FuzzInput *input)
{
    static const char *const texts[] = {
        "null",
        "{}",
        "[]",
        "[{}]",
        "{\"id\":\"a\",\"hash\":\"b\"}",
        "{\"user_ms\":1,\"sys_ms\":2}",
        "[\"01J00000000000000000000001\"]",
        "[[[[]]]]",
        "-1",
        "{\"a\":{\"b\":[1,2]}}",
    };
    g_autofree char *text = fuzz_pick(input, texts, G_N_ELEMENTS(texts), true);
    Json *json = json_parse(text, strlen(text), 65536, NULL);

    return json ? json : json_new_null();
}

static Json *runs_value(FuzzInput *input, const MessagePool *pool)
{
    Json *runs = json_new_array();
    Json *data;

    for (unsigned i = fuzz_below(input, 4); i > 0; i--) {
        Json *entry = json_new_object();
        g_autofree char *run = pick(input, pool->ulids, "");

        json_set_string(entry, "run", run);
        json_set(entry, "attempt", json_new_int(fuzz_below(input, 4)));
        json_set_string(entry, "state", run_state_name(fuzz_below(input, RUN_STATE_COUNT)));
        json_append(runs, entry);
    }
    if (fuzz_one_in(input, 3))
        return runs;

    data = json_new_object();
    json_set(data, "runs", runs);
    return data;
}

static Json *skills_value(FuzzInput *input)
{
    static const char *const texts[] = {
        "[{\"name\":\"shell\",\"risk\":\"guarded\"}]",
        "[{\"name\":\"apt.update\",\"risk\":\"low\",\"params\":[]},{\"name\":\"shell\"}]",
        "[{\"name\":\"deploy.run\",\"params\":[{\"name\":\"service\",\"type\":\"name\","
        "\"required\":true}]}]",
        "[{\"name\":1},{},[],null]",
        "{\"name\":\"shell\"}",
    };
    g_autofree char *text = NULL;

    if (fuzz_one_in(input, 5))
        return any_value(input);
    text = fuzz_pick(input, texts, G_N_ELEMENTS(texts), false);
    return json_parse(text, strlen(text), 65536, NULL);
}

static Json *policy_value(FuzzInput *input)
{
    static const char *const texts[] = {
        "{\"timezone\":\"UTC\",\"blackouts\":[],\"work_hours\":null,\"paused\":false,\"epoch\":9}",
        "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"00:00\",\"end\":\"24:00\"}],"
        "\"paused\":true,\"epoch\":1794900000}",
        "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"14:00\",\"end\":\"15:00\"}],"
        "\"work_hours\":{\"start\":\"22:00\",\"end\":\"06:00\",\"days\":[\"mon\"]}}",
        "{\"timezone\":\"Europe/Nowhere\",\"blackouts\":[{\"start\":\"02:00\",\"end\":\"02:00\"}]}",
        "{\"paused\":true}",
    };
    g_autofree char *text = NULL;

    if (fuzz_one_in(input, 5))
        return any_value(input);
    text = fuzz_pick(input, texts, G_N_ELEMENTS(texts), false);
    return json_parse(text, strlen(text), 65536, NULL);
}

static Json *name_value(FuzzInput *input, const MessagePool *pool)
{
    g_autofree char *name = fuzz_one_in(input, 6) ? fuzz_utf8(input) : pick(input, pool->names, "");

    return json_new_string(name);
}

static Json *ulid_value(FuzzInput *input, const MessagePool *pool, bool is_strict)
{
    g_autofree char *ulid = NULL;

    if (!is_strict && fuzz_one_in(input, 8))
        ulid = fuzz_utf8(input);
    else if (fuzz_one_in(input, 5))
        ulid = g_strdup_printf("01J0000000000000000FUZZ%03u", fuzz_byte(input));
    else
        ulid = pick(input, pool->ulids, "01J00000000000000000000001");

    return json_new_string(ulid);
}

static Json *word_value(FuzzInput *input, const char *const *words, unsigned count)
{
    g_autofree char *word = fuzz_pick(input, words, count, false);

    return json_new_string(word);
}

static Json *value(FuzzInput *input, ValueKind kind, const MessagePool *pool, int64_t now_ms)
{
    static const char *const acks[] = { "accepted", "rejected", "done" };
    static const char *const actions[] = { "pause", "resume", "policy", "report", "cancel",
                                           "query", "fetch",  "update", "upgrade" };
    static const char *const agent_states[] = { "online", "paused", "offline" };

    switch (kind) {
    case VALUE_ULID:
        return ulid_value(input, pool, true);
    case VALUE_ID:
        return ulid_value(input, pool, false);
    case VALUE_NAME:
        return name_value(input, pool);
    case VALUE_TIME:
        return time_value(input, now_ms);
    case VALUE_NUMBER:
        /* Mostly what an attempt, a session or a small count is. */
        return number_value(fuzz_one_in(input, 3) ? fuzz_number(input) : fuzz_below(input, 4));
    case VALUE_BOOL:
        return json_new_bool(fuzz_below(input, 2));
    case VALUE_TEXT:
        return text_value(input);
    case VALUE_STATE:
        return json_new_string(run_state_name(fuzz_below(input, RUN_STATE_COUNT)));
    case VALUE_RULE:
        return json_new_string(rule_name(fuzz_below(input, RULE_COUNT)));
    case VALUE_ACK:
        return word_value(input, acks, G_N_ELEMENTS(acks));
    case VALUE_ACTION:
        return word_value(input, actions, G_N_ELEMENTS(actions));
    case VALUE_AGENT_STATE:
        return word_value(input, agent_states, G_N_ELEMENTS(agent_states));
    case VALUE_RUNS:
        return runs_value(input, pool);
    case VALUE_SKILLS:
        return skills_value(input);
    case VALUE_POLICY:
        return policy_value(input);
    case VALUE_JSON:
        return any_value(input);
    }

    return NULL;
}

/* One byte for each member: zero and most others mean "as it should be". */
static void make_members(FuzzInput *input, Json *object, const Member *members,
                         const MessagePool *pool, int64_t now_ms)
{
    for (; members->name; members++) {
        uint8_t choice = fuzz_byte(input);

        if (choice >= 240)
            continue;
        json_set(object, members->name,
                 choice >= 230 ? any_value(input) : value(input, members->kind, pool, now_ms));
    }
}

char *message_make_body(FuzzInput *input, MessageKind kind, const MessagePool *pool, int64_t now_ms)
{
    g_autoptr(Json) object = json_new_object();

    json_set_string(object, "type", message_kind_name(kind));
    make_members(input, object, common_members, pool, now_ms);
    make_members(input, object, members_of[kind], pool, now_ms);

    return json_print(object);
}
