#include "agent1/port/table.h"

#include "common/base/banned.h"

#define TEXT(column)                                                                               \
    {                                                                                              \
        column, COLUMN_TEXT                                                                        \
    }
#define INT(column)                                                                                \
    {                                                                                              \
        column, COLUMN_INT                                                                         \
    }

static const Column meta[] = { TEXT("name"), TEXT("value") };

static const Column runs[] = {
    TEXT("id"),          INT("number"),         INT("attempt"),        TEXT("state"),
    TEXT("agent"),       TEXT("task"),          TEXT("skill"),         TEXT("user_name"),
    TEXT("principal"),   TEXT("conversation"),  TEXT("chat_id"),       INT("created"),
    INT("changed"),      INT("expires"),        INT("timeout_ms"),     INT("is_idempotent"),
    INT("is_handed"),    TEXT("journal"),       TEXT("cancelled_by"),  INT("is_unconfirmed"),
    INT("exit_code"),    INT("signal"),         TEXT("output"),        INT("output_bytes"),
    INT("is_truncated"), INT("started"),        INT("finished"),       INT("duration_ms"),
    INT("user_ms"),      INT("sys_ms"),         INT("max_rss_kib"),    TEXT("rule"),
    TEXT("reason"),      TEXT("contradiction"), TEXT("plan"),          INT("wait_until"),
    INT("not_before"),   TEXT("approval"),      TEXT("approved_hash"), TEXT("decided_by"),
    INT("decided"),      TEXT("schedule"),      INT("nominal"),        INT("turn"),
    TEXT("after_run"),
};

static const Column outbox[] = {
    TEXT("id"),     TEXT("agent"), TEXT("kind"),   TEXT("run"),
    INT("attempt"), INT("seq"),    INT("created"), INT("expires"),
};

static const Column agents[] = {
    TEXT("name"),
    TEXT("key_text"),
    TEXT("journal"),
    INT("session"),
    INT("seq"),
    TEXT("state"),
    INT("since"),
    INT("heard"),
    INT("control_seq"),
    INT("is_pause_wished"),
    TEXT("version"),
    TEXT("host"),
    TEXT("skills"),
    TEXT("policy_hash"),
    TEXT("boot_id"),
    TEXT("former"),
    INT("registered_session"),
    INT("registered_seq"),
    INT("told"),
    INT("unreported"),
    TEXT("update_news"),
    TEXT("paused_by"),
    INT("paused"),
};

static const Column waiting[] = {
    TEXT("key_text"), TEXT("name"), INT("first"), INT("last"), TEXT("version"), TEXT("host"),
};

static const Column chats[] = {
    TEXT("id"),      TEXT("conversation"), INT("kept_until"), TEXT("reply"),
    TEXT("outcome"), TEXT("runs"),         INT("is_final"),   TEXT("shown"),
};

static const Column sayings[] = {
    TEXT("id"), TEXT("jid"), TEXT("text"), INT("created"), INT("is_link"), TEXT("replaces"),
};

static const Column questions[] = {
    TEXT("id"),    TEXT("conversation"), TEXT("user_name"), TEXT("text"),
    TEXT("shown"), INT("created"),       INT("expires"),    TEXT("kind"),
    INT("number"), TEXT("place"),        INT("sources"),
};

static const Column edits[] = {
    TEXT("id"), TEXT("file"), TEXT("name"), TEXT("members"), INT("created"),
};

static const Column orphans[] = {
    TEXT("id"), TEXT("agent"), INT("attempt"), TEXT("state"), TEXT("body"), INT("seen"),
};

static const Column sessions[] = { TEXT("name"), TEXT("key_text"), INT("seen") };

static const Column plans[] = {
    TEXT("id"),      INT("number"),        TEXT("state"),      TEXT("kind"),
    TEXT("task"),    TEXT("user_name"),    TEXT("principal"),  TEXT("conversation"),
    TEXT("chat_id"), TEXT("cancelled_by"), INT("is_stopping"), INT("is_told"),
    INT("created"),  INT("changed"),
};

static const Column steps[] = {
    TEXT("id"),    TEXT("plan"),  INT("stage"), TEXT("agent"),   TEXT("task"),
    INT("is_now"), TEXT("state"), TEXT("run"),  INT("number"),   TEXT("outcome"),
    TEXT("rule"),  TEXT("text"),  TEXT("tail"), INT("may_wait"),
};

static const Column approvals[] = {
    TEXT("id"),     TEXT("run"),    TEXT("hash"),       TEXT("asked_by"), INT("needs_second"),
    INT("created"), INT("expires"), INT("is_reminded"), TEXT("state"),    INT("opens"),
};

