/* The catalogue as it was compiled: what is looked up, and what is not in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/words/words.h"
#include "common/wire/command.h"
#include "common/base/banned.h"

static void texts_are_found_by_their_english(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *french;
    } rows[] = {
        { "a sentence", "nothing waits for a person or for a window",
          "rien n'attend une personne ni une plage horaire" },
        { "conversions", "%s: not found", "%s: introuvable" },
        { "quotes and backslashes", "remembered \"%s\"", "retenu : « %s »" },
        { "a number of 64 bits", "row %" G_GINT64_FORMAT ": %s",
          "ligne %" G_GINT64_FORMAT " : %s" },
        { "a number without a sign", "refused messages since start: %" G_GUINT64_FORMAT,
          "messages refusés depuis le démarrage : %" G_GUINT64_FORMAT },
        { "new lines", "\nDid not report: ", "\nSans rapport : " },
        { "a line that scripts read", "#%" G_GINT64_FORMAT " %s: cancelled",
          "#%" G_GINT64_FORMAT " %s: cancelled" },
        { "a text that nobody says", "there is no such text", "there is no such text" },
        { "the header is no text", "", "" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        assert_string_equal(words_get(LANGUAGE_FR, rows[i].text), rows[i].french);
        assert_ptr_equal(words_get(LANGUAGE_EN, rows[i].text), rows[i].text);
    }
}

static void counts_and_quantities(void **state)
{
    static const struct {
        const char *english;
        const char *french;
    } rows[] = {
        { "0.4 s", "0,4 s" },     { "42 s", "42 s" }, { "2 d 3 h", "2 j 3 h" },
        { "1.5 KiB", "1,5 KiB" }, { "2 d", "2 j" },   { "0.07", "0,07" },
        { "900 ms", "900 ms" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *english = words_quantity(LANGUAGE_EN, rows[i].english);
        g_autofree char *french = words_quantity(LANGUAGE_FR, rows[i].english);

        assert_string_equal(english, rows[i].english);
        assert_string_equal(french, rows[i].french);
    }
    for (int count = 0; count <= 2; count++) {
        assert_int_equal(words_is_one(LANGUAGE_EN, count), count == 1);
        assert_int_equal(words_is_one(LANGUAGE_FR, count), count < 2);
    }
}

static void check_help(const CommandInfo *info)
{
    const char *help = words_get(LANGUAGE_FR, info->help);
    g_autofree char *summary = command_summary(help);

    print_message("%s: %s\n", info->name, summary);
    assert_ptr_not_equal(help, info->help);
    assert_false(g_str_has_suffix(help, "."));
    assert_in_range(g_utf8_strlen(summary, -1), 1, COMMAND_SUMMARY_CHARS);
    assert_true(!strchr(summary, '(') || strchr(summary, ')'));
    assert_true(!g_str_has_prefix(summary, "y a-t-il") || strchr(summary, '?'));
}

/* !help shows the beginning of each in one line. */
static void help_fits_a_line(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < COMMAND_COUNT; i++)
        check_help(command_info((Command)i));
    for (i = 0; i < TRIGGER_COUNT; i++)
        check_help(trigger_info((Trigger)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_found_by_their_english),
        cmocka_unit_test(counts_and_quantities),
        cmocka_unit_test(help_fits_a_line),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
