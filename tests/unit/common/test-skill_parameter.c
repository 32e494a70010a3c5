#include "common/wire/skill_parameter.h"

#include "common/base/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static SkillParameter *read_parameter(const char *text, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), 10000, NULL);

    assert_non_null(json);
    return skill_parameter_read(json, "params[0]", NULL, error);
}

static const char unit[] = "{\"name\":\"p\",\"type\":\"unit\"}";
static const char name[] = "{\"name\":\"p\",\"type\":\"name\"}";
static const char choice[] = "{\"name\":\"p\",\"type\":\"choice\",\"choices\":[\"a b\",\"c\"]}";
static const char number[] = "{\"name\":\"p\",\"type\":\"int\",\"minimum\":-5,\"maximum\":10}";
static const char any_number[] = "{\"name\":\"p\",\"type\":\"int\"}";
static const char path[] = "{\"name\":\"p\",\"type\":\"path\",\"below\":[\"/srv/\",\"/var\"]}";
static const char any_path[] = "{\"name\":\"p\",\"type\":\"path\"}";
static const char truth[] = "{\"name\":\"p\",\"type\":\"bool\"}";
static const char flag[] = "{\"name\":\"p\",\"type\":\"bool\",\"flag\":\"--force\"}";
static const char text[] = "{\"name\":\"p\",\"type\":\"text\",\"max\":10}";
static const char pattern[] = "{\"name\":\"p\",\"type\":\"text\",\"pattern\":\"v[0-9]+|main\"}";

static const struct {
    const char *what;
    const char *parameter;
    const char *value;
    const char *taken; /* NULL: refused */
} take_rows[] = {
    { "a unit", unit, "nginx.service", "nginx.service" },
    { "an instance of a unit", unit, "getty@tty1.service", "getty@tty1.service" },
    { "an escaped unit", unit, "dev-disk-by\\x2dlabel.swap", "dev-disk-by\\x2dlabel.swap" },
    { "a glob of units", unit, "ssh*", NULL },
    { "an option as a unit", unit, "--all", NULL },
    { "an at sign first", unit, "@x", NULL },
    { "two units", unit, "a b", NULL },
    { "no unit", unit, "", NULL },
    { "a name", name, "web-1_b.c", "web-1_b.c" },
    { "a name with a dot first", name, ".hidden", NULL },
    { "a name with a slash", name, "a/b", NULL },
    { "a name with a dash first", name, "-a", NULL },
    { "a name beyond ASCII", name, "ü", NULL },
    { "a choice", choice, "a b", "a b" },
    { "no choice", choice, "b", NULL },
    { "a part of a choice", choice, "a", NULL },
    { "the least number", number, "-5", "-5" },
    { "one less", number, "-6", NULL },
    { "the greatest number", number, "10", "10" },
    { "one more", number, "11", NULL },
    { "a fraction", number, "1.5", NULL },
    { "blanks around", number, " 1", NULL },
    { "hexadecimal", number, "0x1", NULL },
    { "a number without bounds", any_number, "-9223372036854775808", "-9223372036854775808" },
    { "a number too long", any_number, "9223372036854775808", NULL },
    { "a path below", path, "/srv/www", "/srv/www" },
    { "the folder itself", path, "/var", "/var" },
    { "a path beside", path, "/variable", NULL },
    { "a path upwards", path, "/var/../etc", NULL },
    { "a path elsewhere", path, "/etc", NULL },
    { "a relative path", path, "var/log", NULL },
    { "any path", any_path, "/etc/x y", "/etc/x y" },
    { "dots in a path's name", any_path, "/a..b/...", "/a..b/..." },
    { "a path with a newline", any_path, "/etc\n", NULL },
    { "true", truth, "True", "true" },
    { "no", truth, "no", "false" },
    { "maybe", truth, "maybe", NULL },
    { "a flag that is set", flag, "yes", "--force" },
    { "a flag that is not", flag, "false", "" },
    { "a text", text, "a b, c=d", "a b, c=d" },
    { "ten bytes", text, "0123456789", "0123456789" },
    { "eleven bytes", text, "0123456789a", NULL },
    { "two lines", text, "a\nb", NULL },
    { "a tab", text, "a\tb", NULL },
    { "an escape", text, "\033[1m", NULL },
    { "a direction mark", text, "a\xe2\x80\xae", NULL },
    { "a text that begins as an option", text, "-rf", NULL },
    { "a text that begins as a file of options", text, "@x", NULL },
    { "a text that fits", pattern, "v12", "v12" },
    { "the other half of a pattern", pattern, "main", "main" },
    { "a text that fits in part", pattern, "v12x", NULL },
    { "a text that ends in a newline", pattern, "v12\n", NULL },
};

