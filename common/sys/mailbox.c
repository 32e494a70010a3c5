#include "common/sys/mailbox.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/banned.h"

#define ITEMS_PER_TURN 64

struct Mailbox {
    GMutex mutex; /* guards items, and that fd is readable exactly while items wait */
    GQueue items;
    int fd;
    unsigned max_items;
    GDestroyNotify free_item;

    /* Only of the attached thread. */
    GSource *source;
    MailboxHandler handler;
    void *data;
};

Mailbox *mailbox_new(unsigned max_items, GDestroyNotify free_item)
{
    Mailbox *mailbox = g_new0(Mailbox, 1);

    g_assert(max_items > 0);

    g_mutex_init(&mailbox->mutex);
    g_queue_init(&mailbox->items);
    mailbox->max_items = max_items;
    mailbox->free_item = free_item;
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mailbox->fd < 0)
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

bool mailbox_post(Mailbox *mailbox, void *item)
{
    bool is_taken = false;

    g_mutex_lock(&mailbox->mutex);
    if (mailbox->items.length < mailbox->max_items) {
        /* A write to an eventfd whose count is 0 neither blocks nor fails. */
        if (mailbox->items.length == 0 && eventfd_write(mailbox->fd, 1) != 0)
            g_assert_not_reached();
        g_queue_push_tail(&mailbox->items, item);
        is_taken = true;
    }
    g_mutex_unlock(&mailbox->mutex);

    return is_taken;
}

void *mailbox_take(Mailbox *mailbox)
{
    void *item;

    g_mutex_lock(&mailbox->mutex);
    item = g_queue_pop_head(&mailbox->items);
    if (item && mailbox->items.length == 0) {
        eventfd_t count;

        if (eventfd_read(mailbox->fd, &count) != 0)
            g_assert_not_reached();
    }
    g_mutex_unlock(&mailbox->mutex);

    return item;
}

int mailbox_fd(const Mailbox *mailbox)
{
    return mailbox->fd;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    Mailbox *mailbox = data;
    GSource *source = g_main_current_source();

    (void)fd;
    (void)condition;

    /* A handler may free the mailbox, and with it the source. */
    for (int i = 0; i < ITEMS_PER_TURN && !g_source_is_destroyed(source); i++) {
        void *item = mailbox_take(mailbox);

        if (!item)
            break;
        mailbox->handler(item, mailbox->data);
    }

    return G_SOURCE_CONTINUE;
}

void mailbox_attach(Mailbox *mailbox, MailboxHandler handler, void *data)
{
    g_assert(!mailbox->source);

    mailbox->handler = handler;
    mailbox->data = data;
    mailbox->source = g_unix_fd_source_new(mailbox->fd, G_IO_IN);
    g_source_set_callback(mailbox->source, G_SOURCE_FUNC(on_readable), mailbox, NULL);
    g_source_attach(mailbox->source, NULL);
}

void mailbox_detach(Mailbox *mailbox)
{
    if (mailbox->source)
        g_source_destroy(mailbox->source);
    g_clear_pointer(&mailbox->source, g_source_unref);
}
