/* What agents told of themselves: what is newer, which journals are former ones, skills. */
#include "agent1/model/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void made_found_listed_removed(void **state)
{
    g_autoptr(Fleet) fleet = fleet_new();
    FleetAgent *web1 = fleet_get(fleet, "web1");
    g_autoptr(GPtrArray) list = NULL;

    (void)state;
    assert_ptr_equal(fleet_get(fleet, "web1"), web1);
    assert_ptr_equal(fleet_find(fleet, "web1"), web1);
    assert_null(fleet_find(fleet, "db1"));
    assert_int_equal(web1->state, AGENT_OFFLINE);
    assert_int_equal(web1->query_due_ms, INT64_MAX);
    assert_int_equal(web1->clock_offset_ms, MESSAGE_ABSENT);
    fleet_get(fleet, "db1");
    fleet_get(fleet, "mail");
    list = fleet_list(fleet);
    assert_int_equal(list->len, 3);
    assert_string_equal(((const FleetAgent *)list->pdata[0])->name, "db1");
    assert_string_equal(((const FleetAgent *)list->pdata[1])->name, "mail");
    assert_string_equal(((const FleetAgent *)list->pdata[2])->name, "web1");
    fleet_remove(fleet, "mail");
    fleet_remove(fleet, "mail");
    fleet_remove(fleet, "web2");
    assert_null(fleet_find(fleet, "mail"));
    fleet_get(fleet, "a");
    g_ptr_array_unref(list);
    list = fleet_list(fleet);
    assert_int_equal(list->len, 3);
    assert_string_equal(((const FleetAgent *)list->pdata[0])->name, "a");
    assert_string_equal(((const FleetAgent *)list->pdata[1])->name, "db1");
    assert_string_equal(((const FleetAgent *)list->pdata[2])->name, "web1");
    fleet_free(NULL);
}

/* Known: journal J2 (before it J1), status (5, 10), register (5, 3). */
static void what_is_newer(void **state)
{
    static const struct {
        const char *what;
        const char *journal;
        int64_t session;
        int64_t seq;
        FleetOrder status;
        FleetOrder registration;
    } rows[] = {
        { "the next status", "J2", 5, 11, FLEET_NEWER, FLEET_NEWER },
        { "the last status", "J2", 5, 10, FLEET_EQUAL, FLEET_NEWER },
        { "between register and status", "J2", 5, 4, FLEET_OLDER, FLEET_NEWER },
        { "the last register", "J2", 5, 3, FLEET_OLDER, FLEET_EQUAL },
        { "an earlier register of the session", "J2", 5, 1, FLEET_OLDER, FLEET_EQUAL },
        { "a new session begins low", "J2", 6, 1, FLEET_NEWER, FLEET_NEWER },
        { "an old session, however high", "J2", 4, 999, FLEET_OLDER, FLEET_OLDER },
        { "the journal before", "J1", 9, 99, FLEET_OLDER, FLEET_OLDER },
        { "a journal never seen", "J3", 1, 1, FLEET_NEW_JOURNAL, FLEET_NEW_JOURNAL },
    };
    g_autoptr(Fleet) fleet = fleet_new();
    FleetAgent *agent = fleet_get(fleet, "web1");
    unsigned i;

    (void)state;
    assert_int_equal(fleet_compare_status(agent, "J1", 1, 1), FLEET_NEW_JOURNAL);
    assert_int_equal(fleet_compare_register(agent, "J1", 1, 1), FLEET_NEW_JOURNAL);
    fleet_set_journal(agent, "J1");
    fleet_set_journal(agent, "J2");
    agent->session = 5;
    agent->seq = 10;
    agent->registered_session = 5;
    agent->registered_seq = 3;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        assert_int_equal(fleet_compare_status(agent, rows[i].journal, rows[i].session, rows[i].seq),
                         rows[i].status);
        assert_int_equal(
            fleet_compare_register(agent, rows[i].journal, rows[i].session, rows[i].seq),
            rows[i].registration);
    }
}

