#include "common/net/http.h"

#include "common/base/host.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/net/http_address.h"
#include "common/net/http_answer.h"
#include "common/net/http_loop.h"

#include <string.h>

#include "common/base/banned.h"

#define WHY_MAX_CHARS 200

/* Connections that are kept open for the next request to the same server. */
#define IDLE_CONNECTIONS_MAX 4L

struct HttpRequest {
    Http *http; /* NULL: over, and freed as soon as its handler returns */
    HttpHandlers handlers;
    void *data;
    CURL *easy;
    struct curl_slist *fields;
    char *body;
    char curl_says[CURL_ERROR_SIZE];

    HttpAnswer answer;
    bool is_answer_told;
    GByteArray *waiting; /* of the body, to be handed on after libcurl's turn */
    size_t received;
    size_t max_bytes;

    int64_t first_byte_ms;
    int64_t stall_ms;
    int64_t begin_us;
    int64_t heard_us;     /* when the last byte came; 0: none has */
    int64_t total_due_us; /* INT64_MAX: no limit */

    bool is_over;
    bool is_busy; /* one of its handlers is being called */
    HttpEnd end;
    char *why;
};

struct Http {
    HttpLoop *loop;
    GPtrArray *requests; /* HttpRequest *, in order of their beginning */
};

/* ---- what libcurl calls, during its turn ---- */

static void end(HttpRequest *request, HttpEnd how, const char *why)
{
    if (request->is_over)
        return;

    request->is_over = true;
    request->end = how;
    request->why = g_strdup(why);
}

static size_t on_head(char *line, size_t one, size_t length, void *data)
{
    HttpRequest *request = data;

    (void)one;
    request->heard_us = g_get_monotonic_time();
    if (http_answer_take_line(&request->answer, line, length))
        return length;

    end(request, HTTP_END_TOO_LARGE, "the header fields of the answer are too long");
    return 0;
}

static size_t on_body(char *bytes, size_t one, size_t length, void *data)
{
    HttpRequest *request = data;
    g_autofree char *why = NULL;

    (void)one;
    request->heard_us = g_get_monotonic_time();
    if (length <= request->max_bytes - request->received) {
        request->received += length;
        g_byte_array_append(request->waiting, (const guint8 *)bytes, (guint)length);
        return length;
    }

    why = g_strdup_printf("the answer is longer than %zu bytes", request->max_bytes);
    end(request, HTTP_END_TOO_LARGE, why);
    return 0;
}

static curl_socket_t on_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    if (http_address_is_local(&address->addr)) {
        end(data, HTTP_END_UNREACHABLE, "its address leads to this very machine");
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- ends ---- */

static HttpEnd end_of(CURLcode code)
{
    static const struct {
        CURLcode code;
        HttpEnd end;
    } known[] = {
        { CURLE_COULDNT_RESOLVE_HOST, HTTP_END_UNREACHABLE },
        { CURLE_COULDNT_CONNECT, HTTP_END_UNREACHABLE },
        { CURLE_OPERATION_TIMEDOUT, HTTP_END_SILENT },
        { CURLE_SSL_CONNECT_ERROR, HTTP_END_UNTRUSTED },
        { CURLE_PEER_FAILED_VERIFICATION, HTTP_END_UNTRUSTED },
        { CURLE_SSL_CACERT_BADFILE, HTTP_END_UNTRUSTED },
        { CURLE_SSL_CERTPROBLEM, HTTP_END_UNTRUSTED },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].code == code)
            return known[i].end;
    }

    return HTTP_END_BROKEN;
}

static void end_by_curl(HttpRequest *request, CURLcode code)
{
    const char *says = *request->curl_says ? request->curl_says : curl_easy_strerror(code);
    g_autofree char *why = text_make_line(says, WHY_MAX_CHARS);

    if (code == CURLE_OK && request->answer.is_whole)
        end(request, HTTP_END_ANSWERED, NULL);
    else
        end(request, code == CURLE_OK ? HTTP_END_BROKEN : end_of(code), why);
}

static void take_ends(Http *http)
{
    CURLM *multi = http_loop_multi(http->loop);
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi, &left))) {
        char *request = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        end_by_curl((HttpRequest *)(void *)request, message->data.result);
    }
}

/* ---- time ---- */

static int64_t quiet_due_us(const HttpRequest *request)
{
    int64_t limit_ms = request->heard_us ? request->stall_ms : request->first_byte_ms;
    int64_t since_us = request->heard_us ? request->heard_us : request->begin_us;

    return limit_ms ? since_us + limit_ms * 1000 : INT64_MAX;
}

