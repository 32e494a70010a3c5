#include "agent1/cli/exchange.h"

#include <string.h>

#include "common/data/backoff.h"
#include "common/wire/command.h"
#include "common/wire/run_state.h"
#include "common/wire/topic.h"

#include "common/base/banned.h"

#define REPEAT_FIRST_MS  1000
#define REPEAT_CAP_MS    (10 * 1000)
#define REPEAT_MIN_MS    500
#define REPEAT_TAKEN_MS  (30 * 1000)
#define REPEAT_JITTER_MS (3 * 1000)

#define EXIT_UNREACHABLE 5
#define EXIT_TIMED_OUT   6

#define NEWS_KEPT 16

struct Exchange {
    char *session;
    char *outbox;
    GPtrArray *asks;
    char *news[NEWS_KEPT]; /* ids of the last: QoS 1 may bring one twice */
    unsigned next_news;    /* whose place the next one takes */
};

/* How far the story of one run was heard. */
typedef struct RunHeard {
    int64_t attempt;
    int64_t seq;
    bool has_result;
} RunHeard;

static RunHeard *run_heard_new(void)
{
    RunHeard *heard = g_new0(RunHeard, 1);

    heard->seq = -1;
    return heard;
}

static void ask_free(gpointer data)
{
    Ask *ask = data;

    g_free(ask->id);
    g_free(ask->text);
    g_free(ask->label);
    g_free(ask->outcome);
    g_free(ask->last_text);
    g_free(ask->unnamed);
    g_hash_table_unref(ask->runs);
    g_free(ask);
}

bool ask_is_pending(const Ask *ask)
{
    switch (ask->state) {
    case ASK_WAITING:
    case ASK_TAKEN:
    case ASK_LATE:
        return true;
    case ASK_ANSWERED:
    case ASK_KEPT:
    case ASK_UNREACHABLE:
        return false;
    }
    g_assert_not_reached();
}

bool ask_is_at_work(const Ask *ask)
{
    return ask_is_pending(ask) || (ask->state == ASK_KEPT && !ask->outcome);
}

static bool has_open_run(const Ask *ask)
{
    GHashTableIter iter;
    void *heard;

    g_hash_table_iter_init(&iter, ask->runs);
    while (g_hash_table_iter_next(&iter, NULL, &heard)) {
        if (!((const RunHeard *)heard)->has_result)
            return true;
    }
    return false;
}

/* The worst outcome of a chat may hide that another of its runs waits. */
bool ask_waits(const Ask *ask)
{
    const char *const words[] = { OUTCOME_AWAITING, OUTCOME_UNCONFIRMED,
                                  run_state_name(RUN_DEFERRED), NULL };

    if (!ask->outcome)
        return false;
    if (g_strv_contains(words, ask->outcome))
        return true;
    return (ask->state == ASK_KEPT ||
            outcome_exit_code(ask->outcome) > outcome_exit_code(OUTCOME_AWAITING)) &&
           has_open_run(ask);
}

int ask_exit_code(const Ask *ask)
{
    switch (ask->state) {
    case ASK_WAITING:
    case ASK_UNREACHABLE:
        return EXIT_UNREACHABLE;
    case ASK_TAKEN:
    case ASK_LATE:
        return EXIT_TIMED_OUT;
    case ASK_ANSWERED:
    case ASK_KEPT:
        return outcome_exit_code(ask->outcome ? ask->outcome : OUTCOME_OK);
    }
    g_assert_not_reached();
}

Exchange *exchange_new(const char *session)
{
    Exchange *exchange = g_new0(Exchange, 1);

    exchange->session = g_strdup(session);
    exchange->outbox = topic_cli_outbox(session);
    exchange->asks = g_ptr_array_new_with_free_func(ask_free);

    return exchange;
}

void exchange_free(Exchange *exchange)
{
    if (!exchange)
        return;

    g_free(exchange->session);
    g_free(exchange->outbox);
    g_ptr_array_unref(exchange->asks);
    for (unsigned i = 0; i < NEWS_KEPT; i++)
        g_free(exchange->news[i]);
    g_free(exchange);
}

static bool drop_oldest_kept(Exchange *exchange)
{
    for (guint i = 0; i < exchange->asks->len; i++) {
        const Ask *ask = g_ptr_array_index(exchange->asks, i);

        if (ask->state == ASK_KEPT) {
            g_ptr_array_remove_index(exchange->asks, i);
            return true;
        }
    }
    return false;
}

