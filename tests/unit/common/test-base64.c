/* Base64 of the wire: the vectors of RFC 4648, and only canonical texts. */
#include "common/wire/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_vectors(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } rows[] = {
        { "", 0, "" },
        { "f", 1, "Zg" },
        { "fo", 2, "Zm8" },
        { "foo", 3, "Zm9v" },
        { "foob", 4, "Zm9vYg" },
        { "fooba", 5, "Zm9vYmE" },
        { "foobar", 6, "Zm9vYmFy" },
        { "\xfb\xff\xbf", 3, "-_-_" },
        { "\0\0", 2, "AAA" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *out = g_string_new(">");
        uint8_t decoded[8] = { 0 };

        base64_append(out, (const uint8_t *)rows[i].bytes, rows[i].length);
        assert_string_equal(out->str + 1, rows[i].text);
        assert_int_equal(out->str[0], '>');
        assert_int_equal(base64_length(rows[i].length), strlen(rows[i].text));
        assert_true(base64_decode(rows[i].text, strlen(rows[i].text), decoded, rows[i].length));
        assert_memory_equal(decoded, rows[i].bytes, rows[i].length);
        g_string_free(out, TRUE);
    }
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "Zm8=", "Zm9", "Zm", "Z", "", "Zm8\n", "Z m8", "Zm+", "Zm/"
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        uint8_t decoded[2];

        print_message("%s\n", texts[i]);
        assert_false(base64_decode(texts[i], strlen(texts[i]), decoded, sizeof(decoded)));
    }
}

/* Of all the bytes that could stand at a place, 64 are characters. */
static void test_every_byte(void **state)
{
    unsigned accepted = 0;

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const char text[] = { 'A', (char)byte, 'A', 'A' };
        uint8_t decoded[3];

        accepted += base64_decode(text, sizeof(text), decoded, sizeof(decoded));
    }
    assert_int_equal(accepted, 64);
}

/* The bits that are left over at the end are zero: 4 and 16 characters can stand there. */
static void test_one_form(void **state)
{
    unsigned of_one = 0;
    unsigned of_two = 0;

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const char text[] = { 'A', 'A', (char)byte };
        uint8_t decoded[2];

        of_one += base64_decode(text + 1, 2, decoded, 1);
        of_two += base64_decode(text, 3, decoded, 2);
    }
    assert_int_equal(of_one, 4);
    assert_int_equal(of_two, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_one_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
