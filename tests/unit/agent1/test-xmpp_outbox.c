/* The XMPP outbox: order, window, numbers, resumption, and what was said once is not said twice. */
#include "agent1/edge/xmpp_outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NOW_MS INT64_C(100000)

static GPtrArray *ids_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* The ids in one line, for comparing. */
static char *ids_join(const GPtrArray *ids)
{
    GString *line = g_string_new(NULL);

    for (unsigned i = 0; i < ids->len; i++)
        g_string_append_printf(line, "%s%s", i ? " " : "", (const char *)ids->pdata[i]);

    return g_string_free(line, FALSE);
}

static void assert_said(GPtrArray *said, const char *expected)
{
    g_autofree char *line = ids_join(said);

    assert_string_equal(line, expected);
    g_ptr_array_set_size(said, 0);
}

static void test_order_and_acknowledgement(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    assert_true(xmpp_outbox_is_empty(outbox));
    assert_null(xmpp_outbox_next(outbox));
    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_ADDED);
    assert_int_equal(xmpp_outbox_add(outbox, NULL, "<presence/>"), XMPP_OUTBOX_ADDED);
    assert_int_equal(xmpp_outbox_add(outbox, "b", "<b/>"), XMPP_OUTBOX_ADDED);
    assert_string_equal(xmpp_outbox_next(outbox), "<a/>");
    assert_string_equal(xmpp_outbox_next(outbox), "<presence/>");
    assert_int_equal(xmpp_outbox_sent(outbox), 2);

    assert_false(xmpp_outbox_acknowledge(outbox, 3, NOW_MS, said));
    assert_said(said, "");
    assert_true(xmpp_outbox_acknowledge(outbox, 0, NOW_MS, said));
    assert_said(said, "");
    assert_true(xmpp_outbox_acknowledge(outbox, 2, NOW_MS, said));
    assert_said(said, "a");
    assert_true(xmpp_outbox_acknowledge(outbox, 2, NOW_MS, said));
    assert_said(said, "");
    assert_false(xmpp_outbox_acknowledge(outbox, 1, NOW_MS, said));

    assert_string_equal(xmpp_outbox_next(outbox), "<b/>");
    assert_int_equal(xmpp_outbox_unacknowledged(outbox), 1);
    assert_false(xmpp_outbox_is_empty(outbox));
    assert_true(xmpp_outbox_acknowledge(outbox, 3, NOW_MS, said));
    assert_said(said, "b");
    assert_true(xmpp_outbox_is_empty(outbox));
    assert_int_equal(xmpp_outbox_sent(outbox), 3);
}

static void test_same_id(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_ADDED);
    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_WAITS);
    assert_non_null(xmpp_outbox_next(outbox));
    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_WAITS);
    assert_true(xmpp_outbox_acknowledge(outbox, 1, NOW_MS, said));
    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_SAID);
    assert_null(xmpp_outbox_next(outbox));

    xmpp_outbox_restart(outbox, INT64_MAX);
    assert_int_equal(xmpp_outbox_add(outbox, "a", "<a/>"), XMPP_OUTBOX_ADDED);
}

static void test_resume(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    for (char c = 'a'; c <= 'f'; c++) {
        const char id[] = { c, '\0' };

        assert_int_equal(xmpp_outbox_add(outbox, id, id), XMPP_OUTBOX_ADDED);
    }
    for (int i = 0; i < 4; i++)
        assert_non_null(xmpp_outbox_next(outbox));
    assert_true(xmpp_outbox_acknowledge(outbox, 1, NOW_MS, said));
    assert_said(said, "a");

    /* The server had got b as well; c and d were lost, e and f not sent yet. */
    assert_false(xmpp_outbox_resume(outbox, 5, NOW_MS, said));
    assert_true(xmpp_outbox_resume(outbox, 2, NOW_MS, said));
    assert_said(said, "b");
    assert_int_equal(xmpp_outbox_sent(outbox), 2);
    for (char c = 'c'; c <= 'f'; c++) {
        const char id[] = { c, '\0' };

        assert_string_equal(xmpp_outbox_next(outbox), id);
    }
    assert_true(xmpp_outbox_acknowledge(outbox, 6, NOW_MS, said));
    assert_said(said, "c d e f");
}

static void test_window_and_bound(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    for (unsigned i = 0; i < XMPP_OUTBOX_MAX_ITEMS; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        assert_int_equal(xmpp_outbox_add(outbox, id, "<x/>"), XMPP_OUTBOX_ADDED);
    }
    assert_int_equal(xmpp_outbox_add(outbox, "more", "<x/>"), XMPP_OUTBOX_FULL);
    for (unsigned i = 0; i < XMPP_OUTBOX_WINDOW; i++)
        assert_non_null(xmpp_outbox_next(outbox));
    assert_null(xmpp_outbox_next(outbox));
    assert_true(xmpp_outbox_acknowledge(outbox, 1, NOW_MS, said));
    assert_non_null(xmpp_outbox_next(outbox));
    assert_null(xmpp_outbox_next(outbox));
    assert_int_equal(xmpp_outbox_add(outbox, "more", "<x/>"), XMPP_OUTBOX_ADDED);
}

