/*
 * What agent1's core wants done, in order. The executor commits the stored effects of a turn in one
 * transaction first, and does the outward ones only after that commit, in their order. An effect
 * owns what it points to.
 */
#ifndef AGENT1_PORT_EFFECT_H
#define AGENT1_PORT_EFFECT_H

#include "agent1/port/embed_call.h"
#include "agent1/port/model_call.h"
#include "agent1/port/page_call.h"
#include "agent1/port/table.h"
#include "agent1/port/xmpp_act.h"
#include "common/wire/message.h"

#include <glib.h>

typedef enum {
    /* Stored, all of a turn together. */
    EFFECT_PUT,    /* insert or replace a row by its primary key */
    EFFECT_DELETE, /* delete the row with this primary key; absent is fine */
    EFFECT_AUDIT,  /* append one row to the audit */
    /* Read, after everything stored before it; answered by EVENT_ROWS. */
    EFFECT_QUERY,
    /* Outward. */
    EFFECT_PUBLISH,       /* a frame on MQTT; lost when the link is down: the outbox repeats */
    EFFECT_PUBLISH_PLAIN, /* unsigned text on a topic; lost when the link is down. Answered by
                             EVENT_PUBLISHED where it has an id */
    EFFECT_LISTEN,        /* hear what comes on a filter, or no more; answered by EVENT_LISTENING
                             and EVENT_HEARD */
    EFFECT_SAY,           /* a message on XMPP; answered by EVENT_SAID */
    EFFECT_XMPP,          /* anything else on XMPP: see XmppAct */
    EFFECT_TRUST,         /* the keys whose frames may be opened without a rate limit */
    EFFECT_UPDATE,        /* look for a newer version of this program; answered by EVENT_UPDATE */
    EFFECT_MODEL_CALL,    /* ask a language model; answered by EVENT_MODEL, piece by piece */
    EFFECT_MODEL_CANCEL,  /* give that up: nothing more is heard of it */
    EFFECT_PAGE_CALL,     /* read a page of the web, or search; answered by EVENT_PAGE */
    EFFECT_PAGE_CANCEL,   /* give that up: nothing more is heard of it */
    EFFECT_EMBED,         /* have vectors made; answered by EVENT_EMBEDDED */
    EFFECT_EDIT_FILE,     /* change members of one entry of a file that people edit */
    EFFECT_LOG,
} EffectKind;

typedef enum {
    QUERY_RUN_BY_ID,     /* text: a ULID */
    QUERY_RUN_BY_NUMBER, /* number */
    QUERY_RUNS_RECENT,   /* text: an agent or NULL; the newest `limit` by number, newest first */
    QUERY_RUNS_FAILED,   /* the same of those that failed (run_state_is_failure()) */
    /* Checks the audit's chain from the row after `number`, whose hash `text` is (NULL before the
     * first), for at most `limit` rows. Answered by META rows, named below. */
    QUERY_AUDIT,
    QUERY_MEMORY, /* text: the id of a row of TABLE_MEMORIES, beside: of another one or NULL; a
                     private one comes first */
    QUERY_MEMORY_MATCH, /* text: words in double quotes, each with or without a star behind it; the
                           `limit` memories that hold all of them, the best first: of the shared
                           ones, and of the private ones of the user `beside` (NULL: of none),
                           and only what `writer` wrote, where he is named.
                           number: now, since what nobody has asked for in long is found worse */
    QUERY_MEMORY_ANY,   /* the same of words with OR between them: memories that hold any of them */
    QUERY_MEMORY_OWN,   /* as _MATCH, of the private ones of the user `beside` alone */
    QUERY_MEMORY_NEAR,  /* beside, number, writer as above; the `limit` memories whose vectors are
                           nearest to `vector`, of those that the model `text` made */
    QUERY_MEMORY_BARE,  /* `limit` memories of which the model `text` has made no vector since they
                           were changed, behind the first `number` of them */
    QUERY_VECTORS_REFUSED, /* `limit` rows of TABLE_VECTORS without a vector */
    /* Over the runs that ended from `number` on and before `until` (Unix ms), of the agent `text`
     * or of all where it is NULL; of more than QUERY_RANGE_RUNS_MAX the newest. */
    QUERY_DAY,   /* rows of RESULT_FIGURES by agent, and of all with no agent; of RESULT_SLOTS;
                    the newest `limit` that failed; the audit's head, as META rows */
    QUERY_RANGE, /* the row of RESULT_FIGURES of all; the newest `limit` of them */
    QUERY_RANGE_FAILED, /* … and the newest that failed */
    QUERY_PLAN,         /* text: a plan's id */
    QUERY_PLAN_RUNS,    /* text: a plan's id; at most limit of its runs, the oldest first */
    QUERY_DAILY,        /* text: a day as "2026-11-25"; the compiled report of it, a row for each
                           language it was kept in */
    QUERY_STEPS,        /* text: a plan's id; at most limit of its steps in their order */
} QueryKind;

