/* Schedules and closed hours in the nights when clocks change: each time has one row, a run or the
 * reason why there is none, and what was said of it beforehand is what becomes of it. Blackouts
 * stand on the wall of Paris, web1 works by the wall of New York, and the schedules by either or a
 * third one. */
#include "core-world.h"

#include "agent1/flow/schedules/schedule_text.h"

#include "common/base/banned.h"

#define NIGHT_MS (14 * HOUR_MS)

/* ---- schedules of all kinds ---- */

static const char *const agents[] = { "web1", "web2" };
static const char *const rules[] = { "defer", "skip" };
static const char *const jitters[] = { "0s", "40m" };
static const char *const whens[] = {
    "daily 01:15", "daily 02:00",  "daily 02:30", "daily 03:00",   "daily 20:30",
    "hourly",      "*/20 2 * * *", "every 45min", "0 2,3 * * sun", "daily 06:30",
};
static const char *const zones[] = { "", ",\"timezone\":\"America/New_York\"",
                                     ",\"timezone\":\"Asia/Kolkata\"" };

/* The caller owns it. */
static char *write_all(void)
{
    GString *text = g_string_new("{\"tasks\":[");
    unsigned count = 0;

    for (unsigned when = 0; when < G_N_ELEMENTS(whens); when++) {
        for (unsigned mix = 0; mix < 24; mix++) {
            g_string_append_printf(
                text,
                "%s{\"id\":\"s%u\",\"agent\":\"%s\",\"task\":\"true\",\"cron\":\"%s\","
                "\"overlap\":\"allow\",\"on_blocked\":\"%s\",\"jitter\":\"%s\"%s}",
                count > 0 ? "," : "", count, agents[mix % 2], whens[when], rules[mix / 2 % 2],
                jitters[mix / 4 % 2], zones[mix / 8 % 3]);
            count++;
        }
    }
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

/* ---- what was said, and what became of it ---- */

typedef struct Said {
    TimeFate fate;
    int64_t due_ms;
    int64_t starts_ms;
    bool has_row;
} Said;

typedef struct Night {
    World *world;
    int64_t until_ms;
    GHashTable *said; /* "s12 1795...": Said * */
    unsigned fates[TIME_FAILS + 1];
} Night;

static char *name_of(const char *schedule, int64_t nominal_ms)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT, schedule, nominal_ms);
}

static void foretell_one(Night *night, const Schedule *schedule)
{
    int64_t after_ms = schedule->mark_ms;

    for (;;) {
        g_auto(ScheduledTime) time = { 0 };
        Said *said;

        if (!schedule_text_next(night->world->core, schedule, after_ms, &time) ||
            time.occurrence.due_ms > night->until_ms + HOUR_MS)
            return;
        assert_true(time.fate == TIME_STARTS || time.reason != NULL);
        said = g_new0(Said, 1);
        *said = (Said){ .fate = time.fate,
                        .due_ms = time.occurrence.due_ms,
                        .starts_ms = time.starts_ms };
        night->fates[time.fate]++;
        after_ms = time.occurrence.time.at_ms;
        g_hash_table_insert(night->said, name_of(schedule->id, after_ms), said);
    }
}

static void foretell(Night *night)
{
    g_autoptr(GPtrArray) schedules = schedule_book_list(night->world->core);

    for (unsigned i = 0; i < schedules->len; i++)
        foretell_one(night, schedules->pdata[i]);
}

static void complain(const Night *night, const char *name, const Said *said, const char *what)
{
    fail_msg("%s: %s (fate %d, due %" G_GINT64_FORMAT ", to start %" G_GINT64_FORMAT
             ", now %" G_GINT64_FORMAT ")",
             name, what, said->fate, said->due_ms, said->starts_ms, night->world->now_ms);
}

/* In the minute that has just passed. */
static bool is_just_now(const Night *night, int64_t at_ms)
{
    return at_ms <= night->world->now_ms && at_ms > night->world->now_ms - MINUTE_MS - SECOND_MS;
}

