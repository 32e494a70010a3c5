/*
 * `xmpp.rooms` of config.json: the rooms (XEP-0045) that agent1 is in, and its name there.
 */
#ifndef AGENT1_PORT_ROOM_SETTINGS_H
#define AGENT1_PORT_ROOM_SETTINGS_H

#include "common/data/json.h"

#include <glib.h>

#define ROOMS_MAX 20

typedef struct RoomSettings {
    char *jid;  /* bare, lower case */
    char *nick; /* NULL in the file: the default of room_settings_parse() */
} RoomSettings;

RoomSettings *room_settings_copy(const RoomSettings *room);
void room_settings_free(void *data);

/* Reads the array; NULL means no rooms. The caller owns the result: RoomSettings *, freed with the
 * array. Warnings as in record_read(). */
GPtrArray *room_settings_parse(const Json *array, const char *nick, GPtrArray *warnings,
                               GError **error);

/* True for the bare JID of one of these rooms (RoomSettings *): many read there. */
bool room_settings_has(const GPtrArray *rooms, const char *jid);

#endif
