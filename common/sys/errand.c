#include "common/sys/errand.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

struct Errand {
    GThread *thread;
    Mailbox *ended; /* gets the errand itself; NULL: it was run here */
    guint source;   /* of its end, where it was run here */
    void (*work)(void *data);
    void (*done)(void *data);
    void *data;
};

static gpointer run(gpointer data)
{
    Errand *errand = data;

    errand->work(errand->data);
    mailbox_post(errand->ended, errand);
    return NULL;
}

static void end(Errand *errand)
{
    void (*done)(void *data) = errand->done;
    void *data = errand->data;

    /* The thread may still be on its way out of mailbox_post(). */
    if (errand->thread)
        g_thread_join(errand->thread);
    mailbox_free(errand->ended);
    g_free(errand);
    done(data);
}

static void finish(void *item, void *unused)
{
    (void)unused;

    end(item);
}

static gboolean finish_here(gpointer data)
{
    end(data);
    return G_SOURCE_REMOVE;
}

/* False: there is no descriptor or no thread left. */
static bool start_thread(Errand *errand, const char *name)
{
    errand->ended = mailbox_try_new(1, NULL);
    if (!errand->ended)
        return false;

    mailbox_attach(errand->ended, finish, NULL);
    errand->thread = g_thread_try_new(name, run, errand, NULL);
    if (!errand->thread)
        g_clear_pointer(&errand->ended, mailbox_free);
    return errand->thread != NULL;
}

static Errand *errand_new(void (*work)(void *data), void (*done)(void *data), void *data)
{
    Errand *errand = g_new0(Errand, 1);

    errand->work = work;
    errand->done = done;
    errand->data = data;
    return errand;
}

Errand *errand_try_start(const char *name, void (*work)(void *data), void (*done)(void *data),
                         void *data)
{
    Errand *errand = errand_new(work, done, data);

    if (!start_thread(errand, name))
        g_clear_pointer(&errand, g_free);
    return errand;
}

Errand *errand_start(const char *name, void (*work)(void *data), void (*done)(void *data),
                     void *data)
{
    Errand *errand = errand_try_start(name, work, done, data);

    if (errand)
        return errand;

    errand = errand_new(work, done, data);
    work(data);
    errand->source = g_idle_add(finish_here, errand);
    return errand;
}

bool errand_wait(Errand *errand, int ms)
{
    struct pollfd ended = { .events = POLLIN };
    int ready;

    if (!errand->ended) {
        g_source_remove(errand->source);
        end(errand);
        return true;
    }
    ended.fd = mailbox_fd(errand->ended);
    do
        ready = poll(&ended, 1, ms);
    while (ready < 0 && errno == EINTR);
    if (ready != 1)
        return false;

    end(mailbox_take(errand->ended));
    return true;
}
