/*
 * HTML as a row of elements that open and close, and of text between them, as libxml2's parser sees
 * it: no tree is made, nothing outside the page is looked at, and no entity is anything but a sign.
 * Whatever was written, what was told to open is told to close, innermost first.
 */
#ifndef AGENT1_READER_HTML_H
#define AGENT1_READER_HTML_H

#include <stdbool.h>
#include <stddef.h>

/* Elements in elements: what is deeper ends the page. */
#define HTML_MAX_DEPTH 400

typedef struct HtmlHandlers {
    /* name and the names in attributes are in lower case. attributes: name, value, …, NULL; a value
     * may be NULL; NULL: there are none. */
    void (*open)(const char *name, const char *const *attributes, void *data);
    void (*close)(const char *name, void *data);
    /* Valid UTF-8. False: enough was read, and the page ends here. */
    bool (*text)(const char *text, size_t length, void *data);
} HtmlHandlers;

/* text: valid UTF-8. True unless the page ended before its end: by HTML_MAX_DEPTH, by a handler, or
 * for want of memory. */
bool html_parse(const char *text, const HtmlHandlers *handlers, void *data);

/* A text as it flows, on one line of at most max_chars: every run of blanks is one, what hides is
 * left out, and what is no UTF-8 is U+FFFD. The caller owns it. */
char *html_line(const char *text, size_t max_chars);

/* The value of an attribute; "" for one without a value; NULL: there is none. */
const char *html_attribute(const char *const *attributes, const char *name);

/* True when the class of an element holds this word. */
bool html_has_class(const char *const *attributes, const char *word);

/* True for an element that a reader does not see: `hidden`, `aria-hidden`, an inline style. */
bool html_is_hidden(const char *const *attributes);

#endif
