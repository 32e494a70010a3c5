/*
 * Has pages of the web read and searched for the core: EFFECT_PAGE_CALL and _CANCEL in, EVENT_PAGE
 * out. Finds the program that does it, beside this one or where libraries' helpers lie.
 */
#ifndef AGENT1_APP_WEB_PAGES_H
#define AGENT1_APP_WEB_PAGES_H

#include "agent1/port/page_call.h"
#include "agent1/port/settings.h"
#include "common/sys/mailbox.h"

typedef struct WebPages WebPages;

/* events gets the news. */
WebPages *web_pages_new(Mailbox *events);
void web_pages_free(WebPages *pages);

void web_pages_call(WebPages *pages, const PageCall *call, const Settings *settings);
void web_pages_cancel(WebPages *pages, const char *id);

#endif
