/*
 * The head of an answer as it comes: status and fields (RFC 9112, 4 and 5). What comes before the
 * final status (1xx) is forgotten, and what comes after the body (trailers) is not read.
 */
#ifndef COMMON_NET_HTTP_ANSWER_H
#define COMMON_NET_HTTP_ANSWER_H

#include "common/net/http.h"

struct HttpAnswer {
    unsigned status;
    size_t bytes;       /* of all lines so far */
    bool is_whole;      /* the empty line after the fields has come */
    GHashTable *fields; /* names in small letters */
};

void http_answer_init(HttpAnswer *answer);
void http_answer_clear(HttpAnswer *answer);

/* The next line of the head, its end included. False: more than HTTP_HEADERS_MAX_BYTES. */
bool http_answer_take_line(HttpAnswer *answer, const char *line, size_t length);

/* Whether these can stand in a request: a token, and a value without controls but tabs. */
bool http_field_is_valid(const HttpField *field);

#endif
