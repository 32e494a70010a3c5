/* Who speaks, and how a stored conversation becomes somebody to answer again. */
#include "agent1/flow/state/speaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void there_and_back(void **state)
{
    static const struct {
        const char *what;
        Door door;
        const char *address;
        const char *key;
        const char *chat_id;
        const char *in_reply_to;
        const char *conversation;
    } rows[] = {
        { "a phone", DOOR_XMPP, "ana@example.org/my phone", NULL, "xmpp:ana@example.org:s:1", NULL,
          "xmpp ana@example.org/my phone" },
        { "a phone without ids", DOOR_XMPP, "ana@example.org/x", NULL, NULL, NULL,
          "xmpp ana@example.org/x" },
        { "agentctl", DOOR_CLI, "abcdefghijklmnop", "x25519:abc", "cli:abcdefghijklmnop:c1", "c1",
          "cli abcdefghijklmnop x25519:abc" },
        { "unsigned", DOOR_UNSIGNED, "", NULL, NULL, NULL, "unsigned" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Speaker) speaker = speaker_new(rows[i].door, rows[i].address, rows[i].key);
        g_autofree char *conversation = speaker_conversation(speaker);
        g_autoptr(Speaker) again = speaker_from_conversation(conversation, rows[i].chat_id);

        print_message("%s\n", rows[i].what);
        assert_string_equal(conversation, rows[i].conversation);
        assert_int_equal(again->door, rows[i].door);
        assert_string_equal(again->address, rows[i].address);
        assert_int_equal(g_strcmp0(again->key, rows[i].key), 0);
        assert_int_equal(g_strcmp0(again->chat_id, rows[i].chat_id), 0);
        assert_int_equal(g_strcmp0(again->in_reply_to, rows[i].in_reply_to), 0);
        assert_null(again->user);
        assert_int_equal(again->role, ROLE_NONE);
    }
}

static void who_hears_the_answer_alone(void **state)
{
    static const struct {
        const char *what;
        Door door;
        const char *address;
        const char *key;
        const char *principal;
        bool is_alone;
    } rows[] = {
        { "a phone", DOOR_XMPP, "ana@example.org/phone", NULL, "ana@example.org", true },
        { "in other letters", DOOR_XMPP, "Ana@example.org/x", NULL, "ana@example.org", true },
        { "agentctl", DOOR_CLI, "abcdefghijklmnop", "x25519:abc", "x25519:abc", true },
        { "a room", DOOR_XMPP, "ops@rooms.example.org", NULL, "ana@example.org", false },
        { "a longer name", DOOR_XMPP, "ana@example.org.net/x", NULL, "ana@example.org", false },
        { "unsigned", DOOR_UNSIGNED, "", NULL, "unsigned", false },
        { "nobody yet", DOOR_XMPP, "ana@example.org/phone", NULL, NULL, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Speaker) speaker = speaker_new(rows[i].door, rows[i].address, rows[i].key);

        print_message("%s\n", rows[i].what);
        speaker->principal = g_strdup(rows[i].principal);
        assert_int_equal(speaker_is_alone(speaker), rows[i].is_alone);
    }
}

static void texts_that_are_no_conversation(void **state)
{
    static const char *const rows[] = { "",         "xmpp",          "cli a",   "cli",
                                        "mail a@b", "unsigned text", "XMPP a@b" };
    unsigned i;

    (void)state;
    assert_null(speaker_from_conversation(NULL, NULL));
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i]);
        assert_null(speaker_from_conversation(rows[i], "x:y"));
    }
}

static void a_copy_stands_alone(void **state)
{
    Speaker *speaker = speaker_new(DOOR_CLI, "session", "key");
    g_autoptr(Speaker) copy = NULL;

    (void)state;
    speaker->chat_id = g_strdup("cli:session:1");
    speaker->in_reply_to = g_strdup("1");
    speaker->user = g_strdup("ana");
    speaker->principal = g_strdup("key");
    speaker->role = ROLE_ADMIN;
    speaker->is_dry_run = true;
    speaker->is_now = true;
    speaker->wants_data = true;
    copy = speaker_copy(speaker);
    speaker_free(speaker);
    assert_int_equal(copy->door, DOOR_CLI);
    assert_string_equal(copy->address, "session");
    assert_string_equal(copy->key, "key");
    assert_string_equal(copy->chat_id, "cli:session:1");
    assert_string_equal(copy->in_reply_to, "1");
    assert_string_equal(copy->user, "ana");
    assert_string_equal(copy->principal, "key");
    assert_int_equal(copy->role, ROLE_ADMIN);
    assert_true(copy->is_dry_run);
    assert_true(copy->is_now);
    assert_true(copy->wants_data);
    speaker_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(who_hears_the_answer_alone),
        cmocka_unit_test(texts_that_are_no_conversation),
        cmocka_unit_test(a_copy_stands_alone),
    };

    return cmocka_run_group_tests_name("speaker", tests, NULL, NULL);
}
