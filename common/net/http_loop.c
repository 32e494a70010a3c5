#include "common/net/http_loop.h"

#include "common/sys/loop.h"

#include "common/base/banned.h"

typedef struct Watch {
    curl_socket_t fd;
    gpointer tag;
} Watch;

typedef struct Ready {
    curl_socket_t fd;
    int events;
} Ready;

struct HttpLoop {
    GSource base;
    CURLM *multi; /* NULL: freed */
    void (*turn)(void *data);
    void *data;
    GArray *watches; /* Watch */
    int64_t curl_due_us;
    int64_t own_due_us;
};

static void set_ready_time(HttpLoop *loop)
{
    int64_t due_us = MIN(loop->curl_due_us, loop->own_due_us);

    g_source_set_ready_time(&loop->base, due_us == INT64_MAX ? -1 : due_us);
}

/* ---- what libcurl asks for ---- */

static Watch *find_watch(HttpLoop *loop, curl_socket_t fd)
{
    for (unsigned i = 0; i < loop->watches->len; i++) {
        Watch *watch = &g_array_index(loop->watches, Watch, i);

        if (watch->fd == fd)
            return watch;
    }

    return NULL;
}

static void forget_watch(HttpLoop *loop, curl_socket_t fd)
{
    for (unsigned i = 0; i < loop->watches->len; i++) {
        if (g_array_index(loop->watches, Watch, i).fd != fd)
            continue;
        g_source_remove_unix_fd(&loop->base, g_array_index(loop->watches, Watch, i).tag);
        g_array_remove_index_fast(loop->watches, i);
        return;
    }
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *unused)
{
    HttpLoop *loop = data;
    GIOCondition wanted =
        ((what & CURL_POLL_IN) ? G_IO_IN : 0) | ((what & CURL_POLL_OUT) ? G_IO_OUT : 0);
    Watch *watch = find_watch(loop, fd);

    (void)easy;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        forget_watch(loop, fd);
    } else if (watch) {
        g_source_modify_unix_fd(&loop->base, watch->tag, wanted);
    } else {
        Watch made = { fd, g_source_add_unix_fd(&loop->base, fd, wanted) };

        g_array_append_val(loop->watches, made);
    }

    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *data)
{
    HttpLoop *loop = data;

    (void)multi;
    loop->curl_due_us =
        timeout_ms < 0 ? INT64_MAX : g_get_monotonic_time() + timeout_ms * INT64_C(1000);
    set_ready_time(loop);

    return 0;
}

/* ---- turns ---- */

/* In a list of their own, since libcurl changes the watches while it works. */
static GArray *list_ready(HttpLoop *loop)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Ready));

    for (unsigned i = 0; i < loop->watches->len; i++) {
        const Watch *watch = &g_array_index(loop->watches, Watch, i);
        GIOCondition now = g_source_query_unix_fd(&loop->base, watch->tag);
        Ready ready = { watch->fd, ((now & G_IO_IN) ? CURL_CSELECT_IN : 0) |
                                       ((now & G_IO_OUT) ? CURL_CSELECT_OUT : 0) |
                                       ((now & (G_IO_ERR | G_IO_HUP)) ? CURL_CSELECT_ERR : 0) };

        if (ready.events)
            g_array_append_val(list, ready);
    }

    return list;
}

static gboolean dispatch(GSource *base, GSourceFunc unused, gpointer unused_data)
{
    HttpLoop *loop = (HttpLoop *)base;
    g_autoptr(GArray) ready = list_ready(loop);
    int running;

    (void)unused;
    (void)unused_data;
    for (unsigned i = 0; i < ready->len; i++) {
        const Ready *one = &g_array_index(ready, Ready, i);

        curl_multi_socket_action(loop->multi, one->fd, one->events, &running);
    }
    if (g_get_monotonic_time() >= loop->curl_due_us) {
        loop->curl_due_us = INT64_MAX;
        set_ready_time(loop);
        curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    loop->turn(loop->data);

    return g_source_is_destroyed(base) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* ---- life ---- */

static void finalize(GSource *base)
{
    HttpLoop *loop = (HttpLoop *)base;

    g_array_unref(loop->watches);
}

HttpLoop *http_loop_new(void (*turn)(void *data), void *data)
{
    static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };
    HttpLoop *loop = (HttpLoop *)g_source_new(&functions, sizeof(HttpLoop));

    loop->turn = turn;
    loop->data = data;
    loop->watches = g_array_new(FALSE, FALSE, sizeof(Watch));
    loop->curl_due_us = INT64_MAX;
    loop->own_due_us = INT64_MAX;
    loop->multi = curl_multi_init();
    g_assert(loop->multi);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    loop_spare_turns(&loop->base);
    g_source_attach(&loop->base, NULL);

    return loop;
}

void http_loop_free(HttpLoop *loop)
{
    if (!loop)
        return;

    /* Closing what it kept open, it takes descriptors off the source, which must still be there. */
    curl_multi_cleanup(loop->multi);
    loop->multi = NULL;
    g_source_destroy(&loop->base);
    g_source_unref(&loop->base);
}

CURLM *http_loop_multi(const HttpLoop *loop)
{
    return loop->multi;
}

void http_loop_arm(HttpLoop *loop, int64_t due_us)
{
    loop->own_due_us = due_us;
    set_ready_time(loop);
}
