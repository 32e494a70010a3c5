/* The core of agent1 among hostile senders and over a long life: what must not pile up, and what
 * must not come back. */
#include "core-world.h"

#include "common/base/banned.h"

static int setup(void **state)
{
    *state = world_new();
    return 0;
}

static int teardown(void **state)
{
    world_free(*state);
    return 0;
}

/* ---- what agents remember longer than agent1 does ---- */

/* Agents ignore a control whose number is not higher than the last one: a policy would never
 * arrive. */
static void control_numbers_rise_when_agent1_forgot_an_agent(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(1);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    int64_t before;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    accept = g_strdup_printf("!accept web1 %.9s", fingerprint);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_write(world, "ana", NULL, "!agentON web1");
    world_register(world, JOURNAL_1, 2);
    before = world_last_policy_seq(world);
    world->now_ms += 1000;
    world_write(world, "ana", NULL, "!revoke web1");
    world_register(world, JOURNAL_1, 3);
    world_forget(world);
    world_write(world, "ana", NULL, accept);
    assert_true(world_last_policy_seq(world) > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
        TEST(control_numbers_rise_when_agent1_forgot_an_agent),
    };

    return cmocka_run_group_tests_name("core-endurance", tests, NULL, NULL);
}
