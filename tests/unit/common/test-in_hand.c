#include "common/sys/in_hand.h"

#include "common/sys/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static char *new_folder(void)
{
    char *folder = g_strdup("/tmp/test-in-hand-XXXXXX");

    assert_non_null(g_mkdtemp(folder));
    return folder;
}

static InHand *open_in(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "in-hand", NULL);
    g_autoptr(GError) error = NULL;
    InHand *in_hand = in_hand_open(path, &error);

    if (!in_hand)
        fail_msg("%s", error->message);
    return in_hand;
}

static bool take(InHand *in_hand, const char *message)
{
    return in_hand_take(in_hand, message, strlen(message));
}

/* Takes a message and "crashes" on it. */
static bool crash_on(const char *folder, const char *message)
{
    g_autoptr(InHand) in_hand = open_in(folder);

    return take(in_hand, message);
}

static void test_the_third_crash_sets_aside(void **state)
{
    g_autofree char *folder = new_folder();
    g_autoptr(InHand) in_hand = NULL;

    (void)state;
    assert_true(crash_on(folder, "bad"));
    assert_true(crash_on(folder, "bad"));
    assert_true(crash_on(folder, "bad"));
    in_hand = open_in(folder);
    assert_false(take(in_hand, "bad"));
    assert_true(take(in_hand, "good"));
    in_hand_release(in_hand);
    assert_false(take(in_hand, "bad"));
    in_hand_free(g_steal_pointer(&in_hand));
    in_hand = open_in(folder); /* it stays so */
    assert_false(take(in_hand, "bad"));
    file_remove_tree(folder, NULL);
}

static void test_what_was_handled_is_forgiven(void **state)
{
    g_autofree char *folder = new_folder();

    (void)state;
    for (int i = 0; i < 5; i++) {
        g_autoptr(InHand) in_hand = NULL;

        assert_true(crash_on(folder, "unlucky"));
        assert_true(crash_on(folder, "unlucky"));
        in_hand = open_in(folder);
        assert_true(take(in_hand, "unlucky"));
        in_hand_release(in_hand);
    }
    file_remove_tree(folder, NULL);
}

static void test_an_end_with_nothing_in_hand_is_no_crash(void **state)
{
    g_autofree char *folder = new_folder();

    (void)state;
    for (int i = 0; i < 5; i++) {
        g_autoptr(InHand) in_hand = open_in(folder);

        assert_true(take(in_hand, "fine"));
        in_hand_release(in_hand);
    }
    file_remove_tree(folder, NULL);
}

/* The frame first, then what is in it: only the last counts. */
static void test_the_last_taken_counts(void **state)
{
    g_autofree char *folder = new_folder();
    g_autoptr(InHand) in_hand = NULL;

    (void)state;
    for (int i = 0; i < 3; i++) {
        g_autofree char *frame = g_strdup_printf("frame %d", i);
        g_autoptr(InHand) crashing = open_in(folder);

        assert_true(take(crashing, frame));
        assert_true(take(crashing, "body"));
    }
    in_hand = open_in(folder);
    assert_true(take(in_hand, "frame 3"));
    assert_false(take(in_hand, "body"));
    file_remove_tree(folder, NULL);
}

/* More suspects than there is room for: the oldest are let go, the newest are held. */
static void test_many_suspects(void **state)
{
    g_autofree char *folder = new_folder();
    g_autoptr(InHand) in_hand = NULL;

    (void)state;
    for (int i = 0; i < 40; i++) {
        g_autofree char *message = g_strdup_printf("bad %d", i);

        for (int crash = 0; crash < 3; crash++)
            assert_true(crash_on(folder, message));
    }
    in_hand = open_in(folder);
    assert_false(take(in_hand, "bad 39"));
    assert_false(take(in_hand, "bad 30"));
    assert_true(take(in_hand, "bad 0"));
    in_hand_release(in_hand);
    file_remove_tree(folder, NULL);
}

/* Only the beginning is kept: the length still tells it from others. */
static void test_a_long_message(void **state)
{
    g_autofree char *folder = new_folder();
    g_autofree char *bad = g_strnfill(100000, 'x');
    g_autoptr(InHand) in_hand = NULL;

    (void)state;
    for (int crash = 0; crash < 3; crash++)
        assert_true(crash_on(folder, bad));
    in_hand = open_in(folder);
    assert_false(take(in_hand, bad));
    assert_true(take(in_hand, bad + 1));
    in_hand_release(in_hand);
    file_remove_tree(folder, NULL);
}

static void test_a_file_of_something_else(void **state)
{
    g_autofree char *folder = new_folder();
    g_autofree char *path = g_build_filename(folder, "in-hand", NULL);
    g_autoptr(InHand) in_hand = NULL;

    (void)state;
    assert_true(file_write_atomic(path, "garbage", 7, 0600, NULL));
    in_hand = open_in(folder);
    assert_true(take(in_hand, "x"));
    in_hand_free(g_steal_pointer(&in_hand));
    file_remove_tree(folder, NULL);
    assert_null(in_hand_open(path, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_third_crash_sets_aside),
        cmocka_unit_test(test_what_was_handled_is_forgiven),
        cmocka_unit_test(test_an_end_with_nothing_in_hand_is_no_crash),
        cmocka_unit_test(test_the_last_taken_counts),
        cmocka_unit_test(test_many_suspects),
        cmocka_unit_test(test_a_long_message),
        cmocka_unit_test(test_a_file_of_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
