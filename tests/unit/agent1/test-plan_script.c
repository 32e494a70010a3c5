/* What stands behind PLAN:. */
#include "agent1/model/plan_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void what_is_read(void **state)
{
    static const struct {
        const char *text;
        const char *steps; /* target<task> … */
    } rows[] = {
        { "web1|uptime", "web1<uptime>" },
        { " web1 | uptime ;; web2|df -h ", "web1<uptime>web2<df -h>" },
        { "web1 | ps aux | grep x ;; web2 | a;b", "web1<ps aux | grep x>web2<a;b>" },
        { "web1 | case x in a) echo a \\;; esac ;; web2 | true",
          "web1<case x in a) echo a ;; esac>web2<true>" },
        { "web* --limit 2 | true;;web2|true", "web* --limit 2<true>web2<true>" },
        { "web1 | a\\;b \\; c \\\\;; d", "web1<a\\;b \\; c \\;; d>" },
        { "web1 | ;; | x", "web1<><x>" }, /* whether that means something is judged later */
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *complaint = NULL;
        g_autoptr(GPtrArray) steps = plan_script_parse(rows[i].text, &complaint);
        g_autoptr(GString) read = g_string_new(NULL);
        unsigned j;

        print_message("%s\n", rows[i].text);
        assert_null(complaint);
        for (j = 0; j < steps->len; j++) {
            const ScriptStep *step = steps->pdata[j];

            g_string_append_printf(read, "%s<%s>", step->target, step->task);
        }
        assert_string_equal(read->str, rows[i].steps);
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        { "", "step 1 is empty: expected PLAN: <agent>|<task>" },
        { "web1|true ;;", "step 2 is empty: expected PLAN:" },
        { "web1|true ;;;; web2|true", "step 2 is empty" },
        { "web1|true ;; web2 true", "step 2, \"web2 true\": there is no bar: expected PLAN:" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *complaint = NULL;

        assert_null(plan_script_parse(rows[i].text, &complaint));
        print_message("%s: %s\n", rows[i].text, complaint);
        assert_memory_equal(complaint, rows[i].complaint, strlen(rows[i].complaint));
        assert_true(g_str_has_suffix(complaint, "; nothing was done"));
    }
}

static void fifty_steps_at_most(void **state)
{
    g_autoptr(GString) text = g_string_new("web1|true");
    g_autofree char *complaint = NULL;
    g_autoptr(GPtrArray) steps = NULL;
    unsigned i;

    (void)state;
    for (i = 1; i < PLAN_STEPS_MAX; i++)
        g_string_append(text, ";;web1|true");
    steps = plan_script_parse(text->str, &complaint);
    assert_int_equal(steps->len, PLAN_STEPS_MAX);
    g_string_append(text, ";;web1|true");
    assert_null(plan_script_parse(text->str, &complaint));
    assert_string_equal(complaint, "a plan has at most 50 steps; nothing was done");
}

/* What is written is read as the same. */
static void what_is_written(void **state)
{
    static const struct {
        const char *tasks[2];
        const char *text;
    } rows[] = {
        { { "one", "two" }, "web1|one ;; web2|two" },
        { { "cd /srv; ls | wc", "two" }, "web1|cd /srv; ls | wc ;; web2|two" },
        { { "case x in x) ls;; esac", "two;" }, "web1|case x in x) ls\\;; esac ;; web2|two;" },
        { { "a\\;;;b;;;;c\\", ";;" }, "web1|a\\\\;;;b\\;;\\;;c\\ ;; web2|\\;;" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *complaint = NULL;
        g_autoptr(GPtrArray) steps = NULL;

        plan_script_add(text, "web1", rows[i].tasks[0]);
        plan_script_add(text, "web2", rows[i].tasks[1]);
        assert_string_equal(text->str, rows[i].text);
        steps = plan_script_parse(text->str, &complaint);
        assert_non_null(steps);
        assert_int_equal(steps->len, 2);
        for (unsigned j = 0; j < steps->len; j++) {
            const ScriptStep *step = steps->pdata[j];

            assert_string_equal(step->target, j == 0 ? "web1" : "web2");
            assert_string_equal(step->task, rows[i].tasks[j]);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(fifty_steps_at_most),
        cmocka_unit_test(what_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
