#include "agent1/reader/page_text.h"

#include <stdlib.h>
#include <string.h>

#include "agent1/reader/html.h"
#include "agent1/reader/web_url.h"
#include "common/base/limits.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define LINKS_MAX        60
#define LINKS_MAX_BYTES  (8 * 1024) /* of their list */
#define MAIN_MIN_BYTES   200        /* less than this is no main part */
#define LIST_INDENT      2
#define LIST_MAX_DEPTH   8
#define TITLE_KEPT_BYTES 2000
#define ENOUGH_BYTES     (256 * 1024) /* a main part begins before it */

/* What an element does to the text. */
typedef enum {
    DOES_NOTHING,
    DOES_SKIP, /* nothing of it is read */
    DOES_SKIP_HEADER,
    DOES_BLOCK,     /* stands on lines of its own */
    DOES_PARAGRAPH, /* … with an empty line before and after */
    DOES_HEADING,
    DOES_BREAK,
    DOES_LIST,
    DOES_NUMBERS, /* a list */
    DOES_ITEM,
    DOES_ROW,
    DOES_CELL,
    DOES_PRE,
    DOES_LINK,
    DOES_TITLE,
    DOES_MAIN,
} Deed;

typedef struct DeedRow {
    const char *name;
    Deed deed;
} DeedRow;

/* In the order of their names. */
static const DeedRow deeds[] = {
    { "a", DOES_LINK },
    { "address", DOES_BLOCK },
    { "article", DOES_MAIN },
    { "aside", DOES_SKIP },
    { "audio", DOES_SKIP },
    { "blockquote", DOES_PARAGRAPH },
    { "br", DOES_BREAK },
    { "button", DOES_SKIP },
    { "canvas", DOES_SKIP },
    { "caption", DOES_BLOCK },
    { "datalist", DOES_SKIP },
    { "dd", DOES_BLOCK },
    { "dialog", DOES_SKIP },
    { "div", DOES_BLOCK },
    { "dl", DOES_PARAGRAPH },
    { "dt", DOES_BLOCK },
    { "embed", DOES_SKIP },
    { "fieldset", DOES_BLOCK },
    { "figcaption", DOES_BLOCK },
    { "figure", DOES_PARAGRAPH },
    { "footer", DOES_SKIP },
    { "form", DOES_BLOCK },
    { "h1", DOES_HEADING },
    { "h2", DOES_HEADING },
    { "h3", DOES_HEADING },
    { "h4", DOES_HEADING },
    { "h5", DOES_HEADING },
    { "h6", DOES_HEADING },
    { "header", DOES_SKIP_HEADER },
    { "hr", DOES_PARAGRAPH },
    { "iframe", DOES_SKIP },
    { "li", DOES_ITEM },
    { "main", DOES_MAIN },
    { "menu", DOES_SKIP },
    { "nav", DOES_SKIP },
    { "noscript", DOES_SKIP },
    { "object", DOES_SKIP },
    { "ol", DOES_NUMBERS },
    { "option", DOES_SKIP },
    { "p", DOES_PARAGRAPH },
    { "pre", DOES_PRE },
    { "script", DOES_SKIP },
    { "section", DOES_PARAGRAPH },
    { "select", DOES_SKIP },
    { "style", DOES_SKIP },
    { "svg", DOES_SKIP },
    { "table", DOES_PARAGRAPH },
    { "td", DOES_CELL },
    { "template", DOES_SKIP },
    { "textarea", DOES_SKIP },
    { "th", DOES_CELL },
    { "title", DOES_TITLE },
    { "tr", DOES_ROW },
    { "ul", DOES_LIST },
    { "video", DOES_SKIP },
};

typedef struct PageLink {
    size_t at; /* in the text, where its number goes */
    char *address;
} PageLink;

typedef struct Scribe {
    const char *address;
    GString *title;
    GString *text;
    GPtrArray *links;      /* PageLink * */
    GPtrArray *open_links; /* PageLink *: at is where it begins; its address may be NULL */
    unsigned skips;        /* elements in which nothing is read, and all within them */
    unsigned titles;
    unsigned pres;
    unsigned mains;
    unsigned lists;
    unsigned numbers[LIST_MAX_DEPTH]; /* of the last item; 0: a list without numbers */
    unsigned breaks;                  /* line ends that are due before the next sign */
    bool is_spaced;                   /* a blank is due */
    bool is_in_row;                   /* a cell was there */
    size_t marked_to;                 /* the mark of an item or a heading ends there; 0: none */
    /* From the first main part to the end of the last, in the text. */
    bool has_main;
    size_t main_from;
    size_t main_to;
} Scribe;

