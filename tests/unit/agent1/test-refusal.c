/* Which answers mean that a model will not answer. */
#include "agent1/model/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const struct {
    const char *text;
    bool is_refusal;
} rows[] = {
    { "I can't help with that.", true },
    { "I’m sorry, but I can’t assist with that request.", true },
    { "I'm sorry, but as an AI language model I have no shell.", true },
    { "Désolé, je ne peux pas vous aider.", true },
    { "Je ne suis pas en mesure de le faire", true },
    { "Przepraszam, nie mogę pomóc w tej sprawie.", true },
    { "Desculpe, não posso ajudar com isso.", true },
    { "抱歉，我不能协助处理该请求。", true },
    { "", false },
    { "web1 is up since Tuesday.", false },
    { "DELEGATE: web1 | uptime", false },
    { "Disk usage is fine; the only thing to note is a log that grows, and about its owner I can't "
      "help you.",
      false },
    { "No lo haré.", false },
};

static void by_phrases(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (refusal_is(rows[i].text, NULL) != rows[i].is_refusal)
            fail_msg("%s", rows[i].text);
    }
}

static void of_people(void **state)
{
    g_autoptr(GPtrArray) more = g_ptr_array_new();

    (void)state;
    g_ptr_array_add(more, (char *)(gsize) "No lo haré");
    assert_true(refusal_is("no lo HARÉ.", more));
    assert_false(refusal_is("lo haré.", more));
}

static void long_answers(void **state)
{
    g_autoptr(GString) text = g_string_new("I can't do that. ");

    (void)state;
    while (text->len <= REFUSAL_MAX_CHARS)
        g_string_append(text, "But here is how you do it yourself. ");
    assert_false(refusal_is(text->str, NULL));
}

/* What was held possible at every length comes true or is ruled out, and never comes back. */
static void while_it_comes(void **state)
{
    g_autoptr(GPtrArray) more = g_ptr_array_new();

    (void)state;
    g_ptr_array_add(more, (char *)(gsize) "No lo haré");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *text = rows[i].text;
        bool was = true;

        for (const char *at = text; at < text + strlen(text); at += g_utf8_skip[(guchar)*at]) {
            g_autofree char *beginning = g_strndup(text, (size_t)(at - text));
            bool may = refusal_may_be(beginning, more);

            assert_false(may && !was);
            was = may;
        }
        if (refusal_is(text, more))
            assert_true(was);
    }
    assert_true(refusal_may_be("", NULL));
    assert_true(refusal_may_be("web1 is up since Tuesday.", NULL));
    /* So much of an answer is beyond its beginning, and no phrase is under way. */
    assert_false(refusal_may_be("web1 is up since Tuesday, and its disk has room for some more "
                                "years of logs.",
                                NULL));
    assert_true(
        refusal_may_be("web1 is up since Tuesday, and its disk has room for more: je ne p", NULL));
}

static void a_long_beginning(void **state)
{
    g_autofree char *blanks = g_strnfill(REFUSAL_MAX_CHARS + 1, ' ');

    (void)state;
    assert_false(refusal_may_be(blanks, NULL));
    blanks[REFUSAL_MAX_CHARS] = '\0';
    assert_true(refusal_may_be(blanks, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_phrases),       cmocka_unit_test(of_people),
        cmocka_unit_test(long_answers),     cmocka_unit_test(while_it_comes),
        cmocka_unit_test(a_long_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
