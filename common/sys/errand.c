#include "common/sys/errand.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

struct Errand {
    GThread *thread;
    Mailbox *ended; /* gets the errand itself */
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

static void finish(void *item, void *unused)
{
    Errand *errand = item;
    void (*done)(void *data) = errand->done;
    void *data = errand->data;

    (void)unused;

    /* The thread may still be on its way out of mailbox_post(). */
    g_thread_join(errand->thread);
    mailbox_free(errand->ended);
    g_free(errand);
    done(data);
}

bool errand_has_room(void)
{
    int fd = eventfd(0, EFD_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

Errand *errand_start(const char *name, void (*work)(void *data), void (*done)(void *data),
                     void *data)
{
    Errand *errand = g_new0(Errand, 1);

    errand->work = work;
    errand->done = done;
    errand->data = data;
    errand->ended = mailbox_new(1, NULL);
    mailbox_attach(errand->ended, finish, NULL);
    errand->thread = g_thread_new(name, run, errand);

    return errand;
}

bool errand_wait(Errand *errand, int ms)
{
    struct pollfd ended = { .fd = mailbox_fd(errand->ended), .events = POLLIN };
    int ready;

    do
        ready = poll(&ended, 1, ms);
    while (ready < 0 && errno == EINTR);
    if (ready != 1)
        return false;

    finish(mailbox_take(errand->ended), NULL);
    return true;
}
