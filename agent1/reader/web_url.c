#include "agent1/reader/web_url.h"

#include <curl/curl.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"

#include "common/base/banned.h"

static const unsigned web_ports[] = { 80, 443, 8080, 8443 };

void web_url_free(WebUrl *url)
{
    if (!url)
        return;

    g_free(url->text);
    g_free(url->host);
    g_free(url);
}

/* A part as a text of GLib's; NULL: there is none. The caller owns it. */
static char *take_part(CURLU *handle, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    char *copy = NULL;

    if (curl_url_get(handle, part, &text, flags) == CURLUE_OK)
        copy = g_strdup(text);
    curl_free(text);
    return copy;
}

static bool refuse(GError **error, const char *why)
{
    g_set_error_literal(error, PROBLEM, PROBLEM_VALUE, why);
    return false;
}

/* What libcurl would take, and we do not. */
static bool check_text(const char *text, GError **error)
{
    if (!*text)
        return refuse(error, "it is empty");
    if (strlen(text) > PAGE_ADDRESS_MAX_BYTES)
        return refuse(error, "it is too long");
    if (!text_is_harmless(text) || strpbrk(text, " \t\n\"<>\\"))
        return refuse(error, "a sign in it stands in no address");
    return true;
}

/* "example.org/page" and "example.org:8080", but not "mailto:ana". */
static bool has_scheme(const char *text)
{
    size_t length = strcspn(text, ":/?#");

    return text[length] == ':' && !g_ascii_isdigit(text[length + 1]);
}

static bool parse(CURLU *handle, const char *text, GError **error)
{
    g_autofree char *whole =
        has_scheme(text) ? g_strdup(text) : g_strconcat("https://", text, NULL);
    g_autofree char *scheme = NULL;
    CURLUcode problem;

    problem =
        curl_url_set(handle, CURLUPART_URL, whole, CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
    if (problem == CURLUE_USER_NOT_ALLOWED)
        return refuse(error, "a name or a password stands in it");
    if (problem != CURLUE_OK)
        return refuse(error, "it is no address of the web");
    scheme = take_part(handle, CURLUPART_SCHEME, 0);
    if (g_strcmp0(scheme, "http") != 0 && g_strcmp0(scheme, "https") != 0)
        return refuse(error, "only http and https are read");
    /* What stands behind # is for the reader of a page alone. */
    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    return true;
}

static bool is_named(const WebUrl *url, const GPtrArray *named)
{
    g_autofree char *name = g_strdup_printf("%s:%u", url->host, url->port);

    for (unsigned i = 0; named && i < named->len; i++) {
        if (g_ascii_strcasecmp(named->pdata[i], name) == 0)
            return true;
    }
    return false;
}

static bool is_web_port(unsigned port)
{
    for (size_t i = 0; i < G_N_ELEMENTS(web_ports); i++) {
        if (web_ports[i] == port)
            return true;
    }
    return false;
}

static WebUrl *take_apart(CURLU *handle, GError **error)
{
    g_autoptr(WebUrl) url = g_new0(WebUrl, 1);
    g_autofree char *port = take_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    guint64 number = 0;

    url->text = take_part(handle, CURLUPART_URL, 0);
    url->host = take_part(handle, CURLUPART_HOST, 0);
    if (!url->text || !url->host || !*url->host || !port ||
        !g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, &number, NULL)) {
        refuse(error, "it is no address of the web");
        return NULL;
    }
    url->port = (unsigned)number;
    return g_steal_pointer(&url);
}

/* Whatever its port. */
static WebUrl *read_any(const char *text, GError **error)
{
    CURLU *handle;
    WebUrl *url = NULL;

    if (!check_text(text, error))
        return NULL;

    handle = curl_url();
    if (parse(handle, text, error))
        url = take_apart(handle, error);
    curl_url_cleanup(handle);
    return url;
}

WebUrl *web_url_read(const char *text, const GPtrArray *named, GError **error)
{
    g_autoptr(WebUrl) url = read_any(text, error);

    if (!url)
        return NULL;
    url->is_named = is_named(url, named);
    if (!url->is_named && !is_web_port(url->port)) {
        g_set_error(error, PROBLEM, PROBLEM_REFUSED, "port %u", url->port);
        return NULL;
    }
    return g_steal_pointer(&url);
}

char *web_url_resolve(const char *base, const char *reference)
{
    CURLU *handle = curl_url();
    g_autoptr(WebUrl) url = NULL;
    g_autofree char *whole = NULL;

    if (curl_url_set(handle, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(handle, CURLUPART_URL, reference, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        whole = take_part(handle, CURLUPART_URL, 0);
    curl_url_cleanup(handle);
    if (whole)
        url = read_any(whole, NULL);
    return url ? g_steal_pointer(&url->text) : NULL;
}

char *web_url_name(const char *text)
{
    g_autoptr(WebUrl) url = read_any(text, NULL);

    return url ? g_strdup_printf("%s:%u", url->host, url->port) : NULL;
}

char *web_url_member(const char *url, const char *name)
{
    const char *query = strchr(url, '?');
    g_auto(GStrv) members = g_strsplit(query ? query + 1 : "", "&", -1);
    g_autofree char *begin = g_strconcat(name, "=", NULL);

    for (unsigned i = 0; members[i]; i++) {
        if (g_str_has_prefix(members[i], begin))
            return g_uri_unescape_string(members[i] + strlen(begin), NULL);
    }
    return NULL;
}
