/* Pages in whatever signs they were written, as UTF-8: who says which, and what is not readable. */
#include "agent1/reader/charset.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void pages(void **state)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t length; /* 0: as far as the NUL */
        const char *named;
        const char *text;
    } rows[] = {
        { "nothing", "", 0, NULL, "" },
        { "UTF-8 that nobody names", "caf\xc3\xa9", 0, NULL, "café" },
        { "no UTF-8, and nobody says what", "caf\xe9 \x80", 0, NULL, "café €" },
        { "the header says it", "caf\xe9", 0, "iso-8859-1", "café" },
        { "the header says Latin 9", "\xa4", 0, "ISO-8859-15", "€" },
        { "in quotes", "\xcf\xd2", 0, "\"koi8-r\"", "ор" },
        { "the page says it", "<meta charset=\"koi8-r\">\xcf", 0, NULL,
          "<meta charset=\"koi8-r\">о" },
        { "the page says it the old way",
          "<META http-equiv=Content-Type content='text/html; charset=windows-1251'>\xef", 0, NULL,
          "<META http-equiv=Content-Type content='text/html; charset=windows-1251'>п" },
        { "the header wins", "<meta charset=koi8-r>\xc3\xa9", 0, "utf-8",
          "<meta charset=koi8-r>é" },
        { "a mark wins", "\xef\xbb\xbf\xc3\xa9", 0, "koi8-r", "é" },
        { "UTF-16",
          "\xff\xfe"
          "a\0\xe9\0",
          6, NULL, "aé" },
        { "a page whose name we could read is no UTF-16", "<meta charset=utf-16>\xc3\xa9", 0, NULL,
          "<meta charset=utf-16>é" },
        { "unknown is read as UTF-8", "a\xc3\xa9", 0, "klingon", "aé" },
        { "broken UTF-8",
          "a\xff"
          "b",
          0, "utf-8",
          "a\xef\xbf\xbd"
          "b" },
        { "broken in its own signs",
          "\x81\xff"
          "a",
          0, "shift_jis",
          "\xef\xbf\xbd\xef\xbf\xbd"
          "a" },
        { "cut in a sign", "\x82", 0, "shift_jis", "" },
        { "a NUL is left out", "a\0b", 3, "utf-8", "ab" },
    };

    (void)state;
    charset_warm_up();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].bytes);
        g_autofree char *text = charset_decode(rows[i].bytes, length, rows[i].named);

        if (strcmp(text, rows[i].text) != 0)
            fail_msg("%s: %s", rows[i].what, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
