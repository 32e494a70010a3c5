/*
 * A page of the web to be read, or a search, and what comes of it: the contract between the core
 * and the edge, and between the edge and the program that does it (agent1/reader), which speak one
 * JSON object each way.
 *
 * All of the news but its outcome was written by strangers. page_news_parse() takes nothing that
 * hides, acts on a terminal, or is longer than it may be.
 */
#ifndef AGENT1_PORT_PAGE_CALL_H
#define AGENT1_PORT_PAGE_CALL_H

#include "agent1/port/search_settings.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* More than either object ever takes. */
#define PAGE_ORDER_MAX_BYTES ((size_t)32 * 1024)
#define PAGE_NEWS_MAX_BYTES  ((size_t)192 * 1024)

typedef enum {
    PAGE_READ,   /* text: its address */
    PAGE_SEARCH, /* text: words */
} PageKind;

typedef struct PageCall {
    char *id; /* a ULID: its news carry it */
    PageKind kind;
    char *text;
} PageCall;

PageCall *page_call_new(const char *id, PageKind kind, const char *text);
void page_call_free(PageCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageCall, page_call_free)

typedef enum {
    PAGE_FOUND,
    PAGE_EMPTY,        /* nothing that can be read stands there; nothing was found */
    PAGE_BAD_ADDRESS,  /* no address that can be read; why */
    PAGE_FORBIDDEN,    /* an address or a port that is not public; why: which, and what it is */
    PAGE_UNKNOWN_NAME, /* why: the host */
    PAGE_UNREACHABLE,  /* why: scheme, host and port, as "https://x.org" */
    PAGE_CLOSED,       /* the machine is there, and nothing takes connections; why: as before */
    PAGE_NOT_SPOKEN,   /* a server is there, and it does not speak that; why: as before */
    PAGE_UNTRUSTED,    /* its certificate; why */
    PAGE_SLOW,
    PAGE_STATUS,     /* why: "404" */
    PAGE_WRONG_TYPE, /* why: "application/pdf" */
    PAGE_MOVED,      /* redirects without end */
    PAGE_SUSPECTS,   /* the search page asks whether a person searches */
    PAGE_BROKEN,     /* what came is not what it says it is; why */
    PAGE_OFF,        /* no search is configured */
    PAGE_NO_READER,  /* the reader could not do it; why */
    PAGE_OUTCOME_COUNT,
} PageOutcome;

typedef struct PageNews {
    char *id;
    int outcome;   /* PageOutcome */
    char *title;   /* one line; NULL: none */
    char *address; /* where it stands in the end; NULL: nowhere */
    char *text;    /* FOUND alone; at most PAGE_TEXT_MAX_BYTES */
    char *why;     /* one line; NULL: the outcome says it all */
    bool is_cut;   /* the text is the beginning of more */
} PageNews;

PageNews *page_news_new(const char *id, PageOutcome outcome, const char *why);
void page_news_free(PageNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageNews, page_news_free)

/* A word for logs: "found", "wrong_type". */
const char *page_outcome_name(PageOutcome outcome);

/* What the reader writes, without the id, and reads back. NULL: it is no such object, or holds what
 * the reader never writes. The caller owns either. */
char *page_news_print(const PageNews *news);
PageNews *page_news_parse(const char *id, const char *text, size_t length, GError **error);

/* What the reader is told. */
typedef struct PageOrder {
    int kind; /* PageKind */
    char *text;
    SearchSettings search;
} PageOrder;

/* The caller owns the text. */
char *page_order_print(const PageCall *call, const SearchSettings *search);

/* Of what page_order_print() made. The caller owns the result. */
PageOrder *page_order_parse(const char *text, size_t length, GError **error);
void page_order_free(PageOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageOrder, page_order_free)

#endif
