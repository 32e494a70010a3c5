/*
 * The tables of agent1's store and their rows, as the core speaks of them.
 *
 * A row is a list of values in the order of its table's columns. The core makes rows and reads them
 * back; the store edge turns them into SQL from the descriptions here, and nothing else knows where
 * rows live. A column that is added later goes to the end of its table, with a migration in
 * agent1/edge/store_schema.c.
 */
#ifndef AGENT1_PORT_TABLE_H
#define AGENT1_PORT_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    TABLE_META,          /* single facts by name: epoch, standby, next run number */
    TABLE_RUNS,          /* every run, live and ended */
    TABLE_OUTBOX,        /* what an agent must still acknowledge */
    TABLE_AGENTS,        /* what agents told: journal, session, pause wished for */
    TABLE_WAITING,       /* keys that registered and were not accepted yet */
    TABLE_CHATS,         /* ids of chat messages already acted on, with their answer */
    TABLE_SAYINGS,       /* XMPP messages the server has not taken yet */
    TABLE_QUESTIONS,     /* questions open in a conversation, answered by !yes and !no */
    TABLE_EDITS,         /* changes to people's files that must still be written */
    TABLE_ORPHANS,       /* results for runs this agent1 does not know */
    TABLE_SESSIONS,      /* sessions of agentctl and the key each is bound to */
    TABLE_PLANS,         /* several runs as one thing */
    TABLE_STEPS,         /* the steps of each plan */
    TABLE_APPROVALS,     /* runs that wait for a person's yes */
    TABLE_MEMO_KEYS,     /* the keys of what people had remembered */
    TABLE_MEMORIES,      /* what stands under them: read when somebody asks */
    TABLE_REPORTS,       /* the last reports of the day of each agent */
    TABLE_PROPOSALS,     /* the messages that showed an approval, or asked a question */
    TABLE_UPLOADS,       /* outputs and charts that were promised as a file */
    TABLE_PUBLICATIONS,  /* messages that people published and the broker has not answered */
    TABLE_SUBSCRIPTIONS, /* topics that people listen to */
    TABLE_NOTICES,       /* what people hear later: their quiet hours end, or a flood does */
    TABLE_SCHEDULES,     /* what has fired of each schedule of tasks_schedule.json */
    TABLE_DAILIES,       /* what each compiled report said: read when somebody asks */
    TABLE_TURNS,         /* what people and models said to each other, as far as it is remembered */
    TABLE_VECTORS,       /* of notes, as an embedding model made them: read where they lie */
    TABLE_COUNT,
    /* Rows that lie nowhere: what a query computes. */
    RESULT_FIGURES = TABLE_COUNT, /* what became of an agent's runs in a time; no agent: of all */
    RESULT_SLOTS,                 /* how many ended in a quarter of an hour, and how */
    RESULT_END,
} Table;

typedef enum {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_BYTES,
} ColumnKind;

typedef struct Column {
    const char *name;
    ColumnKind kind;
} Column;

typedef struct TableInfo {
    const char *name;
    const Column *columns; /* the first one is the primary key, a text */
    unsigned column_count;
    const char *live_where; /* SQL condition of the rows core_restore() needs; NULL: all */
} TableInfo;

const TableInfo *table_info(Table table);

