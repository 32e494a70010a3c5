/* Where a line stands between code fences, in the forms that people, models and clients write. */
#include "common/wire/fence.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

/* A letter a line: "." outside, "=" an edge, "#" inside. */
static const struct {
    const char *what;
    const char *text;
    const char *places;
} rows[] = {
    { "nothing", "a\nb", ".." },
    { "a fence", "a\n```\nb\n```\nc", ".=#=." },
    { "with a language", "```sh\nb\n```\nc", "=#=." },
    { "of tildes", "~~~ text\n```\n~~~\nc", "=#=." },
    { "longer than what is in it", "````\n```\nb\n```\n````\nc", "=###=." },
    { "closed by a longer row", "```\nb\n`````\nc", "=#=." },
    { "not closed by a shorter row", "````\nb\n```\nc", "=###" },
    { "not closed by another sign", "```\n~~~\nb", "=##" },
    { "not closed by a row with a word", "```\n``` sh\nb", "=##" },
    { "two signs are none", "``\nb", ".." },
    { "without an end", "a\n```\nb\nc", ".=##" },
    { "blanks behind the row that closes", "```\nb\n``` \t\r\nc", "=#=." },
    { "indented", "   ```\nb\n   ```\nc", "=#=." },
    { "a row indented like code closes nothing", "```\n    ```\nb", "=##" },
    { "but where the fence stands as deep", "     ```\nb\n     ```\nc", "=#=." },
    { "in a list", "- ```\n  b\n  ```\nc", "=#=." },
    { "in a numbered list", "12. ```\nb\n    ```\nc", "=#=." },
    { "behind a sign of quotation", "> ~~~\nb", ".." },
    { "a number alone", "12\n3.\nc", "..." },
    { "text behind backticks that end: some clients open a block", "```a```\nb\n```\nc", "=###" },
    { "tildes may have backticks behind them", "~~~ `a`\n~~~\nc", "==." },
    { "empty lines", "\n```\n\n```\n", ".=#=." },
};

static void places_of_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) lines = g_strsplit(rows[i].text, "\n", -1);
        g_autoptr(GString) places = g_string_new(NULL);
        Fence fence = { .sign = '\0' };

        print_message("%s\n", rows[i].what);
        for (unsigned line = 0; lines[line]; line++)
            g_string_append_c(places, ".=#"[fence_step(&fence, lines[line])]);
        assert_string_equal(places->str, rows[i].places);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(places_of_lines) };

    return cmocka_run_group_tests_name("fence", tests, NULL, NULL);
}
