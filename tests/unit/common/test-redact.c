/* Redaction: known secrets, values behind names and schemes, and what must stay. */
#include "common/base/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_redact(void **state)
{
    static const char *const list[] = { "hunter2!", "hunter", "key", "abcd", "cdef", "oxoxo", "" };
    static const struct {
        const char *what;
        const char *text;
        const char *expected;
    } rows[] = {
        { "nothing", "all is well", "all is well" },
        { "empty", "", "" },
        { "a secret", "it is hunter2!.", "it is [redacted]." },
        { "a secret in a word", "xhunter2!x", "x[redacted]x" },
        { "twice", "hunter hunter", "[redacted] [redacted]" },
        { "the longer of two", "hunter2!", "[redacted]" },
        { "overlapping ones leave nothing", "xabcdefx", "x[redacted]x" },
        { "one that overlaps itself", "oxoxoxo.", "[redacted]." },
        { "too short to be one", "a key", "a key" },
        { "password=", "password=x1 rest", "password=[redacted] rest" },
        { "any case, longer name", "MQTT_Password=x1", "MQTT_Password=[redacted]" },
        { "in quotes", "password=\"x y\" rest", "password=\"[redacted]\" rest" },
        { "in single quotes", "pass='x y' rest", "pass='[redacted]' rest" },
        { "quotes that do not end", "password=\"x y\nrest", "password=\"[redacted]\nrest" },
        { "in a query", "?token=x1&a=b", "?token=[redacted]&a=b" },
        { "in JSON", "{\"api_key\": \"x1\", \"a\": \"b\"}",
          "{\"api_key\": \"[redacted]\", \"a\": \"b\"}" },
        { "Bearer", "Authorization: Bearer x1.y2-z3", "Authorization: Bearer [redacted]" },
        { "Basic", "authorization: basic dTpw\r\nAccept: */*",
          "authorization: basic [redacted]\r\nAccept: */*" },
        { "a basic word", "a basic question", "a basic question" },
        { "a name without value", "password= and", "password= and" },
        { "a name alone", "the password: wrong", "the password: wrong" },
        { "at the very end", "token=", "token=" },
        { "one value after the other", "token=a&pass=b", "token=[redacted]&pass=[redacted]" },
        { "a name within a value", "token=token=a b", "token=[redacted] b" },
        { "spaces in JSON", "\"token\" : \"a\"", "\"token\" : \"[redacted]\"" },
        { "again", "password=[redacted]", "password=[redacted]" },
        { "characters of more bytes", "é password=é é", "é password=[redacted] é" },
    };
    g_autoptr(GPtrArray) secrets = g_ptr_array_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        g_ptr_array_add(secrets, (void *)(guintptr)list[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *redacted = redact_text(rows[i].text, secrets);

        print_message("%s\n", rows[i].what);
        assert_string_equal(redacted, rows[i].expected);
    }
}

static void test_without_list(void **state)
{
    g_autofree char *redacted = redact_text("hunter2! token=x", NULL);

    (void)state;
    assert_string_equal(redacted, "hunter2! token=[redacted]");
}

/* A square of these lengths would take minutes. */
static void test_is_not_slow(void **state)
{
    static const char *const pieces[] = { " ", "token=", "\"", "bearer ", "\"token\" " };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        GString *text = g_string_new(NULL);
        g_autofree char *redacted = NULL;

        while (text->len < 1000 * 1000)
            g_string_append(text, pieces[i]);
        redacted = redact_text(text->str, NULL);
        assert_true(strlen(redacted) <= 2 * text->len);
        g_string_free(text, TRUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redact),
        cmocka_unit_test(test_without_list),
        cmocka_unit_test(test_is_not_slow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
