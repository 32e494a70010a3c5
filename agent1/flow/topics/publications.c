#include "agent1/flow/topics/publications.h"

#include <string.h>

#include "agent1/flow/topics/refused_hint.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/run_state.h"
#include "common/base/banned.h"

#define TOPIC_SHOWN_CHARS 160

static bool has_room(Core *core, Turn *turn, const char *topic)
{
    g_autofree char *since = NULL;

    if (!core->is_up[LINK_MQTT]) {
        since = core_local_time(core, core->link_since_ms[LINK_MQTT]);
        turn_say(
            turn,
            "%s: not published: there is no MQTT broker since %s; nothing is kept, so write it "
            "again later",
            topic, since);
        turn_outcome(turn, OUTCOME_OFFLINE);
        return false;
    }
    if (ledger_count(core->ledgers[TABLE_PUBLICATIONS]) < PUBLICATIONS_MAX)
        return true;

    turn_fail(turn, "%s: not published: %d messages wait for the broker's answer", topic,
              PUBLICATIONS_MAX);
    return false;
}

static Row *make_row(Core *core, const Turn *turn, const char *topic, const char *message,
                     bool is_retained)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *conversation = speaker_conversation(turn->speaker);
    Row *row = row_new(TABLE_PUBLICATIONS);

    row_set_text(row, PUBLICATIONS_ID, id);
    row_set_text(row, PUBLICATIONS_TOPIC, topic);
    row_set_int(row, PUBLICATIONS_BYTES, (int64_t)strlen(message));
    row_set_int(row, PUBLICATIONS_IS_RETAINED, is_retained);
    row_set_text(row, PUBLICATIONS_PRINCIPAL, turn->speaker->principal);
    row_set_text(row, PUBLICATIONS_CONVERSATION, conversation);
    row_set_text(row, PUBLICATIONS_CHAT_ID, turn->speaker->chat_id);
    row_set_int(row, PUBLICATIONS_CREATED, core->now_ms);
    return row;
}

void publications_begin(Core *core, Turn *turn, const char *topic, const char *message,
                        bool is_retained)
{
    g_autofree char *shown = text_make_line(topic, TOPIC_SHOWN_CHARS);
    Row *row;

    if (!has_room(core, turn, shown))
        return;

    row = make_row(core, turn, topic, message, is_retained);
    ledger_put(core->ledgers[TABLE_PUBLICATIONS], row, core->fx);
    effects_publish_told(core->fx, row_text(row, PUBLICATIONS_ID), topic, message, is_retained);
    if (turn->speaker->door == DOOR_FORM)
        turn_say(turn, "%s: handed to the broker; what it says comes as a message", shown);
}

/* ---- what became of it ---- */

static char *size_of(const Core *core, const Row *row)
{
    int64_t bytes = row_int(row, PUBLICATIONS_BYTES);

    if (bytes == 1)
        return g_strdup(core_words(core, "1 byte"));
    return bytes < 1024 ? g_strdup_printf(core_words(core, "%" G_GINT64_FORMAT " bytes"), bytes)
                        : core_size(core, bytes);
}

static char *describe(const Core *core, const Row *row, PublishEnd end, const char *why,
                      const char **out_outcome)
{
    g_autofree char *topic = text_make_line(row_text(row, PUBLICATIONS_TOPIC), TOPIC_SHOWN_CHARS);
    g_autofree char *reason = text_make_line(why ? core_words(core, why) : "", TOPIC_SHOWN_CHARS);
    g_autofree char *size = size_of(core, row);

    switch (end) {
    case PUBLISH_TAKEN:
        *out_outcome = OUTCOME_OK;
        return g_strdup_printf(
            core_words(core, "%s: published (%s%s)"), topic, size,
            row_int(row, PUBLICATIONS_IS_RETAINED) ? core_words(core, ", retained") : "");
    case PUBLISH_REFUSED:
        *out_outcome = OUTCOME_REFUSED;
        return g_strdup_printf(core_words(core, "%s: not published: the broker refuses it: %s%s"),
                               topic, reason, core_words(core, TOPICS_REFUSED_HINT));
    case PUBLISH_NOT_SENT:
        *out_outcome = OUTCOME_OFFLINE;
        return g_strdup_printf(
            core_words(core, "%s: not published: %s; nothing is kept, so write it again later"),
            topic, reason);
    case PUBLISH_LOST:
        break;
    }
    *out_outcome = run_state_name(RUN_UNKNOWN);
    return g_strdup_printf(
        core_words(core,
                   "%s: it is not known whether it was published: %s; I do not send it again"),
        topic, reason);
}

static void audit(Core *core, const Row *row, PublishEnd end, const char *reason)
{
    Language before = core_speak(core, LANGUAGE_EN);
    const char *outcome;
    g_autofree char *text = describe(core, row, end, reason, &outcome);

    core_speak(core, before);
    effects_audit(core->fx, core->now_ms, "published", row_text(row, PUBLICATIONS_PRINCIPAL), NULL,
                  NULL, "%s", text);
}

/* Tells it, and forgets the row. */
static void finish(Core *core, const Row *row, PublishEnd end, const char *reason)
{
    g_autoptr(Speaker) speaker = speaker_from_conversation(row_text(row, PUBLICATIONS_CONVERSATION),
                                                           row_text(row, PUBLICATIONS_CHAT_ID));
    Language before = core->language;
    g_autofree char *text = NULL;
    const char *outcome;

    audit(core, row, end, reason);
    if (speaker) {
        speaker->principal = g_strdup(row_text(row, PUBLICATIONS_PRINCIPAL));
        core_speak_to_speaker(core, speaker);
    }
    text = describe(core, row, end, reason, &outcome);
    core_speak(core, before);
    ledger_remove(core->ledgers[TABLE_PUBLICATIONS], row_text(row, PUBLICATIONS_ID), core->fx);
    turn_tell_news(core, speaker, text, outcome);
}

void publications_take(Core *core, const EventPublished *published)
{
    const Row *row = ledger_find(core->ledgers[TABLE_PUBLICATIONS], published->id);
    g_autofree char *reason = NULL;

    if (!row)
        return;

    if (published->end == PUBLISH_LOST)
        reason = g_strdup_printf("the connection to the broker ended before it answered (%s)",
                                 published->reason);
    finish(core, row, published->end, reason ? reason : published->reason);
}

void publications_settle(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_PUBLICATIONS]);
    unsigned i;

    for (i = 0; i < rows->len; i++)
        finish(core, rows->pdata[i], PUBLISH_LOST,
               WORDS_LATER("I had to begin anew before the broker answered"));
}

static int64_t due_ms(const Row *row)
{
    return row_int(row, PUBLICATIONS_CREATED) + PUBLISH_WAIT_MS;
}

void publications_set_back(Core *core)
{
    ledger_set_back(core->ledgers[TABLE_PUBLICATIONS], PUBLICATIONS_CREATED, core->now_ms,
                    core->fx);
}

void publications_tick(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_PUBLICATIONS]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (due_ms(rows->pdata[i]) <= core->now_ms)
            finish(core, rows->pdata[i], PUBLISH_LOST, WORDS_LATER("the broker does not answer"));
    }
}

int64_t publications_next_deadline(const Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_PUBLICATIONS]);
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < rows->len; i++)
        next_ms = MIN(next_ms, due_ms(rows->pdata[i]));
    return next_ms;
}