Ask *exchange_ask(Exchange *exchange, const char *id, const AskWish *wish, int64_t boot_ms)
{
    Ask *ask;

    if (exchange->asks->len >= EXCHANGE_ASKS_MAX && !drop_oldest_kept(exchange))
        return NULL;

    ask = g_new0(Ask, 1);
    ask->id = g_strdup(id);
    ask->text = g_strdup(wish->text);
    ask->is_hidden = wish->is_hidden;
    ask->is_now = wish->is_now;
    ask->is_dry_run = wish->is_dry_run;
    ask->wants_data = wish->wants_data;
    ask->timeout_ms = wish->timeout_ms;
    ask->asked_ms = boot_ms;
    ask->next_send_ms = boot_ms;
    ask->deadline_ms = boot_ms + (wish->timeout_ms >= 0 ? wish->timeout_ms : CHAT_LIFE_MS);
    ask->runs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(exchange->asks, ask);

    return ask;
}

void exchange_forget(Exchange *exchange, Ask *ask)
{
    g_ptr_array_remove(exchange->asks, ask);
}

void exchange_keep(Exchange *exchange, Ask *ask)
{
    g_assert(g_ptr_array_find(exchange->asks, ask, NULL));
    g_assert(ask->state == ASK_ANSWERED || ask->state == ASK_KEPT);

    ask->state = ASK_KEPT;
}

const GPtrArray *exchange_asks(const Exchange *exchange)
{
    return exchange->asks;
}

static int64_t wait_before_repeat_ms(const Ask *ask, uint64_t random)
{
    int64_t wait_ms;

    if (ask->is_confirmed)
        return REPEAT_TAKEN_MS - REPEAT_JITTER_MS + (int64_t)(random % (2 * REPEAT_JITTER_MS));

    wait_ms = backoff_wait_ms(ask->sent_count, REPEAT_FIRST_MS, REPEAT_CAP_MS, random);
    return MAX(wait_ms, REPEAT_MIN_MS);
}

static Message *make_chat(const Exchange *exchange, const Ask *ask)
{
    Message *message = message_new(MESSAGE_CHAT, ask->id, exchange->session, ask->ts_ms);

    message->chat.text = g_strdup(ask->text);
    message->chat.reply_to = g_strdup(exchange->outbox);
    message->chat.expires_ms = ask->expires_ms;
    message->chat.is_dry_run = ask->is_dry_run;
    message->chat.is_now = ask->is_now;
    message->chat.wants_data = ask->wants_data;

    return message;
}

Message *exchange_next_due(Exchange *exchange, const ExchangeTime *now, uint64_t random)
{
    for (guint i = 0; i < exchange->asks->len; i++) {
        Ask *ask = g_ptr_array_index(exchange->asks, i);

        if (!ask_is_pending(ask) || ask->next_send_ms > now->boot_ms)
            continue;

        /* The first copy says when it was said; all others are the same. */
        if (ask->expires_ms == 0) {
            ask->ts_ms = now->wall_ms;
            ask->expires_ms = now->wall_ms + CHAT_LIFE_MS;
            ask->deadline_ms = MIN(ask->deadline_ms, now->boot_ms + CHAT_LIFE_MS);
        }
        ask->next_send_ms = now->boot_ms + wait_before_repeat_ms(ask, random);
        ask->sent_count++;
        return make_chat(exchange, ask);
    }

    return NULL;
}

Ask *exchange_next_late(Exchange *exchange, const ExchangeTime *now)
{
    for (guint i = 0; i < exchange->asks->len; i++) {
        Ask *ask = g_ptr_array_index(exchange->asks, i);

        if (!ask_is_pending(ask) || ask->deadline_ms > now->boot_ms)
            continue;

        ask->deadline_ms = INT64_MAX;
        ask->state = ask->state == ASK_WAITING ? ASK_UNREACHABLE : ASK_LATE;
        return ask;
    }

    return NULL;
}

int64_t exchange_wake_ms(const Exchange *exchange, bool is_connected)
{
    int64_t wake_ms = INT64_MAX;

    for (guint i = 0; i < exchange->asks->len; i++) {
        const Ask *ask = g_ptr_array_index(exchange->asks, i);

        if (!ask_is_pending(ask))
            continue;
        wake_ms = MIN(wake_ms, ask->deadline_ms);
        if (is_connected)
            wake_ms = MIN(wake_ms, ask->next_send_ms);
    }

    return wake_ms;
}

void exchange_reconnected(Exchange *exchange, int64_t boot_ms)
{
    for (guint i = 0; i < exchange->asks->len; i++) {
        Ask *ask = g_ptr_array_index(exchange->asks, i);

        ask->next_send_ms = boot_ms;
        ask->sent_count = 0;
        ask->is_confirmed = false;
    }
}

