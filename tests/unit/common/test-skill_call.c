#include "common/wire/skill_call.h"

#include "common/base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"

#include "common/base/banned.h"

static void test_name(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *expected;
    } rows[] = {
        { "a name alone", "apt.update", "apt.update" },
        { "blanks before", " \tapt.update", "apt.update" },
        { "ended by a parenthesis", "service.restart(nginx)", "service.restart" },
        { "ended by a blank", "disk.largest /var", "disk.largest" },
        { "ended by a newline", "uptime\nls", "uptime" },
        { "a dash and digits", "list-2_b x", "list-2_b" },
        { "nothing", "", NULL },
        { "blanks only", "  ", NULL },
        { "an upper-case letter", "Apt.update", NULL },
        { "a digit first", "7zip x", NULL },
        { "a path", "/bin/ls", NULL },
        { "a shell assignment", "a=1 b", NULL },
        { "a pipe without blanks", "ps|grep", NULL },
        { "64 characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
        { "65 characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = skill_call_name(rows[i].text);

        if (g_strcmp0(name, rows[i].expected) != 0)
            fail_msg("%s: got %s", rows[i].what, name);
    }
}

/* Name and arguments with a bar between, as "restart|nginx|limit=web". */
static char *flatten(const SkillCall *call)
{
    GString *text = g_string_new(call->name);

    for (guint i = 0; i < call->arguments->len; i++) {
        const SkillArgument *argument = g_ptr_array_index(call->arguments, i);

        g_string_append_c(text, '|');
        if (argument->name)
            g_string_append_printf(text, "%s=", argument->name);
        g_string_append(text, argument->value);
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *what;
    const char *text;
    const char *expected; /* flat */
    const char *printed;
} parse_rows[] = {
    { "a name alone", "apt.update", "apt.update", "apt.update" },
    { "empty parentheses", "apt.update()", "apt.update", "apt.update" },
    { "blanks everywhere", "  apt.update ( x ) ", "apt.update|x", "apt.update(x)" },
    { "parentheses with blanks", "a( x , y = z )", "a|x|y=z", "a(x, y=z)" },
    { "a value with inner blanks", "a(one two)", "a|one two", "a(one two)" },
    { "words", "a one two", "a|one|two", "a(one, two)" },
    { "words with a name", "a one limit=web", "a|one|limit=web", "a(one, limit=web)" },
    { "a trailing newline", "a one\n", "a|one", "a(one)" },
    { "double quotes", "a(\"x, \\\"y\\\" \\\\\")", "a|x, \"y\" \\", "a(\"x, \\\"y\\\" \\\\\")" },
    { "single quotes", "a('x, \"y\" \\')", "a|x, \"y\" \\", "a(\"x, \\\"y\\\" \\\\\")" },
    { "quoted words", "a 'one two' b=\"c d\"", "a|one two|b=c d", "a(one two, b=c d)" },
    { "an empty value", "a('', b='')", "a||b=", "a(\"\", b=\"\")" },
    { "an equals sign in quotes is no name", "a('b=c')", "a|b=c", "a(\"b=c\")" },
    { "an equals sign after no name", "a(B=c)", "a|B=c", "a(\"B=c\")" },
    { "an equals sign in a named value", "a(b=c=d)", "a|b=c=d", "a(b=c=d)" },
    { "parentheses in a word", "a f(x)", "a|f(x)", "a(\"f(x)\")" },
    { "a comma in a word", "a x,y", "a|x,y", "a(\"x,y\")" },
    { "a dash", "a -rf", "a|-rf", "a(-rf)" },
    { "blanks at the ends of a quoted value", "a(' x ')", "a| x ", "a(\" x \")" },
    { "no name", "(x)", NULL, NULL },
    { "a missing parenthesis", "a(x", NULL, NULL },
    { "text after the parenthesis", "a(x) y", NULL, NULL },
    { "a double comma", "a(x,,y)", NULL, NULL },
    { "a comma at the end", "a(x,)", NULL, NULL },
    { "a comma first", "a(,x)", NULL, NULL },
    { "an empty named value", "a(b=)", NULL, NULL },
    { "an empty named word", "a b=", NULL, NULL },
    { "a nested parenthesis", "a(f(x))", NULL, NULL },
    { "an open quotation", "a('x)", NULL, NULL },
    { "a foreign escape", "a(\"\\n\")", NULL, NULL },
    { "an escape at the end", "a(\"\\", NULL, NULL },
    { "quotes inside a word", "a it's", NULL, NULL },
    { "text glued to a quotation", "a 'x'y", NULL, NULL },
    { "text glued to a quotation in parentheses", "a('x'y)", NULL, NULL },
    { "a name given twice", "a(b=1, b=2)", NULL, NULL },
    { "a position after a name", "a(b=1, 2)", NULL, NULL },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parse_rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillCall) call = skill_call_parse(parse_rows[i].text, &error);
        g_autoptr(SkillCall) again = NULL;
        g_autofree char *flat = call ? flatten(call) : NULL;
        g_autofree char *printed = call ? skill_call_print(call) : NULL;
        g_autofree char *flat_again = NULL;

        if (g_strcmp0(flat, parse_rows[i].expected) != 0)
            fail_msg("%s: got %s", parse_rows[i].what, flat ? flat : error->message);
        if (g_strcmp0(printed, parse_rows[i].printed) != 0)
            fail_msg("%s: printed %s", parse_rows[i].what, printed);
        assert_true((call == NULL) == (error != NULL));
        if (!call)
            continue;
        again = skill_call_parse(printed, NULL);
        assert_non_null(again);
        flat_again = flatten(again);
        assert_string_equal(flat_again, flat);
    }
}

