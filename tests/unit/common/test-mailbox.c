/* Mailboxes: order, bound, the descriptor, the attached loop, and many posting threads. */
#include "common/sys/mailbox.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define WAIT_MAX_S 20

static bool is_readable(const Mailbox *mailbox)
{
    struct pollfd fd = { .fd = mailbox_fd(mailbox), .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

static void test_order_and_bound(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(2, NULL);

    (void)state;

    assert_false(is_readable(mailbox));
    assert_null(mailbox_take(mailbox));
    assert_true(mailbox_post(mailbox, GINT_TO_POINTER(1)));
    assert_true(mailbox_post(mailbox, GINT_TO_POINTER(2)));
    assert_false(mailbox_post(mailbox, GINT_TO_POINTER(3)));
    assert_true(is_readable(mailbox));
    assert_int_equal(GPOINTER_TO_INT(mailbox_take(mailbox)), 1);
    assert_true(is_readable(mailbox));
    assert_int_equal(GPOINTER_TO_INT(mailbox_take(mailbox)), 2);
    assert_false(is_readable(mailbox));
    assert_true(mailbox_post(mailbox, GINT_TO_POINTER(3)));
    assert_true(is_readable(mailbox));
    assert_int_equal(GPOINTER_TO_INT(mailbox_take(mailbox)), 3);
}

static void test_free_frees_what_waits(void **state)
{
    Mailbox *mailbox = mailbox_new(10, g_free);

    (void)state;

    /* The leak checker is the judge. */
    assert_true(mailbox_post(mailbox, g_strdup("never taken")));
    assert_true(mailbox_post(mailbox, g_strdup("nor this")));
    mailbox_free(mailbox);
    mailbox_free(NULL);
}

static void count_item(void *item, void *data)
{
    unsigned *count = data;

    /* In order: the items are 1, 2, 3, … */
    assert_int_equal(GPOINTER_TO_UINT(item), ++*count);
}

static void test_at_most_64_a_turn(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(1000, NULL);
    unsigned count = 0;

    (void)state;

    mailbox_attach(mailbox, count_item, &count);
    for (unsigned i = 1; i <= 150; i++)
        assert_true(mailbox_post(mailbox, GUINT_TO_POINTER(i)));

    assert_true(g_main_context_iteration(NULL, FALSE));
    assert_int_equal(count, 64);
    assert_true(g_main_context_iteration(NULL, FALSE));
    assert_int_equal(count, 128);
    assert_true(g_main_context_iteration(NULL, FALSE));
    assert_int_equal(count, 150);
    assert_false(g_main_context_iteration(NULL, FALSE));
}

/* Its own posts need no descriptor while it is attached; what is left then waits as ever. */
static void test_attached_thread_posts(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(10, NULL);
    unsigned count = 0;

    (void)state;

    mailbox_attach(mailbox, count_item, &count);
    assert_true(mailbox_post(mailbox, GUINT_TO_POINTER(1)));
    assert_false(is_readable(mailbox));
    g_main_context_iteration(NULL, TRUE);
    assert_int_equal(count, 1);

    assert_true(mailbox_post(mailbox, GUINT_TO_POINTER(2)));
    mailbox_detach(mailbox);
    assert_true(is_readable(mailbox));
    assert_false(g_main_context_iteration(NULL, FALSE));
    mailbox_attach(mailbox, count_item, &count);
    assert_true(g_main_context_iteration(NULL, FALSE));
    assert_int_equal(count, 2);
    assert_false(is_readable(mailbox));
}

static void free_on_second(void *item, void *data)
{
    Mailbox **mailbox = data;

    if (GPOINTER_TO_INT(item) == 2)
        g_clear_pointer(mailbox, mailbox_free);
}

static void test_handler_may_free(void **state)
{
    Mailbox *mailbox = mailbox_new(10, NULL);

    (void)state;

    mailbox_attach(mailbox, free_on_second, &mailbox);
    for (int i = 1; i <= 5; i++)
        assert_true(mailbox_post(mailbox, GINT_TO_POINTER(i)));
    g_main_context_iteration(NULL, FALSE);
    assert_null(mailbox);
    assert_false(g_main_context_iteration(NULL, FALSE));
}

#define POSTERS          4
#define ITEMS_PER_POSTER 20000

typedef struct Poster {
    Mailbox *mailbox;
    unsigned number;
} Poster;

static gpointer post_all(gpointer data)
{
    const Poster *poster = data;

    for (unsigned i = 1; i <= ITEMS_PER_POSTER; i++) {
        void *item = GUINT_TO_POINTER(i * POSTERS + poster->number);

        while (!mailbox_post(poster->mailbox, item))
            g_thread_yield();
    }

    return NULL;
}

typedef struct Arrivals {
    unsigned last[POSTERS];
    unsigned count;
} Arrivals;

static void note_arrival(void *item, void *data)
{
    Arrivals *arrivals = data;
    unsigned poster = GPOINTER_TO_UINT(item) % POSTERS;

    assert_int_equal(GPOINTER_TO_UINT(item) / POSTERS, arrivals->last[poster] + 1);
    arrivals->last[poster]++;
    arrivals->count++;
}

static gboolean give_up(gpointer data)
{
    (void)data;
    fail_msg("not everything arrived in %d s", WAIT_MAX_S);
    return G_SOURCE_REMOVE;
}

static void test_threads(void **state)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(100, NULL);
    Poster posters[POSTERS];
    GThread *threads[POSTERS];
    Arrivals arrivals = { 0 };
    guint deadline = g_timeout_add_seconds(WAIT_MAX_S, give_up, NULL);

    (void)state;

    mailbox_attach(mailbox, note_arrival, &arrivals);
    for (unsigned i = 0; i < POSTERS; i++) {
        posters[i] = (Poster){ mailbox, i };
        threads[i] = g_thread_new("poster", post_all, &posters[i]);
    }
    while (arrivals.count < POSTERS * ITEMS_PER_POSTER)
        g_main_context_iteration(NULL, TRUE);
    for (unsigned i = 0; i < POSTERS; i++)
        g_thread_join(threads[i]);

    /* The last signal may have come after its item was taken. */
    assert_null(mailbox_take(mailbox));
    assert_false(is_readable(mailbox));
    g_source_remove(deadline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_bound),   cmocka_unit_test(test_free_frees_what_waits),
        cmocka_unit_test(test_at_most_64_a_turn), cmocka_unit_test(test_handler_may_free),
        cmocka_unit_test(test_threads),           cmocka_unit_test(test_attached_thread_posts),
    };

    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
