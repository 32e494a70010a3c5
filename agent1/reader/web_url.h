/*
 * Which addresses of the web are asked for at all: http and https, without a name or a password in
 * them, at the ports of the web, or at a host that the configuration names. Where the host is, is
 * judged when a connection is made (agent1/reader/address.h).
 *
 * The parser is libcurl's, which also fetches: two parsers might read two hosts out of one text.
 */
#ifndef AGENT1_READER_WEB_URL_H
#define AGENT1_READER_WEB_URL_H

#include <glib.h>
#include <stdbool.h>

typedef struct WebUrl {
    char *text; /* as libcurl writes it, without what stands behind # */
    char *host;
    unsigned port;
    bool is_named; /* the configuration names its host and port: it may be private */
} WebUrl;

void web_url_free(WebUrl *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WebUrl, web_url_free)

/* Reads an address as it was typed (without a scheme it is https) or as a redirect gives it.
 * named: char *, "host:port"; NULL: none. PROBLEM_REFUSED: its port is none of the web's; any other
 * error: it is no address that can be read. The caller owns the result. */
WebUrl *web_url_read(const char *text, const GPtrArray *named, GError **error);

/* A reference that stands in a page at base, as an address of the web; NULL: it is none. The caller
 * owns it. */
char *web_url_resolve(const char *base, const char *reference);

/* "host:port" of an address, as a configuration names it; NULL: it is none. The caller owns it. */
char *web_url_name(const char *text);

/* The value of a member behind the ? of an address, unescaped; NULL: there is none. The caller owns
 * it. */
char *web_url_member(const char *url, const char *name);

#endif