static void free_link(void *data)
{
    PageLink *link = data;

    g_free(link->address);
    g_free(link);
}

static int compare_names(const void *name, const void *row)
{
    const DeedRow *deed = row;

    return strcmp(name, deed->name);
}

static Deed deed_of(const char *name)
{
    const DeedRow *row = bsearch(name, deeds, G_N_ELEMENTS(deeds), sizeof(deeds[0]), compare_names);

    return row ? row->deed : DOES_NOTHING;
}

/* ---- writing ---- */

static void due(Scribe *scribe, unsigned breaks)
{
    scribe->is_in_row = false;
    /* A paragraph in an item begins behind its mark. */
    if (scribe->marked_to > 0 && scribe->marked_to == scribe->text->len)
        return;
    scribe->breaks = MAX(scribe->breaks, breaks);
    scribe->is_spaced = false;
}

/* What was due, before something that is seen. */
static void settle(Scribe *scribe)
{
    for (unsigned i = 0; i < scribe->breaks && scribe->text->len > 0; i++)
        g_string_append_c(scribe->text, '\n');
    if (scribe->is_spaced && scribe->breaks == 0 && scribe->text->len > 0)
        g_string_append_c(scribe->text, ' ');
    scribe->breaks = 0;
    scribe->is_spaced = false;
}

static void write_flowing(Scribe *scribe, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (g_ascii_isspace(text[i])) {
            scribe->is_spaced = true;
            continue;
        }
        settle(scribe);
        g_string_append_c(scribe->text, text[i]);
    }
}

static void write_text(Scribe *scribe, const char *text, size_t length)
{
    if (scribe->pres == 0) {
        write_flowing(scribe, text, length);
        return;
    }
    settle(scribe);
    g_string_append_len(scribe->text, text, (gssize)length);
}

static bool on_text(const char *text, size_t length, void *data)
{
    Scribe *scribe = data;

    if (scribe->titles > 0)
        g_string_append_len(scribe->title, text,
                            (gssize)MIN(length, TITLE_KEPT_BYTES - scribe->title->len));
    else if (scribe->skips == 0)
        write_text(scribe, text, length);
    return scribe->text->len < ENOUGH_BYTES;
}

static void write_item(Scribe *scribe)
{
    unsigned outer = scribe->lists > 0 ? MIN(scribe->lists, LIST_MAX_DEPTH) - 1 : 0;
    unsigned *number = &scribe->numbers[outer];

    scribe->marked_to = 0;
    due(scribe, 1);
    settle(scribe);
    for (unsigned i = 0; i < outer; i++)
        g_string_append_printf(scribe->text, "%*s", LIST_INDENT, "");
    if (scribe->lists > 0 && *number > 0)
        g_string_append_printf(scribe->text, "%u. ", (*number)++);
    else
        g_string_append(scribe->text, "- ");
    scribe->marked_to = scribe->text->len;
}

static void write_cell(Scribe *scribe)
{
    bool is_first = !scribe->is_in_row;

    if (!is_first) {
        scribe->is_spaced = true;
        settle(scribe);
        g_string_append_c(scribe->text, '|');
        scribe->is_spaced = true;
    }
    scribe->is_in_row = true;
}

static void write_heading(Scribe *scribe, const char *name)
{
    due(scribe, 2);
    settle(scribe);
    for (char level = '0'; level < name[1]; level++)
        g_string_append_c(scribe->text, '#');
    g_string_append_c(scribe->text, ' ');
    scribe->marked_to = scribe->text->len;
}

static void begin_list(Scribe *scribe, bool is_numbered)
{
    due(scribe, scribe->lists > 0 ? 1 : 2);
    if (scribe->lists < LIST_MAX_DEPTH)
        scribe->numbers[scribe->lists] = is_numbered;
    scribe->lists++;
}

/* ---- links ---- */

