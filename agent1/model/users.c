#include "agent1/model/users.h"

#include <string.h>

#include "common/base/language.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

struct Users {
    GPtrArray *list; /* User * */
    GHashTable *by_name;
    GHashTable *by_jid;
    GHashTable *by_key;
};

static const char *const role_words[] = { "none", "viewer", "operator", "admin", NULL };

static const char *const hears_words[] = { "by_role", "all", "none", NULL };

static bool is_bare_jid(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at != text && at[1] != '\0' && !strpbrk(text, "/ \t\n<>\"&'");
}

#define AT(member) offsetof(User, member)

static const Field user_fields[] = {
    { .name = "name",
      .kind = FIELD_STRING,
      .offset = AT(name),
      .is_required = true,
      .minimum = 1,
      .maximum = 64 },
    { .name = "jids",
      .kind = FIELD_STRINGS,
      .offset = AT(jids),
      .maximum = 32,
      .is_valid = is_bare_jid,
      .expected = "bare JIDs such as ana@example.org" },
    { .name = "keys",
      .kind = FIELD_STRINGS,
      .offset = AT(keys),
      .maximum = 32,
      .is_valid = key_is_valid_text,
      .expected = "keys as agentctl --show-key prints them, x25519:…" },
    { .name = "role",
      .kind = FIELD_CHOICE,
      .offset = AT(role),
      .is_required = true,
      .choices = role_words },
    { .name = "language",
      .kind = FIELD_STRING,
      .offset = AT(language),
      .is_valid = language_is_valid,
      .expected = LANGUAGE_EXPECTED },
    { .name = "inbox_roles", .kind = FIELD_STRINGS, .offset = AT(inbox_roles), .maximum = 32 },
    { .name = "notices", .kind = FIELD_CHOICE, .offset = AT(notices), .choices = hears_words },
    { .name = "quiet_hours", .kind = FIELD_JSON, .offset = AT(quiet_json) },
    { .name = NULL },
};

G_STATIC_ASSERT(sizeof(Role) == sizeof(int));
G_STATIC_ASSERT(sizeof(Hears) == sizeof(int));

static void free_user(void *data)
{
    User *user = data;

    record_clear(user_fields, user);
    window_free(user->quiet_hours);
    if (user->quiet_zone)
        g_time_zone_unref(user->quiet_zone);
    g_free(user);
}

void users_free(Users *users)
{
    if (!users)
        return;

    g_hash_table_unref(users->by_name);
    g_hash_table_unref(users->by_jid);
    g_hash_table_unref(users->by_key);
    g_ptr_array_unref(users->list);
    g_free(users);
}

/* Enters a user under a name, a JID or a key that nobody has yet. */
static bool enter(GHashTable *table, const char *what, const char *path, char *word, User *user,
                  GError **error)
{
    const User *other = g_hash_table_lookup(table, word);

    if (other) {
        g_autofree char *shown_word = text_make_line(word, SHOWN_MAX_CHARS);
        g_autofree char *shown_name = text_make_line(other->name, SHOWN_MAX_CHARS);

        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s: the %s \"%s\" belongs to user \"%s\" already: expected each once", path,
                    what, shown_word, shown_name);
        return false;
    }
    g_hash_table_insert(table, word, user);
    return true;
}

static bool enter_user(Users *users, User *user, const char *path, GError **error)
{
    unsigned i;

    if (!enter(users->by_name, "name", path, user->name, user, error))
        return false;
    for (i = 0; user->jids && i < user->jids->len; i++) {
        char *lower = g_utf8_strdown(user->jids->pdata[i], -1);

        g_free(user->jids->pdata[i]);
        user->jids->pdata[i] = lower;
        if (!enter(users->by_jid, "JID", path, lower, user, error))
            return false;
    }
    for (i = 0; user->keys && i < user->keys->len; i++) {
        if (!enter(users->by_key, "key", path, user->keys->pdata[i], user, error))
            return false;
    }
    return true;
}