/* "#12 web1" of a line "#12 web1: queued"; NULL for any other line. The caller owns it. */
static char *read_label(const char *line)
{
    size_t digits = *line == '#' ? strspn(line + 1, "0123456789") : 0;
    const char *colon = strstr(line, ": ");

    if (digits == 0 || line[1 + digits] != ' ' || !colon || colon <= line + digits + 2)
        return NULL;

    return g_strndup(line, (size_t)(colon - line));
}

/* "#12 web1: succeeded …", whose state is an end. */
static bool is_end_line(const char *line, const char *label)
{
    const char *word = line + strlen(label) + strlen(": ");
    g_autofree char *state_word = g_strndup(word, strspn(word, G_CSET_a_2_z "_"));
    RunState state;

    return run_state_parse(state_word, &state) && run_state_is_terminal(state);
}

/* The first line of a run; with is_ended, of one that has ended. NULL: there is none. */
static const char *find_run_line(const char *text, bool is_ended)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        g_autofree char *label = NULL;

        line += *line == '\n';
        label = read_label(line);
        if (label && (!is_ended || is_end_line(line, label)))
            return line;
    }
    return NULL;
}

bool reply_has_end(const char *text)
{
    return find_run_line(text, true) != NULL;
}

char *reply_words(const char *text)
{
    const char *line = find_run_line(text, false);

    return line && line > text ? g_strndup(text, (size_t)(line - text)) : NULL;
}

static bool is_subscription(const Ask *ask)
{
    const char *word = trigger_info(TRIGGER_MQTT_SUBSCRIBE)->name;

    return g_ascii_strncasecmp(ask->text, word, strlen(word)) == 0;
}

bool ask_listens(const Ask *ask)
{
    return ask->state == ASK_TAKEN && is_subscription(ask);
}

/* "s3" of "s3: I listen to home/#" and of "s3 home/#: message 1 of at most 10". */
static void learn_number(Ask *ask, const char *text)
{
    size_t digits = *text == 's' ? strspn(text + 1, "0123456789") : 0;

    if (digits == 0 || !strchr(": ", text[1 + digits]))
        return;

    g_free(ask->label);
    ask->label = g_strndup(text, 1 + digits);
}

/* Words in which no run is named leave it as it was. */
static void learn_label(Ask *ask, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *found = NULL;

    if (is_subscription(ask)) {
        learn_number(ask, text);
        return;
    }

    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *label = read_label(lines[i]);

        if (label && found)
            return;
        if (label)
            found = g_steal_pointer(&label);
    }

    if (!found)
        return;
    g_free(ask->label);
    ask->label = g_steal_pointer(&found);
}

static bool is_listening(const Ask *ask)
{
    return ask_is_pending(ask) || ask->state == ASK_KEPT;
}

static Ask *find_by_id(const Exchange *exchange, const char *id)
{
    for (guint i = 0; i < exchange->asks->len; i++) {
        Ask *ask = g_ptr_array_index(exchange->asks, i);

        if (is_listening(ask) && g_strcmp0(ask->id, id) == 0)
            return ask;
    }
    return NULL;
}

/* What is pending comes before what is kept. */
static Ask *find_by_run(const Exchange *exchange, const char *run, RunHeard **out_heard)
{
    Ask *kept = NULL;

    for (guint i = 0; run && i < exchange->asks->len; i++) {
        Ask *ask = g_ptr_array_index(exchange->asks, i);
        RunHeard *heard = g_hash_table_lookup(ask->runs, run);

        if (!heard || !is_listening(ask) || (kept && !ask_is_pending(ask)))
            continue;
        *out_heard = heard;
        if (ask_is_pending(ask))
            return ask;
        kept = ask;
    }
    return kept;
}

static void learn_runs(Ask *ask, const MessageReply *reply)
{
    for (guint i = 0; reply->runs && i < reply->runs->len; i++) {
        const char *run = g_ptr_array_index(reply->runs, i);

        if (!g_hash_table_contains(ask->runs, run))
            g_hash_table_insert(ask->runs, g_strdup(run), run_heard_new());
    }
}

static void set_last_text(Ask *ask, const char *text)
{
    g_free(ask->last_text);
    ask->last_text = g_strdup(text);
}

static Heard hear_first_answer(Ask *ask, const MessageReply *reply, const char *text)
{
    ask->state = ASK_ANSWERED;
    ask->outcome = g_strdup(reply->outcome ? reply->outcome : "unknown");
    set_last_text(ask, text);
    return HEARD_ANSWER;
}

/* agent1 has it: who waits need not ask so often. */
static void confirm(Ask *ask)
{
    if (ask->state == ASK_WAITING) {
        ask->state = ASK_TAKEN;
        ask->deadline_ms = ask->timeout_ms >= 0 ? ask->asked_ms + ask->timeout_ms : INT64_MAX;
    }
    if (!ask->is_confirmed) {
        ask->is_confirmed = true;
        ask->next_send_ms += REPEAT_TAKEN_MS;
    }
}

