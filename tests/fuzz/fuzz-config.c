/*
 * The files that people write for agent1: config.json, agents_registry.json, blackout_hours.json,
 * policy.json, reports_schedule.json, tasks_schedule.json. One of them is the input, the others are
 * sound. A file is taken or refused with a message that can be shown, warnings too, a refused one
 * changes nothing, and what was taken runs a turn.
 */
#include "agent1/flow/core.h"

#include "agent1/model/hours.h"
#include "agent1/model/registry.h"
#include "agent1/model/report_times.h"
#include "agent1/model/rulebook.h"
#include "agent1/model/task_list.h"
#include "agent1/model/users.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define KEY_1  "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
#define KEY_2  "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9_AsrhtHHw"
#define NOW_MS INT64_C(1790000000000)
#define FILES  6

static const char sound_config[] =
    "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},\"timezone\":\"UTC\","
    "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"users\":[{\"name\":\"ana\",\"role\":\"admin\","
    "\"jids\":[\"ana@example.org\"],\"keys\":[\"" KEY_1 "\"]}]}";
static const char sound_registry[] =
    "{\"agents\":{\"web1\":{\"public_key\":\"" KEY_2 "\",\"accepted\":true}}}";

static Json *parse(const char *text, size_t length)
{
    return json_parse(text, length, CONFIG_MAX_BYTES, NULL);
}

static void check_warnings(const GPtrArray *warnings)
{
    for (unsigned i = 0; i < warnings->len; i++)
        g_assert(text_is_harmless(warnings->pdata[i]));
}

/* The parts by themselves: some errors of the whole hide those of a part. */
static void check_parts(const Json *json, const Zones *zones)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) settings_error = NULL;
    g_autoptr(GError) users_error = NULL;
    g_autoptr(GError) registry_error = NULL;
    g_autoptr(GError) hours_error = NULL;
    g_autoptr(Settings) settings = settings_parse(json, NULL, warnings, &settings_error);
    g_autoptr(Users) users = users_parse(json_member(json, "users"), zones, warnings, &users_error);
    g_autoptr(Registry) registry = registry_parse(json, zones, warnings, &registry_error);
    g_autoptr(GPtrArray) hours = hours_parse_blackouts(json, warnings, &hours_error);

    fuzz_check_error(settings != NULL, settings_error);
    fuzz_check_error(users != NULL, users_error);
    fuzz_check_error(registry != NULL, registry_error);
    fuzz_check_error(hours != NULL, hours_error);
    check_warnings(warnings);
    if (users) {
        g_autoptr(GPtrArray) keys = users_keys(users);

        for (unsigned i = 0; i < keys->len; i++)
            g_assert(users_by_key(users, keys->pdata[i]));
    }
    if (registry) {
        g_autoptr(GPtrArray) names = registry_names(registry);

        for (unsigned i = 0; i < names->len; i++)
            g_assert(registry_find(registry, names->pdata[i]));
    }
}

/* What decides and what is shown later, of files that came second. */
static void check_later_parts(const Json *json, const Zones *zones)
{
    static const RulebookCase asked = {
        .user = "ana",
        .principal = "ana@example.org",
        .role = ROLE_ADMIN,
        .agent = "web1",
        .skill = "shell",
        .risk = "high",
        .door = "xmpp",
    };
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) policy_error = NULL;
    g_autoptr(GError) reports_error = NULL;
    g_autoptr(GError) tasks_error = NULL;
    g_autoptr(Rulebook) rulebook = rulebook_parse(json, warnings, &policy_error);
    g_autoptr(ReportTimes) times = report_times_parse(json, warnings, &reports_error);
    g_autoptr(GPtrArray) tasks = task_list_parse(json, zones, warnings, &tasks_error);

    fuzz_check_error(rulebook != NULL, policy_error);
    fuzz_check_error(times != NULL, reports_error);
    fuzz_check_error(tasks != NULL, tasks_error);
    check_warnings(warnings);
    if (rulebook) {
        RulebookAnswer answer;

        rulebook_judge(rulebook, &asked, &answer);
        g_assert(answer.decision <= POLICY_DENY);
    }
    if (times) {
        g_autoptr(GPtrArray) agents = report_times_agents(times);

        for (unsigned i = 0; i < agents->len; i++)
            g_assert(report_times_of(times, agents->pdata[i])->minute < 24 * 60);
    }
}

static bool configure(Core *core, const CoreFiles *files)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    bool is_taken = core_configure(core, files, warnings, &error);

    fuzz_check_error(is_taken, error);
    check_warnings(warnings);

    return is_taken;
}

/* A turn under the new configuration: everybody's help and every agent's row. */
static void run_a_turn(Core *core)
{
    g_autoptr(Effects) effects = effects_new();
    g_autoptr(Event) event = event_new(EVENT_CHAT);

    event->now_ms = event->boot_ms = NOW_MS;
    core_start(core, event, NULL, effects);
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("ana@example.org/x");
    event->chat.principal = g_strdup("ana@example.org");
    event->chat.text =
        g_strdup("!agents\n!blackout\n!why web1\n!status\n!reports\n!tasks\nDELEGATE: web1 | ls");
    event->chat.written_ms = MESSAGE_ABSENT;
    core_step(core, event, effects);
    g_assert(core_next_deadline(core) > NOW_MS);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    unsigned which = fuzz_below(&input, FILES);
    g_autoptr(Json) config = parse(sound_config, strlen(sound_config));
    g_autoptr(Json) registry = parse(sound_registry, strlen(sound_registry));
    g_autoptr(Json) json = parse((const char *)input.at, input.left);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(Core) core = core_new();
    CoreFiles files = {
        .config = config, .registry = registry, .zones = zones, .host_zone = "UTC"
    };
    const Json **places[] = { &files.config, &files.registry, &files.blackouts,
                              &files.policy, &files.reports,  &files.tasks };

    if (!json)
        return;
    zones_add(zones, "UTC", utc);
    check_parts(json, zones);
    check_later_parts(json, zones);
    g_assert(configure(core, &files));
    *places[which] = json;
    if (!configure(core, &files))
        g_assert_cmpstr(core_settings(core)->xmpp_jid, ==, "agent1@example.org");
    run_a_turn(core);
}
