/* Texts that pretend to be others, and what a hurried reader takes them for. */
#include "common/base/lookalike.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *text;
    const char *seen;
} rows[] = {
    { "nothing", "", "" },
    { "plain", "DELEGATE: web1 | a_b", "DELEGATE: web1 | a_b" },
    { "Cyrillic", "DЕLЕGАТЕ:", "DELEGATE:" },
    { "Greek", "ΡLΑΝ:", "PLAN:" },
    { "wide", "ＤＥＬＥＧＡＴＥ：", "DELEGATE:" },
    { "bold, of mathematics", "𝐃𝐄𝐋𝐄𝐆𝐀𝐓𝐄:", "DELEGATE:" },
    { "in circles", "ⒹⒺⓁⒺⒼⒶⓉⒺ:", "DELEGATE:" },
    { "a colon of another kind", "PLAN∶ PLAN꞉", "PLAN: PLAN:" },
    { "signs that nobody sees", "DE\u200bLE\u00adGA\u2060TE\ufeff:", "DELEGATE:" },
    { "another direction", "\u202eDELEGATE\u202c:", "DELEGATE:" },
    { "tags", "PLAN\U000e0041:", "PLAN:" },
    { "accents", "Réunion: à 9h", "Reunion: a 9h" },
    { "blanks", "a\u00a0b\u3000c\td", "a b c d" },
    { "escapes of Markdown", "REPORT\\_ERRORS:", "REPORT_ERRORS:" },
    { "a control", "PL\001AN:", "PLAN:" },
    { "other letters stay", "日本 שלום", "日本 שלום" },
};

static void what_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *seen = lookalike_fold(rows[i].text);

        print_message("%s\n", rows[i].what);
        assert_string_equal(seen, rows[i].seen);
    }
}

/* A text of ASCII takes a shorter way, to the same end. */
static void ascii_is_no_other(void **state)
{
    (void)state;
    for (char sign = 1; sign > 0; sign++) {
        const char text[] = { 'a', sign, 'b', '\0' };
        g_autofree char *longer = g_strconcat(text, "\u00e9", NULL);
        g_autofree char *folded = lookalike_fold(text);
        g_autofree char *other = lookalike_fold(longer);
        g_autofree char *expected = g_strconcat(folded, "e", NULL);

        assert_string_equal(other, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_seen),
        cmocka_unit_test(ascii_is_no_other),
    };

    return cmocka_run_group_tests_name("lookalike", tests, NULL, NULL);
}
