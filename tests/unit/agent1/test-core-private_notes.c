/* Notes that one person keeps for himself: nobody else finds, counts or is told of them, in a room
 * not even the person. */
#include "core-world.h"

#include "common/base/banned.h"

#define ROOM "ops@rooms.example.org"

static void write_in_room(World *world, const char *user, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup(ROOM);
    event->chat.room = g_strdup(ROOM);
    event->chat.nick = g_strdup(user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.is_addressed = true;
    event->chat.text = g_strdup(text);
    world_step(world, event);
}

typedef struct Step {
    const char *what;
    const char *user;
    const char *text;
    const char *answer; /* the whole of it, or as much as there is before a "…" */
    bool is_in_room;
} Step;

static void expect_answer(World *world, const Step *step)
{
    size_t length = strlen(step->answer);
    const char *said;

    world_forget(world);
    if (step->is_in_room)
        write_in_room(world, step->user, step->text);
    else
        world_write(world, step->user, NULL, step->text);
    said = world_last_said(world);
    if (g_str_has_suffix(step->answer, "…") ? strncmp(said, step->answer, length - strlen("…")) != 0
                                            : strcmp(said, step->answer) != 0)
        fail_msg("%s: \"%s\" is answered \"%s\"", step->what, step->text, said);
}

static const Step steps[] = {
    { "keep", "oskar", "REMEMBER: --private wifi | 1234", "remembered for you alone: \"wifi\"",
      false },
    { "one's own", "oskar", "RECALL: WIFI", "wifi (for you alone): 1234 (oskar, 14:13)", false },
    { "by a word", "oskar", "RECALL: 12",
      "no key \"12\"; these hold it:\nwifi (for you alone): 1234 (oskar, 14:13)", false },
    { "another's is not found", "ana", "RECALL: wifi", "wifi: not found", false },
    { "nor by a word", "ana", "RECALL: 1234", "1234: not found", false },
    { "nor suggested", "ana", "RECALL: wify", "wify: not found", false },
    { "nor counted", "ana", "RECALL:", "expected RECALL: <key or words>; 0 keys are kept", false },
    { "nor forgotten", "ana", "REMEMBER: wifi |", "nothing to forget: no key \"wifi\"", false },
    { "nor as one's own", "ana", "REMEMBER: --private wifi |", "nothing to forget: no key \"wifi\"",
      false },
    { "in a room it is not told", "oskar", "RECALL: wifi", "wifi: not found", true },
    { "nor as one's own", "oskar", "RECALL: --private wifi",
      "many read here; ask me alone for what is private", true },
    { "nor whether there is one", "ana", "RECALL: --private wifi",
      "many read here; ask me alone for what is private", true },
    { "nor found there", "oskar", "RECALL: 1234", "1234: not found", true },
    { "nor suggested there", "oskar", "RECALL: wify", "wify: not found", true },
    { "nor counted there", "oskar", "RECALL:", "expected RECALL: <key or words>; 0 keys are kept",
      true },
    { "nothing private is written there", "oskar", "REMEMBER: --private pin | 1",
      "nothing was changed: many read here; write what is private to me alone", true },
    { "another's in a room", "ana", "RECALL: wifi", "wifi: not found", true },
    { "which one is meant", "oskar", "REMEMBER: wifi |",
      "nothing to forget: \"wifi\" is a note of your own, which is forgotten by REMEMBER: "
      "--private "
      "wifi |",
      false },
    { "a shared one beside it", "oskar", "REMEMBER: wifi | 0000",
      "remembered \"wifi\"\nThis one is for everybody; your own \"wifi\" stays as it is.", false },
    { "one's own first", "oskar", "RECALL: wifi",
      "wifi (for you alone): 1234 (oskar, 14:13)\nwifi: 0000 (oskar, 14:13)", false },
    { "one's own alone", "oskar", "RECALL: --private wifi",
      "wifi (for you alone): 1234 (oskar, 14:13)", false },
    { "one's own alone, by a word", "oskar", "RECALL: 12 --privé",
      "no key \"12\"; these hold it:\nwifi (for you alone): 1234 (oskar, 14:13)", false },
    { "not the shared one", "oskar", "RECALL: --private 0000", "0000: not found; 2 keys are kept",
      false },
    { "nor for who keeps none", "ana", "RECALL: --private wifi", "wifi: not found; nearest: wifi",
      false },
    { "the shared one for others", "ana", "RECALL: wifi", "wifi: 0000 (oskar, 14:13)", false },
    { "and in a room", "oskar", "RECALL: wifi", "wifi: 0000 (oskar, 14:13)", true },
    { "and for others there", "ana", "RECALL: wifi", "wifi: 0000 (oskar, 14:13)", true },
    { "another's own of that key", "ana", "REMEMBER: wifi --private | abcd",
      "remembered for you alone: \"wifi\"", false },
    { "replaced", "ana", "REMEMBER: —private wifi | efgh",
      "remembered for you alone: \"wifi\"; it replaces \"abcd\" (ana, 14:13)", false },
    { "forgotten", "ana", "REMEMBER: --privé wifi |",
      "forgotten, of your own: \"wifi\"; it was \"efgh\" (ana, 14:13)", false },
    { "the others stay", "oskar", "RECALL: wifi",
      "wifi (for you alone): 1234 (oskar, 14:13)\nwifi: 0000 (oskar, 14:13)", false },
    { "not the shared one", "ana", "REMEMBER: --private wifi |",
      "nothing to forget: you keep no \"wifi\" of your own; the one that all share is forgotten by "
      "REMEMBER: wifi |",
      false },
    { "the shared one goes", "ana", "REMEMBER: wifi |",
      "forgotten: \"wifi\"; it was \"0000\" (oskar, 14:13)", false },
    { "one's own does not", "oskar", "RECALL: wifi", "wifi (for you alone): 1234 (oskar, 14:13)",
      false },
    { "a slip shares nothing", "oskar", "REMEMBER: --privat pin | 1",
      "--privat: no such option, so nothing was done; --private keeps it for you alone", false },
    { "nor does what is no option", "oskar", "REMEMBER: --secret pin | 1",
      "--secret: no such option, so nothing was done; --private keeps it for you alone", false },
    { "nor behind the key", "oskar", "REMEMBER: pin —mine | 1",
      "—mine: no such option, so nothing was done; --private keeps it for you alone", false },
    { "nor behind the value", "oskar", "REMEMBER: pin | 1 --private",
      "nothing was done: --private stands before the bar, as in REMEMBER: --private pin | …",
      false },
    { "there is nothing to forget", "oskar", "REMEMBER: --secret pin |",
      "--secret: no such option, so nothing was done; --private keeps it for you alone", false },
};

static void what_is_private(void **state)
{
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        expect_answer(world, &steps[i]);
    assert_int_equal(world_count_rows(world, TABLE_MEMORIES), 1);
    /* What is remembered is so after a restart. */
    world_restart(world);
    expect_answer(world, &steps[1]);
    expect_answer(world, &steps[3]);
}

/* The record of what was done is read by others. */
static void the_audit_holds_nothing_private(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: --private pin | 1234");
    assert_string_equal(world_last_audit(world, "command")->text, "REMEMBER: --private");
    world_write(world, "oskar", NULL, "REMEMBER: door | 4711");
    assert_string_equal(world_last_audit(world, "command")->text, "REMEMBER: door | 4711");
}

/* Of somebody who is no user any more nobody sees anything; whoever comes back finds it. */
static void who_is_gone(void **state)
{
    static const Step own = { "oskar's", "oskar", "RECALL: pin",
                              "pin (for you alone): 1234 (oskar, 14:13)", false };
    static const Step others = { "ana's", "ana", "RECALL: pin", "pin: not found", false };
    World *world = *state;
    Json *all = world->config;

    world_write(world, "oskar", NULL, "REMEMBER: --private pin | 1234");
    world->config =
        world_json("{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
                   "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["
                   "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"role\":\"admin\"}]}");
    world_configure(world);
    expect_answer(world, &others);
    json_free(world->config);
    world->config = all;
    world_configure(world);
    expect_answer(world, &others);
    expect_answer(world, &own);
}

/* One person fills no more than his own part. */
static void a_person_keeps_so_many(void **state)
{
    static const Step steps_when_full[] = {
        { "full", "oskar", "REMEMBER: one more | x",
          "2000 notes of yours are kept, and no more fit;…", false },
        { "nor a private one", "oskar", "REMEMBER: --private one more | x",
          "2000 notes of yours are kept, and no more fit;…", false },
        { "others may", "ana", "REMEMBER: one more | x", "remembered \"one more\"", false },
        { "one of them anew", "oskar", "REMEMBER: 17 | x", "remembered \"17\"", false },
        { "one less", "oskar", "REMEMBER: 17 |", "forgotten: \"17\"; it was…", false },
        { "fits again", "oskar", "REMEMBER: --private pin | x", "remembered for you alone: \"pin\"",
          false },
    };
    World *world = *state;

    for (unsigned i = 0; i < MEMORIES_OF_ONE_MAX; i++) {
        g_autofree char *id = g_strdup_printf("shared:%u", i);
        Row *row = row_new(TABLE_MEMO_KEYS);

        row_set_text(row, MEMO_KEYS_ID, id);
        row_set_text(row, MEMO_KEYS_KEY, id + strlen("shared:"));
        row_set_text(row, MEMO_KEYS_SCOPE, SCOPE_SHARED);
        row_set_text(row, MEMO_KEYS_USER, "oskar");
        row_store_put(&world->store, row);
    }
    world_restart(world);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps_when_full); i++)
        expect_answer(world, &steps_when_full[i]);
}

