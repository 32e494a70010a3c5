/*
 * What a person reads in a page, as plain text: its title, its main part without scripts, menus and
 * what is hidden; headings with #, lists, lines of tables, preformatted text as it is, and links as
 * numbers whose addresses stand at the end.
 */
#ifndef AGENT1_READER_PAGE_TEXT_H
#define AGENT1_READER_PAGE_TEXT_H

#include <glib.h>
#include <stdbool.h>

typedef struct PageText {
    char *title; /* one line; NULL: none */
    char *text;  /* harmless, at most PAGE_TEXT_MAX_BYTES; "": nothing can be read */
    bool is_cut; /* the page has more */
} PageText;

void page_text_free(PageText *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageText, page_text_free)

/* html and text are valid UTF-8; address is where the page stands. The caller owns the result. */
PageText *page_text_of_html(const char *html, const char *address);
PageText *page_text_of_plain(const char *text);

#endif
