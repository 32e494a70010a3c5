/* The people of config.json: who is found by which word, and what is refused. */
#include "agent1/model/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define KEY_1 "x25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define KEY_2 "x25519:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"

static Users *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), 100000, NULL);

    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) paris = g_time_zone_new_identifier("Europe/Paris");

    assert_non_null(json);
    zones_add(zones, "Europe/Paris", paris);
    return users_parse(json, zones, warnings, error);
}

static Users *some_users(void)
{
    GError *error = NULL;
    Users *users = parse("[{\"name\":\"ana\",\"role\":\"admin\",\"jids\":[\"Ana@Example.org\","
                         "\"ana@work.example\"],\"keys\":[\"" KEY_1 "\",\"" KEY_2 "\"]},"
                         "{\"name\":\"Oskar\",\"role\":\"operator\",\"jids\":[\"\xC3\x96@x.org\"],"
                         "\"language\":\"fr\",\"inbox_roles\":[\"ops\"]},"
                         "{\"name\":\"bert\",\"role\":\"admin\"}]",
                         NULL, &error);

    assert_null(error);
    return users;
}

static void found_by_name_jid_and_key(void **state)
{
    static const struct {
        const char *what;
        const User *(*find)(const Users *users, const char *word);
        const char *word;
        const char *name; /* NULL: nobody */
    } rows[] = {
        { "a name", users_by_name, "ana", "ana" },
        { "a name as it is written", users_by_name, "Oskar", "Oskar" },
        { "a name in other case", users_by_name, "Ana", NULL },
        { "a JID", users_by_jid, "ana@example.org", "ana" },
        { "a JID without case", users_by_jid, "ANA@example.ORG", "ana" },
        { "the second JID", users_by_jid, "ana@work.example", "ana" },
        { "a JID beyond ASCII without case", users_by_jid, "\xC3\xB6@X.org", "Oskar" },
        { "another server", users_by_jid, "ana@example.com", NULL },
        { "a full JID is not bare", users_by_jid, "ana@example.org/phone", NULL },
        { "a key", users_by_key, KEY_1, "ana" },
        { "the second key", users_by_key, KEY_2, "ana" },
        { "a key in other case", users_by_key, "x25519:aQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
          NULL },
        { "a name is no key", users_by_key, "ana", NULL },
        { "nothing", users_by_jid, "", NULL },
    };
    g_autoptr(Users) users = some_users();
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const User *user = rows[i].find(users, rows[i].word);

        print_message("%s\n", rows[i].what);
        assert_int_equal(user == NULL, rows[i].name == NULL);
        if (user)
            assert_string_equal(user->name, rows[i].name);
    }
}

static void what_a_user_has(void **state)
{
    g_autoptr(Users) users = some_users();
    const User *oskar = users_by_name(users, "Oskar");
    g_autoptr(GPtrArray) admins = users_with_role(users, ROLE_ADMIN);
    g_autoptr(GPtrArray) viewers = users_with_role(users, ROLE_VIEWER);
    g_autoptr(GPtrArray) keys = users_keys(users);

    (void)state;
    assert_int_equal(oskar->role, ROLE_OPERATOR);
    assert_string_equal(oskar->language, "fr");
    assert_string_equal(oskar->inbox_roles->pdata[0], "ops");
    assert_int_equal(admins->len, 2);
    assert_string_equal(((const User *)admins->pdata[0])->name, "ana");
    assert_string_equal(((const User *)admins->pdata[1])->name, "bert");
    assert_string_equal(((const User *)admins->pdata[0])->jids->pdata[0], "ana@example.org");
    assert_int_equal(viewers->len, 0);
    assert_int_equal(keys->len, 2);
}

typedef struct Refused {
    const char *what;
    const char *json;
    const char *error;
} Refused;

static void check_refused(const Refused *rows, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Users) users = parse(rows[i].json, NULL, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "read");
        assert_null(users);
        assert_non_null(strstr(error->message, rows[i].error));
    }
}

/* They were good once: a start does not fail for them. */
static void names_that_mean_others_warn(void **state)
{
    static const struct {
        const char *json;
        const char *warning; /* NULL: none */
    } rows[] = {
        { "[{\"name\":\"You\",\"role\":\"admin\"}]",
          "users[0].name: \"You\" is a word for others, too: \"denied by You\" does not tell" },
        { "[{\"name\":\"all\",\"role\":\"admin\"}]", "users[0].name: \"all\" is" },
        { "[{\"name\":\"agent1\",\"role\":\"admin\"}]", "users[0].name: \"agent1\" is" },
        { "[{\"name\":\"vous\",\"role\":\"admin\"}]", "users[0].name: \"vous\" is" },
        { "[{\"name\":\"ana\",\"role\":\"admin\"}]", NULL },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(Users) users = parse(rows[i].json, warnings, &error);

        print_message("%s: %s\n", rows[i].json, error ? error->message : "read");
        assert_non_null(users);
        assert_int_equal(warnings->len, rows[i].warning ? 1 : 0);
        if (rows[i].warning)
            assert_non_null(strstr(warnings->pdata[0], rows[i].warning));
    }
}

