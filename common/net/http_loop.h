/*
 * libcurl's multi handle as a source of the main loop (man page: curl_multi_socket_action): its
 * descriptors, its timer, and one time of ours. Idle it wakes for nothing.
 */
#ifndef COMMON_NET_HTTP_LOOP_H
#define COMMON_NET_HTTP_LOOP_H

#include "common/net/http_library.h"

#include <glib.h>
#include <stdint.h>

typedef struct HttpLoop HttpLoop;

/* turn is called when libcurl has had its turn, and when our time has come; it may call everything
 * of libcurl, and http_loop_free(). */
HttpLoop *http_loop_new(void (*turn)(void *data), void *data);

/* Nothing may be left in the multi handle. */
void http_loop_free(HttpLoop *loop);

CURLM *http_loop_multi(const HttpLoop *loop);

/* Microseconds of g_get_monotonic_time(); INT64_MAX: none. Replaces the time before. */
void http_loop_arm(HttpLoop *loop, int64_t due_us);

#endif
