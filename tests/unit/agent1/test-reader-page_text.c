/* What a person reads in a page: the whole text of small pages, what is hidden, and the bounds. */
#include "agent1/reader/page_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/reader/html.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define AT "https://example.org/x/"
#define LOREM                                                                                      \
    "Some words that are many enough to be a main part of a page, since a page with less than "    \
    "two hundred bytes of it has none, and so this sentence goes on until it has surely more "     \
    "than "                                                                                        \
    "those, which it has now."

static const struct {
    const char *what;
    const char *html;
    const char *text;
} pages[] = {
    { "nothing", "", "" },
    { "words alone", "just words", "just words" },
    { "blanks are one", "<p>a \n\t b</p>", "a b" },
    { "paragraphs", "<p>a<p>b", "a\n\nb" },
    { "blocks", "<div>a</div><div><div>b</div></div>c", "a\nb\nc" },
    { "signs of their own", "a &amp; b &lt; c &eacute; &#8364;", "a & b < c é €" },
    { "headings", "<h1>a</h1>b<h3>c</h3>", "# a\n\nb\n\n### c" },
    { "emphasis stays in the line", "a <b>b</b>c", "a bc" },
    { "a list", "<ul><li>a<li><p>b</p></ul>", "- a\n- b" },
    { "numbers, and a list in a list", "<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n  - b\n2. c" },
    { "a table", "<table><tr><th>a<th>b<tr><td>c<td>d</table>", "a | b\nc | d" },
    { "preformatted", "<pre>a\n  b</pre>c", "a\n  b\n\nc" },
    { "breaks", "a<br>b<br><br>c", "a\nb\n\nc" },
    { "links",
      "a <a href='../b'>b</a>, <a href='https://o.org/?q=1&amp;r=2#x'>o</a> and <a "
      "href='../b'>again</a>",
      "a b[1], o[2] and again[1]\n\n[1] https://example.org/b\n[2] https://o.org/?q=1&r=2" },
    { "links to nowhere", "<a href='#x'>a</a> <a href='javascript:x()'>b</a> <a name=c>c</a>",
      "a b c" },
    { "a link that shows nothing", "a<a href='/b'></a>", "a" },
    { "scripts and styles", "a<script>var x = '<p>b';</script><style>p{}</style>c", "ac" },
    { "what stands around",
      "<header>h</header><nav>n</nav><p>a</p><aside>s</aside><footer>f</footer>", "a" },
    { "hidden",
      "a<p hidden>b</p><p aria-hidden=true>c</p><p style='DISPLAY : none'>d</p>"
      "<p style='color:red;visibility:hidden'>e</p><p style='font-size:0px'>f</p><p "
      "style='opacity: 0'>g</p>h",
      "a\n\nh" },
    { "not hidden",
      "<p style='opacity:0.5'>a</p><p style='font-size:0.9em'>b</p><p aria-hidden=false>c</p>",
      "a\n\nb\n\nc" },
    { "what is left out within a title, with a title in it",
      "a<title>t<main>" LOREM "<svg>s<title>u", "a" },
    { "in what is hidden nothing is seen",
      "<div hidden><h1>a</h1><ul><li>b</ul><main>c</main></div>d", "d" },
    { "the main part", "<p>around</p><main><header>top</header>" LOREM "</main><p>around</p>",
      "top\n" LOREM },
    { "articles", "<p>around</p><article>" LOREM "</article><article>b</article>around",
      LOREM "\n\nb" },
    { "a main part that is none", "<p>a</p><main>b</main>", "a\n\nb" },
    { "signs that hide", "a\u200bb\u202ec<p>\u00add", "abc\n\nd" },
    { "controls", "a&#7;b&#27;[31mc", "ab[31mc" },
    { "an entity from elsewhere", "<!DOCTYPE html SYSTEM 'file:///etc/passwd'><p>a&x;b", "a&x;b" },
    { "broken", "<p <b>a</i></p></p><td>b</table>", "a\n\nb" },
};

static void small_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr(PageText) page = page_text_of_html(pages[i].html, AT);

        if (strcmp(page->text, pages[i].text) != 0)
            fail_msg("%s:\n%s", pages[i].what, page->text);
        assert_false(page->is_cut);
        assert_true(text_is_harmless(page->text));
    }
}

static void titles(void **state)
{
    g_autoptr(PageText) page =
        page_text_of_html("<title> A\n &amp; b\u202e </title><svg><title>no</title></svg>c", AT);
    g_autoptr(PageText) none = page_text_of_html("<title></title>a", AT);

    (void)state;
    assert_string_equal(page->title, "A & b");
    assert_string_equal(page->text, "c");
    assert_null(none->title);
}

static void a_long_page(void **state)
{
    GString *html = g_string_new("<p>");
    g_autoptr(PageText) page = NULL;

    (void)state;
    for (unsigned i = 0; i < 20000; i++)
        g_string_append_printf(html, "w€ <a href='/%u'>%u</a> ", i, i);
    page = page_text_of_html(html->str, AT);
    g_string_free(html, TRUE);
    assert_true(page->is_cut);
    assert_true(strlen(page->text) <= PAGE_TEXT_MAX_BYTES);
    assert_true(text_is_harmless(page->text));
    assert_non_null(strstr(page->text, "\n[60] https://example.org/59"));
    assert_null(strstr(page->text, "[61]"));
}

static void a_deep_page(void **state)
{
    GString *html = g_string_new("before");
    g_autoptr(PageText) page = NULL;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        g_string_append(html, "<div>");
    g_string_append(html, "behind");
    page = page_text_of_html(html->str, AT);
    g_string_free(html, TRUE);
    assert_true(page->is_cut);
    assert_string_equal(page->text, "before");
}

static void plain(void **state)
{
    g_autofree char *many = g_strnfill(PAGE_TEXT_MAX_BYTES + 10, 'a');
    g_autoptr(PageText) page = page_text_of_plain("  <b>a</b>\r\n\tb\u200b\n\n");
    g_autoptr(PageText) cut = page_text_of_plain(many);

    (void)state;
    assert_string_equal(page->text, "  <b>a</b>\n\tb");
    assert_false(page->is_cut);
    assert_int_equal(strlen(cut->text), PAGE_TEXT_MAX_BYTES);
    assert_true(cut->is_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pages), cmocka_unit_test(titles), cmocka_unit_test(a_long_page),
        cmocka_unit_test(a_deep_page), cmocka_unit_test(plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
