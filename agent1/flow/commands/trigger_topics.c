/*
 * MQTT_PUBLISH: and MQTT_SUBSCRIBE:, and !subscriptions. What policy.json does not list is not
 * done, and the wire of agent1 and its agents can stand in no list.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/topics/publications.h"
#include "agent1/flow/topics/subscription_text.h"
#include "agent1/flow/topics/subscriptions.h"
#include "agent1/model/topic_line.h"
#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/run_state.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define TOPIC_SHOWN_CHARS 160
#define LISTED_MAX        10
#define CANCEL_WORD       "cancel"

/* Refuses what the policy does not list, and tells what it does. */
static void refuse(Core *core, Turn *turn, const char *topic, const char *member,
                   const GPtrArray *listed)
{
    g_autofree char *shown = text_make_line(topic, TOPIC_SHOWN_CHARS);
    g_autoptr(GString) filters = g_string_new(NULL);
    unsigned i;

    for (i = 0; listed && i < MIN(listed->len, LISTED_MAX); i++)
        g_string_append_printf(filters, "%s%s", i ? ", " : "", (const char *)listed->pdata[i]);
    if (listed && listed->len > LISTED_MAX)
        g_string_append_printf(filters, core_words(core, " and %u more"), listed->len - LISTED_MAX);
    if (filters->len > 0)
        turn_fail(turn, "%s: refused (%s): mqtt.%s of policy.json does not list it; it lists %s",
                  shown, rule_name(RULE_POLICY), member, filters->str);
    else
        turn_fail(turn, "%s: refused (%s): mqtt.%s of policy.json lists nothing", shown,
                  rule_name(RULE_POLICY), member);
    effects_audit(core->fx, core->now_ms, "refused", turn->speaker->principal, NULL, NULL,
                  "%s: mqtt.%s: %s", rule_name(RULE_POLICY), member, shown);
}

/* The form of a trigger, for a line without a topic. */
static void expect_topic(Turn *turn, const CommandInfo *info, const char *example)
{
    turn_fail(turn, "expected %s %s, as in %s %s", info->name, info->arguments, info->name,
              example);
}

/* ---- MQTT_PUBLISH: ---- */

static void publish(Core *core, Turn *turn, const TopicLine *line, const char *message)
{
    g_autofree char *shown = text_make_line(line->topic, TOPIC_SHOWN_CHARS);

    if (strlen(message) > PUBLISH_MAX_BYTES)
        turn_fail(turn, "%s: not published: a message has at most 64 KiB", shown);
    else if (!rulebook_may_publish(core->rulebook, line->topic))
        refuse(core, turn, line->topic, "publish", rulebook_publish_filters(core->rulebook));
    else if (turn->speaker->is_dry_run)
        turn_say(turn, "%s: allowed (dry run: nothing was published)", shown);
    else
        publications_begin(core, turn, line->topic, message, line->is_retained);
}

static void complain(Turn *turn, const CommandInfo *info, const char *complaint)
{
    g_autofree char *worded = reason_words(turn->core, complaint);

    turn_fail(turn, "%s refused: %s", info->name, worded);
}

void trigger_mqtt_publish(Core *core, Turn *turn, const char *rest)
{
    g_auto(TopicLine) line = { 0 };
    g_autofree char *left = NULL;
    g_autofree char *message = NULL;
    g_autofree char *complaint = NULL;

    if (!utterance_split(rest, &left, &message)) {
        turn_fail(turn, "expected MQTT_PUBLISH: <topic> | <message>: there is no bar");
        return;
    }
    complaint = topic_line_read(left, TOPIC_FOR_MESSAGE, &line);
    if (!*line.topic)
        expect_topic(turn, trigger_info(TRIGGER_MQTT_PUBLISH), "home/lamp/set | ON");
    else if (complaint)
        complain(turn, trigger_info(TRIGGER_MQTT_PUBLISH), complaint);
    else
        publish(core, turn, &line, message);
}

/* ---- MQTT_SUBSCRIBE: ---- */

