/*
 * Mailboxes: the only way between threads. Any thread posts an item, one thread takes them, in
 * order. Bounded; what is posted belongs to the mailbox until it is taken.
 */
#ifndef COMMON_SYS_MAILBOX_H
#define COMMON_SYS_MAILBOX_H

#include <glib.h>
#include <stdbool.h>

typedef struct Mailbox Mailbox;

/* Called on the taking thread with an item, which it then owns. */
typedef void (*MailboxHandler)(void *item, void *data);

/* max_items > 0. free_item frees what was never taken. Where no descriptor is left, the first ends
 * the process, and the second gives NULL. */
Mailbox *mailbox_new(unsigned max_items, GDestroyNotify free_item);
Mailbox *mailbox_try_new(unsigned max_items, GDestroyNotify free_item);
void mailbox_free(Mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)

/* Posts an item from any thread, which must have come back before the mailbox is freed. False when
 * the mailbox is full: the item stays the caller's. */
bool mailbox_post(Mailbox *mailbox, void *item);

/* The oldest item, which the caller then owns, or NULL. */
void *mailbox_take(Mailbox *mailbox);

/* An eventfd that is readable while items wait, and now and then once without, for poll(2), unless
 * the mailbox is attached. Owned by the mailbox. */
int mailbox_fd(const Mailbox *mailbox);

/* Calls handler for each item from the default main context, which this thread runs, at most 64 a
 * turn of the loop, until mailbox_detach() or mailbox_free(), which the handler may call. */
void mailbox_attach(Mailbox *mailbox, MailboxHandler handler, void *data);
void mailbox_detach(Mailbox *mailbox);

#endif
