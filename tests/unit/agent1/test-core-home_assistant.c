/* Home Assistant through the core: what it is told and when, and what it may switch. */
#include "core-world.h"

static void enable(World *world, const char *role)
{
    g_autofree char *text =
        g_strdup_printf("{\"enabled\":true,\"role\":\"%s\"}", role ? role : "none");

    json_set(world->config, "homeassistant", world_json(text));
    world_configure(world);
}

/* What is retained on a topic by now, or NULL when nothing was ever published there. */
static const char *retained(const World *world, const char *topic)
{
    const char *text = NULL;
    unsigned i;

    for (i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        if (effect->kind == EFFECT_PUBLISH_PLAIN && effect->plain.is_retained &&
            strcmp(effect->plain.topic, topic) == 0)
            text = effect->plain.text;
    }
    return text;
}

static unsigned count_published(const World *world)
{
    return world_count_other(world, EFFECT_PUBLISH_PLAIN);
}

static void ask(World *world, const char *agent, const char *text)
{
    Event *event = event_new(EVENT_HOME_ASSISTANT);

    event->home_assistant.agent = g_strdup(agent);
    event->home_assistant.text = g_strdup(text);
    world_step(world, event);
}

#define STATE_1  "agents/ha/web1/state"
#define CONFIG_1 "homeassistant/device/agent1_web1/config"
#define CONFIG_2 "homeassistant/device/agent1_web2/config"

static void off_by_default(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    ask(world, "web1", "OFF");
    ask(world, NULL, "online");
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_published(world), 0);
    assert_int_equal(world_count_controls(world, CONTROL_PAUSE), 0);
}

static void agents_are_told_and_what_changes(void **state)
{
    World *world = *state;

    enable(world, NULL);
    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 2, AGENT_ONLINE);
    world_wait(world, 2 * SECOND_MS);
    assert_string_equal(retained(world, "agents/ha/agent1/state"), "online");
    assert_contains(retained(world, CONFIG_1), "\"name\":\"web1\"");
    assert_contains(retained(world, STATE_1), "\"state\":\"online\"");
    assert_contains(retained(world, "agents/ha/web2/state"), "not seen yet");

    world_forget(world);
    world_wait(world, 10 * MINUTE_MS);
    assert_int_equal(count_published(world), 0);

    world_status(world, JOURNAL_1, 1, 3, AGENT_OFFLINE);
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(count_published(world), 1);
    assert_contains(retained(world, STATE_1), "offline since");
}

static void all_is_told_anew_after_a_start(void **state)
{
    World *world = *state;

    enable(world, NULL);
    world_register(world, JOURNAL_1, 1);
    world_wait(world, 2 * SECOND_MS);
    world_forget(world);
    ask(world, NULL, "offline");
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(count_published(world), 0);
    ask(world, NULL, "online");
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(count_published(world), 5); /* agent1, and two documents for each agent */

    world_forget(world);
    world_link(world, LINK_MQTT, false);
    world_status(world, JOURNAL_1, 1, 3, AGENT_PAUSED);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_published(world), 0);
    world_link(world, LINK_MQTT, true);
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(count_published(world), 5);
}

static void what_is_no_longer_ours_is_cleared(void **state)
{
    World *world = *state;

    enable(world, NULL);
    world_register(world, JOURNAL_1, 1);
    world_wait(world, 2 * SECOND_MS);
    world_write(world, "ana", NULL, "!revoke web1");
    world_wait(world, 3 * SECOND_MS);
    assert_string_equal(retained(world, CONFIG_1), "");
    assert_string_equal(retained(world, STATE_1), "");
    assert_contains(retained(world, CONFIG_2), "web2");

    /* Over a restart, too, and when it is switched off. */
    json_set(world->config, "homeassistant", world_json("{\"enabled\":false}"));
    world_forget(world);
    world_restart(world);
    world_wait(world, 3 * SECOND_MS);
    assert_string_equal(retained(world, CONFIG_2), "");
    assert_null(retained(world, CONFIG_1));
    world_forget(world);
    world_restart(world);
    world_wait(world, 3 * SECOND_MS);
    assert_int_equal(count_published(world), 0);
}