/* clang-format off */
enum { META_NAME, META_VALUE, META_COLUMNS };
#define META_ZONE "zone" /* its value: the name of the installation's zone that counted last */
enum {
    RUNS_ID, RUNS_NUMBER, RUNS_ATTEMPT, RUNS_STATE, RUNS_AGENT, RUNS_TASK, RUNS_SKILL, RUNS_USER,
    RUNS_PRINCIPAL, RUNS_CONVERSATION, RUNS_CHAT_ID, RUNS_CREATED, RUNS_CHANGED, RUNS_EXPIRES,
    RUNS_TIMEOUT_MS, RUNS_IS_IDEMPOTENT, RUNS_IS_HANDED, RUNS_JOURNAL, RUNS_CANCELLED_BY,
    RUNS_IS_UNCONFIRMED, RUNS_EXIT_CODE, RUNS_SIGNAL, RUNS_OUTPUT, RUNS_OUTPUT_BYTES,
    RUNS_IS_TRUNCATED, RUNS_STARTED, RUNS_FINISHED, RUNS_DURATION_MS, RUNS_USER_MS, RUNS_SYS_MS,
    RUNS_MAX_RSS_KIB, RUNS_RULE, RUNS_REASON, RUNS_CONTRADICTION, RUNS_PLAN, RUNS_WAIT_UNTIL,
    RUNS_NOT_BEFORE, RUNS_APPROVAL, RUNS_APPROVED_HASH, RUNS_DECIDED_BY, RUNS_DECIDED,
    RUNS_SCHEDULE, RUNS_NOMINAL, RUNS_TURN, RUNS_AFTER, RUNS_COLUMNS
};
enum {
    OUTBOX_ID, OUTBOX_AGENT, OUTBOX_KIND, OUTBOX_RUN, OUTBOX_ATTEMPT, OUTBOX_SEQ, OUTBOX_CREATED,
    OUTBOX_EXPIRES, OUTBOX_COLUMNS
};
enum {
    AGENTS_NAME, AGENTS_KEY, AGENTS_JOURNAL, AGENTS_SESSION, AGENTS_SEQ, AGENTS_STATE,
    AGENTS_SINCE, AGENTS_HEARD, AGENTS_CONTROL_SEQ, AGENTS_IS_PAUSE_WISHED, AGENTS_VERSION,
    AGENTS_HOST, AGENTS_SKILLS, AGENTS_POLICY_HASH, AGENTS_BOOT_ID, AGENTS_FORMER, AGENTS_REGISTERED_SESSION, AGENTS_REGISTERED_SEQ,
    AGENTS_TOLD, AGENTS_UNREPORTED, AGENTS_UPDATE, AGENTS_PAUSED_BY, AGENTS_PAUSED, AGENTS_COLUMNS
};
enum {
    WAITING_KEY, WAITING_NAME, WAITING_FIRST, WAITING_LAST, WAITING_VERSION, WAITING_HOST,
    WAITING_COLUMNS
};
enum {
    CHATS_ID, CHATS_CONVERSATION, CHATS_KEPT_UNTIL, CHATS_REPLY, CHATS_OUTCOME, CHATS_RUNS,
    CHATS_IS_FINAL,
    CHATS_SHOWN, /* the message that shows an answer which still comes; NULL: none does */
    CHATS_COLUMNS
};
enum {
    SAYINGS_ID, SAYINGS_JID, SAYINGS_TEXT, SAYINGS_CREATED, SAYINGS_IS_LINK,
    SAYINGS_REPLACES, /* the message that this one corrects (XEP-0308); NULL: none */
    SAYINGS_COLUMNS
};
enum {
    QUESTIONS_ID, QUESTIONS_CONVERSATION, QUESTIONS_USER, QUESTIONS_TEXT, QUESTIONS_SHOWN,
    QUESTIONS_CREATED, QUESTIONS_EXPIRES, QUESTIONS_KIND,
    QUESTIONS_NUMBER, /* !yes <number> answers it: among those that are open to one person */
    QUESTIONS_PLACE,  /* the room where it was asked; NULL: alone with the person */
    QUESTIONS_SOURCES, /* what a model had read that asked for it: bits of
                          agent1/flow/state/sources.h; not set: none did */
    QUESTIONS_COLUMNS
};
enum { EDITS_ID, EDITS_FILE, EDITS_NAME, EDITS_MEMBERS, EDITS_CREATED, EDITS_COLUMNS };
enum {
    ORPHANS_ID, ORPHANS_AGENT, ORPHANS_ATTEMPT, ORPHANS_STATE, ORPHANS_BODY, ORPHANS_SEEN,
    ORPHANS_COLUMNS
};
enum { SESSIONS_NAME, SESSIONS_KEY, SESSIONS_SEEN, SESSIONS_COLUMNS };
enum {
    PLANS_ID, PLANS_NUMBER, PLANS_STATE, PLANS_KIND, PLANS_TASK, PLANS_USER, PLANS_PRINCIPAL,
    PLANS_CONVERSATION, PLANS_CHAT_ID, PLANS_CANCELLED_BY, PLANS_IS_STOPPING, PLANS_IS_TOLD,
    PLANS_CREATED, PLANS_CHANGED, PLANS_COLUMNS
};
enum {
    STEPS_ID, STEPS_PLAN, STEPS_STAGE, STEPS_AGENT, STEPS_TASK, STEPS_IS_NOW, STEPS_STATE,
    STEPS_RUN, STEPS_NUMBER, STEPS_OUTCOME, STEPS_RULE, STEPS_TEXT, STEPS_TAIL, STEPS_MAY_WAIT,
    STEPS_COLUMNS
};
enum {
    APPROVALS_ID, APPROVALS_RUN, APPROVALS_HASH, APPROVALS_ASKED_BY, APPROVALS_NEEDS_SECOND,
    APPROVALS_CREATED, APPROVALS_EXPIRES, APPROVALS_IS_REMINDED, APPROVALS_STATE, APPROVALS_OPENS,
    APPROVALS_COLUMNS
};
enum {
    MEMO_KEYS_ID, MEMO_KEYS_KEY,
    MEMO_KEYS_SCOPE, /* as in its row of TABLE_MEMORIES; NULL: an older agent1's, which shared all */
    MEMO_KEYS_USER,  /* as there; NULL: an older agent1 did not write it here */
    MEMO_KEYS_RECALLED, /* when it was last told to somebody who asked; NULL: since it was written nobody was */
    MEMO_KEYS_COLUMNS
};
enum {
    MEMORIES_ID, MEMORIES_KEY, MEMORIES_VALUE,
    MEMORIES_USER, /* who wrote it last; of a private one whose it is */
    MEMORIES_CHANGED,
    MEMORIES_SCOPE, /* SCOPE_… */
    MEMORIES_HOW,   /* HOW_…; NULL: an older agent1 did not say */
    MEMORIES_IS_TAINTED, /* text from outside stood before it, or beside it; NULL: not known */
    MEMORIES_COLUMNS
};
enum {
    VECTORS_ID,    /* as in TABLE_MEMORIES */
    VECTORS_MODEL, /* that made it */
    VECTORS_MADE,  /* when the note was changed that it was made of */
    VECTORS_VECTOR, /* not set: whoever makes them refused the note */
    VECTORS_COLUMNS
};
enum { NOTICES_ID, NOTICES_USER, NOTICES_TEXT, NOTICES_CREATED, NOTICES_MAY_WAIT, NOTICES_PLACE, NOTICES_COLUMNS };
enum {
    SCHEDULES_ID, SCHEDULES_CRON, SCHEDULES_TIMEZONE, SCHEDULES_IS_ENABLED, SCHEDULES_ANCHOR,
    SCHEDULES_MARK, SCHEDULES_TURN, SCHEDULES_LAST_RUN, SCHEDULES_LAST_NUMBER,
    SCHEDULES_PAUSED_BY, SCHEDULES_MADE, SCHEDULES_GONE, SCHEDULES_CANCELLED_BY, SCHEDULES_COLUMNS
};
enum { REPORTS_ID, REPORTS_AGENT, REPORTS_DAY, REPORTS_BODY, REPORTS_SEEN, REPORTS_COLUMNS };
enum { DAILIES_ID, DAILIES_TEXT, DAILIES_SENT, DAILIES_COLUMNS };

