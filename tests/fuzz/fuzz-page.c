/*
 * Pages of the web: whatever bytes a server says, in whatever signs, what is made of them is
 * harmless, bounded, and again what agent1 takes; results are lines of threes with addresses of the
 * web; an address that is read has one host for libcurl when it is read again; what the reader says
 * is taken or refused, and prints back to the same.
 */
#include "agent1/port/page_call.h"
#include "agent1/reader/charset.h"
#include "agent1/reader/page_text.h"
#include "agent1/reader/results.h"
#include "agent1/reader/web_url.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define ADDRESS "https://example.org/a/b?c=d"
#define RESULTS 3

static char *decode(FuzzInput *input)
{
    static const char *const names[] = { NULL, "utf-8", "windows-1252", "utf-16le", "utf-7" };
    const char *name = names[fuzz_below(input, G_N_ELEMENTS(names))];
    char *text = charset_decode((const char *)input->at, input->left, name);

    g_assert(g_utf8_validate(text, -1, NULL));
    return text;
}

/* The reader's own side takes it, and a fence keeps it from counting. */
static void check_news(PageNews *news)
{
    g_autofree char *printed = page_news_print(news);
    g_autoptr(GError) error = NULL;
    g_autoptr(PageNews) heard = page_news_parse("id", printed, strlen(printed), &error);

    g_assert_no_error(error);
    g_assert_cmpstr(heard->text, ==, news->text);
    g_assert_cmpstr(heard->title, ==, news->title);
}

static void check_fenced(const char *text)
{
    g_autofree char *block = text_fence(text);
    g_autoptr(GPtrArray) lines = utterance_parse(block);

    for (unsigned i = 0; i < lines->len; i++) {
        const Line *line = lines->pdata[i];

        g_assert(line->kind != LINE_TRIGGER && line->kind != LINE_COMMAND);
    }
}

static void check_page(FuzzInput *input)
{
    bool is_html = !fuzz_one_in(input, 8);
    g_autofree char *text = decode(input);
    g_autoptr(PageText) page =
        is_html ? page_text_of_html(text, ADDRESS) : page_text_of_plain(text);
    g_autoptr(PageNews) news = page_news_new("", *page->text ? PAGE_FOUND : PAGE_EMPTY, NULL);

    g_assert(text_is_harmless(page->text));
    g_assert_cmpuint(strlen(page->text), <=, PAGE_TEXT_MAX_BYTES);
    news->title = g_strdup(page->title);
    news->text = *page->text ? g_strdup(page->text) : NULL;
    check_news(news);
    check_fenced(page->text);
}

static void check_results_text(const char *text)
{
    g_assert(text_is_harmless(text));
    g_assert_cmpuint(strlen(text), <=, PAGE_TEXT_MAX_BYTES);
    g_assert(*text == '\0' || g_str_has_prefix(text, "1. "));
}

static void check_results(FuzzInput *input)
{
    ResultsPage kind = fuzz_one_in(input, 2) ? RESULTS_DUCKDUCKGO_PAGE : RESULTS_SEARXNG_PAGE;
    g_autofree char *text = decode(input);
    g_autofree char *of_page = results_of_page(kind, text, ADDRESS, RESULTS);
    g_autofree char *of_json = results_of_json(text, RESULTS, NULL);

    (void)results_page_suspects(text);
    check_results_text(of_page);
    if (of_json)
        check_results_text(of_json);
}

static void check_address(FuzzInput *input)
{
    g_autofree char *text = fuzz_utf8(input);
    g_autoptr(WebUrl) url = web_url_read(text, NULL, NULL);
    g_autoptr(WebUrl) again = NULL;
    g_autofree char *whole = web_url_resolve(ADDRESS, text);

    g_assert(!whole || g_str_has_prefix(whole, "http"));
    if (!url)
        return;
    again = web_url_read(url->text, NULL, NULL);
    if (!again)
        return; /* escapes made it too long */
    g_assert_cmpstr(again->host, ==, url->host);
    g_assert_cmpuint(again->port, ==, url->port);
}

static void check_answer(FuzzInput *input)
{
    g_autoptr(PageNews) news = page_news_parse("id", (const char *)input->at, input->left, NULL);

    if (news)
        check_news(news);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput * input) = {
        check_page, check_page, check_page, check_results, check_address, check_answer
    };
    FuzzInput input = fuzz_input(data, size);

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
