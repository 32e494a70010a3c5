/* People's files are taken all or none, with the name of the file in every complaint. */
#include "core-world.h"

#include "common/base/text.h"

#include "common/base/banned.h"

#define CONFIG(zone, users)                                                                        \
    "{\"xmpp\":{\"enabled\":false},\"mqtt\":{\"url\":\"mqtt://h\"}," zone "\"users\":[" users "]}"
#define ANA   "{\"name\":\"ana\",\"role\":\"admin\"}"
#define KEY_1 "x25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define KEY_2 "x25519:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"

/* The core's answer to these files; NULL: as they are. */
static bool configure(World *world, const char *config, const char *registry, const char *blackouts,
                      GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) config_json = config ? world_json(config) : NULL;
    g_autoptr(Json) registry_json = registry ? world_json(registry) : NULL;
    g_autoptr(Json) blackouts_json = blackouts ? world_json(blackouts) : NULL;
    CoreFiles files = { .config = config ? config_json : world->config,
                        .registry = registry ? registry_json : world->registry,
                        .blackouts = blackouts ? blackouts_json : world->blackouts,
                        .zones = world->zones,
                        .host_zone = "UTC" };

    return core_configure(world->core, &files, warnings, error);
}

static void what_is_refused_changes_nothing(void **state)
{
    static const struct {
        const char *what;
        const char *config;
        const char *registry;
        const char *blackouts;
        const char *error;
    } rows[] = {
        { "no broker", "{\"users\":[]}", NULL, NULL, "config.json: mqtt" },
        { "a user twice",
          CONFIG("", "{\"name\":\"a\",\"role\":\"none\"},{\"name\":\"a\",\"role\":\"none\"}"), NULL,
          NULL, "config.json: users[1]: the name" },
        { "a zone that is none", CONFIG("\"timezone\":\"Mars\",", ANA), NULL, NULL,
          "config.json: timezone: \"Mars\": expected a time zone" },
        { "no agents", NULL, "{}", NULL, "agents_registry.json: agents: missing" },
        { "hours that are none", NULL, NULL, "[{\"start\":\"25:00\"}]",
          "blackout_hours.json: [0].start" },
        { "a user's key for an agent",
          CONFIG("", "{\"name\":\"ana\",\"role\":\"admin\",\"keys\":[\"" KEY_1 "\"]}"),
          "{\"agents\":{\"web1\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true}}}", NULL,
          "agents_registry.json: agents.web1.public_key: the same as a key of user \"ana\"" },
        /* The last file is wrong, the others are right: none is taken. */
        { "only the last is wrong", CONFIG("", ANA), "{\"agents\":{}}", "{}",
          "blackout_hours.json: an object: expected an array" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        print_message("%s\n", rows[i].what);
        assert_false(
            configure(world, rows[i].config, rows[i].registry, rows[i].blackouts, NULL, &error));
        if (!g_str_has_prefix(error->message, rows[i].error))
            fail_msg("%s", error->message);
        world_write(world, "vera", NULL, "!agents");
        assert_string_equal(world_last_said(world), "web1: not seen yet\nweb2: not seen yet");
        world_write(world, "vera", NULL, "!blackout");
        assert_contains(world_last_said(world), "none");
    }
}

/* A complaint is shown on a terminal and in chat: what it repeats must neither act nor hide. */
static void complaints_are_harmless(void **state)
{
    static const struct {
        const char *what;
        const char *config;
        const char *registry;
    } rows[] = {
        { "a zone", CONFIG("\"timezone\":\"\\u001b[2J\",", ""), NULL },
        { "a language", CONFIG("\"language\":\"\\u202e\",", ""), NULL },
        { "a user",
          CONFIG(
              "",
              "{\"name\":\"\\u009b\",\"role\":\"none\"},{\"name\":\"\\u009b\",\"role\":\"none\"}"),
          NULL },
        { "the name of an agent", NULL, "{\"agents\":{\"\\u009b\":{}}}" },
        { "the zone of an agent", NULL,
          "{\"agents\":{\"web1\":{\"work_hours\":{\"start\":\"01:00\",\"end\":\"02:00\","
          "\"timezone\":\"\\u200b\"}}}}" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(configure(world, rows[i].config, rows[i].registry, NULL, NULL, &error));
        if (!text_is_harmless(error->message))
            fail_msg("%s: %s", rows[i].what, error->message);
    }
}

static void no_files_but_one(void **state)
{
    World *world = *state;
    CoreFiles files = { .config = world->config, .zones = world->zones, .host_zone = "UTC" };
    g_autoptr(Json) policy = world_json("{\"preset\":\"none\"}");
    g_autoptr(GError) wrong = NULL;
    GError *error = NULL;

    files.policy = policy;
    assert_false(core_configure(world->core, &files, NULL, &wrong));
    assert_true(g_str_has_prefix(wrong->message, "policy.json: preset: \"none\": expected one of"));
    files.policy = NULL;

    assert_true(core_configure(world->core, &files, NULL, &error));
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "no agents yet; start agent2 on a machine");
}

static void warnings_name_their_file(void **state)
{
    static const struct {
        const char *file;
        const char *name;
    } wanted[] = {
        { "config.json: ", "nmae" },
        { "agents_registry.json: ", "lables\" in agents.a " },
        { "blackout_hours.json: ", "lable\" in [0]" },
    };
    World *world = *state;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    assert_true(configure(world, CONFIG("\"nmae\":1,", ANA), "{\"agents\":{\"a\":{\"lables\":1}}}",
                          "[{\"start\":\"01:00\",\"end\":\"02:00\",\"lable\":\"x\"}]", warnings,
                          NULL));
    assert_int_equal(warnings->len, G_N_ELEMENTS(wanted));
    for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
        assert_true(g_str_has_prefix(warnings->pdata[i], wanted[i].file));
        assert_contains((const char *)warnings->pdata[i], wanted[i].name);
    }
}

