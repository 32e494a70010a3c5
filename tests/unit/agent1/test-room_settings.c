/* xmpp.rooms of config.json. */
#include "agent1/port/room_settings.h"

#include "common/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static GPtrArray *parse(const char *text, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), CONFIG_MAX_BYTES, NULL);

    assert_non_null(json);
    return room_settings_parse(json, "house", NULL, error);
}

static void rooms_with_and_without_a_name(void **state)
{
    g_autoptr(GPtrArray) none = room_settings_parse(NULL, "house", NULL, NULL);
    g_autoptr(GPtrArray) rooms =
        parse("[{\"jid\":\"Ops@Rooms.example.org\"},{\"jid\":\"b@c\",\"nick\":\"The bot\"}]", NULL);
    RoomSettings *copy;

    (void)state;
    assert_int_equal(none->len, 0);
    assert_int_equal(rooms->len, 2);
    assert_string_equal(((RoomSettings *)rooms->pdata[0])->jid, "ops@rooms.example.org");
    assert_string_equal(((RoomSettings *)rooms->pdata[0])->nick, "house");
    copy = room_settings_copy(rooms->pdata[1]);
    assert_string_equal(copy->jid, "b@c");
    assert_string_equal(copy->nick, "The bot");
    room_settings_free(copy);
    room_settings_free(NULL);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "{}", "xmpp.rooms: expected an array" },
        { "[\"ops@rooms\"]", "xmpp.rooms[0]" },
        { "[{}]", "xmpp.rooms[0].jid: missing" },
        { "[{\"jid\":\"ops\"}]", "xmpp.rooms[0].jid: \"ops\": expected a room such as" },
        { "[{\"jid\":\"ops@rooms/nick\"}]", "xmpp.rooms[0].jid" },
        { "[{\"jid\":\"ops@\"}]", "xmpp.rooms[0].jid" },
        { "[{\"jid\":\"a@b\"},{\"jid\":\"A@b\"}]",
          "xmpp.rooms[1].jid: \"a@b\" stands there twice" },
        { "[{\"jid\":\"a@b\",\"nick\":\"a/b\"}]", "xmpp.rooms[0].nick" },
        { "[{\"jid\":\"a@b\",\"nick\":\"\"}]", "xmpp.rooms[0].nick" },
        { "[{\"jid\":\"a@b\",\"nick\":\"bot:\"}]", "xmpp.rooms[0].nick" },
        { "[{\"jid\":\"a@b\",\"nick\":\"a\\u200bb\"}]", "xmpp.rooms[0].nick" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) rooms = parse(rows[i].text, &error);

        if (rooms || !strstr(error->message, rows[i].error))
            fail_msg("%s: %s", rows[i].text, error ? error->message : "read");
    }
}

static void too_many(void **state)
{
    GString *text = g_string_new("[");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rooms = NULL;
    int i;

    (void)state;
    for (i = 0; i <= ROOMS_MAX; i++)
        g_string_append_printf(text, "%s{\"jid\":\"r%d@m\"}", i ? "," : "", i);
    g_string_append_c(text, ']');
    rooms = parse(text->str, &error);
    assert_null(rooms);
    assert_non_null(strstr(error->message, "more than 20 rooms"));
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_with_and_without_a_name),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(too_many),
    };

    return cmocka_run_group_tests_name("room_settings", tests, NULL, NULL);
}
