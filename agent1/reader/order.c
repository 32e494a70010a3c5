#include "agent1/reader/order.h"

#include <string.h>

#include "agent1/reader/charset.h"
#include "agent1/reader/fetch.h"
#include "agent1/reader/page_text.h"
#include "agent1/reader/results.h"
#include "agent1/reader/web_url.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define ACCEPT_PAGE "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.5"
#define ACCEPT_JSON "application/json"

/* What of a type can be read. */
typedef enum {
    TYPE_HTML,
    TYPE_PLAIN,
    TYPE_OTHER,
} TypeKind;

static const struct {
    const char *name;
    TypeKind kind;
} types[] = {
    { "text/html", TYPE_HTML },         { "application/xhtml+xml", TYPE_HTML },
    { "application/json", TYPE_PLAIN }, { "application/xml", TYPE_PLAIN },
    { "application/yaml", TYPE_PLAIN }, { "application/x-yaml", TYPE_PLAIN },
    { "application/toml", TYPE_PLAIN }, { "application/x-sh", TYPE_PLAIN },
};

static TypeKind kind_of(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(types[i].name, type) == 0)
            return types[i].kind;
    }
    if (g_str_has_prefix(type, "text/") || g_str_has_suffix(type, "+json") ||
        g_str_has_suffix(type, "+xml"))
        return TYPE_PLAIN;
    return TYPE_OTHER;
}

/* Of an answer that does not say. */
static TypeKind guess_kind(const GByteArray *body)
{
    const char *bytes = body->data ? (const char *)body->data : "";

    if (memchr(bytes, '\0', body->len))
        return TYPE_OTHER;
    for (guint i = 0; i < body->len; i++) {
        if (!g_ascii_isspace(bytes[i]))
            return bytes[i] == '<' ? TYPE_HTML : TYPE_PLAIN;
    }
    return TYPE_PLAIN;
}

static char *decode(const Fetched *fetched)
{
    const char *bytes = fetched->body->data ? (const char *)fetched->body->data : "";

    return charset_decode(bytes, fetched->body->len, fetched->charset);
}

/* The news of an answer that is none to be read; NULL: it is one. */
static PageNews *refuse(const Fetched *fetched)
{
    g_autofree char *status = NULL;
    PageNews *news = NULL;

    if (fetched->outcome != PAGE_FOUND) {
        news = page_news_new("", fetched->outcome, fetched->why);
    } else if (fetched->status < 200 || fetched->status > 299) {
        status = g_strdup_printf("%u", fetched->status);
        news = page_news_new("", PAGE_STATUS, status);
    }
    if (news)
        news->address = g_strdup(fetched->address);
    return news;
}

/* text is taken over. */
static PageNews *tell(const Fetched *fetched, char *text)
{
    PageNews *news = page_news_new("", *text ? PAGE_FOUND : PAGE_EMPTY, NULL);

    news->address = g_strdup(fetched->address);
    if (*text)
        news->text = text;
    else
        g_free(text);
    return news;
}

/* ---- reading ---- */

static PageNews *tell_page(const Fetched *fetched, TypeKind kind)
{
    g_autofree char *text = decode(fetched);
    g_autoptr(PageText) page =
        kind == TYPE_HTML ? page_text_of_html(text, fetched->address) : page_text_of_plain(text);
    PageNews *news = tell(fetched, g_steal_pointer(&page->text));

    news->title = g_steal_pointer(&page->title);
    news->is_cut = page->is_cut || fetched->is_cut;
    return news;
}

static PageNews *read_page(const PageOrder *order, int64_t until_ms)
{
    const FetchOrder wanted = { .address = order->text,
                                .named = order->search.private_hosts,
                                .until_ms = until_ms,
                                .accept = ACCEPT_PAGE };
    g_auto(Fetched) fetched = { 0 };
    PageNews *news;
    TypeKind kind;

    fetch_page(&wanted, &fetched);
    news = refuse(&fetched);
    if (news)
        return news;
    kind = fetched.type ? kind_of(fetched.type) : guess_kind(fetched.body);
    if (kind != TYPE_OTHER)
        return tell_page(&fetched, kind);
    news = page_news_new("", PAGE_WRONG_TYPE,
                         fetched.type ? fetched.type : "application/octet-stream");
    news->address = g_strdup(fetched.address);
    return news;
}