static void begin_link(Scribe *scribe, const char *const *attributes)
{
    const char *reference = html_attribute(attributes, "href");
    PageLink *link = g_new0(PageLink, 1);

    link->at = scribe->text->len;
    if (reference && *reference && *reference != '#' && scribe->links->len < LINKS_MAX &&
        g_utf8_validate(reference, -1, NULL))
        link->address = web_url_resolve(scribe->address, reference);
    g_ptr_array_add(scribe->open_links, link);
}

static void end_link(Scribe *scribe)
{
    PageLink *link = g_ptr_array_steal_index(scribe->open_links, scribe->open_links->len - 1);

    /* Of a link that shows nothing nobody misses the address. */
    if (!link->address || link->at == scribe->text->len) {
        free_link(link);
        return;
    }
    link->at = scribe->text->len;
    g_ptr_array_add(scribe->links, link);
}

/* ---- elements ---- */

static void begin_main(Scribe *scribe)
{
    scribe->mains++;
    if (!scribe->has_main)
        scribe->main_from = scribe->text->len;
    scribe->has_main = true;
}

static void end_main(Scribe *scribe)
{
    due(scribe, 2);
    scribe->mains--;
    scribe->main_to = scribe->text->len;
}

static void open_seen(Scribe *scribe, const char *name, Deed deed, const char *const *attributes)
{
    switch (deed) {
    case DOES_BLOCK:
    case DOES_SKIP_HEADER:
    case DOES_ROW:
    case DOES_BREAK:
        due(scribe, deed == DOES_BREAK ? MIN(scribe->breaks + 1, 2) : 1);
        break;
    case DOES_PARAGRAPH:
        due(scribe, 2);
        break;
    case DOES_HEADING:
        write_heading(scribe, name);
        break;
    case DOES_LIST:
    case DOES_NUMBERS:
        begin_list(scribe, deed == DOES_NUMBERS);
        break;
    case DOES_ITEM:
        write_item(scribe);
        break;
    case DOES_CELL:
        write_cell(scribe);
        break;
    case DOES_PRE:
        due(scribe, 2);
        scribe->pres++;
        break;
    case DOES_LINK:
        begin_link(scribe, attributes);
        break;
    case DOES_MAIN:
        due(scribe, 2);
        begin_main(scribe);
        break;
    case DOES_NOTHING:
    case DOES_SKIP:
    case DOES_TITLE:
        break;
    }
}

static void on_open(const char *name, const char *const *attributes, void *data)
{
    Scribe *scribe = data;
    Deed deed = deed_of(name);
    bool is_skipped = deed == DOES_SKIP || (deed == DOES_SKIP_HEADER && scribe->mains == 0) ||
                      html_is_hidden(attributes);

    if (deed == DOES_TITLE && scribe->skips == 0)
        scribe->titles++;
    else if (scribe->skips > 0 || is_skipped)
        scribe->skips++;
    else
        open_seen(scribe, name, deed, attributes);
}

static void close_seen(Scribe *scribe, Deed deed)
{
    switch (deed) {
    case DOES_BLOCK:
    case DOES_SKIP_HEADER:
    case DOES_ITEM:
    case DOES_ROW:
        due(scribe, 1);
        break;
    case DOES_PARAGRAPH:
    case DOES_HEADING:
        due(scribe, 2);
        break;
    case DOES_LIST:
    case DOES_NUMBERS:
        scribe->lists--;
        due(scribe, scribe->lists > 0 ? 1 : 2);
        break;
    case DOES_PRE:
        due(scribe, 2);
        scribe->pres--;
        break;
    case DOES_LINK:
        end_link(scribe);
        break;
    case DOES_MAIN:
        end_main(scribe);
        break;
    case DOES_NOTHING:
    case DOES_SKIP:
    case DOES_BREAK:
    case DOES_CELL:
    case DOES_TITLE:
        break;
    }
}

/* What was skipped when it opened is skipped when it closes: they come in pairs. */
static void on_close(const char *name, void *data)
{
    Scribe *scribe = data;
    Deed deed = deed_of(name);

    if (scribe->skips > 0)
        scribe->skips--;
    else if (deed == DOES_TITLE && scribe->titles > 0)
        scribe->titles--;
    else
        close_seen(scribe, deed);
}

/* ---- the whole ---- */