/* More runs of a range are not looked at. */
#define QUERY_RANGE_RUNS_MAX 200000

/* The names of the META rows that answer QUERY_AUDIT. */
#define AUDIT_CHECKED "row"     /* the last row that fits */
#define AUDIT_HASH    "hash"    /* its hash */
#define AUDIT_BROKEN  "problem" /* what is wrong with the row after it; absent while nothing is */
#define AUDIT_ENDS    "end"     /* there: it is the last row of all */

typedef enum {
    EFFECT_LOG_ERROR,
    EFFECT_LOG_WARNING,
    EFFECT_LOG_NOTICE,
    EFFECT_LOG_INFO,
} EffectLogLevel;

typedef struct EffectAudit {
    int64_t at_ms;
    char *kind;      /* a word: "run", "refused", "command", "accept", "alarm", … */
    char *principal; /* the door: a bare JID, a key, an agent; NULL: agent1 itself */
    char *agent;     /* or NULL */
    char *run;       /* or NULL */
    char *text;      /* one line */
} EffectAudit;

typedef struct EffectQuery {
    uint64_t cookie;
    QueryKind kind;
    char *text;
    GBytes *vector; /* NULL, but for a query that says so */
    char *beside;   /* a second text, of the kinds that know one; NULL otherwise */
    char *writer;   /* a user: only what he wrote by hand, with nothing from outside; NULL: all */
    int64_t number;
    int64_t until; /* of a range; 0 otherwise */
    unsigned limit;
} EffectQuery;

/* What becomes of what is said when the rows of its turn cannot be stored. */
typedef enum {
    WORDS_ANSWER, /* to what somebody just wrote: a refusal leaves instead */
    WORDS_NEWS,   /* of something else, or once more: left out; it happens again */
    WORDS_STORED, /* said again from its row: it stands, unless that row was not stored either */
} Words;

typedef struct EffectPublish {
    char *topic;
    char *peer;     /* the receiver's key, as key_print() writes it */
    bool is_sealed; /* the gateway makes it clear when mqtt.seal is false */
    Words words;    /* of a reply */
    Message *message;
} EffectPublish;

typedef struct EffectPlain {
    char *topic;
    char *text; /* valid UTF-8; retained and empty: what is retained there is removed */
    bool is_retained;
    char *id; /* somebody wants to know what became of it; NULL: nobody does */
} EffectPlain;

typedef struct EffectListen {
    char *id;
    char *filter; /* NULL: no more; it is fine when nothing was heard */
} EffectListen;

typedef struct EffectSay {
    char *id;  /* stable: repeats carry the same stanza id */
    char *jid; /* to whom */
    char *text;
    bool is_link;   /* the text is one URL, which clients may show as what it leads to */
    char *replaces; /* the id of the message that it corrects (XEP-0308); NULL: it is a new one */
    Words words;
} EffectSay;

typedef struct EffectEditFile {
    char *id;
    char *file;    /* "agents_registry.json" */
    char *name;    /* the entry below "agents", or the "id" among "tasks"; NULL: the file itself */
    char *members; /* a JSON object of the members to set; of a task "null" takes it out; without a
                      name among "tasks" an array of those to whom an "id" is given */
    bool is_fill;  /* set only those that are absent: what a person wrote stays */
} EffectEditFile;