/* ---- searching ---- */

/* The configuration names it by naming its address. */
static GPtrArray *name_base(const SearchSettings *search)
{
    GPtrArray *named = g_ptr_array_new_with_free_func(g_free);
    char *name = web_url_name(search->base_url);

    if (name)
        g_ptr_array_add(named, name);
    return named;
}

/* The words stand between the two parts of an address. */
static void ask(const PageOrder *order, const char *before, const char *after, const char *accept,
                int64_t until_ms, Fetched *out)
{
    g_autoptr(GPtrArray) named = name_base(&order->search);
    g_autofree char *words = g_uri_escape_string(order->text, NULL, FALSE);
    g_autofree char *address = g_strconcat(order->search.base_url, before, words, after, NULL);
    const FetchOrder wanted = {
        .address = address,
        .named = named,
        .until_ms = until_ms,
        .accept = accept,
        .stays = true,
    };

    fetch_page(&wanted, out);
}

static PageNews *tell_results(const PageOrder *order, const Fetched *fetched, ResultsPage page)
{
    g_autofree char *html = decode(fetched);
    g_autofree char *results =
        results_of_page(page, html, fetched->address, (unsigned)order->search.results);
    PageNews *refused;

    /* DuckDuckGo's question comes as 202, SearXNG's as 429. */
    if (!*results && results_page_suspects(html))
        return page_news_new("", PAGE_SUSPECTS, NULL);
    refused = refuse(fetched);
    return refused ? refused : tell(fetched, g_steal_pointer(&results));
}

static PageNews *search_duckduckgo(const PageOrder *order, int64_t until_ms)
{
    g_auto(Fetched) fetched = { 0 };

    ask(order, "/html/?q=", "", ACCEPT_PAGE, until_ms, &fetched);
    if (fetched.outcome != PAGE_FOUND)
        return refuse(&fetched);
    return tell_results(order, &fetched, RESULTS_DUCKDUCKGO_PAGE);
}

static PageNews *search_searxng(const PageOrder *order, int64_t until_ms)
{
    g_auto(Fetched) json = { 0 };
    g_auto(Fetched) page = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    char *results;

    ask(order, "/search?q=", "&format=json", ACCEPT_JSON, until_ms, &json);
    if (json.outcome != PAGE_FOUND)
        return refuse(&json);
    if (json.status == 403) {
        ask(order, "/search?q=", "", ACCEPT_PAGE, until_ms, &page);
        if (page.outcome != PAGE_FOUND)
            return refuse(&page);
        return tell_results(order, &page, RESULTS_SEARXNG_PAGE);
    }
    if (json.status < 200 || json.status > 299)
        return refuse(&json);

    text = decode(&json);
    results = results_of_json(text, (unsigned)order->search.results, &error);
    if (!results)
        return page_news_new("", PAGE_BROKEN, error->message);
    return tell(&json, results);
}

static PageNews *search_nobody(const PageOrder *order, int64_t until_ms)
{
    (void)order;
    (void)until_ms;
    return page_news_new("", PAGE_OFF, NULL);
}

PageNews *order_do(const PageOrder *order)
{
    static PageNews *(*const searches[])(const PageOrder *order, int64_t until_ms) = {
        [SEARCH_DUCKDUCKGO] = search_duckduckgo,
        [SEARCH_SEARXNG] = search_searxng,
        [SEARCH_NONE] = search_nobody,
    };
    int64_t until_ms = fetch_clock_ms() + order->search.timeout_ms;

    if (order->kind == PAGE_READ)
        return read_page(order, until_ms);
    if (order->search.provider != SEARCH_NONE && !order->search.base_url)
        return search_nobody(order, until_ms);
    return searches[order->search.provider](order, until_ms);
}
