#include "agent1/reader/results.h"

#include <string.h>

#include "agent1/reader/html.h"
#include "agent1/reader/web_url.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/json.h"

#include "common/base/banned.h"

#define SNIPPET_MAX_CHARS 300
#define KEPT_MAX_BYTES    8192 /* of a title or of what stands there */
#define BLOCK_MAX_BYTES   (PAGE_TEXT_MAX_BYTES / SEARCH_RESULTS_MAX)

/* ---- writing ---- */

/* One result, unless its address is none. True when it was one. */
static bool append_result(GString *out, unsigned number, const char *title, const char *address,
                          const char *snippet)
{
    g_autofree char *url = address ? web_url_resolve("https://localhost/", address) : NULL;
    g_autofree char *title_line = html_line(title, PAGE_TITLE_MAX_CHARS);
    g_autofree char *snippet_line = html_line(snippet, SNIPPET_MAX_CHARS);
    size_t before = out->len;

    if (!url || strlen(url) > BLOCK_MAX_BYTES / 2 || g_str_has_prefix(url, "https://localhost/"))
        return false;
    g_string_append_printf(out, "%s%u. %s\n%s", before > 0 ? "\n" : "", number,
                           *title_line ? title_line : url, url);
    if (*snippet_line)
        g_string_append_printf(out, "\n%s", snippet_line);
    return true;
}

/* ---- pages ---- */

/* Where a result stands in a page. An element is meant by its name and a word of its class; NULL:
 * by either alone. */
static const struct {
    const char *title_element;
    const char *title_class;
    const char *title_within; /* the title stands in this element */
    const char *snippet_class;
    const char *advert_class; /* of what holds a result that somebody paid for */
    const char *wrapped_in;   /* the member of a link that leads to the result's own address */
} shapes[] = {
    [RESULTS_DUCKDUCKGO_PAGE] = { "a", "result__a", NULL, "result__snippet", "result--ad", "uddg" },
    [RESULTS_SEARXNG_PAGE] = { "a", NULL, "h3", "content", NULL, NULL },
};

typedef struct Finder {
    ResultsPage page;
    const char *address; /* of the page */
    unsigned wanted;
    unsigned found;
    GString *out;
    unsigned depth;
    unsigned title_depth;   /* of the title that is read; 0: none is */
    unsigned snippet_depth; /* the same of what stands there */
    unsigned within_depth;  /* of the element in which titles stand; 0: outside */
    unsigned advert_depth;
    char *result; /* the address of the result at hand; NULL: none is */
    GString *title;
    GString *snippet;
} Finder;

/* The result at hand is complete. */
static void finish(Finder *finder)
{
    if (finder->result && finder->found < finder->wanted) {
        finder->found += append_result(finder->out, finder->found + 1, finder->title->str,
                                       finder->result, finder->snippet->str);
    }
    g_clear_pointer(&finder->result, g_free);
    g_string_truncate(finder->title, 0);
    g_string_truncate(finder->snippet, 0);
}

/* DuckDuckGo's links lead to itself first. */
static char *unwrap(const Finder *finder, const char *reference)
{
    const char *member = shapes[finder->page].wrapped_in;
    g_autofree char *whole =
        g_utf8_validate(reference, -1, NULL) ? web_url_resolve(finder->address, reference) : NULL;
    char *inner = whole && member ? web_url_member(whole, member) : NULL;

    return inner ? inner : g_steal_pointer(&whole);
}

static bool is_title(const Finder *finder, const char *name, const char *const *attributes)
{
    const char *class = shapes[finder->page].title_class;

    return finder->title_depth == 0 && strcmp(name, shapes[finder->page].title_element) == 0 &&
           (!class || html_has_class(attributes, class)) &&
           (!shapes[finder->page].title_within || finder->within_depth > 0);
}

static void begin_title(Finder *finder, const char *const *attributes)
{
    const char *reference = html_attribute(attributes, "href");

    finish(finder);
    finder->title_depth = finder->depth;
    if (reference)
        finder->result = unwrap(finder, reference);
}

static void on_open(const char *name, const char *const *attributes, void *data)
{
    Finder *finder = data;
    const char *within = shapes[finder->page].title_within;
    const char *advert = shapes[finder->page].advert_class;

    finder->depth++;
    if (advert && finder->advert_depth == 0 && html_has_class(attributes, advert))
        finder->advert_depth = finder->depth;
    if (within && finder->within_depth == 0 && strcmp(name, within) == 0)
        finder->within_depth = finder->depth;
    if (finder->advert_depth > 0)
        return;
    if (is_title(finder, name, attributes))
        begin_title(finder, attributes);
    else if (finder->result && finder->snippet_depth == 0 &&
             html_has_class(attributes, shapes[finder->page].snippet_class))
        finder->snippet_depth = finder->depth;
}

static void on_close(const char *name, void *data)
{
    Finder *finder = data;
    unsigned *depths[] = { &finder->title_depth, &finder->snippet_depth, &finder->within_depth,
                           &finder->advert_depth };

    (void)name;
    for (size_t i = 0; i < G_N_ELEMENTS(depths); i++) {
        if (*depths[i] == finder->depth)
            *depths[i] = 0;
    }
    finder->depth--;
}

static bool on_text(const char *text, size_t length, void *data)
{
    Finder *finder = data;
    GString *to = finder->title_depth > 0     ? finder->title
                  : finder->snippet_depth > 0 ? finder->snippet
                                              : NULL;

    if (to)
        g_string_append_len(to, text, (gssize)MIN(length, KEPT_MAX_BYTES - to->len));
    return finder->found < finder->wanted;
}

bool results_page_suspects(const char *html)
{
    return strstr(html, "anomaly-modal") || strstr(html, "anomaly.js") ||
           strstr(html, "challenge-form");
}

char *results_of_page(ResultsPage page, const char *html, const char *address, unsigned count)
{
    static const HtmlHandlers handlers = { on_open, on_close, on_text };
    Finder finder = { .page = page,
                      .address = address,
                      .wanted = count,
                      .out = g_string_new(NULL),
                      .title = g_string_new(NULL),
                      .snippet = g_string_new(NULL) };

    html_parse(html, &handlers, &finder);
    finish(&finder);
    g_string_free(finder.title, TRUE);
    g_string_free(finder.snippet, TRUE);
    return g_string_free(finder.out, FALSE);
}

/* ---- JSON ---- */

static const char *member_text(const Json *object, const char *name)
{
    const char *text = json_string(json_member(object, name));

    return text ? text : "";
}

char *results_of_json(const char *text, unsigned count, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), PAGE_FETCH_MAX_BYTES, error);
    const Json *results = json_member(json, "results");
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned found = 0;

    if (!json)
        return NULL;
    if (json_kind(results) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "results: expected an array");
        return NULL;
    }
    for (const Json *at = json_first(results); at && found < count; at = json_next(at))
        found += append_result(out, found + 1, member_text(at, "title"), member_text(at, "url"),
                               member_text(at, "content"));
    return g_string_free(g_steal_pointer(&out), FALSE);
}