typedef struct EffectUpdate {
    char *path;   /* of the git repository */
    char *branch; /* or NULL */
} EffectUpdate;

typedef struct EffectLog {
    EffectLogLevel level;
    char *run;   /* or NULL */
    char *agent; /* or NULL */
    char *text;
} EffectLog;

typedef struct Effect {
    EffectKind kind;
    union {
        Row *row; /* PUT */
        struct {
            Table table;
            char *key;
        } removal; /* DELETE */
        EffectAudit audit;
        EffectQuery query;
        EffectPublish publish;
        EffectPlain plain;
        EffectListen listen;
        EffectSay say;
        XmppAct act;
        GPtrArray *trusted; /* TRUST: char *, keys as key_print() writes them */
        EffectUpdate update;
        ModelCall *call; /* MODEL_CALL */
        PageCall *page;  /* PAGE_CALL */
        EmbedCall *embed;
        char *cancelled; /* MODEL_CANCEL, PAGE_CANCEL: the id of a call */
        EffectEditFile edit;
        EffectLog log;
    };
} Effect;

typedef struct Effects {
    GPtrArray *list; /* Effect * */
} Effects;

Effects *effects_new(void);
void effects_free(Effects *effects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Effects, effects_free)

void effect_free(Effect *effect);

/* True for PUT, DELETE and AUDIT. */
bool effect_is_stored(const Effect *effect);

/* Append one effect. Rows and messages are taken over; texts are copied. */
void effects_put(Effects *effects, Row *row);
void effects_delete(Effects *effects, Table table, const char *key);
void effects_audit(Effects *effects, int64_t at_ms, const char *kind, const char *principal,
                   const char *agent, const char *run, const char *format, ...) G_GNUC_PRINTF(7, 8);
void effects_query(Effects *effects, uint64_t cookie, QueryKind kind, const char *text,
                   int64_t number, unsigned limit);
/* The same with all its members, which are copied, but for its cookie. */
void effects_query_all(Effects *effects, uint64_t cookie, const EffectQuery *query);
/* The same over a range of time. */
void effects_query_range(Effects *effects, uint64_t cookie, QueryKind kind, const char *text,
                         int64_t from_ms, int64_t until_ms, unsigned limit);
void effects_publish(Effects *effects, const char *topic, const char *peer, bool is_sealed,
                     Message *message);
void effects_publish_plain(Effects *effects, const char *topic, const char *text, bool is_retained);
/* The same, answered by EVENT_PUBLISHED. */
void effects_publish_told(Effects *effects, const char *id, const char *topic, const char *text,
                          bool is_retained);
void effects_listen(Effects *effects, const char *id, const char *filter); /* NULL: no more */
/* A sealed reply to somebody's agentctl. */
void effects_reply(Effects *effects, const char *topic, const char *peer, Message *message,
                   Words words);
void effects_say(Effects *effects, const char *id, const char *jid, const char *text, Words words);
void effects_say_correction(Effects *effects, const char *id, const char *jid, const char *replaces,
                            const char *text, Words words);
void effects_say_link(Effects *effects, const char *id, const char *jid, const char *url,
                      Words words);
void effects_xmpp(Effects *effects, const XmppAct *act); /* copied */
void effects_trust(Effects *effects, GPtrArray *keys);   /* taken over */
void effects_update(Effects *effects, const char *path, const char *branch);
void effects_model_call(Effects *effects, ModelCall *call); /* taken over */
void effects_model_cancel(Effects *effects, const char *id);
void effects_page_call(Effects *effects, PageCall *call); /* taken over */
void effects_page_cancel(Effects *effects, const char *id);
void effects_embed(Effects *effects, EmbedCall *call); /* taken over */
void effects_edit_file(Effects *effects, const char *id, const char *file, const char *name,
                       const char *members, bool is_fill);
void effects_log(Effects *effects, EffectLogLevel level, const char *run, const char *agent,
                 const char *format, ...) G_GNUC_PRINTF(5, 6);

#endif
