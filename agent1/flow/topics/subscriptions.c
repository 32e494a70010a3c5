#include "agent1/flow/topics/subscriptions.h"

#include <string.h>

#include "agent1/flow/topics/refused_hint.h"
#include "agent1/flow/topics/subscription_text.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/run_state.h"
#include "common/base/banned.h"

/* The broker's reason is its own, and short. */
#define REASON_SHOWN_CHARS 200

static Ledger *ledger_of(const Core *core)
{
    return core->ledgers[TABLE_SUBSCRIPTIONS];
}

static Speaker *speaker_of(const Row *row)
{
    Speaker *speaker = speaker_from_conversation(row_text(row, SUBSCRIPTIONS_CONVERSATION),
                                                 row_text(row, SUBSCRIPTIONS_CHAT_ID));

    if (speaker)
        speaker->principal = g_strdup(row_text(row, SUBSCRIPTIONS_PRINCIPAL));
    return speaker;
}

static void tell_row(Core *core, const Row *row, const char *text)
{
    g_autoptr(Speaker) speaker = speaker_of(row);

    turn_tell_news(core, speaker, text, OUTCOME_OK);
}

/* Its row is gone when the last word is said: so the chat knows that it is the last. */
static void drop(Core *core, const Row *row, const SubscriptionEnd *how)
{
    const char *id = row_text(row, SUBSCRIPTIONS_ID);
    Language before = core_speak(core, LANGUAGE_EN);
    g_autofree char *text = subscription_text_end(core, row, how);

    core_speak(core, before);
    effects_audit(core->fx, core->now_ms, "subscription", row_text(row, SUBSCRIPTIONS_PRINCIPAL),
                  NULL, NULL, "%s", text);
    effects_listen(core->fx, id, NULL);
    ledger_remove(ledger_of(core), id, core->fx);
}

/* first: what is said before the summary; NULL: nothing. */
static void end(Core *core, const Row *row, const SubscriptionEnd *how, const char *outcome,
                const char *first)
{
    g_autoptr(Speaker) speaker = speaker_of(row);
    Language before = core_speak_to(core, row_text(row, SUBSCRIPTIONS_USER));
    g_autofree char *summary = subscription_text_end(core, row, how);
    g_autofree char *text = first ? g_strdup_printf("%s\n%s", first, summary) : g_strdup(summary);

    core_speak(core, before);
    drop(core, row, how);
    turn_tell_news(core, speaker, text, outcome);
}

/* ---- beginning ---- */

static int64_t next_number(Core *core)
{
    const char *stored = core_meta(core, META_SUBSCRIPTION);
    int64_t number = stored ? g_ascii_strtoll(stored, NULL, 10) + 1 : 1;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    core_set_meta(core, META_SUBSCRIPTION, text);
    return number;
}

static Row *make_row(Core *core, const Speaker *speaker, const TopicLine *line)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *conversation = speaker_conversation(speaker);
    Row *row = row_new(TABLE_SUBSCRIPTIONS);

    row_set_text(row, SUBSCRIPTIONS_ID, id);
    row_set_int(row, SUBSCRIPTIONS_NUMBER, next_number(core));
    row_set_text(row, SUBSCRIPTIONS_FILTER, line->topic);
    row_set_text(row, SUBSCRIPTIONS_USER, speaker->user);
    row_set_text(row, SUBSCRIPTIONS_PRINCIPAL, speaker->principal);
    row_set_text(row, SUBSCRIPTIONS_CONVERSATION, conversation);
    row_set_text(row, SUBSCRIPTIONS_CHAT_ID, speaker->chat_id);
    row_set_int(row, SUBSCRIPTIONS_CREATED, core->now_ms);
    row_set_int(row, SUBSCRIPTIONS_ENDS, core->now_ms + line->time_ms);
    row_set_int(row, SUBSCRIPTIONS_COUNT, line->count);
    row_set_int(row, SUBSCRIPTIONS_SHOWN, 0);
    row_set_int(row, SUBSCRIPTIONS_DROPPED, 0);
    row_set_int(row, SUBSCRIPTIONS_GAPS, 0);
    row_set_int(row, SUBSCRIPTIONS_STAGE, STAGE_ASKED);
    return row;
}

