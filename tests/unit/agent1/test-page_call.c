/* What agent1 and its reader tell each other: there and back, and what is refused. */
#include "agent1/port/page_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void an_order(void **state)
{
    g_autoptr(PageCall) call = page_call_new("id", PAGE_SEARCH, "two \"words\"");
    SearchSettings search = { 0 };
    g_autofree char *text = NULL;
    g_autoptr(PageOrder) order = NULL;

    (void)state;
    search_settings_init(&search);
    search.provider = SEARCH_SEARXNG;
    search.base_url = (char[]){ "https://s.example.org" };
    search.private_hosts = g_ptr_array_new();
    g_ptr_array_add(search.private_hosts, (char[]){ "wiki.local:80" });
    text = page_order_print(call, &search);
    g_ptr_array_unref(search.private_hosts);
    order = page_order_parse(text, strlen(text), NULL);
    assert_non_null(order);
    assert_int_equal(order->kind, PAGE_SEARCH);
    assert_string_equal(order->text, "two \"words\"");
    assert_int_equal(order->search.provider, SEARCH_SEARXNG);
    assert_string_equal(order->search.base_url, "https://s.example.org");
    assert_int_equal(order->search.results, SEARCH_RESULTS_DEFAULT);
    assert_int_equal(order->search.timeout_ms, PAGE_TIME_MS);
    assert_string_equal(order->search.private_hosts->pdata[0], "wiki.local:80");
    assert_null(page_order_parse("{}", 2, NULL));
    assert_null(page_order_parse("", 0, NULL));
    page_order_free(NULL);
    page_call_free(NULL);
}

static void news(void **state)
{
    g_autoptr(PageNews) said = page_news_new("id", PAGE_FOUND, NULL);
    g_autoptr(PageNews) heard = NULL;
    g_autofree char *text = NULL;

    (void)state;
    said->title = g_strdup("A title");
    said->address = g_strdup("https://example.org/");
    said->text = g_strdup("a\n\tb \u20ac");
    said->is_cut = true;
    text = page_news_print(said);
    heard = page_news_parse("other", text, strlen(text), NULL);
    assert_non_null(heard);
    assert_string_equal(heard->id, "other");
    assert_int_equal(heard->outcome, PAGE_FOUND);
    assert_string_equal(heard->title, "A title");
    assert_string_equal(heard->address, "https://example.org/");
    assert_string_equal(heard->text, "a\n\tb \u20ac");
    assert_true(heard->is_cut);
    assert_string_equal(page_outcome_name(PAGE_WRONG_TYPE), "wrong_type");
    page_news_free(NULL);
}

static void refused_news(void **state)
{
    static const char *const rows[] = {
        "",
        "[]",
        "{}",
        "{\"outcome\":\"perfect\"}",
        "{\"outcome\":\"found\"}",
        "{\"outcome\":\"found\",\"text\":\"\"}",
        "{\"outcome\":\"empty\",\"text\":\"a\"}",
        "{\"outcome\":\"found\",\"text\":\"a\"}{}",
        "{\"outcome\":\"found\",\"text\":\"a\",\"text\":\"b\"}",
        "{\"outcome\":\"found\",\"text\":\"a\\u001b[0m\"}",
        "{\"outcome\":\"found\",\"text\":\"a\\u202e\"}",
        "{\"outcome\":\"found\",\"text\":\"a\",\"title\":\"two\\nlines\"}",
        "{\"outcome\":\"found\",\"text\":\"a\",\"address\":\"two\\nlines\"}",
        "{\"outcome\":\"status\",\"why\":\"two\\nlines\"}",
    };
    g_autofree char *long_text = g_strnfill(PAGE_TEXT_MAX_BYTES + 1, 'a');
    g_autofree char *too_long =
        g_strdup_printf("{\"outcome\":\"found\",\"text\":\"%s\"}", long_text);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        if (page_news_parse("id", rows[i], strlen(rows[i]), &error))
            fail_msg("%s", rows[i]);
        assert_non_null(error);
    }
    assert_null(page_news_parse("id", too_long, strlen(too_long), NULL));
}

static void a_reason_is_one_short_line(void **state)
{
    g_autofree char *many = g_strnfill(1000, 'a');
    g_autoptr(PageNews) lines = page_news_new("id", PAGE_BROKEN, "a\nb");
    g_autoptr(PageNews) cut = page_news_new("id", PAGE_BROKEN, many);

    (void)state;
    assert_string_equal(lines->why, "a b");
    assert_int_equal(g_utf8_strlen(cut->why, -1), PAGE_WHY_MAX_CHARS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order),
        cmocka_unit_test(news),
        cmocka_unit_test(refused_news),
        cmocka_unit_test(a_reason_is_one_short_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
