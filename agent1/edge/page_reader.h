/*
 * Pages of the web and searches, by agent1-reader: a program of its own for each, which has neither
 * an environment nor a descriptor of ours, and whose word is believed no more than the page's. At
 * most PAGES_AT_ONCE are at work, and PAGES_WAITING wait.
 *
 * Of each call come news once, in PAGE_TIME_MS and PAGE_GRACE_MS after it began at the latest. All
 * of it belongs to the main thread.
 */
#ifndef AGENT1_EDGE_PAGE_READER_H
#define AGENT1_EDGE_PAGE_READER_H

#include "agent1/port/page_call.h"

#include <glib.h>

typedef struct PageReader PageReader;

/* Takes the news over. It may call everything here but page_reader_free(). */
typedef void (*PageHandler)(PageNews *news, void *data);

/* program: its path; NULL: it is not there, which is what each call hears. */
PageReader *page_reader_new(const char *program, PageHandler handler, void *data);

/* Ends what is under way; no news follow. */
void page_reader_free(PageReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageReader, page_reader_free)

/* search is looked at for this call alone. The handler is called later, never from here. */
void page_reader_call(PageReader *reader, const PageCall *call, const SearchSettings *search);

/* No news follow of it. A call that is not under way is none. */
void page_reader_cancel(PageReader *reader, const char *id);

#endif