/* The number of an address in the list, from 1; 0: no room is left. */
static unsigned number_of(GPtrArray *list, size_t *bytes, const char *address)
{
    for (unsigned i = 0; i < list->len; i++) {
        if (strcmp(list->pdata[i], address) == 0)
            return i + 1;
    }
    if (*bytes + strlen(address) > LINKS_MAX_BYTES)
        return 0;
    *bytes += strlen(address);
    g_ptr_array_add(list, (void *)(gsize)address);
    return list->len;
}

static void append_text(GString *out, const Scribe *scribe, size_t from, size_t to)
{
    g_autofree char *seen = text_make_visible(scribe->text->str + from, to - from);

    g_string_append(out, seen);
}

static void append_list(GString *out, const GPtrArray *list)
{
    if (list->len > 0)
        g_string_append_c(out, '\n');
    for (unsigned i = 0; i < list->len; i++)
        g_string_append_printf(out, "\n[%u] %s", i + 1, (const char *)list->pdata[i]);
}

/* At most max_bytes of a valid text, up to the last whole sign. */
static void cut(GString *text, size_t max_bytes)
{
    const char *end;

    if (text->len <= max_bytes)
        return;
    end = g_utf8_find_prev_char(text->str, text->str + max_bytes + 1);
    g_string_truncate(text, (gsize)(end - text->str));
}

/* The text with the numbers of its links, then their addresses. Links behind the cut are left out.
 */
static char *assemble(const Scribe *scribe, size_t from, size_t to, bool *is_cut)
{
    const size_t room = PAGE_TEXT_MAX_BYTES - LINKS_MAX_BYTES - LINKS_MAX * sizeof("\n[99] ");
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    size_t bytes = 0;
    size_t at = from;

    for (unsigned i = 0; i < scribe->links->len && out->len <= room; i++) {
        const PageLink *link = scribe->links->pdata[i];
        unsigned number;

        if (link->at < from || link->at > to)
            continue;
        append_text(out, scribe, at, link->at);
        at = link->at;
        number = out->len <= room ? number_of(list, &bytes, link->address) : 0;
        if (number > 0)
            g_string_append_printf(out, "[%u]", number);
    }
    append_text(out, scribe, at, to);
    *is_cut = out->len > room;
    cut(out, room);
    append_list(out, list);
    return g_strstrip(g_string_free(g_steal_pointer(&out), FALSE));
}

static char *make_title(const GString *title)
{
    g_autofree char *line = html_line(title->str, PAGE_TITLE_MAX_CHARS);

    return *line ? g_steal_pointer(&line) : NULL;
}

PageText *page_text_of_html(const char *html, const char *address)
{
    static const HtmlHandlers handlers = { on_open, on_close, on_text };
    PageText *page = g_new0(PageText, 1);
    Scribe scribe = { .address = address,
                      .title = g_string_new(NULL),
                      .text = g_string_new(NULL),
                      .links = g_ptr_array_new_with_free_func(free_link),
                      .open_links = g_ptr_array_new_with_free_func(free_link) };
    bool is_whole = html_parse(html, &handlers, &scribe);
    bool has_main = scribe.has_main && scribe.main_to - scribe.main_from >= MAIN_MIN_BYTES;

    page->title = make_title(scribe.title);
    page->text = assemble(&scribe, has_main ? scribe.main_from : 0,
                          has_main ? scribe.main_to : scribe.text->len, &page->is_cut);
    page->is_cut |= !is_whole;
    g_string_free(scribe.title, TRUE);
    g_string_free(scribe.text, TRUE);
    g_ptr_array_unref(scribe.links);
    g_ptr_array_unref(scribe.open_links);
    return page;
}

PageText *page_text_of_plain(const char *text)
{
    PageText *page = g_new0(PageText, 1);
    g_autofree char *seen = text_make_visible(text, strlen(text));
    g_autoptr(GString) kept = g_string_new(seen);

    page->is_cut = kept->len > PAGE_TEXT_MAX_BYTES;
    cut(kept, PAGE_TEXT_MAX_BYTES);
    page->text = g_strchomp(g_string_free(g_steal_pointer(&kept), FALSE));
    return page;
}

void page_text_free(PageText *page)
{
    if (!page)
        return;

    g_free(page->title);
    g_free(page->text);
    g_free(page);
}
