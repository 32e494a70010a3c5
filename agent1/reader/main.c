/*
 * agent1-reader: reads one page of the web, or searches once, for agent1, which starts it for that.
 * It reads one JSON object (PageOrder) on its standard input, gives up every right that it does not
 * need, fetches, and writes one JSON object (PageNews) on its standard output. It has no
 * environment, no key, no database, and no file of agent1's.
 */
#include <errno.h>
#include <glib.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent1/port/page_call.h"
#include "agent1/reader/charset.h"
#include "agent1/reader/confine.h"
#include "agent1/reader/fetch.h"
#include "agent1/reader/order.h"
#include "agent1/reader/web_url.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define USAGE                                                                                      \
    "agent1-reader reads one page for agent1, which starts it for that. It takes no arguments; "   \
    "on its standard input it expects one JSON object.\n"

static bool read_all(GString *text, GError **error)
{
    char chunk[4096];
    ssize_t length;

    while ((length = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 || text->len + (size_t)length > PAGE_ORDER_MAX_BYTES) {
            g_set_error(error, PROBLEM, PROBLEM_IO, "cannot read the order");
            return false;
        }
        g_string_append_len(text, chunk, length);
    }
    return true;
}

static void write_all(const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t length = write(STDOUT_FILENO, text, left);

        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return;
        text += length;
        left -= (size_t)length;
    }
}

/* Ports besides the web's that the configuration names. */
static void add_port(GArray *ports, const char *named)
{
    const char *colon = named ? strrchr(named, ':') : NULL;
    guint64 number;

    if (colon && g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &number, NULL)) {
        unsigned port = (unsigned)number;

        g_array_append_val(ports, port);
    }
}

static GArray *list_ports(const SearchSettings *search)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_autofree char *base = search->base_url ? web_url_name(search->base_url) : NULL;

    for (unsigned i = 0; search->private_hosts && i < search->private_hosts->len; i++)
        add_port(ports, search->private_hosts->pdata[i]);
    add_port(ports, base);
    return ports;
}

static bool prepare(const PageOrder *order, GError **error)
{
    g_autoptr(GArray) ports = list_ports(&order->search);

    charset_warm_up();
    xmlInitParser();
    return fetch_warm_up(error) && confine_process(ports, NULL, error);
}

static PageNews *work(GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(PageOrder) order = NULL;

    if (!read_all(text, error))
        return NULL;
    order = page_order_parse(text->str, text->len, error);
    if (!order || !prepare(order, error))
        return NULL;
    return order_do(order);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PageNews) news = NULL;
    g_autofree char *printed = NULL;

    (void)argv;
    if (argc > 1) {
        write_all(USAGE);
        return 2;
    }
    news = work(&error);
    if (!news)
        news = page_news_new("", PAGE_NO_READER, error->message);
    printed = page_news_print(news);
    write_all(printed);
    /* What libraries do at their end may need what was given up. */
    _exit(EXIT_SUCCESS);
}