/* One thing that was said; its id is a number with leading zeros. */
enum {
    TURNS_ID,
    TURNS_CONVERSATION, /* whose, and where: agent1/flow/state/history.h */
    TURNS_SPEAKER,      /* ModelSpeaker */
    TURNS_TEXT,
    TURNS_AT,
    TURNS_IS_TAINTED, /* where text from outside that stands in it, or stood before it, came from:
                         bits of agent1/flow/state/sources.h */
    TURNS_COLUMNS
};
enum {
    PROPOSALS_ID,
    PROPOSALS_APPROVAL, /* NULL: it asked a question */
    PROPOSALS_NUMBER,   /* of the run, or of the question */
    PROPOSALS_SAID,
    PROPOSALS_QUESTION, /* NULL: it showed an approval; "": it asked several things */
    PROPOSALS_ENDED,    /* how the question ended, a word; NULL: it has not */
    PROPOSALS_ENDED_AT,
    PROPOSALS_COLUMNS
};
enum {
    UPLOADS_ID, UPLOADS_RUN, UPLOADS_NUMBER, UPLOADS_AGENT, UPLOADS_JID, UPLOADS_CREATED,
    UPLOADS_FILE, UPLOADS_CHART, UPLOADS_COLUMNS
};
enum {
    PUBLICATIONS_ID, PUBLICATIONS_TOPIC, PUBLICATIONS_BYTES, PUBLICATIONS_IS_RETAINED,
    PUBLICATIONS_PRINCIPAL, PUBLICATIONS_CONVERSATION, PUBLICATIONS_CHAT_ID, PUBLICATIONS_CREATED,
    PUBLICATIONS_COLUMNS
};
enum {
    SUBSCRIPTIONS_ID, SUBSCRIPTIONS_NUMBER, SUBSCRIPTIONS_FILTER, SUBSCRIPTIONS_USER,
    SUBSCRIPTIONS_PRINCIPAL, SUBSCRIPTIONS_CONVERSATION, SUBSCRIPTIONS_CHAT_ID,
    SUBSCRIPTIONS_CREATED, SUBSCRIPTIONS_ENDS, SUBSCRIPTIONS_COUNT, SUBSCRIPTIONS_SHOWN,
    SUBSCRIPTIONS_DROPPED, SUBSCRIPTIONS_GAPS, SUBSCRIPTIONS_STAGE, SUBSCRIPTIONS_COLUMNS
};
enum {
    FIGURES_AGENT, FIGURES_RUNS, FIGURES_SUCCEEDED, FIGURES_FAILED, FIGURES_TIMED_OUT,
    FIGURES_UNKNOWN, FIGURES_EXPIRED, FIGURES_MISSED, FIGURES_REFUSED, FIGURES_CANCELLED,
    FIGURES_DENIED, FIGURES_SKIPPED, FIGURES_MEDIAN_MS, FIGURES_P95_MS, FIGURES_COLUMNS
};
enum {
    SLOTS_AT, SLOTS_SUCCEEDED, SLOTS_FAILED, SLOTS_TIMED_OUT, SLOTS_UNKNOWN, SLOTS_EXPIRED,
    SLOTS_MISSED, SLOTS_REFUSED, SLOTS_CANCELLED, SLOTS_DENIED, SLOTS_SKIPPED, SLOTS_COLUMNS
};
/* clang-format on */

