/* Keys as text, and fingerprints. */
#include "common/wire/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define RECEIVER "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
#define ZEROS    "x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* sha256sum of 32 zero bytes. */
#define ZEROS_FINGERPRINT                                                                          \
    "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20 0897 1485 6ee2 33b3 902a 591d 0d5f 2925"

static void test_round_trip(void **state)
{
    static const char *const texts[] = { RECEIVER, ZEROS };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *printed = NULL;
        Key key;

        assert_true(key_parse(texts[i], &key, NULL));
        assert_true(key_is_valid_text(texts[i]));
        printed = key_print(&key);
        assert_string_equal(printed, texts[i]);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *text;
    } rows[] = {
        { "empty", "" },
        { "the prefix alone", "x25519:" },
        { "no prefix", "WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns" },
        { "another prefix", "ed25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns" },
        { "upper case", "X25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns" },
        { "bits behind the end", "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpnt" },
        { "padding", RECEIVER "=" },
        { "a newline", RECEIVER "\n" },
        { "too short", "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpn" },
        { "too long", RECEIVER "A" },
        { "ordinary base64", "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jx/+s" },
        { "a byte above 0x7f", "x25519:\xd7Gmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        Key key = { { 7 } };

        print_message("%s\n", rows[i].what);
        assert_false(key_parse(rows[i].text, &key, &error));
        assert_int_equal(key.bytes[0], 7);
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
        assert_false(key_is_valid_text(rows[i].text));
    }
}

static void test_fingerprint(void **state)
{
    static const struct {
        const char *text;
        bool begins;
    } rows[] = {
        { "66687aad", true },        { "6668 7aad", true },       { "66:68:7A:AD", true },
        { "  6668 7AAD F8 ", true }, { ZEROS_FINGERPRINT, true }, { ZEROS_FINGERPRINT " 0", false },
        { "66687aa", false },        { "6668 7aa ", false },      { "66687aae", false },
        { "6668-7aad", false },      { "687aadf8", false },       { "", false },
    };
    g_autofree char *fingerprint = NULL;
    Key key;

    (void)state;
    assert_true(key_parse(ZEROS, &key, NULL));
    fingerprint = key_fingerprint(&key);
    assert_string_equal(fingerprint, ZEROS_FINGERPRINT);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        assert_int_equal(key_fingerprint_begins(&key, rows[i].text), rows[i].begins);
    }
}

static void test_equal(void **state)
{
    Key a = { { 1 } };
    Key b = a;

    (void)state;
    assert_true(key_equal(&a, &b));
    b.bytes[KEY_BYTES - 1] = 1;
    assert_false(key_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_fingerprint),
        cmocka_unit_test(test_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
