/* What of a sentence is looked for among the notes. */
#include "agent1/model/memory_sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void what_is_looked_for(void **state)
{
    static const struct {
        const char *sentence;
        const char *match; /* NULL: nothing */
    } rows[] = {
        { "", NULL },
        { "what is that?", NULL },
        { "Hello, how are you?", NULL },
        { "what is the code of the back door?", "\"code\"* OR \"back\"* OR \"door\"*" },
        { "where are the backups kept?", "\"backup\"* OR \"kept\"*" },
        { "o\u00f9 est la cl\u00e9 de l'escalier ?", "\"cl\u00e9\" OR \"escalier\"*" },
        { "is web1 up? and n4? and x?", "\"web1\"* OR \"n4\"" },
        { "door DOOR Doors", "\"door\"*" },
        { "the NAS \"x\" OR key:val* NEAR(", "\"nas\" OR \"key\" OR \"val\" OR \"near\"*" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *match = memory_sentence_match(rows[i].sentence);

        if (g_strcmp0(match, rows[i].match) != 0)
            fail_msg("\"%s\" looks for %s", rows[i].sentence, match);
    }
}

/* However long a text is. */
static void it_is_bounded(void **state)
{
    GString *text = g_string_new(NULL);
    g_autofree char *match = NULL;
    g_autofree char *run = g_strnfill(5000, 'x');

    (void)state;
    for (int i = 0; i < 5000; i++)
        g_string_append_printf(text, "word%d ", i);
    match = memory_sentence_match(text->str);
    assert_true(g_str_has_suffix(match, "\"word11\"*"));
    g_string_free(text, TRUE);
    assert_null(memory_sentence_match(run));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_looked_for),
        cmocka_unit_test(it_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
