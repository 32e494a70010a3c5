#include "agent1/reader/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "agent1/reader/address.h"
#include "agent1/reader/own_net.h"
#include "agent1/reader/web_url.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

#define AGENT                 "Mozilla/5.0 (compatible; agent1-reader/" VERSION ")"
#define AUTHORITIES_MAX_BYTES (8 * 1024 * 1024)

/* The certificates of authorities, in memory: they are read before we may open no file. */
static struct curl_blob authorities;

typedef struct Hop {
    const WebUrl *url;
    Fetched *out;
    char *refused; /* which address was not connected to, and why; NULL: none */
} Hop;

int64_t fetch_clock_ms(void)
{
    return clock_boot_ms();
}

/* ---- before anything ---- */

static bool load_authorities(GError **error)
{
    static const char *const places[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        char *text = NULL;
        size_t length = 0;

        if (g_file_get_contents(places[i], &text, &length, NULL) &&
            length <= AUTHORITIES_MAX_BYTES) {
            authorities = (struct curl_blob){ text, length, CURL_BLOB_NOCOPY };
            return true;
        }
        g_free(text);
    }
    g_set_error(error, PROBLEM, PROBLEM_MISSING,
                "no certificates of authorities are installed (package ca-certificates)");
    return false;
}

/* Has libc read how names are looked up. */
static void warm_up_names(void)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;

    if (getaddrinfo("localhost", "80", &hints, &found) == 0)
        freeaddrinfo(found);
}

bool fetch_warm_up(GError **error)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        g_set_error(error, PROBLEM, PROBLEM_INTERNAL, "libcurl does not begin");
        return false;
    }
    warm_up_names();
    own_net_learn();
    return load_authorities(error);
}

/* ---- one hop ---- */

static char *name_address(const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof(v6));
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    }
    return g_strdup(text);
}

static const char *judge(const struct sockaddr *address)
{
    const char *what = address_judge(address);

    return what ? what : own_net_judge(address);
}

static curl_socket_t on_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    Hop *hop = data;
    const char *what = hop->url->is_named ? NULL : judge(&address->addr);

    if (purpose != CURLSOCKTYPE_IPCXN ||
        (address->addr.sa_family != AF_INET && address->addr.sa_family != AF_INET6))
        return CURL_SOCKET_BAD;
    if (what) {
        g_autofree char *shown = name_address(&address->addr);

        g_free(hop->refused);
        hop->refused = g_strdup_printf("%s (%s)", shown, what);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    Fetched *out = ((Hop *)data)->out;
    size_t length = size * count;
    size_t kept = MIN(length, PAGE_FETCH_MAX_BYTES - out->body->len);

    g_byte_array_append(out->body, (const guint8 *)bytes, (guint)kept);
    out->is_cut |= kept < length;
    /* Less than came ends the transfer. */
    return kept;
}

static void set_options(CURL *curl, Hop *hop, int64_t left_ms)
{
    curl_easy_setopt(curl, CURLOPT_URL, hop->url->text);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, AGENT);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &authorities);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)MIN(PAGE_CONNECT_MS, left_ms));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, hop);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, hop);
}

static void fail(Fetched *out, PageOutcome outcome, const char *why)
{
    out->outcome = outcome;
    g_free(out->why);
    out->why = g_strdup(why);
}

/* "https://x.org:8443". The caller owns it. */
static char *origin_of(const WebUrl *url)
{
    const char *host = strstr(url->text, "://") + strlen("://");

    return g_strndup(url->text, (size_t)(host - url->text) + strcspn(host, "/?#"));
}

/* What comes of asking for http where https is spoken, or nothing of the web at all. */
static bool is_no_http(CURLcode code)
{
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
           code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL;
}

static bool is_closed(CURL *curl)
{
    long why = 0;

    return curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &why) == CURLE_OK && why == ECONNREFUSED;
}

static void fail_by(Fetched *out, CURL *curl, CURLcode code, const Hop *hop)
{
    g_autofree char *origin = origin_of(hop->url);
    bool is_plain = g_str_has_prefix(origin, "http://");

    if (hop->refused)
        fail(out, PAGE_FORBIDDEN, hop->refused);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        fail(out, PAGE_SLOW, NULL);
    else if (code == CURLE_COULDNT_RESOLVE_HOST)
        fail(out, PAGE_UNKNOWN_NAME, hop->url->host);
    else if (code == CURLE_PEER_FAILED_VERIFICATION)
        fail(out, PAGE_UNTRUSTED, hop->url->host);
    else if (code == CURLE_COULDNT_CONNECT)
        fail(out, is_closed(curl) ? PAGE_CLOSED : PAGE_UNREACHABLE, origin);
    else if (code == CURLE_SSL_CONNECT_ERROR || (is_plain && is_no_http(code)))
        fail(out, PAGE_NOT_SPOKEN, origin);
    else
        fail(out, PAGE_BROKEN, curl_easy_strerror(code));
}