static Heard hear_first_reply(Ask *ask, const char *text)
{
    confirm(ask);
    /* "I have it", or what the answer to a repeat says again. */
    if (*text == '\0' || g_strcmp0(ask->last_text, text) == 0)
        return HEARD_NOTHING;

    set_last_text(ask, text);
    learn_label(ask, text);
    return HEARD_REPLY;
}

/* Its text is said again, whole. */
static Heard hear_piece(Ask *ask)
{
    if (!ask_is_pending(ask))
        return HEARD_NOTHING;

    confirm(ask);
    return HEARD_PIECE;
}

/* News after the final reply. An answer to a copy that was still on its way says the same again. */
static Heard hear_later_news(Ask *ask, const MessageReply *reply, const char *text)
{
    if (g_strcmp0(ask->last_text, text) == 0 && reply->is_final == (ask->outcome != NULL))
        return HEARD_NOTHING;

    set_last_text(ask, text);
    g_clear_pointer(&ask->outcome, g_free);
    if (reply->is_final) {
        ask->outcome = g_strdup(reply->outcome ? reply->outcome : "unknown");
        return HEARD_ANSWER;
    }
    learn_label(ask, text);
    return HEARD_REPLY;
}

static Heard hear_news(Exchange *exchange, const char *id)
{
    for (unsigned i = 0; i < NEWS_KEPT; i++) {
        if (g_strcmp0(exchange->news[i], id) == 0)
            return HEARD_NOTHING;
    }
    g_free(exchange->news[exchange->next_news]);
    exchange->news[exchange->next_news] = g_strdup(id);
    exchange->next_news = (exchange->next_news + 1) % NEWS_KEPT;
    return HEARD_NEWS;
}

static Heard hear_reply(Exchange *exchange, const char *id, const MessageReply *reply,
                        Ask **out_ask)
{
    Ask *ask = find_by_id(exchange, reply->in_reply_to);
    const char *text = reply->text ? reply->text : "";

    if (g_strcmp0(reply->in_reply_to, exchange->session) == 0)
        return hear_news(exchange, id);
    if (!ask)
        return HEARD_NOTHING;

    learn_runs(ask, reply);
    *out_ask = ask;
    if (reply->offset != MESSAGE_ABSENT && !reply->is_final)
        return hear_piece(ask);
    if (ask->state == ASK_KEPT)
        return hear_later_news(ask, reply, text);
    return reply->is_final ? hear_first_answer(ask, reply, text) : hear_first_reply(ask, text);
}

static Heard hear_progress(Exchange *exchange, const MessageProgress *progress, Ask **out_ask)
{
    RunHeard *heard;
    Ask *ask = find_by_run(exchange, progress->run, &heard);

    if (!ask || heard->has_result || progress->attempt < heard->attempt ||
        (progress->attempt == heard->attempt && progress->seq <= heard->seq))
        return HEARD_NOTHING;

    heard->attempt = progress->attempt;
    heard->seq = progress->seq;
    *out_ask = ask;
    return HEARD_PROGRESS;
}

static Heard hear_result(Exchange *exchange, const MessageResult *result, Ask **out_ask)
{
    RunHeard *heard;
    Ask *ask = find_by_run(exchange, result->run, &heard);

    if (!ask || heard->has_result || result->attempt < heard->attempt)
        return HEARD_NOTHING;

    /* A run that the agent put off gets another attempt, with a result of its own. */
    heard->attempt = result->attempt;
    heard->has_result = g_strcmp0(result->state, run_state_name(RUN_DEFERRED)) != 0;
    *out_ask = ask;
    return HEARD_RESULT;
}

Heard exchange_hear(Exchange *exchange, const Message *message, Ask **out_ask)
{
    switch (message->kind) {
    case MESSAGE_REPLY:
        return hear_reply(exchange, message->id, &message->reply, out_ask);
    case MESSAGE_PROGRESS:
        return hear_progress(exchange, &message->progress, out_ask);
    case MESSAGE_RESULT:
        return hear_result(exchange, &message->result, out_ask);
    case MESSAGE_CHAT:
    case MESSAGE_TASK:
    case MESSAGE_ACK:
    case MESSAGE_ANSWER:
    case MESSAGE_OUTPUT:
    case MESSAGE_CONTROL:
    case MESSAGE_REGISTER:
    case MESSAGE_STATUS:
    case MESSAGE_REPORT:
    case MESSAGE_ERROR:
    case MESSAGE_KIND_COUNT:
        return HEARD_NOTHING;
    }
    g_assert_not_reached();
}
