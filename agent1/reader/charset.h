/*
 * What a page says its signs are, and the page as UTF-8. As browsers do it: a mark at its beginning
 * wins over the header, the header over what the page says of itself, and without any of them it is
 * UTF-8 where that fits, else Windows-1252.
 */
#ifndef AGENT1_READER_CHARSET_H
#define AGENT1_READER_CHARSET_H

#include <stddef.h>

/* Loads what decoding needs: afterwards no file may be open to us. */
void charset_warm_up(void);

/* named: the charset of the header, or NULL. What cannot be read becomes U+FFFD; no NUL is in it.
 * The caller owns the result. */
char *charset_decode(const char *bytes, size_t length, const char *named);

#endif
