#include "common/sys/mailbox.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/sys/loop.h"

#include "common/base/banned.h"

#define ITEMS_PER_TURN 64

struct Mailbox {
    GMutex mutex; /* guards items, is_signalled and owner */
    GQueue items;
    bool is_signalled; /* fd is readable, or a thread in mailbox_post() is about to make it so */
    GThread *owner;    /* who looks into the queue before it waits for fd; NULL: nobody */
    int fd;
    unsigned max_items;
    GDestroyNotify free_item;

    /* Only of the attached thread. */
    GSource *source;
    MailboxHandler handler;
    void *data;
};

typedef struct MailboxSource {
    GSource base;
    Mailbox *mailbox;
} MailboxSource;

Mailbox *mailbox_try_new(unsigned max_items, GDestroyNotify free_item)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    Mailbox *mailbox;

    g_assert(max_items > 0);

    if (fd < 0)
        return NULL;
    mailbox = g_new0(Mailbox, 1);
    g_mutex_init(&mailbox->mutex);
    g_queue_init(&mailbox->items);
    mailbox->max_items = max_items;
    mailbox->free_item = free_item;
    mailbox->fd = fd;

    return mailbox;
}

Mailbox *mailbox_new(unsigned max_items, GDestroyNotify free_item)
{
    Mailbox *mailbox = mailbox_try_new(max_items, free_item);

    if (!mailbox)
        g_error("no descriptor for a mailbox: %s", g_strerror(errno));
    return mailbox;
}

void mailbox_free(Mailbox *mailbox)
{
    if (!mailbox)
        return;

    mailbox_detach(mailbox);
    if (mailbox->free_item)
        g_queue_clear_full(&mailbox->items, mailbox->free_item);
    else
        g_queue_clear(&mailbox->items);
    close(mailbox->fd);
    g_mutex_clear(&mailbox->mutex);
    g_free(mailbox);
}

static void make_readable(const Mailbox *mailbox)
{
    /* A write to an eventfd whose count is 0 neither blocks nor fails. */
    if (eventfd_write(mailbox->fd, 1) != 0)
        g_assert_not_reached();
}

/* Where the item was taken before its poster came to signal it, the signal is still to come: it
 * wakes the taker once for nothing, who is here again then. */
static void make_unreadable(Mailbox *mailbox)
{
    eventfd_t count;

    if (mailbox->is_signalled && eventfd_read(mailbox->fd, &count) == 0)
        mailbox->is_signalled = false;
}

bool mailbox_post(Mailbox *mailbox, void *item)
{
    bool is_taken = false;
    bool must_signal = false;

    g_mutex_lock(&mailbox->mutex);
    if (mailbox->items.length < mailbox->max_items) {
        must_signal = !mailbox->is_signalled && mailbox->owner != g_thread_self();
        mailbox->is_signalled |= must_signal;
        g_queue_push_tail(&mailbox->items, item);
        is_taken = true;
    }
    g_mutex_unlock(&mailbox->mutex);

    /* Not before: whoever wakes of it would only wait for the mutex. */
    if (must_signal)
        make_readable(mailbox);
    return is_taken;
}

void *mailbox_take(Mailbox *mailbox)
{
    void *item;

    g_mutex_lock(&mailbox->mutex);
    item = g_queue_pop_head(&mailbox->items);
    if (mailbox->items.length == 0)
        make_unreadable(mailbox);
    g_mutex_unlock(&mailbox->mutex);

    return item;
}

int mailbox_fd(const Mailbox *mailbox)
{
    return mailbox->fd;
}

/* ---- in a main loop ---------------------------------------------------------------------------
 */

static bool has_items(Mailbox *mailbox)
{
    bool has_some;

    g_mutex_lock(&mailbox->mutex);
    has_some = mailbox->items.length > 0;
    g_mutex_unlock(&mailbox->mutex);
    return has_some;
}

static gboolean prepare(GSource *base, gint *out_timeout_ms)
{
    *out_timeout_ms = -1;
    return has_items(((MailboxSource *)base)->mailbox);
}

static gboolean check(GSource *base)
{
    return has_items(((MailboxSource *)base)->mailbox);
}

static gboolean dispatch(GSource *base, GSourceFunc unused, gpointer unused_data)
{
    Mailbox *mailbox = ((MailboxSource *)base)->mailbox;

    (void)unused;
    (void)unused_data;

    /* A handler may free the mailbox, and with it the source. */
    for (int i = 0; i < ITEMS_PER_TURN && !g_source_is_destroyed(base); i++) {
        void *item = mailbox_take(mailbox);

        if (!item)
            break;
        mailbox->handler(item, mailbox->data);
    }

    return G_SOURCE_CONTINUE;
}

static void set_owner(Mailbox *mailbox, GThread *owner)
{
    g_mutex_lock(&mailbox->mutex);
    mailbox->owner = owner;
    if (!owner && mailbox->items.length > 0 && !mailbox->is_signalled) {
        mailbox->is_signalled = true;
        make_readable(mailbox);
    }
    g_mutex_unlock(&mailbox->mutex);
}

void mailbox_attach(Mailbox *mailbox, MailboxHandler handler, void *data)
{
    static GSourceFuncs functions = { .prepare = prepare, .check = check, .dispatch = dispatch };

    g_assert(!mailbox->source);

    mailbox->handler = handler;
    mailbox->data = data;
    mailbox->source = g_source_new(&functions, sizeof(MailboxSource));
    ((MailboxSource *)mailbox->source)->mailbox = mailbox;
    g_source_add_unix_fd(mailbox->source, mailbox->fd, G_IO_IN);
    loop_spare_turns(mailbox->source);
    g_source_attach(mailbox->source, NULL);
    set_owner(mailbox, g_thread_self());
}

void mailbox_detach(Mailbox *mailbox)
{
    if (!mailbox->source)
        return;

    set_owner(mailbox, NULL);
    g_source_destroy(mailbox->source);
    g_clear_pointer(&mailbox->source, g_source_unref);
}