static void test_limits(void **state)
{
    g_autoptr(GString) many = g_string_new("a(0");
    g_autofree char *filler = g_strnfill(SKILL_ARGUMENT_MAX_BYTES, 'x');
    g_autofree char *fits = g_strdup_printf("a %s", filler);
    g_autofree char *over = g_strdup_printf("a %sx", filler);
    g_autoptr(SkillCall) call = NULL;
    g_autoptr(GError) error = NULL;

    (void)state;
    for (int i = 1; i < SKILL_ARGUMENTS_MAX; i++)
        g_string_append_printf(many, ", %d", i);
    g_string_append_c(many, ')');
    call = skill_call_parse(many->str, NULL);
    assert_non_null(call);
    assert_int_equal(call->arguments->len, SKILL_ARGUMENTS_MAX);
    skill_call_free(g_steal_pointer(&call));

    g_string_insert(many, 2, "x, ");
    assert_null(skill_call_parse(many->str, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    g_clear_error(&error);

    call = skill_call_parse(fits, NULL);
    assert_non_null(call);
    assert_null(skill_call_parse(over, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
}

/* The message is shown on a terminal and in chat. */
static void test_hostile(void **state)
{
    g_autofree char *endless = g_strnfill(SKILL_ARGUMENT_MAX_BYTES, 'x');
    const char *values[] = { "\x1b[2J", "\xe2\x80\xae", "\xff", "\v", endless };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = g_strdup_printf("a.b(x=1, %s)", values[i]);
        g_autoptr(GError) error = NULL;

        assert_null(skill_call_parse(text, &error));
        assert_non_null(strstr(error->message, "has no name but follows x="));
        assert_true(text_is_harmless(error->message));
        assert_in_range(strlen(error->message), 1, 300);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_true(skill_name_is_valid("apt.list-upgradable"));
    assert_false(skill_name_is_valid("apt update"));
    assert_false(skill_name_is_valid(""));
    assert_true(skill_parameter_name_is_valid("play_book2"));
    assert_false(skill_parameter_name_is_valid("play.book"));
    assert_false(skill_parameter_name_is_valid("2play"));
}

static Json *json_of(const char *text)
{
    Json *json = json_parse(text, strlen(text), 1000, NULL);

    assert_non_null(json);
    return json;
}

/* An agent's own word. */
static void test_offered_names(void **state)
{
    static const char *const none[] = { "{}", "{\"name\":5}", "{\"name\":\"A b\"}",
                                        "{\"name\":\"\"}", "[]" };
    g_autoptr(Json) skill = json_of("{\"name\":\"apt.update\"}");

    (void)state;
    assert_string_equal(skill_offered_name(skill), "apt.update");
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(Json) other = json_of(none[i]);

        assert_null(skill_offered_name(other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offered_names), cmocka_unit_test(test_name),
        cmocka_unit_test(test_parse),         cmocka_unit_test(test_limits),
        cmocka_unit_test(test_hostile),       cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
