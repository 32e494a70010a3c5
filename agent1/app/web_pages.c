#include "agent1/app/web_pages.h"

#include <unistd.h>

#include "agent1/edge/page_reader.h"
#include "agent1/port/event.h"
#include "common/base/banned.h"

#define READER_NAME "agent1-reader"

struct WebPages {
    Mailbox *events;
    PageReader *reader;
};

static void post_news(PageNews *news, void *data)
{
    WebPages *pages = data;
    Event *event = event_new(EVENT_PAGE);

    event->page = news;
    if (!mailbox_post(pages->events, event))
        event_free(event);
}

static char *find_reader(void)
{
    static const char *const places[] = { ".", "../libexec/agent1", "../lib/agent1" };
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;

    for (size_t i = 0; folder && i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(folder, places[i], READER_NAME, NULL);

        if (access(path, X_OK) == 0)
            return g_canonicalize_filename(path, NULL);
    }
    return NULL;
}

WebPages *web_pages_new(Mailbox *events)
{
    WebPages *pages = g_new0(WebPages, 1);
    g_autofree char *reader = find_reader();

    pages->events = events;
    pages->reader = page_reader_new(reader, post_news, pages);
    return pages;
}

void web_pages_free(WebPages *pages)
{
    if (!pages)
        return;

    page_reader_free(pages->reader);
    g_free(pages);
}

void web_pages_call(WebPages *pages, const PageCall *call, const Settings *settings)
{
    page_reader_call(pages->reader, call, &settings->search);
}

void web_pages_cancel(WebPages *pages, const char *id)
{
    page_reader_cancel(pages->reader, id);
}
