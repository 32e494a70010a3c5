#include "agent1/app/chat_zones.h"

#include <string.h>

#include "common/sys/zone.h"
#include "common/base/banned.h"

/* So many are looked up for one message. */
#define NAMES_MAX 8

/* "america/new_york", as a phone writes it or a hurried person, as the file is called. The caller
 * owns it. */
static char *capitalize(const char *name)
{
    char *text = g_strdup(name);
    char *at;

    for (at = text; *at; at++) {
        if (at == text || strchr("/_-", at[-1]))
            *at = g_ascii_toupper(*at);
    }
    return text;
}

/* Also under the name that it has, where it was written in another way. */
static void read_zone(const char *name, Zones *zones)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    bool is_utc = strcmp(lower, "utc") == 0;
    g_autofree char *usual = is_utc ? g_strdup("UTC") : capitalize(lower);
    g_autoptr(GTimeZone) zone = zone_read(is_utc ? usual : name, NULL);

    /* All small, and in no other way: what anybody writes stays in memory, so its spellings are
     * bounded by the zones that there are. */
    if (!zone && strcmp(name, lower) == 0)
        zone = zone_read(usual, NULL);
    if (!zone)
        return;
    zones_add(zones, name, zone);
    zones_add(zones, g_time_zone_get_identifier(zone), zone);
}

static void read_text(const char *text, Zones *zones)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n|\"", -1);
    unsigned names = 0;
    unsigned i;

    for (i = 0; words[i] && names < NAMES_MAX; i++) {
        if (!zones_is_name(words[i]))
            continue;
        read_zone(words[i], zones);
        names++;
    }
}

void chat_zones_read(Event *event)
{
    const Message *message = event->kind == EVENT_MESSAGE ? event->message.message : NULL;
    const char *text = event->kind == EVENT_CHAT                  ? event->chat.text
                       : message && message->kind == MESSAGE_CHAT ? message->chat.text
                                                                  : NULL;

    if (!text)
        return;
    event->zones = zones_new();
    read_text(text, event->zones);
}

void chat_zones_read_rows(Table table, const GPtrArray *rows, Zones *zones)
{
    const char *last = table == TABLE_META ? chat_zones_last(rows) : NULL;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const char *text = table == TABLE_QUESTIONS ? row_text(rows->pdata[i], QUESTIONS_TEXT)
                           : table == TABLE_EDITS   ? row_text(rows->pdata[i], EDITS_MEMBERS)
                                                    : NULL;

        if (text)
            read_text(text, zones);
    }
    if (last)
        read_zone(last, zones);
}

const char *chat_zones_last(const GPtrArray *meta)
{
    unsigned i;

    for (i = 0; i < meta->len; i++) {
        if (strcmp(row_text(meta->pdata[i], META_NAME), META_ZONE) == 0)
            return row_text(meta->pdata[i], META_VALUE);
    }
    return NULL;
}