static const Column memo_keys[] = {
    TEXT("id"), TEXT("key"), TEXT("scope"), TEXT("user_name"), INT("recalled"),
};

static const Column memories[] = {
    TEXT("id"),     TEXT("key"),   TEXT("value"), TEXT("user_name"),
    INT("changed"), TEXT("scope"), TEXT("how"),   INT("is_tainted"),
};

static const Column vectors[] = {
    TEXT("id"),
    TEXT("model"),
    INT("made"),
    { "vector", COLUMN_BYTES },
};

static const Column reports[] = {
    TEXT("id"), TEXT("agent"), TEXT("day"), TEXT("body"), INT("seen"),
};

static const Column proposals[] = {
    TEXT("id"),       TEXT("approval"), INT("number"),   INT("said"),
    TEXT("question"), TEXT("ended"),    INT("ended_at"),
};

static const Column uploads[] = {
    TEXT("id"),  TEXT("run"),    INT("number"), TEXT("agent"),
    TEXT("jid"), INT("created"), TEXT("file"),  TEXT("chart"),
};

static const Column publications[] = {
    TEXT("id"),        TEXT("topic"),        INT("bytes"),    INT("is_retained"),
    TEXT("principal"), TEXT("conversation"), TEXT("chat_id"), INT("created"),
};

static const Column subscriptions[] = {
    TEXT("id"),           INT("number"),   TEXT("filter"), TEXT("user_name"), TEXT("principal"),
    TEXT("conversation"), TEXT("chat_id"), INT("created"), INT("ends"),       INT("count"),
    INT("shown"),         INT("dropped"),  INT("gaps"),    INT("stage"),
};

static const Column notices[] = {
    TEXT("id"), TEXT("user_name"), TEXT("text"), INT("created"), INT("may_wait"), INT("place"),
};

static const Column schedules[] = {
    TEXT("id"),   TEXT("cron"), TEXT("timezone"),     INT("is_enabled"),  INT("anchor"),
    INT("mark"),  INT("turn"),  TEXT("last_run"),     INT("last_number"), TEXT("paused_by"),
    TEXT("made"), INT("gone"),  TEXT("cancelled_by"),
};

static const Column turns[] = {
    TEXT("id"), TEXT("conversation"), INT("speaker"), TEXT("text"), INT("at"), INT("is_tainted"),
};

static const Column dailies[] = { TEXT("id"), TEXT("text"), INT("sent") };

static const Column figures[] = {
    TEXT("agent"),  INT("runs"),    INT("succeeded"), INT("failed"),  INT("timed_out"),
    INT("unknown"), INT("expired"), INT("missed"),    INT("refused"), INT("cancelled"),
    INT("denied"),  INT("skipped"), INT("median_ms"), INT("p95_ms"),
};

static const Column slots[] = {
    INT("at"),        INT("succeeded"), INT("failed"),  INT("timed_out"),
    INT("unknown"),   INT("expired"),   INT("missed"),  INT("refused"),
    INT("cancelled"), INT("denied"),    INT("skipped"),
};

#define INFO(table, columns, where)                                                                \
    {                                                                                              \
        table, columns, G_N_ELEMENTS(columns), where                                               \
    }

static const TableInfo tables[RESULT_END] = {
    [TABLE_META] = INFO("meta", meta, NULL),
    [TABLE_RUNS] = INFO("runs", runs,
                        "(state = 'proposed' OR state = 'awaiting_approval' OR "
                        "state = 'deferred' OR state = 'queued' OR state = 'accepted' OR "
                        "state = 'running' OR state = 'cancelling')"),
    [TABLE_OUTBOX] = INFO("outbox", outbox, NULL),
    [TABLE_AGENTS] = INFO("agents", agents, NULL),
    [TABLE_WAITING] = INFO("waiting", waiting, NULL),
    [TABLE_CHATS] = INFO("chats", chats, NULL),
    [TABLE_SAYINGS] = INFO("sayings", sayings, NULL),
    [TABLE_QUESTIONS] = INFO("questions", questions, NULL),
    [TABLE_EDITS] = INFO("edits", edits, NULL),
    [TABLE_ORPHANS] = INFO("orphans", orphans, "0"),
    [TABLE_SESSIONS] = INFO("sessions", sessions, NULL),
    [TABLE_PLANS] = INFO("plans", plans, "state IN ('open', 'running')"),
    [TABLE_STEPS] = INFO("steps", steps,
                         "\"plan\" IN (SELECT id FROM plans WHERE state IN ('open', 'running'))"),
    [TABLE_APPROVALS] = INFO("approvals", approvals, NULL),
    [TABLE_MEMO_KEYS] = INFO("memo_keys", memo_keys, NULL),
    [TABLE_MEMORIES] = INFO("memories", memories, "0"),
    [TABLE_REPORTS] = INFO("reports", reports, NULL),
    [TABLE_PROPOSALS] = INFO("proposals", proposals, NULL),
    [TABLE_UPLOADS] = INFO("uploads", uploads, NULL),
    [TABLE_PUBLICATIONS] = INFO("publications", publications, NULL),
    [TABLE_SUBSCRIPTIONS] = INFO("subscriptions", subscriptions, NULL),
    [TABLE_NOTICES] = INFO("notices", notices, NULL),
    [TABLE_SCHEDULES] = INFO("schedules", schedules, NULL),
    [TABLE_DAILIES] = INFO("dailies", dailies, "0"),
    [TABLE_TURNS] = INFO("turns", turns, NULL),
    [TABLE_VECTORS] = INFO("vectors", vectors, "0"),
    [RESULT_FIGURES] = INFO("figures", figures, NULL),
    [RESULT_SLOTS] = INFO("slots", slots, NULL),
};