static void what_is_refused(void **state)
{
    static const Refused rows[] = {
        { "no array", "{}", "users: an object: expected an array of users" },
        { "nobody", "[]",
          "users: empty, so nobody could give an order: expected at least one user" },
        { "no name", "[{\"role\":\"admin\"}]", "users[0].name: missing" },
        { "an empty name", "[{\"name\":\"\",\"role\":\"admin\"}]", "users[0].name" },
        { "no role", "[{\"name\":\"a\"}]", "users[0].role: missing" },
        { "a role nobody knows", "[{\"name\":\"a\",\"role\":\"root\"}]",
          "users[0].role: \"root\": expected one of none, viewer, operator, admin" },
        { "a language nobody wrote", "[{\"name\":\"a\",\"role\":\"admin\",\"language\":\"de\"}]",
          "users[0].language: \"de\": expected en or fr" },
        { "a full JID", "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"a@b/c\"]}]",
          "users[0].jids" },
        { "no JID", "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"b\"]}]", "users[0].jids" },
        { "nobody at the server", "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"@b\"]}]",
          "users[0].jids" },
        { "somebody nowhere", "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"a@\"]}]",
          "users[0].jids" },
        { "no key", "[{\"name\":\"a\",\"role\":\"admin\",\"keys\":[\"x25519:abc\"]}]",
          "users[0].keys" },
        { "a name twice",
          "[{\"name\":\"a\",\"role\":\"admin\"},{\"name\":\"a\",\"role\":\"none\"}]",
          "users[1]: the name \"a\" belongs to user \"a\" already" },
        { "a JID twice, without case",
          "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"A@x.org\"]},"
          "{\"name\":\"b\",\"role\":\"none\",\"jids\":[\"a@X.org\"]}]",
          "users[1]: the JID \"a@x.org\" belongs to user \"a\" already" },
        { "a key twice",
          "[{\"name\":\"a\",\"role\":\"admin\",\"keys\":[\"" KEY_1 "\"]},"
          "{\"name\":\"b\",\"role\":\"none\",\"keys\":[\"" KEY_1 "\"]}]",
          "users[1]: the key \"" KEY_1 "\" belongs to user \"a\" already" },
        { "a JID twice of the same user",
          "[{\"name\":\"a\",\"role\":\"admin\",\"jids\":[\"a@x.org\",\"a@x.org\"]}]",
          "users[0]: the JID" },
    };

    (void)state;
    check_refused(rows, G_N_ELEMENTS(rows));
}

static void notices_and_quiet_hours_that_are_refused(void **state)
{
    static const Refused rows[] = {
        { "quiet hours that are no window",
          "[{\"name\":\"a\",\"role\":\"admin\",\"quiet_hours\":\"night\"}]",
          "users[0].quiet_hours" },
        { "an hour that no clock shows",
          "[{\"name\":\"a\",\"role\":\"admin\",\"quiet_hours\":{\"start\":\"25:00\",\"end\":"
          "\"06:00\"}}]",
          "users[0].quiet_hours.start" },
        { "quiet hours nowhere",
          "[{\"name\":\"a\",\"role\":\"admin\",\"quiet_hours\":{\"start\":\"22:00\",\"end\":"
          "\"06:00\",\"timezone\":\"Mars/Base\"}}]",
          "users[0].quiet_hours.timezone: \"Mars/Base\": expected a time zone" },
        { "a zone that is a number",
          "[{\"name\":\"a\",\"role\":\"admin\",\"quiet_hours\":{\"start\":\"22:00\",\"end\":"
          "\"06:00\",\"timezone\":1}}]",
          "users[0].quiet_hours.timezone" },
        { "notices that nobody knows", "[{\"name\":\"a\",\"role\":\"admin\",\"notices\":\"yes\"}]",
          "users[0].notices: \"yes\": expected one of by_role, all, none" },
    };

    (void)state;
    check_refused(rows, G_N_ELEMENTS(rows));
}

static void who_hears_what_and_when(void **state)
{
    g_autoptr(Users) users =
        parse("[{\"name\":\"a\",\"role\":\"admin\",\"notices\":\"none\",\"quiet_hours\":{"
              "\"start\":\"22:00\",\"end\":\"07:00\",\"timezone\":\"Europe/Paris\"}},"
              "{\"name\":\"b\",\"role\":\"viewer\",\"notices\":\"all\",\"quiet_hours\":{"
              "\"start\":\"22:00\",\"end\":\"07:00\",\"enabled\":false}},"
              "{\"name\":\"c\",\"role\":\"admin\",\"quiet_hours\":null}]",
              NULL, NULL);
    const GPtrArray *list;

    (void)state;
    assert_non_null(users);
    list = users_list(users);
    assert_int_equal(list->len, 3);
    assert_int_equal(((const User *)list->pdata[0])->notices, HEARS_NONE);
    assert_non_null(((const User *)list->pdata[0])->quiet_zone);
    assert_int_equal(((const User *)list->pdata[0])->quiet_hours->start_min, 22 * 60);
    assert_int_equal(((const User *)list->pdata[1])->notices, HEARS_ALL);
    assert_false(((const User *)list->pdata[1])->quiet_hours->is_enabled);
    assert_null(((const User *)list->pdata[1])->quiet_zone);
    assert_int_equal(((const User *)list->pdata[2])->notices, HEARS_BY_ROLE);
    assert_null(((const User *)list->pdata[2])->quiet_hours);
}

static void nobody_and_unknown_members(void **state)
{
    g_autoptr(Users) nobody = users_parse(NULL, NULL, NULL, NULL);
    g_autoptr(GPtrArray) keys = users_keys(nobody);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Users) users =
        parse("[{\"name\":\"a\",\"role\":\"none\",\"jid\":\"a@b\"}]", warnings, NULL);

    (void)state;
    assert_int_equal(keys->len, 0);
    assert_null(users_by_name(nobody, "ana"));
    assert_non_null(users);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(warnings->pdata[0], "jids"));
    users_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_by_name_jid_and_key),
        cmocka_unit_test(what_a_user_has),
        cmocka_unit_test(names_that_mean_others_warn),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(notices_and_quiet_hours_that_are_refused),
        cmocka_unit_test(who_hears_what_and_when),
        cmocka_unit_test(nobody_and_unknown_members),
    };

    return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