static void test_bytes(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();
    g_autofree char *half = g_strnfill(XMPP_OUTBOX_MAX_BYTES / 2, 'x');

    (void)state;

    for (int round = 0; round < 3; round++) {
        assert_int_equal(xmpp_outbox_add(outbox, NULL, half), XMPP_OUTBOX_ADDED);
        assert_int_equal(xmpp_outbox_add(outbox, NULL, half), XMPP_OUTBOX_ADDED);
        assert_int_equal(xmpp_outbox_add(outbox, NULL, "x"), XMPP_OUTBOX_FULL);
        assert_int_equal(xmpp_outbox_length(outbox), 2);
        xmpp_outbox_restart(outbox, INT64_MAX);
    }
    assert_int_equal(xmpp_outbox_add(outbox, NULL, half), XMPP_OUTBOX_ADDED);
    assert_non_null(xmpp_outbox_next(outbox));
    assert_true(xmpp_outbox_acknowledge(outbox, 1, NOW_MS, said));
    assert_int_equal(xmpp_outbox_add(outbox, NULL, half), XMPP_OUTBOX_ADDED);
    assert_int_equal(xmpp_outbox_add(outbox, NULL, half), XMPP_OUTBOX_ADDED);
}

static void test_known_ids_are_bounded(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    for (uint32_t i = 0; i <= XMPP_OUTBOX_MAX_KNOWN; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        assert_int_equal(xmpp_outbox_add(outbox, id, "<x/>"), XMPP_OUTBOX_ADDED);
        assert_non_null(xmpp_outbox_next(outbox));
        assert_true(xmpp_outbox_acknowledge(outbox, i + 1, NOW_MS, said));
    }
    assert_int_equal(said->len, XMPP_OUTBOX_MAX_KNOWN + 1);
    assert_int_equal(xmpp_outbox_add(outbox, "1", "<x/>"), XMPP_OUTBOX_SAID);
    assert_int_equal(xmpp_outbox_add(outbox, "0", "<x/>"), XMPP_OUTBOX_ADDED);
}

static void acknowledge_at(XmppOutbox *outbox, const char *id, uint32_t count, int64_t now_ms)
{
    g_autoptr(GPtrArray) said = ids_new();

    assert_int_equal(xmpp_outbox_add(outbox, id, id ? id : "<presence/>"), XMPP_OUTBOX_ADDED);
    assert_non_null(xmpp_outbox_next(outbox));
    assert_true(xmpp_outbox_acknowledge(outbox, count, now_ms, said));
}

/* The server may have died before it passed on what it had acknowledged. */
static void test_what_is_in_doubt(void **state)
{
    static const struct {
        const char *what;
        int64_t alive_ms;
        const char *expected; /* in the next session */
    } rows[] = {
        { "at once", NOW_MS, "bc" },
        { "a moment later", NOW_MS + 1500, "c" },
        { "long after", NOW_MS + XMPP_OUTBOX_DOUBT_MS + 1, "" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
        g_autoptr(GString) again = g_string_new(NULL);
        const char *xml;

        print_message("  %s\n", rows[i].what);
        acknowledge_at(outbox, "a", 1, NOW_MS - XMPP_OUTBOX_DOUBT_MS - 1);
        acknowledge_at(outbox, "b", 2, NOW_MS - 1000);
        acknowledge_at(outbox, NULL, 3, NOW_MS);
        acknowledge_at(outbox, "c", 4, NOW_MS);
        xmpp_outbox_restart(outbox, rows[i].alive_ms);
        assert_true(xmpp_outbox_is_empty(outbox));
        xmpp_outbox_add_doubted(outbox);
        while ((xml = xmpp_outbox_next(outbox)))
            g_string_append(again, xml);
        assert_string_equal(again->str, rows[i].expected);
    }
}

static void test_doubt_is_bounded(void **state)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autofree char *half = g_strnfill(XMPP_OUTBOX_DOUBT_MAX_BYTES / 2, 'x');
    g_autoptr(GPtrArray) said = ids_new();

    (void)state;

    for (uint32_t i = 0; i < 3; i++) {
        const char id[] = { (char)('a' + i), '\0' };

        assert_int_equal(xmpp_outbox_add(outbox, id, half), XMPP_OUTBOX_ADDED);
        assert_non_null(xmpp_outbox_next(outbox));
        assert_true(xmpp_outbox_acknowledge(outbox, i + 1, NOW_MS, said));
    }
    xmpp_outbox_restart(outbox, NOW_MS);
    xmpp_outbox_add_doubted(outbox);
    assert_int_equal(xmpp_outbox_length(outbox), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_acknowledgement),
        cmocka_unit_test(test_same_id),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_window_and_bound),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_known_ids_are_bounded),
        cmocka_unit_test(test_what_is_in_doubt),
        cmocka_unit_test(test_doubt_is_bounded),
    };

    return cmocka_run_group_tests_name("xmpp_outbox", tests, NULL, NULL);
}
