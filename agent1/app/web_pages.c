#include "agent1/app/web_pages.h"

#include "agent1/edge/page_reader.h"
#include "agent1/port/event.h"
#include "common/sys/helper.h"
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

WebPages *web_pages_new(Mailbox *events)
{
    WebPages *pages = g_new0(WebPages, 1);
    g_autofree char *reader = helper_find("agent1", READER_NAME);

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