static void a_change_is_sent_to_agents_and_to_the_gateway(void **state)
{
    World *world = *state;
    const Effect *trust = NULL;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    assert_true(configure(world, NULL,
                          "{\"agents\":{\"web1\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true},"
                          "\"web2\":{\"public_key\":\"" KEY_2 "\"}}}",
                          "[{\"start\":\"14:00\",\"end\":\"15:00\"}]", NULL, NULL));
    world_step(world, event_new(EVENT_CONFIGURED));
    for (i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        if (effect->kind == EFFECT_TRUST)
            trust = effect;
    }
    assert_int_equal(trust->trusted->len, 2); /* ana's key and web1's */
    assert_int_equal(json_count(json_member(
                         world_last_control(world, CONTROL_POLICY)->control.policy, "blackouts")),
                     1);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (blackout)");
}

/* Whoever wrote a misspelt name believes that it counts: admins hear it, each time it changes. */
static void what_has_no_effect_is_told_to_admins(void **state)
{
    static const char *const misspelt = "[{\"start\":\"01:00\",\"end\":\"02:00\",\"lable\":\"x\"}]";
    World *world = *state;

    world_forget(world);
    assert_true(configure(world, NULL, NULL, misspelt, NULL, NULL));
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_int_equal(world->said->len, 1);
    assert_contains(world_last_said(world), "The new configuration is in use. To mend in it: "
                                            "blackout_hours.json: unknown "
                                            "key \"lable\" in [0]");
    world_write(world, "ana", NULL, "!blackout");
    assert_contains(world_last_said(world), "To mend in the files: blackout_hours");
    world_write(world, "vera", NULL, "!blackout");
    assert_null(strstr(world_last_said(world), "To mend"));
    world_forget(world);
    assert_true(configure(world, NULL, NULL, misspelt, NULL, NULL));
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_true(configure(world, NULL, NULL, "[]", NULL, NULL));
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_int_equal(world->said->len, 0);
}

static void settings_can_be_read(void **state)
{
    World *world = *state;

    assert_string_equal(core_settings(world->core)->mqtt_url, "mqtt://127.0.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_is_refused_changes_nothing),
        WORLD_TEST(complaints_are_harmless),
        WORLD_TEST(no_files_but_one),
        WORLD_TEST(warnings_name_their_file),
        WORLD_TEST(a_change_is_sent_to_agents_and_to_the_gateway),
        WORLD_TEST(what_has_no_effect_is_told_to_admins),
        WORLD_TEST(settings_can_be_read),
    };

    return cmocka_run_group_tests_name("configure", tests, NULL, NULL);
}