/* The status of session 6 came before its register. */
static void a_status_may_overtake_its_register(void **state)
{
    static const struct {
        const char *what;
        int64_t session;
        int64_t seq;
        FleetOrder order;
    } rows[] = {
        { "the register of that session", 6, 1, FLEET_NEWER },
        { "the one before", 5, 3, FLEET_OLDER },
        { "a later session", 7, 1, FLEET_NEWER },
    };
    g_autoptr(Fleet) fleet = fleet_new();
    FleetAgent *agent = fleet_get(fleet, "web1");
    unsigned i;

    (void)state;
    fleet_set_journal(agent, "J1");
    agent->session = 6;
    agent->seq = 2;
    agent->registered_session = 5;
    agent->registered_seq = 3;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        assert_int_equal(fleet_compare_register(agent, "J1", rows[i].session, rows[i].seq),
                         rows[i].order);
    }
}

static void sixteen_former_journals_are_kept(void **state)
{
    g_autoptr(Fleet) fleet = fleet_new();
    FleetAgent *agent = fleet_get(fleet, "web1");
    unsigned i;

    (void)state;
    for (i = 1; i <= 20; i++) {
        g_autofree char *journal = g_strdup_printf("J%u", i);

        fleet_set_journal(agent, journal);
    }
    assert_string_equal(agent->journal, "J20");
    assert_string_equal(agent->former, "J19 J18 J17 J16 J15 J14 J13 J12 J11 J10 J9 J8 J7 J6 J5 J4");
    assert_int_equal(fleet_compare_status(agent, "J4", 99, 99), FLEET_OLDER);
    assert_int_equal(fleet_compare_status(agent, "J3", 99, 99), FLEET_NEW_JOURNAL);
}

static void skills(void **state)
{
    static const struct {
        const char *what;
        const char *json; /* NULL: none known */
        const char *text; /* NULL: none */
        bool has_apt;
    } rows[] = {
        { "never registered", NULL, NULL, false },
        { "none", "[]", NULL, false },
        { "two", "[{\"name\":\"shell\"},{\"name\":\"apt\",\"risk\":\"low\"}]", "shell, apt", true },
        { "what is no skill is passed over", "[7,{},{\"name\":3},{\"name\":\"apt\"},\"x\"]", "apt",
          true },
        { "nor is what is no name", "[{\"name\":\"apt\"},{\"name\":\"a\\u202eb\"}]", "apt", true },
        { "no array at all", "\"apt\"", NULL, false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Fleet) fleet = fleet_new();
        FleetAgent *agent = fleet_get(fleet, "web1");
        g_autofree char *text = NULL;
        const Json *apt;

        print_message("%s\n", rows[i].what);
        if (rows[i].json)
            agent->skills = json_parse(rows[i].json, strlen(rows[i].json), 1000, NULL);
        text = fleet_skills_text(agent);
        apt = fleet_skill(agent, "apt");
        assert_int_equal(g_strcmp0(text, rows[i].text), 0);
        assert_int_equal(apt != NULL, rows[i].has_apt);
        if (apt)
            assert_string_equal(json_string(json_member(apt, "name")), "apt");
    }
}

static void the_nearest_skill(void **state)
{
    static const struct {
        const char *task;
        const char *skill; /* NULL: none is near */
    } rows[] = {
        { "disk.usge", "disk.usage" },
        { "Disk.Usage /var", "disk.usage" },
        { "disk.usag(/)", "disk.usage" },
        { "uptime", NULL },
        { "shel", NULL },
        { "", NULL },
    };
    static const char json[] = "[{\"name\":\"shell\"},{\"name\":\"apt.update\"},"
                               "{\"name\":\"disk.usage\"}]";
    g_autoptr(Fleet) fleet = fleet_new();
    FleetAgent *agent = fleet_get(fleet, "web1");
    unsigned i;

    (void)state;
    assert_null(fleet_nearest_skill(agent, "disk.usage"));
    agent->skills = json_parse(json, strlen(json), 1000, NULL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *skill = fleet_nearest_skill(agent, rows[i].task);

        print_message("\"%s\"\n", rows[i].task);
        assert_int_equal(g_strcmp0(skill, rows[i].skill), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_found_listed_removed),
        cmocka_unit_test(what_is_newer),
        cmocka_unit_test(a_status_may_overtake_its_register),
        cmocka_unit_test(sixteen_former_journals_are_kept),
        cmocka_unit_test(skills),
        cmocka_unit_test(the_nearest_skill),
    };

    return cmocka_run_group_tests_name("fleet", tests, NULL, NULL);
}
