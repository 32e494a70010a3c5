/*
 * The exchange with agent1: which chats are out, when each is sent again, and what an object that
 * came back means for them. Repeats carry the same id, time and expiry, so that agent1 never acts
 * twice (README.md, "The wire"): quickly until the first reply, and seldom until the final one; at
 * once after a reconnect, and then quickly again until a reply, since agent1 may reconnect later.
 *
 * Knows no broker, no key and no clock: times, ids and random numbers are arguments. Who may speak
 * was decided before (channel.h); here counts only what an object answers.
 */
#ifndef AGENT1_CLI_EXCHANGE_H
#define AGENT1_CLI_EXCHANGE_H

#include "common/wire/message.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* How long a chat may wait for its first reply. Shorter than CHAT_CLOCK_SKEW_MAX_MS: a copy that
 * agent1 gets late must not look like one of a wrong clock. */
#define CHAT_LIFE_MS (30 * 1000)

/* More questions than this do not wait at once. */
#define EXCHANGE_ASKS_MAX 100

typedef enum {
    ASK_WAITING,     /* agent1 has said nothing yet */
    ASK_TAKEN,       /* a first reply came: agent1 has it */
    ASK_LATE,        /* taken, and the time limit is over; an answer is still welcome */
    ASK_ANSWERED,    /* the final reply came */
    ASK_KEPT,        /* it came, and later news of what waits is welcome */
    ASK_UNREACHABLE, /* no reply in time: given up */
} AskState;

/* One chat and what became of it. Belongs to its exchange; the other fields are its own. */
typedef struct Ask {
    char *id;
    char *text;
    AskState state;
    char *label;        /* "#12 web1" of the reply's line, "s3" of a subscription; NULL: none, or
                         * several */
    char *outcome;      /* ANSWERED, KEPT: the last final reply's word; NULL: it went on since */
    int64_t asked_ms;   /* boot time */
    int64_t expires_ms; /* wall time; 0: not sent yet */

    bool is_hidden; /* ours, not the person's: nothing of it is shown */
    char *unnamed;  /* asked beside another: what comes first of it says what it answers, as it was
                     * typed; NULL: that is clear */
    bool is_now;
    bool is_dry_run;
    bool wants_data;
    int64_t ts_ms; /* wall time of the first copy */
    int64_t timeout_ms;
    int64_t deadline_ms;  /* boot time of the next give-up; INT64_MAX: none */
    int64_t next_send_ms; /* boot time */
    unsigned sent_count;
    bool is_confirmed; /* agent1 replied to it since the connection stands */
    char *last_text;   /* of the last reply */
    GHashTable *runs;  /* ULID → what was heard of it */
} Ask;

typedef struct AskWish {
    const char *text;
    bool is_now;
    bool is_dry_run;
    bool wants_data; /* a program reads the answer */
    bool is_hidden;
    int64_t timeout_ms; /* for the outcome; negative: none */
} AskWish;

typedef struct ExchangeTime {
    int64_t wall_ms;
    int64_t boot_ms;
} ExchangeTime;

/* What an object was. */
typedef enum {
    HEARD_NOTHING,  /* not ours, or said before */
    HEARD_REPLY,    /* news, but not the last word */
    HEARD_PIECE,    /* a part of an answer that is still coming */
    HEARD_ANSWER,   /* the final reply */
    HEARD_PROGRESS, /* of a run of ours */
    HEARD_RESULT,   /* of a run of ours */
    HEARD_NEWS,     /* answers nothing: for whoever sits there */
} Heard;

typedef struct Exchange Exchange;

/* session: its outbox is where answers go, its name is the sender. Copied. */
Exchange *exchange_new(const char *session);
void exchange_free(Exchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_free)

/* A new question, due at once. NULL when EXCHANGE_ASKS_MAX are pending already. */
Ask *exchange_ask(Exchange *exchange, const char *id, const AskWish *wish, int64_t boot_ms);

/* Forgets a question; what still comes for it will be HEARD_NOTHING. */
void exchange_forget(Exchange *exchange, Ask *ask);

/* True when the final reply of a question told only what runs wait for: a person, a window, an
 * agent that is silent. */
bool ask_waits(const Ask *ask);

/* True for a subscription that agent1 has taken: what comes may come for hours. */
bool ask_listens(const Ask *ask);

/* What stands in a reply before its first line of a run, "#12 web1: queued": words that no progress
 * line can show. NULL: there are none, or no such line. The caller owns it. */
char *reply_words(const char *text);

/* True when a reply says how a run ended: "#12 web1: failed (exit 1)". */
bool reply_has_end(const char *text);

/* Keeps a question that was answered: what still comes for it is heard, nothing is sent again. When
 * there are too many, a new question takes the place of the oldest of these. */
void exchange_keep(Exchange *exchange, Ask *ask);

/* The questions that are not forgotten, oldest first: Ask *, borrowed. */
const GPtrArray *exchange_asks(const Exchange *exchange);

/* The next chat to be published now, or NULL when none is due. Call it until then, and only while
 * connected. The caller owns it. */
Message *exchange_next_due(Exchange *exchange, const ExchangeTime *now, uint64_t random);

/* A question whose time is over: now UNREACHABLE or LATE. NULL when there is none (more). */
Ask *exchange_next_late(Exchange *exchange, const ExchangeTime *now);

/* When to look again, in boot time; INT64_MAX: when something happens. */
int64_t exchange_wake_ms(const Exchange *exchange, bool is_connected);

/* A connection stands: everything that still waits is due. */
void exchange_reconnected(Exchange *exchange, int64_t boot_ms);

/* Takes an object of agent1 in. out_ask gets the question that it belongs to, unless HEARD_NOTHING
 * or HEARD_NEWS. */
Heard exchange_hear(Exchange *exchange, const Message *message, Ask **out_ask);

/* True when it goes on: it is pending, or a run of it that waited has begun. */
bool ask_is_at_work(const Ask *ask);

/* True until the final reply or the end of hope: WAITING, TAKEN, LATE. */
bool ask_is_pending(const Ask *ask);

/* agentctl's exit code for what became of it; of a LATE one 6, of an UNREACHABLE one 5. */
int ask_exit_code(const Ask *ask);

#endif
