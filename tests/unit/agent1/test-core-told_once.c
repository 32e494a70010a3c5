/* What somebody ends at a console is told there once: the answer to that says it, and the chat that
 * asked for it ends without a word. Every other conversation hears it from the run. The world
 * begins at 14:13:20 UTC; web1 has the skill wipe, of high risk. */
#include "topic-world.h"

#include "common/wire/run_state.h"

#include "common/base/banned.h"

#define SKILLS  "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"wipe\",\"risk\":\"high\"}]"
#define ASKING  "01J00000000000000000CHAT01"
#define ENDING  "01J00000000000000000CHAT02"
#define ANOTHER "zyxwvutsrqponmlk"

typedef struct Heard {
    unsigned times;      /* replies with these words */
    const char *outcome; /* of the chat's last final reply; NULL: there was none */
} Heard;

static Heard heard(const World *world, const char *chat, const char *words)
{
    Heard heard = { 0 };

    for (unsigned i = 0; i < world->sent->len; i++) {
        const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

        if (message->kind != MESSAGE_REPLY)
            continue;
        heard.times += strstr(message->reply.text, words) != NULL;
        if (strcmp(message->reply.in_reply_to, chat) == 0 && message->reply.is_final)
            heard.outcome = message->reply.outcome;
    }
    return heard;
}

static void what_is_ended_at_a_console_is_told_once(void **state)
{
    static const struct {
        const char *what;
        const char *asked;
        const char *ended;
        const char *words;
        const char *outcome; /* of what was asked for */
    } rows[] = {
        { "a run that waits for its agent", "@web2 true", "!cancel 1", "cancelled", "cancelled" },
        { "a run that waits for a person", "@web1 wipe", "!cancel 1", "cancelled", "cancelled" },
        { "an approval", "@web1 wipe", "!reject 1 not today", "denied", "denied" },
        { "an approval for later", "@web1 wipe", "!defer 1 16:00", ": put off until 16:00",
          "awaiting" },
        { "a subscription", "MQTT_SUBSCRIBE: home/a", "!subscriptions cancel s1",
          "ended by ana: no message came", "cancelled" },
    };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Heard last;

        print_message("%s\n", rows[i].what);
        topics_setup((void **)&world);
        world_register_as(world, 1, "web1", JOURNAL_1, 1, SKILLS);
        world_type(world, ASKING, rows[i].asked, false, false);
        world_forget(world);
        world_type(world, ENDING, rows[i].ended, false, false);
        last = heard(world, ASKING, rows[i].words);
        assert_int_equal(last.times, 1);
        assert_non_null(last.outcome);
        assert_string_equal(last.outcome, rows[i].outcome);
        assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, rows[i].words);
        assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.in_reply_to, ENDING);
        world_free(world);
    }
}

/* A copy of the chat that asked is answered with how it ended. */
static void who_lost_the_end_asks_again(void **state)
{
    World *world = *state;

    world_type(world, ASKING, "@web2 true", false, false);
    world_type(world, ENDING, "!cancel 1", false, false);
    world_forget(world);
    world_type(world, ASKING, "@web2 true", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text, "#1 web2: cancelled");
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "cancelled");
}

static void another_console_hears_it_from_the_run(void **state)
{
    World *world = *state;
    Message *chat;

    world_type(world, ASKING, "@web2 true", false, false);
    world_forget(world);
    chat = world_chat(world, ENDING, "!cancel 1");
    g_free(chat->from);
    chat->from = g_strdup(ANOTHER);
    g_free(chat->chat.reply_to);
    chat->chat.reply_to = topic_cli_outbox(ANOTHER);
    world_chat_comes(world, chat);
    assert_int_equal(heard(world, ASKING, "#1 web2: cancelled").times, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ended_at_a_console_is_told_once),
        TOPIC_TEST(who_lost_the_end_asks_again),
        TOPIC_TEST(another_console_hears_it_from_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
