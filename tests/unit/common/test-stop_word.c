/* Plain words for stopping, and what only begins like one. */
#include "common/wire/stop_word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void what_is_one(void **state)
{
    static const char *const texts[] = {
        "stop",
        "STOP!!!",
        " Stop. ",
        "stop, please",
        "ok, stop now",
        "please stop",
        "stop stop stop",
        "halt",
        "arr\u00eate",
        "Arre\u0302te !", /* the accent apart */
        "ARR\u00caTE",
        "arrete",
        "arr\u00eatez\u00a0!",
        "arr\u00eate-toi",
        "arr\u00eate, s\u2019il te pla\u00eet",
        "arr\u00eatez s'il vous pla\u00eet.",
        "stoppe stp",
        "stopper",
        "stop it",
        "Stop that!",
        "stop this now, please",
        "stop there",
        "stop right there",
        "stop here",
        "arr\u00eate \u00e7a",
        "arr\u00eate l\u00e0 !",
        "arr\u00eate cela",
        "arr\u00eate-la",
        "stop, \u00e7a suffit",
        "\u00e7a suffit !",
        "cela suffit, merci",
        "suffit",
        "tais-toi",
        "taisez-vous, s'il vous pla\u00eet",
        "enough",
        "that's enough",
        "\u00e7a suffit comme \u00e7a",
        "assez",
        "shut up",
        "annule",
        "annulez",
        "annule \u00e7a",
        "cancel",
        "cancel that",
        "stop answering",
        "stop replying, please",
        "stop talking",
        "arr\u00eate de r\u00e9pondre",
        "arr\u00eate de parler",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!stop_word_is(texts[i]))
            fail_msg("\"%s\" is one", texts[i]);
    }
}

static void what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "!",
        "please",
        "ok",
        "stop web1",
        "stop nginx",
        "stop nginx on web1",
        "stop it at noon",
        "don't stop",
        "n'arr\u00eate pas",
        "arr\u00eate nginx sur web1",
        "stopped",
        "unstop",
        "stop-gap",
        "the stop",
        "arr\u00eat",
        "vous",
        "\u505c",
        "it",
        "that",
        "\u00e7a",
        "\u00e7a va",
        "is it there?",
        "is that you?",
        "answering",
        "de rien",
        "stop the web server",
        "arr\u00eate la base de donn\u00e9es",
        "enough space?",
        "is there enough here",
        "annule 12",
        "annule le run 12",
        "cancel 12",
        "cancel web1",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (stop_word_is(texts[i]))
            fail_msg("\"%s\" is none", texts[i]);
    }
}

static void what_means_everything(void **state)
{
    static const struct {
        const char *text;
        bool is_of_all;
    } rows[] = {
        { "cancel everything", true },
        { "Stop all my tasks!", true },
        { "annule tout", true },
        { "arr\u00eate toutes mes t\u00e2ches, s'il te pla\u00eet", true },
        { "stop", false },
        { "all", false },
        { "cancel all of web1", false },
        { "stop all services", false },
        { "don't stop everything", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        assert_int_equal(stop_word_is_of_all(rows[i].text), rows[i].is_of_all);
    }
}

static void a_long_text(void **state)
{
    g_autofree char *text = g_strnfill(1000, ' ');

    (void)state;
    text[0] = 's';
    assert_false(stop_word_is(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_one),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(what_means_everything),
        cmocka_unit_test(a_long_text),
    };

    return cmocka_run_group_tests_name("stop_word", tests, NULL, NULL);
}
