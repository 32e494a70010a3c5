/* What an approval is bound to: every member counts, and none can pass for another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "common/wire/approval.h"

#include "common/base/banned.h"

static const ApprovalSubject plain = {
    .run = "01J00000000000000000000001",
    .agent = "web1",
    .task = "apt upgrade -y",
    .requested_by = "ana",
    .timeout_s = 600,
};

/* Made with sha256sum over the text that the comment of approval.c describes. */
static void a_known_hash(void **state)
{
    g_autofree char *hash = approval_hash(&plain);

    (void)state;
    assert_string_equal(hash, "6f04bd6bb78e4ef66cc09ba200a11c800e6d8b0e007cc8e8e38a5c1e08eafbd7");
}

static void every_member_counts(void **state)
{
    ApprovalSubject others[] = { plain, plain, plain, plain, plain, plain, plain, plain };
    g_autofree char *hash = approval_hash(&plain);
    unsigned i;
    unsigned j;

    (void)state;
    others[1].run = "01J00000000000000000000002";
    others[2].agent = "web2";
    others[3].task = "apt upgrade -y ";
    others[4].requested_by = "oskar";
    others[5].timeout_s = 601;
    others[6].is_idempotent = true;
    others[7].requested_by = NULL;
    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        for (j = i + 1; j < G_N_ELEMENTS(others); j++) {
            g_autofree char *one = approval_hash(&others[i]);
            g_autofree char *other = approval_hash(&others[j]);

            assert_string_not_equal(one, other);
        }
    }
    assert_int_equal(strlen(hash), 64);
}

/* A user's name comes from a file, and may hold anything: it cannot stand for the lines below it.
 */
static void no_member_passes_for_others(void **state)
{
    ApprovalSubject one = plain;
    ApprovalSubject other = plain;
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;

    (void)state;
    one.requested_by = "ana\ntimeout_s 600\nidempotent 0\ntask 4 true";
    one.task = "x";
    other.requested_by = "ana";
    other.task = "true\ntimeout_s 600\nidempotent 0\ntask 1 x";
    a = approval_hash(&one);
    b = approval_hash(&other);
    assert_string_not_equal(a, b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_hash),
        cmocka_unit_test(every_member_counts),
        cmocka_unit_test(no_member_passes_for_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