/* "text/html; charset=utf-8" */
static void read_type(Fetched *out, const char *type)
{
    const char *charset;
    g_autofree char *lower = type ? g_ascii_strdown(type, -1) : NULL;

    g_clear_pointer(&out->type, g_free);
    g_clear_pointer(&out->charset, g_free);
    if (!lower)
        return;
    charset = strstr(lower, "charset=");
    out->charset = charset ? g_strdup(charset + strlen("charset=")) : NULL;
    out->type = g_strndup(lower, strcspn(lower, "; \t,"));
}

/* Some servers say in plain words that https is spoken at their port. */
static bool wants_https(const Fetched *out, const WebUrl *url)
{
    g_autofree char *body = g_strndup((const char *)out->body->data, out->body->len);
    g_autofree char *lower = g_ascii_strdown(body, -1);

    return out->status == 400 && g_str_has_prefix(url->text, "http://") &&
           (strstr(lower, "https") || strstr(lower, "ssl-enabled"));
}

/* The answer's place to go on, NULL where it ends or failed. The caller owns it. */
static char *take_answer(CURL *curl, CURLcode code, const Hop *hop)
{
    Fetched *out = hop->out;
    char *next = NULL;
    char *type = NULL;
    long status = 0;

    if (code != CURLE_OK && !out->is_cut) {
        fail_by(out, curl, code, hop);
        return NULL;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    out->outcome = PAGE_FOUND;
    out->status = (unsigned)MAX(status, 0);
    read_type(out, type);
    if (wants_https(out, hop->url)) {
        g_autofree char *origin = origin_of(hop->url);

        fail(out, PAGE_NOT_SPOKEN, origin);
        return NULL;
    }
    return g_strdup(next);
}

static char *do_hop(const FetchOrder *order, const WebUrl *url, int64_t left_ms, Fetched *out)
{
    g_autofree char *accept = g_strconcat("Accept: ", order->accept, NULL);
    struct curl_slist *fields = curl_slist_append(NULL, accept);
    Hop hop = { .url = url, .out = out };
    CURL *curl = curl_easy_init();
    char *next = NULL;

    fields = curl_slist_append(fields, "Accept-Language: en, fr;q=0.9, *;q=0.5");
    g_byte_array_set_size(out->body, 0);
    out->is_cut = false;
    if (curl) {
        set_options(curl, &hop, left_ms);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
        next = take_answer(curl, curl_easy_perform(curl), &hop);
    } else {
        fail(out, PAGE_NO_READER, "no memory");
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(fields);
    g_free(hop.refused);
    return next;
}

/* ---- all hops ---- */

static WebUrl *read_url(const char *address, const GPtrArray *named, Fetched *out)
{
    g_autoptr(GError) error = NULL;
    WebUrl *url = web_url_read(address, named, &error);

    if (!url)
        fail(out,
             g_error_matches(error, PROBLEM, PROBLEM_REFUSED) ? PAGE_FORBIDDEN : PAGE_BAD_ADDRESS,
             error->message);
    return url;
}

static bool is_same_host(const char *before, const WebUrl *url)
{
    g_autofree char *was = web_url_name(before);
    g_autofree char *is = web_url_name(url->text);

    return was && is && strcmp(was, is) == 0;
}

void fetch_page(const FetchOrder *order, Fetched *out)
{
    g_autofree char *at = g_strdup(order->address);
    const GPtrArray *named = order->named;

    *out = (Fetched){ .outcome = PAGE_MOVED, .body = g_byte_array_new() };
    for (unsigned hops = 0; at; hops++) {
        g_autoptr(WebUrl) url = read_url(at, named, out);
        int64_t left_ms = order->until_ms - fetch_clock_ms();

        g_clear_pointer(&at, g_free);
        if (!url)
            return;
        if (hops > PAGE_HOPS_MAX || left_ms <= 0) {
            fail(out, left_ms <= 0 ? PAGE_SLOW : PAGE_MOVED, NULL);
            return;
        }
        if (order->stays && hops > 0 && !is_same_host(out->address, url)) {
            fail(out, PAGE_MOVED, NULL);
            return;
        }
        /* A stranger's page leads to no private host, named or not. */
        if (!url->is_named)
            named = NULL;
        g_free(out->address);
        out->address = g_strdup(url->text);
        at = do_hop(order, url, left_ms, out);
    }
}

void fetched_clear(Fetched *fetched)
{
    g_free(fetched->why);
    g_free(fetched->type);
    g_free(fetched->charset);
    g_free(fetched->address);
    if (fetched->body)
        g_byte_array_unref(fetched->body);
}