static bool read_quiet_hours(User *user, const char *path, const Zones *zones, GPtrArray *warnings,
                             GError **error)
{
    g_autofree char *here = g_strdup_printf("%s.quiet_hours", path);

    if (!user->quiet_json)
        return true;
    user->quiet_hours =
        window_parse_zoned(user->quiet_json, here, zones, &user->quiet_zone, warnings, error);
    return user->quiet_hours != NULL;
}

/* "denied by you" and "put off by agent1" tell something else than who it was. A file that has such
 * a name was good once, and is still. */
static bool is_own_name(const char *text)
{
    static const char *const words[] = { "agent1",    "all",  "anybody",  "anyone",  "everybody",
                                         "everyone",  "here", "i",        "me",      "myself",
                                         "nobody",    "none", "somebody", "someone", "you",
                                         "chacun",    "ici",  "je",       "moi",     "personne",
                                         "quelqu'un", "toi",  "tous",     "tu",      "vous",
                                         NULL };
    g_autofree char *lower = g_utf8_strdown(text, -1);

    return !g_strv_contains(words, g_strstrip(lower));
}

static void warn_of_name(const User *user, const char *path, GPtrArray *warnings)
{
    g_autofree char *shown = NULL;

    if (!warnings || is_own_name(user->name))
        return;
    shown = text_make_line(user->name, SHOWN_MAX_CHARS);
    g_ptr_array_add(warnings,
                    g_strdup_printf("%s.name: \"%s\" is a word for others, too: \"denied by %s\" "
                                    "does not tell who it was; a name of the person's own would",
                                    path, shown, shown));
}

Users *users_parse(const Json *array, const Zones *zones, GPtrArray *warnings, GError **error)
{
    g_autoptr(Users) users = g_new0(Users, 1);
    const Json *node;
    unsigned index = 0;

    users->list = g_ptr_array_new_with_free_func(free_user);
    users->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    users->by_jid = g_hash_table_new(g_str_hash, g_str_equal);
    users->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    if (array && json_kind(array) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "users: %s: expected an array of users",
                    json_kind_name(json_kind(array)));
        return NULL;
    }
    /* A file without people is a slip: whoever could mend it by chat is shut out. */
    if (array && json_count(array) == 0) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "users: empty, so nobody could give an order: expected at least one user, such "
                    "as {\"name\": \"ana\", \"role\": \"admin\", \"jids\": "
                    "[\"ana@example.org\"]}");
        return NULL;
    }
    for (node = json_first(array); node; node = json_next(node), index++) {
        g_autofree char *path = g_strdup_printf("users[%u]", index);
        User *user = g_new0(User, 1);

        record_init(user_fields, user);
        g_ptr_array_add(users->list, user);
        if (!record_read(user_fields, user, node, path, warnings, error) ||
            !read_quiet_hours(user, path, zones, warnings, error) ||
            !enter_user(users, user, path, error))
            return NULL;
        warn_of_name(user, path, warnings);
    }
    return g_steal_pointer(&users);
}

const User *users_by_jid(const Users *users, const char *bare_jid)
{
    g_autofree char *lower = g_utf8_strdown(bare_jid, -1);

    return g_hash_table_lookup(users->by_jid, lower);
}

const User *users_by_key(const Users *users, const char *key)
{
    return g_hash_table_lookup(users->by_key, key);
}

const User *users_by_name(const Users *users, const char *name)
{
    return g_hash_table_lookup(users->by_name, name);
}

GPtrArray *users_keys(const Users *users)
{
    GPtrArray *keys = g_ptr_array_new();
    GHashTableIter iter;
    void *key;

    g_hash_table_iter_init(&iter, users->by_key);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(keys, key);
    return keys;
}

const GPtrArray *users_list(const Users *users)
{
    return users->list;
}

GPtrArray *users_with_role(const Users *users, Role role)
{
    GPtrArray *list = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < users->list->len; i++) {
        const User *user = users->list->pdata[i];

        if (user->role == role)
            g_ptr_array_add(list, users->list->pdata[i]);
    }
    return list;
}