/* Rows of an agent1 that knew neither private notes nor who wrote a key. */
static void notes_of_an_older_agent1(void **state)
{
    static const Step old = { "as before", "vera", "RECALL: door", "door: 4711 (gone, 14:13)",
                              false };
    World *world = *state;
    Row *row = row_new(TABLE_MEMO_KEYS);

    row_set_text(row, MEMO_KEYS_ID, "shared:door");
    row_set_text(row, MEMO_KEYS_KEY, "door");
    row_store_put(&world->store, row);
    row = row_new(TABLE_MEMORIES);
    row_set_text(row, MEMORIES_ID, "shared:door");
    row_set_text(row, MEMORIES_KEY, "door");
    row_set_text(row, MEMORIES_VALUE, "4711");
    row_set_text(row, MEMORIES_USER, "gone");
    row_set_int(row, MEMORIES_CHANGED, world->now_ms);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_SHARED);
    row_store_put(&world->store, row);
    world_restart(world);
    expect_answer(world, &old);
}

/* It was shared under its option's name: whoever sees that may end it. */
static void a_note_of_an_older_agent1_is_forgotten(void **state)
{
    static const Step end = { "it ends", "oskar", "REMEMBER: --secret pin |",
                              "forgotten: \"--secret pin\"", false };
    World *world = *state;
    Row *row = row_new(TABLE_MEMO_KEYS);

    row_set_text(row, MEMO_KEYS_ID, "shared:--secret pin");
    row_set_text(row, MEMO_KEYS_KEY, "--secret pin");
    row_store_put(&world->store, row);
    world_restart(world);
    expect_answer(world, &end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_is_private),
        WORLD_TEST(the_audit_holds_nothing_private),
        WORLD_TEST(who_is_gone),
        WORLD_TEST(a_person_keeps_so_many),
        WORLD_TEST(notes_of_an_older_agent1),
        WORLD_TEST(a_note_of_an_older_agent1_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