void subscriptions_begin(Core *core, Turn *turn, const TopicLine *line)
{
    Row *row;

    if (ledger_count(ledger_of(core)) >= SUBSCRIPTIONS_MAX) {
        turn_fail(turn,
                  "%d subscriptions are open, and no more go together; !subscriptions lists them, "
                  "and ends one",
                  SUBSCRIPTIONS_MAX);
        return;
    }

    row = make_row(core, turn->speaker, line);
    ledger_put(ledger_of(core), row, core->fx);
    effects_listen(core->fx, row_text(row, SUBSCRIPTIONS_ID), line->topic);
    if (turn->speaker->door == DOOR_FORM) {
        g_autofree char *name = subscription_name(row);

        turn_say(turn, "%s: the broker is asked; what comes, comes as messages", name);
    }
}

/* ---- what the broker says ---- */

static void set_stage(Core *core, Row *row, SubscriptionStage stage)
{
    if (row_int(row, SUBSCRIPTIONS_STAGE) == STAGE_UP && stage == STAGE_AWAY)
        row_set_int(row, SUBSCRIPTIONS_GAPS, row_int(row, SUBSCRIPTIONS_GAPS) + 1);
    row_set_int(row, SUBSCRIPTIONS_STAGE, stage);
    ledger_changed(ledger_of(core), row, core->fx);
}

static bool was_up(const Row *row)
{
    return row_int(row, SUBSCRIPTIONS_STAGE) == STAGE_UP ||
           row_int(row, SUBSCRIPTIONS_STAGE) == STAGE_AWAY;
}

static void take_up(Core *core, Row *row)
{
    Language before = core_speak_to(core, row_text(row, SUBSCRIPTIONS_USER));
    g_autofree char *text = was_up(row) ? NULL : subscription_text_up(core, row);

    core_speak(core, before);
    set_stage(core, row, STAGE_UP);
    if (text)
        tell_row(core, row, text);
}

static void take_down(Core *core, Row *row, const char *reason)
{
    g_autofree char *text = NULL;
    Language before;

    if (was_up(row)) {
        set_stage(core, row, STAGE_AWAY);
        return;
    }
    if (row_int(row, SUBSCRIPTIONS_STAGE) == STAGE_WAITING)
        return;

    before = core_speak_to(core, row_text(row, SUBSCRIPTIONS_USER));
    text = subscription_text_down(core, row, reason);
    core_speak(core, before);
    set_stage(core, row, STAGE_WAITING);
    tell_row(core, row, text);
}

static void take_refused(Core *core, Row *row, const char *reason)
{
    g_autofree char *line = text_make_line(reason, REASON_SHOWN_CHARS);
    const SubscriptionEnd how = {
        .begin = WORDS_LATER("over, "),
        .detail = line,
        .end = TOPICS_REFUSED_HINT,
    };

    end(core, row, &how, OUTCOME_REFUSED, NULL);
}

/* One that the core knows nothing of is of a core that was thrown away. */
static Row *find(Core *core, const char *id)
{
    Row *row = ledger_find(ledger_of(core), id);

    if (!row)
        effects_listen(core->fx, id, NULL);
    return row;
}

void subscriptions_take_state(Core *core, const EventListening *listening)
{
    Row *row = find(core, listening->id);

    if (!row)
        return;

    switch (listening->state) {
    case LISTEN_UP:
        take_up(core, row);
        break;
    case LISTEN_DOWN:
        take_down(core, row, listening->reason);
        break;
    case LISTEN_REFUSED:
        take_refused(core, row, listening->reason);
        break;
    }
}

void subscriptions_take_heard(Core *core, const EventHeard *heard)
{
    static const SubscriptionEnd reached = { .begin = WORDS_LATER("over, its count is reached") };
    Row *row = find(core, heard->id);
    g_autofree char *text = NULL;
    Language before;
    unsigned count;
    int64_t left;

    if (!row)
        return;

    left = row_int(row, SUBSCRIPTIONS_COUNT) - row_int(row, SUBSCRIPTIONS_SHOWN);
    count = (unsigned)MIN((int64_t)heard->messages->len, left);
    row_set_int(row, SUBSCRIPTIONS_SHOWN, row_int(row, SUBSCRIPTIONS_SHOWN) + count);
    row_set_int(row, SUBSCRIPTIONS_DROPPED,
                row_int(row, SUBSCRIPTIONS_DROPPED) + (int64_t)heard->dropped);
    before = core_speak_to(core, row_text(row, SUBSCRIPTIONS_USER));
    text = subscription_text_heard(core, row, heard, count);
    core_speak(core, before);
    if (count == left) {
        end(core, row, &reached, OUTCOME_OK, text);
        return;
    }
    ledger_changed(ledger_of(core), row, core->fx);
    tell_row(core, row, text);
}

/* ---- ends ---- */