G_STATIC_ASSERT(G_N_ELEMENTS(meta) == META_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(runs) == RUNS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(outbox) == OUTBOX_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(agents) == AGENTS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(waiting) == WAITING_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(chats) == CHATS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(sayings) == SAYINGS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(questions) == QUESTIONS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(edits) == EDITS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(orphans) == ORPHANS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(sessions) == SESSIONS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(plans) == PLANS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(steps) == STEPS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(approvals) == APPROVALS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(memo_keys) == MEMO_KEYS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(memories) == MEMORIES_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(reports) == REPORTS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(proposals) == PROPOSALS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(uploads) == UPLOADS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(publications) == PUBLICATIONS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(subscriptions) == SUBSCRIPTIONS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(notices) == NOTICES_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(schedules) == SCHEDULES_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(dailies) == DAILIES_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(turns) == TURNS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(vectors) == VECTORS_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(figures) == FIGURES_COLUMNS);
G_STATIC_ASSERT(G_N_ELEMENTS(slots) == SLOTS_COLUMNS);

const TableInfo *table_info(Table table)
{
    g_assert(table < RESULT_END);
    return &tables[table];
}

Row *row_new(Table table)
{
    Row *row = g_new0(Row, 1);

    row->table = table;
    row->values = g_new0(Value, table_info(table)->column_count);
    return row;
}

Row *row_copy(const Row *row)
{
    Row *copy = row_new(row->table);

    for (unsigned i = 0; i < table_info(row->table)->column_count; i++) {
        copy->values[i] = row->values[i];
        copy->values[i].text = g_strdup(row->values[i].text);
        if (copy->values[i].bytes)
            g_bytes_ref(copy->values[i].bytes);
    }
    return copy;
}

void row_free(Row *row)
{
    unsigned column;

    if (!row)
        return;

    for (column = 0; column < table_info(row->table)->column_count; column++) {
        g_free(row->values[column].text);
        g_bytes_unref(row->values[column].bytes);
    }
    g_free(row->values);
    g_free(row);
}

static Value *value_at(const Row *row, unsigned column, ColumnKind kind)
{
    g_assert(column < table_info(row->table)->column_count);
    g_assert(table_info(row->table)->columns[column].kind == kind);
    return &row->values[column];
}

void row_set_text(Row *row, unsigned column, const char *text)
{
    Value *value = value_at(row, column, COLUMN_TEXT);

    g_free(value->text);
    value->text = g_strdup(text);
    value->is_set = text != NULL;
}

void row_set_int(Row *row, unsigned column, int64_t number)
{
    Value *value = value_at(row, column, COLUMN_INT);

    value->number = number;
    value->is_set = true;
}

void row_set_bytes(Row *row, unsigned column, GBytes *bytes)
{
    Value *value = value_at(row, column, COLUMN_BYTES);
    GBytes *before = value->bytes;

    value->bytes = g_bytes_ref(bytes);
    value->is_set = true;
    g_bytes_unref(before);
}

const char *row_text(const Row *row, unsigned column)
{
    return value_at(row, column, COLUMN_TEXT)->text;
}

int64_t row_int(const Row *row, unsigned column)
{
    return value_at(row, column, COLUMN_INT)->number;
}

GBytes *row_bytes(const Row *row, unsigned column)
{
    return value_at(row, column, COLUMN_BYTES)->bytes;
}

bool row_is_set(const Row *row, unsigned column)
{
    g_assert(column < table_info(row->table)->column_count);
    return row->values[column].is_set;
}