static void its_switch_needs_a_role(void **state)
{
    static const struct {
        const char *what;
        const char *role;
        const char *text;
        unsigned pauses;
    } rows[] = {
        { "none by default", "none", "OFF", 0 },
        { "a viewer looks", "viewer", "OFF", 0 },
        { "an operator switches", "operator", "OFF", 1 },
        { "another word", "operator", "UPGRADE", 0 },
        { "not even a command", "admin", "!agentOFF web1", 0 },
        { "nothing", "admin", "", 0 },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        enable(world, rows[i].role);
        world_wait(world, 2 * SECOND_MS);
        world_forget(world);
        ask(world, "web1", rows[i].text);
        if (world_count_controls(world, CONTROL_PAUSE) != rows[i].pauses)
            fail_msg("%s", rows[i].what);
        assert_int_equal(world->said->len, 0);
    }
    enable(world, "operator");
    ask(world, "web1", "ON");
    assert_int_equal(world_count_controls(world, CONTROL_RESUME), 1);
    ask(world, "web9", "OFF"); /* nobody */
    assert_int_equal(world_count_controls(world, CONTROL_PAUSE), 0);
}

static void its_button_asks_for_updates(void **state)
{
    static const struct {
        const char *what;
        const char *role;
        unsigned questions;
    } rows[] = {
        { "none by default", "none", 0 },
        { "a viewer looks", "viewer", 0 },
        { "an operator may", "operator", 1 },
    };
    World *world = *state;
    const Message *question;
    Message *answer;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        enable(world, rows[i].role);
        world_wait(world, 2 * SECOND_MS);
        world_forget(world);
        ask(world, "web1", "UPDATE");
        if (world_count_controls(world, CONTROL_UPDATE) != rows[i].questions)
            fail_msg("%s", rows[i].what);
    }
    question = world_last_sent(world, MESSAGE_CONTROL);
    answer = message_new(MESSAGE_ANSWER, WORLD_MESSAGE_ID, "web1", world->now_ms);
    answer->answer.in_reply_to = g_strdup(question->id);
    answer->answer.is_ok = true;
    answer->answer.data = world_json("{\"installed\":\"v1.0\",\"newest\":\"v1.1\","
                                     "\"branch\":\"main\",\"behind\":2}");
    world_report(world, JOURNAL_1, answer);
    world_wait(world, 2 * SECOND_MS);
    assert_contains(retained(world, STATE_1), "\"installed\":\"v1.0\",\"newest\":\"v1.1\"");
    assert_int_equal(world->said->len, 0);

    /* It is shown over a restart, too; asleep nobody is asked. */
    world_restart(world);
    world_forget(world);
    ask(world, NULL, "online");
    world_wait(world, 2 * SECOND_MS);
    assert_contains(retained(world, STATE_1), "\"newest\":\"v1.1\"");
    world_write(world, "ana", NULL, "!agentOFF agent1");
    ask(world, "web1", "UPDATE");
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 0);
}

/* Else it would show what was asked for, and not what is. */
static void a_refused_switch_is_shown_as_it_is(void **state)
{
    World *world = *state;

    enable(world, NULL);
    world_register(world, JOURNAL_1, 1);
    world_wait(world, 2 * SECOND_MS);
    world_forget(world);
    ask(world, "web1", "OFF");
    world_wait(world, 2 * SECOND_MS);
    assert_contains(retained(world, STATE_1), "\"work\":\"ON\"");
    assert_contains(world_last_audit(world, "refused")->text, "role");
}

/* The broker takes a thousand messages at a time, and the network's own come first. */
static void many_agents_are_told_little_by_little(void **state)
{
    World *world = *state;
    g_autoptr(GString) registry = g_string_new("{\"agents\":{");
    unsigned i;

    for (i = 0; i < 200; i++) {
        g_autofree char *key = world_key((uint8_t)(20 + i));

        g_string_append_printf(registry, "%s\"a%u\":{\"public_key\":\"%s\",\"accepted\":true}",
                               i ? "," : "", i, key);
    }
    g_string_append(registry, "}}");
    json_free(world->registry);
    world->registry = world_json(registry->str);
    enable(world, NULL);
    world_link(world, LINK_MQTT, true);
    world_forget(world);
    world_wait(world, SECOND_MS);
    assert_int_equal(count_published(world), 100);
    world_wait(world, 10 * SECOND_MS);
    assert_int_equal(count_published(world), 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(off_by_default),
        WORLD_TEST(agents_are_told_and_what_changes),
        WORLD_TEST(all_is_told_anew_after_a_start),
        WORLD_TEST(what_is_no_longer_ours_is_cleared),
        WORLD_TEST(its_switch_needs_a_role),
        WORLD_TEST(its_button_asks_for_updates),
        WORLD_TEST(a_refused_switch_is_shown_as_it_is),
        WORLD_TEST(many_agents_are_told_little_by_little),
    };

    return cmocka_run_group_tests_name("core-home_assistant", tests, NULL, NULL);
}
