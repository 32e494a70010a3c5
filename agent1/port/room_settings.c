#include "agent1/port/room_settings.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/base/banned.h"

#define JID_MAX_BYTES  1000
#define NICK_MAX_BYTES 64

static bool is_room_jid(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at != text && at[1] && !strpbrk(text, "/ \t\n<>\"&'") && !strchr(at + 1, '@') &&
           text_is_harmless(text);
}

static bool is_nick(const char *text)
{
    return *text && *text != ' ' && text[strlen(text) - 1] != ' ' && !strpbrk(text, "/\n\t:,") &&
           text_is_harmless(text);
}

static const Field fields[] = {
    { .name = "jid",
      .kind = FIELD_STRING,
      .offset = offsetof(RoomSettings, jid),
      .is_required = true,
      .maximum = JID_MAX_BYTES,
      .is_valid = is_room_jid,
      .expected = "a room such as ops@conference.example.org" },
    { .name = "nick",
      .kind = FIELD_STRING,
      .offset = offsetof(RoomSettings, nick),
      .maximum = NICK_MAX_BYTES,
      .is_valid = is_nick,
      .expected = "a name of at most 64 bytes, without / : and ," },
    { .name = NULL },
};

RoomSettings *room_settings_copy(const RoomSettings *room)
{
    RoomSettings *copy = g_new0(RoomSettings, 1);

    copy->jid = g_strdup(room->jid);
    copy->nick = g_strdup(room->nick);
    return copy;
}

void room_settings_free(void *data)
{
    RoomSettings *room = data;

    if (!room)
        return;

    record_clear(fields, room);
    g_free(room);
}

static bool is_there(const GPtrArray *rooms, const char *jid)
{
    unsigned i;

    for (i = 0; i < rooms->len; i++) {
        if (strcmp(((const RoomSettings *)rooms->pdata[i])->jid, jid) == 0)
            return true;
    }
    return false;
}

/* One element; the array takes it. */
static bool read_room(GPtrArray *rooms, const Json *object, const char *nick, GPtrArray *warnings,
                      GError **error)
{
    g_autofree char *path = g_strdup_printf("xmpp.rooms[%u]", rooms->len);
    RoomSettings *room = g_new0(RoomSettings, 1);
    g_autofree char *jid = NULL;

    record_init(fields, room);
    if (!record_read(fields, room, object, path, warnings, error)) {
        room_settings_free(room);
        return false;
    }
    jid = g_utf8_strdown(room->jid, -1);
    if (is_there(rooms, jid)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.jid: \"%s\" stands there twice", path, jid);
        room_settings_free(room);
        return false;
    }
    g_free(room->jid);
    room->jid = g_steal_pointer(&jid);
    if (!room->nick)
        room->nick = g_strdup(nick);
    g_ptr_array_add(rooms, room);
    return true;
}

GPtrArray *room_settings_parse(const Json *array, const char *nick, GPtrArray *warnings,
                               GError **error)
{
    g_autoptr(GPtrArray) rooms = g_ptr_array_new_with_free_func(room_settings_free);
    const Json *object;

    if (array && json_kind(array) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "xmpp.rooms: expected an array of objects with jid and nick");
        return NULL;
    }
    for (object = json_first(array); object; object = json_next(object)) {
        if (rooms->len >= ROOMS_MAX) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "xmpp.rooms: more than %d rooms", ROOMS_MAX);
            return NULL;
        }
        if (!read_room(rooms, object, nick, warnings, error))
            return NULL;
    }
    return g_steal_pointer(&rooms);
}

bool room_settings_has(const GPtrArray *rooms, const char *jid)
{
    unsigned i;

    for (i = 0; i < rooms->len; i++) {
        if (strcmp(((const RoomSettings *)rooms->pdata[i])->jid, jid) == 0)
            return true;
    }
    return false;
}
