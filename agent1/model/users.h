/*
 * The people of config.json: a name, a role, the JIDs and keys through which each may come. Does
 * not decide what a role may do: agent1/model/gate.h and the table of commands do.
 */
#ifndef AGENT1_MODEL_USERS_H
#define AGENT1_MODEL_USERS_H

#include "common/data/json.h"
#include "common/data/window.h"
#include "common/data/zones.h"
#include "common/wire/command.h"

#include <glib.h>

/* Whether somebody hears what nobody asked for: an agent that is gone, an error. */
typedef enum {
    HEARS_BY_ROLE, /* admins do */
    HEARS_ALL,
    HEARS_NONE,
} Hears;

typedef struct User {
    char *name;
    Role role;
    GPtrArray *jids; /* char *, bare, lower case */
    GPtrArray *keys; /* char *, as key_print() writes them */
    char *language;  /* "en", "fr"; NULL: the installation's */
    GPtrArray *inbox_roles;
    Hears notices;
    Json *quiet_json;      /* quiet_hours as it stands in the file */
    Window *quiet_hours;   /* in which what can wait does; NULL: never */
    GTimeZone *quiet_zone; /* of the quiet hours; NULL: the installation's */
} User;

typedef struct Users Users;

/* Reads the array `users`; names, JIDs and keys are each unique. NULL means no users. Zones holds
 * every zone that is named in it. */
Users *users_parse(const Json *array, const Zones *zones, GPtrArray *warnings, GError **error);
void users_free(Users *users);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Users, users_free)

/* Borrowed, or NULL. A JID is compared without case, and bare. */
const User *users_by_jid(const Users *users, const char *bare_jid);
const User *users_by_key(const Users *users, const char *key);
const User *users_by_name(const Users *users, const char *name);

/* Every key of every user: const char *, borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *users_keys(const Users *users);

/* Everybody, in the order of the file: User *, borrowed. */
const GPtrArray *users_list(const Users *users);

/* Everybody with exactly this role: const User *, borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *users_with_role(const Users *users, Role role);

#endif
