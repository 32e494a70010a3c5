/* Keys and words of what people have remembered: what is the same, what is refused, what is sought.
 */
#include "agent1/model/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void test_keys(void **state)
{
    static const struct {
        const char *what;
        const char *typed;
        const char *key;
        const char *id;
    } cases[] = {
        { "a word", "backup", "backup", "shared:backup" },
        { "case", "Backup HOST", "Backup HOST", "shared:backup host" },
        { "blanks", "  backup \t host ", "backup host", "shared:backup host" },
        { "composed", "cafe\u0301", "caf\u00e9", "shared:caf\u00e9" },
        { "folded", "STRASSE", "STRASSE", "shared:strasse" },
        { "a sharp s", "Stra\u00dfe", "Stra\u00dfe", "shared:strasse" },
        { "nothing", " ", "", "shared:" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *key = memory_key(cases[i].typed);
        g_autofree char *id = memory_id(cases[i].typed, NULL);

        print_message("%s\n", cases[i].what);
        assert_string_equal(key, cases[i].key);
        assert_string_equal(id, cases[i].id);
    }
}

/* No name and no key of one person is the id of another's. */
static void test_whose_note_it_is(void **state)
{
    g_autofree char *own = memory_id(" Door ", "ana");
    g_autofree char *one = memory_id("b:c", "a");
    g_autofree char *other = memory_id("c", "a:b");

    (void)state;
    assert_string_equal(own, "private:3:ana:door");
    assert_string_not_equal(one, other);
}

static void test_options(void **state)
{
    static const struct {
        const char *typed;
        const char *rest;
        bool is_private;
        const char *slip;
    } cases[] = {
        { "back door", "back door", false, NULL },
        { "--private back door", "back door", true, NULL },
        { "back door --PRIVATE", "back door", true, NULL },
        { "back \u2014private door", "back door", true, NULL },
        { "\u2013private door", "door", true, NULL },
        { "-private door", "door", true, NULL },
        { "--priv\u00e9 porte", "porte", true, NULL },
        { "--prive\u0301e porte", "porte", true, NULL },
        { "--privat door", "--privat door", false, "--privat" },
        { "door --privtae", "door --privtae", false, "--privtae" },
        { "--privat --private door", "--privat door", true, "--privat" },
        { "the --privat door", "the --privat door", false, "--privat" },
        { "--secret wifi", "--secret wifi", false, "--secret" },
        { "wifi --secret", "wifi --secret", false, "--secret" },
        { "--mine wifi", "--mine wifi", false, "--mine" },
        { "--only-me wifi", "--only-me wifi", false, "--only-me" },
        { "--perso wifi", "--perso wifi", false, "--perso" },
        { "-p wifi", "-p wifi", false, "-p" },
        { "--private=yes wifi", "--private=yes wifi", false, "--private=yes" },
        { "--all wifi", "--all wifi", false, "--all" },
        { "\u2014secret wifi", "\u2014secret wifi", false, "\u2014secret" },
        { "wifi \u2013mine ", "wifi \u2013mine", false, "\u2013mine" },
        { "\u2011p wifi", "\u2011p wifi", false, "\u2011p" },
        { "-- wifi", "-- wifi", false, "--" },
        { "--secret wifi --private", "--secret wifi", true, "--secret" },
        { "rsync --delete backup", "rsync --delete backup", false, NULL },
        { "private door", "private door", false, NULL },
        { "a - b", "a - b", false, NULL },
        { "--", "--", false, "--" },
        { "", "", false, NULL },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *rest = NULL;
        g_autofree char *slip = NULL;
        bool is_private;

        print_message("%s\n", cases[i].typed);
        slip = memory_take_options(cases[i].typed, &rest, &is_private);
        assert_int_equal(g_strcmp0(slip, cases[i].slip), 0);
        assert_int_equal(is_private, cases[i].is_private);
        assert_string_equal(rest, cases[i].rest);
    }
}

/* What others may read of it. */
static void test_records(void **state)
{
    static const struct {
        const char *rest;
        const char *record;
    } cases[] = {
        { "door | 4711", "door | 4711" },           { "--private door | 4711", "--private" },
        { "--privat door | 4711", "--privat" },     { "door 4711", "door 4711" },
        { "door | --private", "door | --private" }, { "door | 4711 --private", "--private" },
        { "--secret door | 4711", "--secret" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *record = memory_record(cases[i].rest);

        assert_string_equal(record, cases[i].record);
    }
}

static void test_what_is_kept(void **state)
{
    g_autofree char *key = g_strnfill(MEMORY_KEY_MAX_CHARS, 'k');
    g_autofree char *long_key = g_strnfill(MEMORY_KEY_MAX_CHARS + 1, 'k');
    g_autofree char *value = g_strnfill(MEMORY_VALUE_MAX_BYTES, 'v');
    g_autofree char *long_value = g_strnfill(MEMORY_VALUE_MAX_BYTES + 1, 'v');
    const struct {
        const char *what;
        const char *key;
        const char *value;
        MemoryFault fault;
    } cases[] = {
        { "no key", "", "x", MEMORY_HAS_NO_KEY },
        { "a long key", long_key, "x", MEMORY_KEY_IS_LONG },
        { "a long value", "k", long_value, MEMORY_VALUE_IS_LONG },
        { "an escape in the key", "a\x1b[2J", "x", MEMORY_KEY_HIDES },
        { "one written backwards", "k", "a\u202eb", MEMORY_VALUE_HIDES },
        { "both at their bounds", key, value, MEMORY_IS_FINE },
        { "no value forgets", "k", "", MEMORY_IS_FINE },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        print_message("%s\n", cases[i].what);
        assert_int_equal(memory_judge(cases[i].key, cases[i].value), cases[i].fault);
    }
}

static void test_what_looks_like_a_password(void **state)
{
    static const struct {
        const char *key;
        const char *value;
        bool is_secret;
    } cases[] = {
        { "door", "4711", false },
        { "wifi", "harbour, on floor 2", false },
        { "wifi password", "fish", true },
        { "Wifi Password of the house", "fish", true },
        { "wifi", "the password is fish", true },
        { "mot de passe wifi", "poisson", true },
        { "mdp wifi", "poisson", true },
        { "wifi", "MDP poisson", true },
        { "wifi", "mdp: poisson", true },
        { "Mot-de-passe du wifi", "poisson", true },
        { "wifi", "les mots de passe sont au coffre", true },
        { "garage code", "4711", true },
        { "garage", "le code : 4711", true },
        { "garage", "code 4711", true },
        { "PIN", "1234", true },
        { "card", "its pin is 1234", true },
        { "gpg", "passphrase: fish", true },
        { "ssh passphrase", "fish", true },
        { "secret", "fish", true },
        { "vault", "the secret is fish", true },
        { "api_token", "abcdef", true },
        { "tokens", "abcdef", true },
        { "opinion", "the pinboard is in the decoder's room", false },
        { "secretary", "Marie", false },
        { "encod\u00e9", "oui", false },
        { "cloud token", "abcdef", true },
        { "api", "token=abcdef", true },
        { "header", "Bearer abcdef", true },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (memory_is_secret(cases[i].key, cases[i].value) != cases[i].is_secret)
            fail_msg("%s: %s", cases[i].key, cases[i].value);
    }
}

/* Nothing that is typed is an operator of the index. */
static void test_words_to_look_for(void **state)
{
    static const struct {
        const char *typed;
        const char *match;
    } cases[] = {
        { "", NULL },
        { "\" -- * ^ :", NULL },
        { "disk", "\"disk\"*" },
        { "web-1 disk", "\"web\"* \"1\"* \"disk\"*" },
        { "value:tok* OR key", "\"value\"* \"tok\"* \"OR\"* \"key\"*" },
        { "\"a\" NEAR(b)", "\"a\"* \"NEAR\"* \"b\"*" },
        { "d\u00e9j\u00e0", "\"d\u00e9j\u00e0\"*" },
        { "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
          "\"1\"* \"2\"* \"3\"* \"4\"* \"5\"* \"6\"* \"7\"* \"8\"* \"9\"* \"10\"* \"11\"* \"12\"* "
          "\"13\"* \"14\"* \"15\"* \"16\"*" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *match = memory_match(cases[i].typed);

        print_message("%s\n", cases[i].typed);
        if (cases[i].match)
            assert_string_equal(match, cases[i].match);
        else
            assert_null(match);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_what_looks_like_a_password),
        cmocka_unit_test(test_whose_note_it_is),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_words_to_look_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
