/*
 * libcurl, loaded when the first request is made: with what it brings along it costs a megabyte of
 * private memory and some milliseconds of every start, and most never need it.
 *
 * Whoever includes this calls libcurl by its own names, after http_library_load().
 */
#ifndef COMMON_NET_HTTP_LIBRARY_H
#define COMMON_NET_HTTP_LIBRARY_H

#define CURL_DISABLE_TYPECHECK /* its checks are of functions by name */
#include <curl/curl.h>
#include <glib.h>
#include <stdbool.h>

#define HTTP_LIBRARY_FUNCTIONS(X)                                                                  \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(free)                                                                                        \
    X(global_init)                                                                                 \
    X(multi_add_handle)                                                                            \
    X(multi_cleanup)                                                                               \
    X(multi_info_read)                                                                             \
    X(multi_init)                                                                                  \
    X(multi_remove_handle)                                                                         \
    X(multi_setopt)                                                                                \
    X(multi_socket_action)                                                                         \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

/* NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member cannot stand in them */
#define HTTP_LIBRARY_MEMBER(name) __typeof__(&curl_##name) name;
typedef struct HttpLibrary {
    HTTP_LIBRARY_FUNCTIONS(HTTP_LIBRARY_MEMBER)
} HttpLibrary;
#undef HTTP_LIBRARY_MEMBER

/* Once in a process; more does no harm. False (PROBLEM_MISSING) when it is not there, or too old.
 */
bool http_library_load(GError **error);

/* Whatever was loaded. */
const HttpLibrary *http_library(void);

#define curl_easy_cleanup        http_library()->easy_cleanup
#define curl_easy_getinfo        http_library()->easy_getinfo
#define curl_easy_init           http_library()->easy_init
#define curl_easy_setopt         http_library()->easy_setopt
#define curl_easy_strerror       http_library()->easy_strerror
#define curl_free                http_library()->free
#define curl_global_init         http_library()->global_init
#define curl_multi_add_handle    http_library()->multi_add_handle
#define curl_multi_cleanup       http_library()->multi_cleanup
#define curl_multi_info_read     http_library()->multi_info_read
#define curl_multi_init          http_library()->multi_init
#define curl_multi_remove_handle http_library()->multi_remove_handle
#define curl_multi_setopt        http_library()->multi_setopt
#define curl_multi_socket_action http_library()->multi_socket_action
#define curl_slist_append        http_library()->slist_append
#define curl_slist_free_all      http_library()->slist_free_all
#define curl_url                 http_library()->url
#define curl_url_cleanup         http_library()->url_cleanup
#define curl_url_get             http_library()->url_get
#define curl_url_set             http_library()->url_set

#endif
