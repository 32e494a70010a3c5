/*
 * Text from outside made fit to be shown, stored and compared.
 *
 * Does not translate and does not know where a text comes from. Pure.
 */
#ifndef COMMON_BASE_TEXT_H
#define COMMON_BASE_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The start of the next character; at is not at the end. Like g_utf8_next_char(), but const, and
 * never past the end of a broken text. */
const char *text_next(const char *at);

/*
 * Returns the bytes as valid UTF-8 in which nothing can act on a terminal or hide from a reader:
 * invalid bytes become U+FFFD; C0 and C1 controls (except \n and \t), DEL, bidirectional controls,
 * zero-width characters, tag characters (U+E0000 block), line and paragraph separators and the BOM
 * are shown as <U+XXXX>; \r\n becomes \n, and a lone \r is shown. The caller owns the result.
 */
char *text_make_harmless(const char *bytes, size_t length);

/* The same for what is only read: what text_make_harmless() shows as <U+XXXX> is left out. */
char *text_make_visible(const char *bytes, size_t length);

/* True when the text is what text_make_harmless() would return: nothing hidden, nothing broken. */
bool text_is_harmless(const char *text);

/* The same on one line: \n and \t become single spaces, the ends are trimmed, and a text of more
 * than max_chars characters ends in "…". The caller owns the result. */
char *text_make_line(const char *text, size_t max_chars);

/* How many bytes the text takes inside a JSON string, without the quotes, as cJSON prints it. */
size_t text_json_length(const char *text, size_t length);

/* The first at most max_json_bytes (as text_json_length() counts) of a valid UTF-8 text, cut
 * between characters. The caller owns the result. */
char *text_head(const char *text, size_t length, size_t max_json_bytes);

/* The last at most max_lines lines in at most max_bytes bytes, without a final newline. */
char *text_last_lines(const char *text, unsigned max_lines, size_t max_bytes);

/* True when the text fits the pattern, in which `*` stands for any run of characters, `?` for one,
 * `[12]`, `[a-f]` and `[!x]` for one of these or none of these. ASCII case matters. No pattern
 * makes it slow: it never goes back to more than one `*`. */
bool text_matches_glob(const char *pattern, const char *text);

/* Up to max_count of the candidates nearest to word by edit distance (at most a third of the longer
 * one's length, and at least 1), nearest first, then in the order given. Compares without ASCII
 * case. Elements of the result are borrowed from candidates; g_ptr_array_unref() frees the array.
 */
GPtrArray *text_nearest(const char *word, const char *const *candidates, unsigned max_count);

/* The first of them, borrowed from candidates, or NULL. */
const char *text_nearest_one(const char *word, const char *const *candidates);

/* A format with its places filled: %s in their order, or %1$s, %2$s as translations need it; every
 * place has its part. The caller owns it. */
char *text_fill(const char *format, char *const *parts);

/* In decimal, as %d does. */
void text_append_number(GString *out, int64_t number);

/* A fenced block for chat: the text between lines of backticks, with a fence longer than any run of
 * backticks inside it, so that the text cannot end it. The caller owns the result. */
char *text_fence(const char *text);

#endif