/* A row is looked at each minute: what is new in it must have been foretold for then. */
static void look_at(Night *night, GHashTable *states, const Row *row)
{
    const char *state = row_text(row, RUNS_STATE);
    const char *before = g_hash_table_lookup(states, row_text(row, RUNS_ID));
    g_autofree char *name = NULL;
    Said *said;

    if (g_strcmp0(before, state) == 0)
        return;
    name = name_of(row_text(row, RUNS_SCHEDULE), row_int(row, RUNS_NOMINAL));
    said = g_hash_table_lookup(night->said, name);
    if (!said)
        fail_msg("%s: nobody said that it would come", name);
    if (!before && said->has_row)
        complain(night, name, said, "two rows");
    said->has_row = true;
    g_hash_table_insert(states, g_strdup(row_text(row, RUNS_ID)), g_strdup(state));
    if (strcmp(state, "queued") == 0 &&
        (said->fate == TIME_SKIPS || !is_just_now(night, said->starts_ms)))
        complain(night, name, said, "it starts now");
    if (strcmp(state, "skipped") == 0 &&
        (said->fate != TIME_SKIPS || !is_just_now(night, said->due_ms)))
        complain(night, name, said, "it is skipped now");
    if (strcmp(state, "deferred") == 0 &&
        (said->fate != TIME_WAITS || !is_just_now(night, said->due_ms)))
        complain(night, name, said, "it is put off now");
    if (strcmp(state, "missed") == 0 || strcmp(state, "refused") == 0)
        complain(night, name, said, state);
    if (strcmp(state, "skipped") == 0 || strcmp(state, "deferred") == 0)
        assert_non_null(row_text(row, RUNS_REASON));
}

static void look(Night *night, GHashTable *states)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, night->world->store.tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        look_at(night, states, row);
        if (!row_store_is_live(row)) /* there are thousands */
            g_hash_table_iter_remove(&iter);
    }
}

static void assert_all_came(const Night *night)
{
    GHashTableIter iter;
    void *name;
    void *said;

    g_hash_table_iter_init(&iter, night->said);
    while (g_hash_table_iter_next(&iter, &name, &said)) {
        if (((const Said *)said)->due_ms < night->until_ms && !((const Said *)said)->has_row)
            complain(night, name, said, "it has no row");
    }
}

static void add_zone(World *world, const char *name)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);

    zones_add(world->zones, name, zone);
}

static void configure(World *world, const char *blackouts)
{
    g_autofree char *tasks = write_all();
    g_autofree char *web1 = world_key(1);
    g_autofree char *web2 = world_key(2);
    g_autofree char *registry = g_strdup_printf(
        "{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":true,\"work_hours\":{\"start\":"
        "\"20:10\",\"end\":\"21:20\",\"timezone\":\"America/New_York\"}},"
        "\"web2\":{\"public_key\":\"%s\",\"accepted\":true}}}",
        web1, web2);

    add_zone(world, "Europe/Paris");
    add_zone(world, "America/New_York");
    add_zone(world, "Asia/Kolkata");
    json_set_string(world->config, "timezone", "Europe/Paris");
    json_free(world->registry);
    json_free(world->blackouts);
    world->registry = world_json(registry);
    world->blackouts = world_json(blackouts);
    world->tasks = world_json(tasks);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static void live_through(World *world, int64_t from_ms, const char *blackouts)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Night night = { .world = world, .until_ms = from_ms + NIGHT_MS, .said = said };

    world->now_ms = from_ms;
    configure(world, blackouts);
    foretell(&night);
    while (world->now_ms <= night.until_ms) {
        world_wait(world, MINUTE_MS);
        look(&night, states);
        world_forget(world);
    }
    assert_all_came(&night);
    assert_true(night.fates[TIME_STARTS] > 50 && night.fates[TIME_WAITS] > 50 &&
                night.fates[TIME_SKIPS] > 50);
}

/* Closed over the hour that comes twice, and open in the midst of it. */
static void autumn_in_paris(void **state)
{
    live_through(
        *state, INT64_C(1792864800000), /* 2026-10-24 20:00 in Paris */
        "[{\"start\":\"01:30\",\"end\":\"02:20\"},{\"start\":\"02:40\",\"end\":\"03:10\"}]");
}

/* Closed over the hour that there is not. */
static void spring_in_paris(void **state)
{
    live_through(
        *state, INT64_C(1774720800000), /* 2026-03-28 19:00 in Paris */
        "[{\"start\":\"01:30\",\"end\":\"02:20\"},{\"start\":\"02:40\",\"end\":\"03:10\"}]");
}

/* The wall by which web1 works, and by which a third of the schedules run. */
static void autumn_in_new_york(void **state)
{
    live_through(*state, INT64_C(1793494800000), /* 2026-11-01 02:00 in Paris */
                 "[{\"start\":\"05:30\",\"end\":\"08:20\"}]");
}

static void spring_in_new_york(void **state)
{
    live_through(*state, INT64_C(1772942400000), /* 2026-03-08 05:00 in Paris */
                 "[{\"start\":\"05:30\",\"end\":\"08:20\"}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(autumn_in_paris),
        WORLD_TEST(spring_in_paris),
        WORLD_TEST(autumn_in_new_york),
        WORLD_TEST(spring_in_new_york),
    };

    return cmocka_run_group_tests_name("core-schedule_windows", tests, NULL, NULL);
}
