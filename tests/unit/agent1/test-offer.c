/* Skills as agents tell of them: how they are shown, and which calls fit. */
#include "agent1/model/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RESTART                                                                                    \
    "{\"name\":\"service.restart\",\"risk\":\"guarded\",\"description\":\"Restart a unit\","       \
    "\"params\":[{\"name\":\"unit\",\"type\":\"unit\",\"required\":true,"                          \
    "\"description\":\"as nginx\"},"                                                               \
    "{\"name\":\"how\",\"type\":\"choice\",\"choices\":[\"soft\",\"hard\"]}]}"
#define JOURNAL                                                                                    \
    "{\"name\":\"disk.clean\",\"risk\":\"low\",\"params\":[{\"name\":\"days\",\"type\":\"int\","   \
    "\"minimum\":1,\"maximum\":90,\"default\":\"7\"}]}"
#define BARE    "{\"name\":\"apt.update\",\"risk\":\"low\"}"
#define HOSTILE "{\"name\":\"x\",\"risk\":\"a\\u202eb\",\"description\":\"one\\ntwo\",\"params\":5}"
/* Tried on "aaaa…b", it would take for ever. */
#define SLOW                                                                                       \
    "{\"name\":\"slow\",\"risk\":\"low\",\"params\":[{\"name\":\"t\",\"type\":\"text\","           \
    "\"required\":true,\"pattern\":\"(a+)+$\"}]}"

static Json *parse(const char *text)
{
    Json *json = json_parse(text, strlen(text), 10000, NULL);

    assert_non_null(json);
    return json;
}

static void how_they_are_shown(void **state)
{
    static const struct {
        const char *skill;
        const char *usage;
        const char *line;
        const char *parameters;
    } rows[] = {
        { RESTART, "service.restart(unit, how?)",
          "service.restart(unit, how?): Restart a unit (risk guarded)",
          "\nunit: the name of a systemd unit; as nginx\nhow: one of soft, hard; may be left out" },
        { JOURNAL, "disk.clean(days?)", "disk.clean(days?) (risk low)",
          "\ndays: a whole number, at least 1, at most 90; left out: 7" },
        { BARE, "apt.update", "apt.update (risk low)", "" },
        { HOSTILE, "x", "x: one two (risk a<U+202E>b)", "" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) skill = parse(rows[i].skill);
        g_autofree char *usage = offer_usage(skill);
        g_autofree char *line = offer_line(skill);
        g_autofree char *parameters = offer_parameters_text(skill);

        assert_string_equal(usage, rows[i].usage);
        assert_string_equal(line, rows[i].line);
        assert_string_equal(parameters, rows[i].parameters);
    }
}

static void which_calls_fit(void **state)
{
    static const struct {
        const char *what;
        const char *skill;
        const char *task;
        const char *error; /* NULL: it fits */
    } rows[] = {
        { "rightly", RESTART, "service.restart(nginx)", NULL },
        { "as words", RESTART, "service.restart nginx hard", NULL },
        { "nothing given", RESTART, "service.restart",
          "service.restart: unit is missing; expected service.restart(unit, how?)" },
        { "no such choice", RESTART, "service.restart nginx gently", "service.restart: how: " },
        { "an open parenthesis", RESTART, "service.restart(nginx",
          "service.restart: expected ',' or ')'" },
        { "nothing is known of its parameters", BARE, "apt.update now", NULL },
        { "what it tells cannot be read", HOSTILE, "x(", NULL },
        { "its pattern is not tried", SLOW, "slow aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
          NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) skill = parse(rows[i].skill);
        g_autoptr(GError) error = NULL;
        bool fits = offer_judge(skill, rows[i].task, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "fits");
        assert_int_equal(fits, rows[i].error == NULL);
        if (rows[i].error)
            assert_true(g_str_has_prefix(error->message, rows[i].error));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_they_are_shown),
        cmocka_unit_test(which_calls_fit),
    };

    return cmocka_run_group_tests_name("offer", tests, NULL, NULL);
}
