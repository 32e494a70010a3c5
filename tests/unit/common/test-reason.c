/* Reasons: each kind is made and read back, and what is no reason stays alone. */
#include "common/wire/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"

#include "common/base/banned.h"

/* What may stand in a place. */
static const char *sample(ReasonPart part)
{
    switch (part) {
    case REASON_PART_TEXT:
        return "web1, web2";
    case REASON_PART_NUMBER:
        return "12";
    case REASON_PART_WINDOW:
        return "22:00-06:00 mon,tue (backup; starts early)";
    case REASON_PART_INSTANT:
        return "2026-11-22 05:00 CET";
    case REASON_PART_REASON:
        return "blackout hours 02:00-05:00 (backup; starts early)";
    }
    return NULL;
}

static char *make(ReasonKind kind)
{
    char *parts[REASON_PARTS_MAX] = { NULL };
    unsigned i;

    for (i = 0; i < reason_places(kind); i++)
        parts[i] = (char *)(guintptr)sample(reason_part(kind, i));
    return text_fill(reason_format(kind), parts);
}

static void each_kind_is_read_back(void **state)
{
    int kind;

    (void)state;
    for (kind = 0; kind < REASON_COUNT; kind++) {
        g_autofree char *text = make((ReasonKind)kind);
        g_autofree char *again = NULL;
        g_auto(Reason) reason = { 0 };
        unsigned i;

        print_message("%s\n", text);
        assert_true(reason_read(text, &reason));
        assert_int_equal(reason.kind, kind);
        for (i = 0; i < reason_places(reason.kind); i++)
            assert_string_equal(reason.parts[i], sample(reason_part(reason.kind, i)));
        again = text_fill(reason_format(reason.kind), reason.parts);
        assert_string_equal(again, text);
    }
}

static void what_is_made(void **state)
{
    g_autofree char *place = reason_make(REASON_PLACE_RULE, "2", NULL);
    g_autofree char *asks = reason_make(REASON_APPROVAL, place, NULL);
    g_autofree char *wait = reason_make(REASON_TO_APPROVE, asks, "7", "7", "15:13", NULL);
    g_autofree char *none = reason_make(REASON_ASLEEP, NULL);

    (void)state;
    assert_string_equal(wait, "rule 2 of policy.json needs an approval; !approve 7 or !reject 7; "
                              "expires 15:13");
    assert_string_equal(none, reason_format(REASON_ASLEEP));
}

static void what_is_no_reason(void **state)
{
    static const struct {
        const char *what;
        const char *text;
    } rows[] = {
        { "nothing", "" },
        { "another's words", "exec: No such file or directory" },
        { "no window", "blackout hours tonight" },
        { "no time", "blackout hours 02:00-05:00; starts soon" },
        { "no number", "until #x has ended" },
        { "no number at all", "until # has ended" },
        { "words behind it", "it is paused; !agentON web1 resumes it, perhaps" },
        { "words before it", "well, agent1 is asleep; !agentsON wakes it" },
        { "a reason of nobody's inside", "approved by ana: because I say so" },
        { "too deep",
          "approved by a: approved by a: approved by a: approved by a: it has not been seen yet" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Reason) reason = { 0 };

        print_message("%s\n", rows[i].what);
        assert_false(reason_read(rows[i].text, &reason));
        assert_null(reason.parts[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_read_back),
        cmocka_unit_test(what_is_made),
        cmocka_unit_test(what_is_no_reason),
    };

    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
