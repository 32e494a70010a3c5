/* What is known of a newer version, on the wire: what is no such data is refused, and what comes
 * from outside cannot hide anything. */
#include "common/wire/update_news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static Json *parse(const char *text)
{
    Json *json = json_parse(text, strlen(text), 100000, NULL);

    assert_non_null(json);
    return json;
}

static void test_what_is_none(void **state)
{
    static const struct {
        const char *what;
        const char *text;
    } rows[] = {
        { "nothing in it", "{}" },
        { "a list", "[1]" },
        { "a problem nobody knows", "{\"problem\":\"tired\"}" },
        { "a problem that is empty", "{\"problem\":\"\"}" },
        { "no newest version", "{\"installed\":\"v1\"}" },
        { "no installed version", "{\"newest\":\"v1\",\"behind\":0}" },
        { "a version that is a number", "{\"installed\":1,\"newest\":\"v1\"}" },
        { "a version of blanks", "{\"installed\":\"  \",\"newest\":\"v1\"}" },
        { "less than nothing behind", "{\"installed\":\"a\",\"newest\":\"b\",\"behind\":-1}" },
        { "a count that is a text", "{\"installed\":\"a\",\"newest\":\"b\",\"behind\":\"1\"}" },
        { "beyond belief", "{\"installed\":\"a\",\"newest\":\"b\",\"ahead\":1000000001}" },
    };

    (void)state;
    assert_null(update_news_read(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) data = parse(rows[i].text);
        g_autoptr(UpdateNews) news = update_news_read(data);

        if (news)
            fail_msg("%s was taken", rows[i].what);
    }
}

static void test_round_trip(void **state)
{
    static const struct {
        const char *data;
        const char *text;
    } rows[] = {
        { "{\"installed\":\"v1.0\",\"newest\":\"v1.1\",\"branch\":\"main\",\"remote\":\"origin\","
          "\"behind\":1,\"ahead\":0,\"checked\":\"2026-11-27T07:00:00.000Z\"}",
          "v1.1 is available, v1.0 is installed (main, 1 commit behind)" },
        { "{\"installed\":\"0a1b2c3\",\"newest\":\"4d5e6f7\",\"branch\":\"main\","
          "\"remote\":\"origin\",\"behind\":12,\"ahead\":2,\"checked\":\"2026-11-27T07:00:00.000Z\""
          "}",
          "4d5e6f7 is available, 0a1b2c3 is installed (main, 12 commits behind)" },
        { "{\"installed\":\"v1.1\",\"newest\":\"v1.1\",\"branch\":\"main\",\"remote\":\"origin\","
          "\"behind\":0,\"ahead\":0}",
          "up to date: v1.1 (main)" },
        { "{\"problem\":\"no_git\",\"checked\":\"2026-11-27T07:00:00.000Z\"}",
          "the program git is not installed there" },
        { "{\"problem\":\"unreachable\",\"subject\":\"origin\",\"detail\":\"fatal: no\"}",
          "the remote cannot be read: origin" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) data = parse(rows[i].data);
        g_autoptr(UpdateNews) news = update_news_read(data);
        g_autoptr(UpdateNews) copy = NULL;
        g_autoptr(Json) printed = NULL;
        g_autofree char *again = NULL;
        g_autofree char *text = NULL;

        assert_non_null(news);
        copy = update_news_copy(news);
        printed = update_news_print(copy);
        again = json_print(printed);
        text = update_news_text(copy);
        assert_string_equal(again, rows[i].data);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_each_problem_has_its_words(void **state)
{
    (void)state;
    assert_null(update_state_name(UPDATE_KNOWN));
    for (int problem = UPDATE_KNOWN + 1; problem < UPDATE_STATE_COUNT; problem++) {
        g_autoptr(UpdateNews) news = update_news_new((UpdateState)problem);
        g_autoptr(Json) data = update_news_print(news);
        g_autoptr(UpdateNews) read = update_news_read(data);

        assert_non_null(update_state_text((UpdateState)problem));
        assert_int_equal(read->state, problem);
    }
}

static void test_nothing_hides(void **state)
{
    g_autofree char *long_text = g_strnfill(5000, 'x');
    g_autofree char *text = g_strdup_printf(
        "{\"installed\":\"v1\\nweb2: up to date\",\"newest\":\"\\u202ev2\",\"branch\":\"%s\"}",
        long_text);
    g_autoptr(Json) data = parse(text);
    g_autoptr(UpdateNews) news = update_news_read(data);

    (void)state;
    assert_string_equal(news->installed, "v1 web2: up to date");
    assert_string_equal(news->newest, "<U+202E>v2");
    assert_true(g_utf8_strlen(news->branch, -1) <= UPDATE_VERSION_MAX_CHARS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_each_problem_has_its_words),
        cmocka_unit_test(test_nothing_hides),
    };

    return cmocka_run_group_tests_name("update_news", tests, NULL, NULL);
}