/* Whom a note is for. */
#define SCOPE_SHARED  "shared"
#define SCOPE_PRIVATE "private"

/* How a note came about. */
#define HOW_TYPED     "typed"     /* the person wrote it by hand */
#define HOW_CONFIRMED "confirmed" /* a !yes released it, whoever worded it */
#define HOW_MODEL     "model"     /* a language model asked for it, in a talk with the person */

/* Every zone's clock is whole quarters of an hour from UTC. */
#define SLOT_MS INT64_C(900000)

typedef struct Value {
    bool is_set;
    int64_t number;
    char *text;
    GBytes *bytes;
} Value;

typedef struct Row {
    Table table;
    Value *values; /* table_info(table)->column_count of them */
} Row;

Row *row_new(Table table);
Row *row_copy(const Row *row); /* bytes are shared */
void row_free(Row *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Row, row_free)

/* Values not set are NULL in the database. The kind must fit the column (asserted). */
void row_set_text(Row *row, unsigned column, const char *text); /* NULL: not set */
void row_set_int(Row *row, unsigned column, int64_t number);

void row_set_bytes(Row *row, unsigned column, GBytes *bytes); /* a reference is kept */

/* Not set: NULL, 0. */
const char *row_text(const Row *row, unsigned column);
int64_t row_int(const Row *row, unsigned column);
GBytes *row_bytes(const Row *row, unsigned column); /* borrowed */
bool row_is_set(const Row *row, unsigned column);

#endif