static void end_if_late(HttpRequest *request, int64_t now_us)
{
    g_autofree char *why = NULL;

    if (now_us >= request->total_due_us)
        why = g_strdup_printf("not done in %.1f s",
                              (double)(request->total_due_us - request->begin_us) / 1e6);
    else if (now_us >= quiet_due_us(request) && request->heard_us)
        why = g_strdup_printf("nothing more came for %.1f s", (double)request->stall_ms / 1e3);
    else if (now_us >= quiet_due_us(request))
        why = g_strdup_printf("no answer in %.1f s", (double)request->first_byte_ms / 1e3);
    if (why)
        end(request, HTTP_END_SILENT, why);
}

static void arm(Http *http)
{
    int64_t due_us = INT64_MAX;

    for (unsigned i = 0; i < http->requests->len; i++) {
        const HttpRequest *request = http->requests->pdata[i];

        due_us = MIN(due_us, request->total_due_us);
        due_us = MIN(due_us, quiet_due_us(request));
    }
    http_loop_arm(http->loop, due_us);
}

/* ---- telling ---- */

static void request_free(HttpRequest *request)
{
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->fields);
    http_answer_clear(&request->answer);
    g_byte_array_unref(request->waiting);
    g_free(request->body);
    g_free(request->why);
    g_free(request);
}

/* Out of libcurl's hands and out of the list. */
static void detach(HttpRequest *request)
{
    Http *http = request->http;

    curl_multi_remove_handle(http_loop_multi(http->loop), request->easy);
    g_ptr_array_remove(http->requests, request);
    request->http = NULL;
    arm(http);
}

static void tell_done(HttpRequest *request)
{
    const HttpResult result = { request->end, request->answer.status, request->why };
    const HttpHandlers handlers = request->handlers;
    void *data = request->data;

    detach(request);
    handlers.done(&result, data);
    request_free(request);
}

static void tell_body(HttpRequest *request)
{
    g_autoptr(GByteArray) bytes = request->waiting;

    request->waiting = g_byte_array_new();
    if (request->handlers.received)
        request->handlers.received((const char *)bytes->data, bytes->len, request->data);
}

/* What came in this turn. The handlers may cancel the request: then nothing more is told. */
static void tell(HttpRequest *request)
{
    request->is_busy = true;
    if (request->answer.is_whole && !request->is_answer_told) {
        request->is_answer_told = true;
        if (request->handlers.answered)
            request->handlers.answered(&request->answer, request->data);
    }
    if (request->http && request->waiting->len > 0)
        tell_body(request);
    request->is_busy = false;

    if (!request->http)
        request_free(request);
    else if (request->is_over)
        tell_done(request);
}

static bool has_news(const HttpRequest *request)
{
    return request->is_over || request->waiting->len > 0 ||
           (request->answer.is_whole && !request->is_answer_told);
}

/* Any handler may end any request, or all of them with `http` itself: the list is looked at anew
 * after each. */
static HttpRequest *next_with_news(const Http *http)
{
    for (unsigned i = 0; i < http->requests->len; i++) {
        if (has_news(http->requests->pdata[i]))
            return http->requests->pdata[i];
    }

    return NULL;
}

static void turn(void *data)
{
    Http *http = data;
    g_autoptr(GPtrArray) requests = g_ptr_array_ref(http->requests);
    int64_t now_us = g_get_monotonic_time();

    take_ends(http);
    for (unsigned i = 0; i < requests->len; i++)
        end_if_late(requests->pdata[i], now_us);
    /* Freed by a handler, http leaves its list empty. */
    while (requests->len > 0) {
        HttpRequest *request = next_with_news(http);

        if (!request)
            break;
        tell(request);
    }
    if (requests->len > 0)
        arm(http);
}

/* ---- life ---- */

Http *http_new(GError **error)
{
    Http *http;

    if (!http_library_load(error))
        return NULL;

    http = g_new0(Http, 1);
    http->requests = g_ptr_array_new();
    http->loop = http_loop_new(turn, http);
    curl_multi_setopt(http_loop_multi(http->loop), CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS_MAX);

    return http;
}

void http_free(Http *http)
{
    if (!http)
        return;

    while (http->requests->len > 0)
        http_cancel(http->requests->pdata[0]);
    http_loop_free(http->loop);
    g_ptr_array_unref(http->requests);
    g_free(http);
}

void http_cancel(HttpRequest *request)
{
    /* Its last handler is being called, or it was cancelled by this one. */
    if (!request->http)
        return;

    detach(request);
    if (!request->is_busy)
        request_free(request);
}

/* ---- beginning ---- */

