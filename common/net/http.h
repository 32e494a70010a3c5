/*
 * An HTTP client on the main loop (RFC 9110, 9112), over libcurl, which is loaded when the first is
 * made: requests run side by side, and an answer is handed on as it comes, so that one may last for
 * minutes.
 *
 * No thread of its own but libcurl's, which looks a name up, and which nobody waits for; idle it
 * never wakes. The first request over TLS in a day reads the certificates of the authorities, which
 * may take some 30 ms.
 *
 * It follows no redirect (a 3xx is an answer: who follows it judges the address himself), keeps no
 * cookie, reads no proxy and no password from the environment or from files, asks for no
 * compression, and speaks http and https only. Servers are verified (RFC 9110, 4.3.4). What stands
 * in headers and bodies is logged nowhere.
 *
 * SIGPIPE must be ignored by the process: TLS writes to sockets that the other side has closed.
 *
 * All functions and handlers belong to the main thread. Handlers may call every function here, for
 * their own request too: http_free() included. http_start() calls no handler.
 *
 * The man pages that this rests on: libcurl-multi, curl_multi_socket_action, CURLOPT_PROTOCOLS_STR,
 * CURLOPT_CONNECTTIMEOUT_MS, CURLOPT_HEADERFUNCTION, CURLOPT_WRITEFUNCTION, libcurl-errors.
 */
#ifndef COMMON_NET_HTTP_H
#define COMMON_NET_HTTP_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many requests are under way at most: two hundred conversations with models, and all else. Each
 * costs 36 KiB of heap, of which 23 KiB are ever touched (measured: libcurl 7.88). The header
 * fields of an answer are so long at most. */
#define HTTP_REQUESTS_MAX      256
#define HTTP_HEADERS_MAX_BYTES (64 * 1024)

typedef struct Http Http;
typedef struct HttpRequest HttpRequest;
typedef struct HttpAnswer HttpAnswer;

typedef enum {
    HTTP_GET,
    HTTP_POST,
    HTTP_PUT,
} HttpMethod;

/* A field of a request (RFC 9110, 5.1 and 5.5). */
typedef struct HttpField {
    const char *name;
    const char *value;
} HttpField;

typedef struct HttpOrder {
    HttpMethod method;
    const char *url;
    const HttpField *fields; /* the content's type is one of them; length and host are not */
    unsigned field_count;
    const void *body; /* POST, PUT; NULL: an empty one */
    size_t body_bytes;
    const char *ca_file; /* of the authorities that are believed; NULL: the system's */

    /* Time limits in ms; 0: none. */
    int64_t connect_ms;    /* until a connection stands: name, TCP and TLS together */
    int64_t first_byte_ms; /* from the beginning to the answer's first byte */
    int64_t stall_ms;      /* of silence after that */
    int64_t total_ms;      /* of everything */

    /* Never to this very machine or its link, whatever the name means: such a request ends as
     * UNREACHABLE. For a URL from somebody who is not trusted (common/net/http_address.h). */
    bool must_leave;

    size_t max_bytes; /* of the answer's body; more ends the request. 0: no body at all */
} HttpOrder;

/* How a request ended. */
typedef enum {
    HTTP_END_ANSWERED,    /* the whole answer came, whatever its status says */
    HTTP_END_UNREACHABLE, /* the name is unknown, or nobody takes connections there */
    HTTP_END_UNTRUSTED,   /* TLS failed: a certificate that does not verify, above all */
    HTTP_END_SILENT,      /* one of the time limits */
    HTTP_END_TOO_LARGE,   /* its body or its header fields */
    HTTP_END_BROKEN,      /* the connection ended in the middle, or what came was no HTTP */
} HttpEnd;

typedef struct HttpResult {
    HttpEnd end;
    unsigned status; /* 0: none came */
    const char *why; /* all but ANSWERED: one line for people, without what is secret */
} HttpResult;

/* Each may be NULL but done. What they are given is borrowed for the call. */
typedef struct HttpHandlers {
    /* The status and the fields are there: once, and before what follows. */
    void (*answered)(const HttpAnswer *answer, void *data);
    /* The next bytes of the body. */
    void (*received)(const char *bytes, size_t length, void *data);
    /* Always the last, and the request is gone after it. */
    void (*done)(const HttpResult *result, void *data);
} HttpHandlers;

/* NULL (PROBLEM_MISSING): libcurl is not installed. */
Http *http_new(GError **error);

/* Cancels what is under way. */
void http_free(Http *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Http, http_free)

/* Begins a request, of which everything is copied. It belongs to http, until done was called or it
 * is cancelled. NULL for what can never work (PROBLEM_VALUE: a URL of another kind, a field with a
 * line break) and when too many are under way (PROBLEM_LIMIT). */
HttpRequest *http_start(Http *http, const HttpOrder *order, const HttpHandlers *handlers,
                        void *data, GError **error);

/* Ends it at once; none of its handlers is called any more. */
void http_cancel(HttpRequest *request);

unsigned http_answer_status(const HttpAnswer *answer); /* 200 … 599 */

/* The value of a field, several of one name joined by ", " (RFC 9110, 5.3), or NULL. In any case of
 * letters. */
const char *http_answer_field(const HttpAnswer *answer, const char *name);

/* True for an http or https URL. */
bool http_url_is_valid(const char *url);

/* True when nobody on the way can read or change what goes to this URL: https, or http to this very
 * machine. False for what is no URL of these. */
bool http_url_is_private(const char *url);

#endif