static void end_by_time(Core *core, const Row *row)
{
    static const SubscriptionEnd heard = { .begin = WORDS_LATER("over, its time is up") };
    static const SubscriptionEnd silent = {
        .begin =
            WORDS_LATER("over, its time is up (some brokers, as mosquitto, take a subscription "
                        "that they do not allow, and then send nothing)"),
    };
    static const SubscriptionEnd unanswered = {
        .begin = WORDS_LATER("over, its time is up, and the broker never answered"),
    };
    bool is_empty =
        row_int(row, SUBSCRIPTIONS_SHOWN) == 0 && row_int(row, SUBSCRIPTIONS_DROPPED) == 0;

    if (!is_empty)
        end(core, row, &heard, OUTCOME_OK, NULL);
    else
        end(core, row, was_up(row) ? &silent : &unanswered, run_state_name(RUN_TIMED_OUT), NULL);
}

/* Why a person may not hear it any more; NULL: he may. */
static const char *lost_right(const Core *core, const Row *row)
{
    const char *name = row_text(row, SUBSCRIPTIONS_USER);
    const User *user = name ? users_by_name(core->users, name) : NULL;

    if (!user || user->role < trigger_info(TRIGGER_MQTT_SUBSCRIBE)->role)
        return WORDS_LATER("over, since who asked for it is no admin any more");
    if (!rulebook_may_subscribe(core->rulebook, row_text(row, SUBSCRIPTIONS_FILTER)))
        return WORDS_LATER("over, since policy.json does not list it any more");
    return NULL;
}

void subscriptions_look_again(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(ledger_of(core));
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const SubscriptionEnd how = { .begin = lost_right(core, rows->pdata[i]) };

        if (how.begin)
            end(core, rows->pdata[i], &how, OUTCOME_REFUSED, NULL);
    }
}

void subscriptions_tick(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(ledger_of(core));
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (row_int(rows->pdata[i], SUBSCRIPTIONS_ENDS) <= core->now_ms)
            end_by_time(core, rows->pdata[i]);
    }
}

int64_t subscriptions_next_deadline(const Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(ledger_of(core));
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < rows->len; i++)
        next_ms = MIN(next_ms, row_int(rows->pdata[i], SUBSCRIPTIONS_ENDS));
    return next_ms;
}

void subscriptions_go_on(Core *core)
{
    g_autoptr(GPtrArray) rows = NULL;
    unsigned i;

    subscriptions_look_again(core);
    subscriptions_tick(core);
    rows = ledger_list(ledger_of(core));
    for (i = 0; i < rows->len; i++) {
        Row *row = rows->pdata[i];

        if (was_up(row))
            set_stage(core, row, STAGE_AWAY);
        effects_listen(core->fx, row_text(row, SUBSCRIPTIONS_ID),
                       row_text(row, SUBSCRIPTIONS_FILTER));
    }
}

/* ---- by a person's word ---- */

static bool is_here(const Row *row, const Speaker *speaker)
{
    g_autofree char *here = speaker_conversation(speaker);

    return g_strcmp0(row_text(row, SUBSCRIPTIONS_CONVERSATION), here) == 0;
}

static bool is_seen(const Core *core, const Row *row, const Speaker *speaker)
{
    bool is_own = g_strcmp0(row_text(row, SUBSCRIPTIONS_USER), speaker->user) == 0;

    if (speaker->door == DOOR_XMPP && room_settings_has(core->settings->rooms, speaker->address))
        return is_here(row, speaker);
    return is_own || speaker->role >= ROLE_ADMIN;
}

GPtrArray *subscriptions_seen(const Core *core, const Speaker *speaker)
{
    GPtrArray *rows = ledger_list(ledger_of(core));
    unsigned i;

    for (i = rows->len; i > 0; i--) {
        if (!is_seen(core, rows->pdata[i - 1], speaker))
            g_ptr_array_remove_index(rows, i - 1);
    }
    return rows;
}

void subscriptions_cancel(Core *core, Turn *turn, const Row *row)
{
    const SubscriptionEnd how = { .begin = WORDS_LATER("ended by "),
                                  .detail = turn->speaker->user };
    g_autofree char *summary = subscription_text_end(core, row, &how);
    g_autoptr(Speaker) speaker = NULL;

    turn_say(turn, "%s", summary);
    if (!is_here(row, turn->speaker)) {
        end(core, row, &how, run_state_name(RUN_CANCELLED), NULL);
        return;
    }
    /* Where it spoke, one message says it; agentctl's other chat still waits for its end. */
    speaker = speaker_of(row);
    drop(core, row, &how);
    if (turn->speaker->door == DOOR_CLI)
        turn_note_news(core, speaker, summary, run_state_name(RUN_CANCELLED));
}