/* The scheme, small, and the host of a URL as libcurl reads it; false: none that it serves. */
static bool read_url(const char *url, char **out_scheme, char **out_host)
{
    CURLU *parsed;
    char *scheme = NULL;
    char *host = NULL;
    bool is_good;

    if (!http_library_load(NULL))
        return false;

    parsed = curl_url();
    is_good = curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              (g_str_equal(scheme, "http") || g_str_equal(scheme, "https"));

    if (is_good) {
        *out_scheme = g_strdup(scheme);
        *out_host = g_strdup(host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parsed);

    return is_good;
}

bool http_url_is_valid(const char *url)
{
    g_autofree char *scheme = NULL;
    g_autofree char *host = NULL;

    return read_url(url, &scheme, &host);
}

bool http_url_is_private(const char *url)
{
    g_autofree char *scheme = NULL;
    g_autofree char *host = NULL;

    if (!read_url(url, &scheme, &host))
        return false;
    /* An address of IPv6 stands in brackets. */
    if (*host == '[' && g_str_has_suffix(host, "]")) {
        memmove(host, host + 1, strlen(host));
        host[strlen(host) - 1] = '\0';
    }

    return g_str_equal(scheme, "https") || host_is_loopback(host);
}

static bool check(const Http *http, const HttpOrder *order, GError **error)
{
    g_autofree char *scheme = NULL;
    g_autofree char *host = NULL;

    if (http->requests->len >= HTTP_REQUESTS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%d requests are under way already",
                    HTTP_REQUESTS_MAX);
        return false;
    }
    if (!read_url(order->url, &scheme, &host)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "this is no http or https URL");
        return false;
    }
    for (unsigned i = 0; i < order->field_count; i++) {
        if (!http_field_is_valid(&order->fields[i])) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "a header field cannot be sent");
            return false;
        }
    }

    return true;
}

static void add_field(HttpRequest *request, const char *name, const char *value)
{
    /* "name:" would take a field away, "name;" sends an empty one. */
    g_autofree char *line =
        *value ? g_strdup_printf("%s: %s", name, value) : g_strdup_printf("%s;", name);

    request->fields = curl_slist_append(request->fields, line);
}

static void set_fields(HttpRequest *request, const HttpOrder *order)
{
    /* Without a value: what libcurl shall not add by itself. */
    request->fields = curl_slist_append(NULL, "Expect:");
    request->fields = curl_slist_append(request->fields, "Content-Type:");
    for (unsigned i = 0; i < order->field_count; i++)
        add_field(request, order->fields[i].name, order->fields[i].value);
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->fields);
}

static void set_method(HttpRequest *request, const HttpOrder *order)
{
    if (order->method == HTTP_GET)
        return;

    request->body = g_memdup2(order->body ? order->body : "", order->body ? order->body_bytes : 1);
    curl_easy_setopt(request->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)(order->body ? order->body_bytes : 0));
    curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, request->body);
    if (order->method == HTTP_PUT)
        curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, "PUT");
}

static void set_behaviour(HttpRequest *request, const HttpOrder *order)
{
    CURL *easy = request->easy;

    curl_easy_setopt(easy, CURLOPT_URL, order->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Else the end of a request waits for the thread that looks its name up. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (order->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, order->ca_file);
    if (order->connect_ms)
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)order->connect_ms);
}

static void set_callbacks(HttpRequest *request)
{
    CURL *easy = request->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->curl_says);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
}

HttpRequest *http_start(Http *http, const HttpOrder *order, const HttpHandlers *handlers,
                        void *data, GError **error)
{
    HttpRequest *request;

    if (!check(http, order, error))
        return NULL;

    request = g_new0(HttpRequest, 1);
    request->http = http;
    request->handlers = *handlers;
    request->data = data;
    request->waiting = g_byte_array_new();
    request->max_bytes = order->max_bytes;
    request->first_byte_ms = order->first_byte_ms;
    request->stall_ms = order->stall_ms;
    request->begin_us = g_get_monotonic_time();
    request->total_due_us =
        order->total_ms ? request->begin_us + order->total_ms * 1000 : INT64_MAX;
    http_answer_init(&request->answer);
    request->easy = curl_easy_init();
    g_assert(request->easy);
    set_behaviour(request, order);
    set_method(request, order);
    set_fields(request, order);
    set_callbacks(request);
    if (order->must_leave) {
        curl_easy_setopt(request->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
        curl_easy_setopt(request->easy, CURLOPT_OPENSOCKETDATA, request);
    }
    g_ptr_array_add(http->requests, request);
    curl_multi_add_handle(http_loop_multi(http->loop), request->easy);
    arm(http);

    return request;
}
