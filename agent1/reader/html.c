#include "agent1/reader/html.h"

#include <glib.h>
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "common/base/text.h"

#include "common/base/banned.h"

typedef struct Walk {
    const HtmlHandlers *handlers;
    void *data;
    htmlParserCtxtPtr parser;
    GPtrArray *open; /* char *: the names of what is open */
    bool is_over;
} Walk;

static char *lower(const xmlChar *name)
{
    return g_ascii_strdown((const char *)name, -1);
}

/* ---- what libxml2 tells ---- */

static void end_page(Walk *walk)
{
    walk->is_over = true;
    xmlStopParser(walk->parser);
}

static void on_open(void *data, const xmlChar *name, const xmlChar **attributes)
{
    Walk *walk = data;
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func(g_free);

    if (walk->is_over)
        return;
    if (walk->open->len >= HTML_MAX_DEPTH) {
        end_page(walk);
        return;
    }
    g_ptr_array_add(walk->open, lower(name));
    for (unsigned i = 0; attributes && attributes[i]; i += 2) {
        g_ptr_array_add(copies, lower(attributes[i]));
        g_ptr_array_add(copies, g_strdup((const char *)attributes[i + 1]));
        if (!attributes[i + 1])
            copies->pdata[copies->len - 1] = g_strdup("");
    }
    g_ptr_array_add(copies, NULL);
    walk->handlers->open(walk->open->pdata[walk->open->len - 1], (const char *const *)copies->pdata,
                         walk->data);
}

static void close_last(Walk *walk)
{
    g_autofree char *name = g_ptr_array_steal_index(walk->open, walk->open->len - 1);

    walk->handlers->close(name, walk->data);
}

/* An element that never opened closes nothing; one in which others are open closes these, too. */
static void on_close(void *data, const xmlChar *name)
{
    Walk *walk = data;
    g_autofree char *closed = lower(name);
    unsigned at = walk->open->len;

    if (walk->is_over)
        return;
    while (at > 0 && strcmp(walk->open->pdata[at - 1], closed) != 0)
        at--;
    if (at == 0)
        return;
    while (walk->open->len >= at)
        close_last(walk);
}

static void on_text(void *data, const xmlChar *text, int length)
{
    Walk *walk = data;

    if (!walk->is_over && length > 0 &&
        !walk->handlers->text((const char *)text, (size_t)length, walk->data))
        end_page(walk);
}

static void on_error(void *data, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void on_error(void *data, const char *format, ...)
{
    /* Every page has some. */
    (void)data;
    (void)format;
}

/* ---- parsing ---- */

static htmlParserCtxtPtr new_parser(const char *text, const htmlSAXHandler *sax, Walk *walk)
{
    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(text, (int)strlen(text));

    if (!parser)
        return NULL;

    *parser->sax = *sax;
    parser->userData = walk;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    xmlSwitchToEncoding(parser, xmlFindCharEncodingHandler("UTF-8"));
    return parser;
}

bool html_parse(const char *text, const HtmlHandlers *handlers, void *data)
{
    const htmlSAXHandler sax = { .startElement = on_open,
                                 .endElement = on_close,
                                 .characters = on_text,
                                 .cdataBlock = NULL, /* scripts and styles */
                                 .ignorableWhitespace = on_text,
                                 .warning = on_error,
                                 .error = on_error };
    Walk walk = { .handlers = handlers, .data = data };
    bool is_whole;

    walk.parser = *text ? new_parser(text, &sax, &walk) : NULL;
    if (!walk.parser)
        return *text == '\0';

    walk.open = g_ptr_array_new_with_free_func(g_free);
    htmlParseDocument(walk.parser);
    is_whole = !walk.is_over && walk.parser->errNo != XML_ERR_NO_MEMORY;
    while (walk.open->len > 0)
        close_last(&walk);
    g_ptr_array_unref(walk.open);
    htmlFreeParserCtxt(walk.parser);
    return is_whole;
}

char *html_line(const char *text, size_t max_chars)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *seen = text_make_visible(valid, strlen(valid));
    char *to = seen;

    for (const char *at = seen; *at; at++) {
        if (!g_ascii_isspace(*at))
            *to++ = *at;
        else if (to > seen && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = '\0';
    return text_make_line(seen, max_chars);
}

/* ---- attributes ---- */

const char *html_attribute(const char *const *attributes, const char *name)
{
    for (unsigned i = 0; attributes && attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1] ? attributes[i + 1] : "";
    }
    return NULL;
}

bool html_has_class(const char *const *attributes, const char *word)
{
    const char *value = html_attribute(attributes, "class");
    g_auto(GStrv) words = g_strsplit_set(value ? value : "", " \t\n\r\f", -1);

    return g_strv_contains((const char *const *)words, word);
}

/* "opacity:0", but not "opacity:0.5". */
static bool has_zero(const char *style, const char *property)
{
    const char *at = strstr(style, property);
    size_t zeros;

    if (!at)
        return false;
    at += strlen(property);
    zeros = strspn(at, "0.");
    return zeros > 0 && !g_ascii_isdigit(at[zeros]);
}

bool html_is_hidden(const char *const *attributes)
{
    const char *style = html_attribute(attributes, "style");
    const char *aria = html_attribute(attributes, "aria-hidden");
    g_autofree char *compact = NULL;
    char *to;

    if (html_attribute(attributes, "hidden") || (aria && g_ascii_strcasecmp(aria, "true") == 0))
        return true;
    if (!style)
        return false;

    compact = g_ascii_strdown(style, -1);
    to = compact;
    for (const char *at = compact; *at; at++) {
        if (!g_ascii_isspace(*at))
            *to++ = *at;
    }
    *to = '\0';
    return strstr(compact, "display:none") || strstr(compact, "visibility:hidden") ||
           has_zero(compact, "font-size:") || has_zero(compact, "opacity:");
}
