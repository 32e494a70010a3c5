/* tasks_schedule.json, which people edit too: their editor was open while agent1 wrote. */
#include "notice-world.h"

#include "common/base/banned.h"

#define APT                                                                                        \
    "{\"id\":\"apt\",\"agent\":\"web1\",\"task\":\"apt update\",\"cron\":\"weekly lun 03:00\"}"

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* The edits so far are in the file. */
static void write_edits(World *world)
{
    unsigned i;

    for (i = 0; i < world->edits->len; i++) {
        Event *written = event_new(EVENT_FILE_EDITED);

        written->edited.id = g_strdup(((const Effect *)world->edits->pdata[i])->edit.id);
        world_step(world, written);
    }
    world_forget(world);
}

/* What is saved still has what was cancelled meanwhile. */
static void a_save_that_brings_one_back(void **state)
{
    static const char back[] = "apt is back: tasks_schedule.json was saved with it after oskar "
                               "cancelled it; PLAN_CANCEL: apt cancels it again";
    World *world = *state;

    write_tasks(world, APT);
    world_write(world, "oskar", NULL, "PLAN_CANCEL: apt");
    write_edits(world);
    world_restart(world);
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "oskar", back), 1);
    assert_int_equal(notice_count(world, "ana", back), 1);
    assert_int_equal(notice_count(world, "vera", back), 0);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "\napt: weekly lun 03:00");
}

static void it_is_told_once_a_cancel(void **state)
{
    World *world = *state;

    write_tasks(world, APT);
    world_write(world, "ana", NULL, "PLAN_CANCEL: apt");
    write_edits(world);
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "after ana cancelled it"), 1);
    assert_int_equal(notice_count(world, "oskar", "apt is back"), 0);
    world_restart(world);
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "apt is back"), 1);
    world_write(world, "ana", NULL, "PLAN_CANCEL: apt");
    write_edits(world);
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "apt is back"), 1);
}

static void forget_user(World *world, const char *name)
{
    Json *users = json_member_mutable(world->config, "users");
    Json *left = json_new_array();
    const Json *user;

    for (user = json_first(users); user; user = json_next(user)) {
        if (strcmp(json_string(json_member(user, "name")), name) != 0)
            json_append(left, json_copy(user));
    }
    json_set(world->config, "users", left);
}

/* Who cancelled is no user any more. */
static void nobody_cancelled_it_any_more(void **state)
{
    World *world = *state;

    write_tasks(world, APT);
    world_write(world, "oskar", NULL, "PLAN_CANCEL: apt");
    write_edits(world);
    forget_user(world, "oskar");
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "after oskar cancelled it"), 1);
    assert_int_equal(notice_count(world, "oskar", ""), 0);
}

/* A person took it out, and put it in again. */
static void one_that_a_person_takes_out(void **state)
{
    World *world = *state;

    write_tasks(world, APT);
    write_tasks(world, "");
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "apt is back"), 0);
}

/* What is not written yet was not saved over. */
static void one_that_is_not_written_yet(void **state)
{
    World *world = *state;

    write_tasks(world, APT);
    world_write(world, "oskar", NULL, "PLAN_CANCEL: apt");
    write_tasks(world, APT);
    assert_int_equal(notice_count(world, "ana", "apt is back"), 0);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), "\nnone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_save_that_brings_one_back),  WORLD_TEST(it_is_told_once_a_cancel),
        WORLD_TEST(nobody_cancelled_it_any_more), WORLD_TEST(one_that_a_person_takes_out),
        WORLD_TEST(one_that_is_not_written_yet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
