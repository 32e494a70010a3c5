/* Which lines stand in an element: those that a reader of the page would not take for plain text.
 */
#include "common/wire/markup.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A letter a line: "." outside, "#" inside; "!" at the end: an element was closed that never began.
 */
static const struct {
    const char *what;
    const char *text;
    const char *places;
} rows[] = {
    { "nothing", "a\nb", ".." },
    { "an element", "a\n<think>\nb\n</think>\nc", ".###." },
    { "in one line", "a <b>c</b> d\ne", "#." },
    { "opened in the middle of a line", "so <pre class=\"x\">\nb\n</pre>", "###" },
    { "within itself", "<div>\n<div>\n</div>\nb\n</div>\nc", "#####." },
    { "others within it", "<div>\n<p>\nb\n</div>\nc", "####." },
    { "without case", "<PRE>\nb\n</pre>\nc", "###." },
    { "without an end", "<think>\nb\nc", "###" },
    { "an end without a beginning", "a\n</think>\nb", ".#.!" },
    { "a tag over two lines", "<div\nclass=x>\n</div>\nc", "###." },
    { "elements that hold nothing", "<br>\na <img src=x> b\n<hr/>\nc", "...." },
    { "one that closes itself", "<x/>\nc", ".." },
    { "a comment", "a <!-- b\nc\nd --> e\nf", "###." },
    { "a comment in one line", "a <!-- b --> c\nd", "#." },
    { "a comment without an end", "<!--\nb", "##" },
    { "a tag in a comment", "<!-- <b> -->\nc", "#." },
    { "a comment in an element", "<pre>\n<!--\n</pre>\nc", "###." },
    { "tags between backticks", "the `<div>` tag\nc", ".." },
    { "backticks that do not end", "a ` <b>\nc", "##" },
    { "backticks in an element", "<pre>`\n</pre>`\nc", "##." },
    { "smaller than", "a <b and 2<3 <4\nc <- d", ".." },
    { "an address", "<https://a.example> <x@a.example>\nc", ".." },
    { "a sign that is shown for a hidden one", "a<U+200B>b\nc", ".." },
    { "a name that is too long", "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>\nc", ".." },
    { "a bracket at the end", "<\na <\n</", "..." },
};

static void places_of_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) lines = g_strsplit(rows[i].text, "\n", -1);
        g_autoptr(GString) places = g_string_new(NULL);
        Markup markup = { .depth = 0 };

        print_message("%s\n", rows[i].what);
        for (unsigned line = 0; lines[line]; line++)
            g_string_append_c(places, markup_step(&markup, lines[line]) ? '#' : '.');
        if (markup.has_stray_end)
            g_string_append_c(places, '!');
        assert_string_equal(places->str, rows[i].places);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(places_of_lines) };

    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