static void subscribe(Core *core, Turn *turn, const TopicLine *line)
{
    g_autofree char *shown = text_make_line(line->topic, TOPIC_SHOWN_CHARS);
    g_autofree char *time = duration_print(line->time_ms);

    if (!rulebook_may_subscribe(core->rulebook, line->topic))
        refuse(core, turn, line->topic, "subscribe", rulebook_subscribe_filters(core->rulebook));
    else if (turn->speaker->door == DOOR_UNSIGNED)
        turn_fail(turn,
                  "%s: refused: unsigned text is answered where everybody reads; listen from "
                  "agentctl or XMPP",
                  shown);
    else if (turn->speaker->is_dry_run)
        turn_say(turn, "%s: allowed, for at most %u messages and %s (dry run: nobody listens)",
                 shown, line->count, time);
    else
        subscriptions_begin(core, turn, line);
}

void trigger_mqtt_subscribe(Core *core, Turn *turn, const char *rest)
{
    g_auto(TopicLine) line = { 0 };
    g_autofree char *complaint = topic_line_read(rest, TOPIC_FOR_FILTER, &line);

    if (!*line.topic)
        expect_topic(turn, trigger_info(TRIGGER_MQTT_SUBSCRIBE), "home/#");
    else if (complaint)
        complain(turn, trigger_info(TRIGGER_MQTT_SUBSCRIBE), complaint);
    else
        subscribe(core, turn, &line);
}

/* ---- !subscriptions ---- */

static void list(Core *core, Turn *turn, const GPtrArray *rows)
{
    unsigned i;

    if (rows->len == 0) {
        turn_say(turn, "no subscription is open here; %s %s begins one (for the role %s)",
                 trigger_info(TRIGGER_MQTT_SUBSCRIBE)->name,
                 trigger_info(TRIGGER_MQTT_SUBSCRIBE)->arguments,
                 role_name(trigger_info(TRIGGER_MQTT_SUBSCRIBE)->role));
        return;
    }
    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        bool is_own = g_strcmp0(row_text(row, SUBSCRIPTIONS_USER), turn->speaker->user) == 0;
        g_autofree char *line = subscription_text_line(core, row, !is_own);

        turn_say(turn, "%s", line);
    }
}

/* "s3" or "3", among those that are seen here. */
static const Row *find(const GPtrArray *rows, const char *typed)
{
    const char *digits = *typed == 's' || *typed == 'S' ? typed + 1 : typed;
    uint64_t number;
    unsigned i;

    if (!g_ascii_string_to_unsigned(digits, 10, 1, INT64_MAX, &number, NULL))
        return NULL;
    for (i = 0; i < rows->len; i++) {
        if (row_int(rows->pdata[i], SUBSCRIPTIONS_NUMBER) == (int64_t)number)
            return rows->pdata[i];
    }
    return NULL;
}

static void cancel(Core *core, Turn *turn, const GPtrArray *rows, const char *typed)
{
    const Row *row = find(rows, typed);
    g_autofree char *shown = text_make_line(typed, SHOWN_MAX_CHARS);

    if (!row) {
        turn_fail(turn, "%s: no such subscription is open here; !subscriptions lists them", shown);
    } else if (turn->speaker->role < ROLE_ADMIN &&
               g_strcmp0(row_text(row, SUBSCRIPTIONS_USER), turn->speaker->user) != 0) {
        turn_fail(turn, "%s: refused (%s): it is %s's; an admin may end it, too", shown,
                  rule_name(RULE_ROLE), row_text(row, SUBSCRIPTIONS_USER));
    } else if (turn->speaker->is_dry_run) {
        turn_say(turn, "%s: it would end (dry run: it goes on)", shown);
    } else {
        effects_audit(core->fx, core->now_ms, "command", turn->speaker->principal, NULL, NULL,
                      "%s %s %s", command_info(COMMAND_SUBSCRIPTIONS)->name, CANCEL_WORD, shown);
        subscriptions_cancel(core, turn, row);
    }
}

void commands_subscriptions(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) rows = subscriptions_seen(core, turn->speaker);
    size_t length = strcspn(arguments, " \t");
    g_autofree char *word = g_strndup(arguments, length);
    g_autofree char *rest = g_strstrip(g_strdup(arguments + length));

    if (!*word)
        list(core, turn, rows);
    else if (g_ascii_strcasecmp(word, CANCEL_WORD) == 0 && *rest)
        cancel(core, turn, rows, rest);
    else
        turn_fail(turn, "expected !subscriptions, or !subscriptions cancel s3");
}