static void test_take(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(take_rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillParameter) parameter = read_parameter(take_rows[i].parameter, &error);
        g_autofree char *taken = NULL;

        assert_non_null(parameter);
        taken = skill_parameter_take(parameter, take_rows[i].value, &error);
        if (g_strcmp0(taken, take_rows[i].taken) != 0)
            fail_msg("%s: got %s", take_rows[i].what, taken ? taken : error->message);
        if (!taken && !g_str_has_prefix(error->message, "p: \""))
            fail_msg("%s: %s", take_rows[i].what, error->message);
    }
}

static void test_read_refuses(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *message;
    } rows[] = {
        { "no name", "{\"type\":\"name\"}", "params[0].name" },
        { "a name in capitals", "{\"name\":\"P\",\"type\":\"name\"}", "params[0].name" },
        { "no type", "{\"name\":\"p\"}", "params[0].type" },
        { "an unknown type", "{\"name\":\"p\",\"type\":\"date\"}", "params[0].type" },
        { "choices of another type", "{\"name\":\"p\",\"type\":\"name\",\"choices\":[\"a\"]}",
          "params[0].choices: belongs to type choice" },
        { "a pattern of another type", "{\"name\":\"p\",\"type\":\"int\",\"pattern\":\"a\"}",
          "params[0].pattern: belongs to type text" },
        { "a hidden character in a choice",
          "{\"name\":\"p\",\"type\":\"choice\",\"choices\":[\"a\",\"\x7f\"]}",
          "params[0].choices[1]: has hidden characters" },
        { "a line's end in a folder", "{\"name\":\"p\",\"type\":\"path\",\"below\":[\"/a\\nb\"]}",
          "params[0].below[0]: has hidden characters" },
        { "no choices", "{\"name\":\"p\",\"type\":\"choice\"}", "params[0].choices" },
        { "bounds the wrong way round",
          "{\"name\":\"p\",\"type\":\"int\",\"minimum\":2,\"maximum\":1}", "params[0].minimum" },
        { "a pattern that is none", "{\"name\":\"p\",\"type\":\"text\",\"pattern\":\"(\"}",
          "params[0].pattern" },
        { "a relative folder", "{\"name\":\"p\",\"type\":\"path\",\"below\":[\"var\"]}",
          "params[0].below[0]" },
        { "a default that does not fit",
          "{\"name\":\"p\",\"type\":\"int\",\"maximum\":3,\"default\":\"4\"}",
          "params[0].default: p: \"4\"" },
        { "a default of what is required",
          "{\"name\":\"p\",\"type\":\"name\",\"required\":true,\"default\":\"a\"}",
          "params[0].default" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillParameter) parameter = read_parameter(rows[i].text, &error);

        if (parameter || !g_str_has_prefix(error->message, rows[i].message))
            fail_msg("%s: %s", rows[i].what, error ? error->message : "was taken");
    }
}

static void test_round_trip(void **state)
{
    static const char *const texts[] = {
        "{\"name\":\"p\",\"description\":\"what\",\"type\":\"int\",\"required\":true,"
        "\"minimum\":-1,\"maximum\":7}",
        "{\"name\":\"p\",\"type\":\"unit\",\"required\":true}",
        "{\"name\":\"p\",\"type\":\"name\",\"default\":\"a\"}",
        "{\"name\":\"p\",\"type\":\"choice\",\"choices\":[\"a\",\"b\"]}",
        "{\"name\":\"p\",\"type\":\"path\",\"below\":[\"/srv\"]}",
        "{\"name\":\"p\",\"type\":\"bool\",\"flag\":\"-f\"}",
        "{\"name\":\"p\",\"type\":\"text\",\"max\":9,\"pattern\":\"a+\"}",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(SkillParameter) parameter = read_parameter(texts[i], NULL);
        g_autoptr(Json) written = skill_parameter_write(parameter);
        g_autofree char *printed = json_print(written);

        assert_string_equal(printed, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_read_refuses),
        cmocka_unit_test(test_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
