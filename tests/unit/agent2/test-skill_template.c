#include "agent2/model/skill_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"

#include "common/base/banned.h"

static void free_parameter(void *parameter)
{
    skill_parameter_free(parameter);
}

/* must: required; may: optional; with: has a default; flag; text: free, required. */
static GPtrArray *new_parameters(void)
{
    static const char *const texts[] = {
        "{\"name\":\"must\",\"type\":\"name\",\"required\":true}",
        "{\"name\":\"may\",\"type\":\"name\"}",
        "{\"name\":\"with\",\"type\":\"name\",\"default\":\"d\"}",
        "{\"name\":\"flag\",\"type\":\"bool\",\"flag\":\"--force\"}",
        "{\"name\":\"text\",\"type\":\"text\",\"required\":true}",
    };
    GPtrArray *parameters = g_ptr_array_new_with_free_func(free_parameter);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Json) json = json_parse(texts[i], strlen(texts[i]), 1000, NULL);

        g_ptr_array_add(parameters, skill_parameter_read(json, "", NULL, NULL));
    }
    return parameters;
}

static SkillTemplate *read_template(const char *argv, GError **error)
{
    g_autoptr(GPtrArray) parameters = new_parameters();
    g_autoptr(Json) json = json_parse(argv, strlen(argv), 10000, NULL);

    assert_non_null(json);
    return skill_template_read(json, parameters, "argv", error);
}

static void test_fill(void **state)
{
    static const struct {
        const char *what;
        const char *argv;
        const char *expected; /* with bars between */
    } rows[] = {
        { "no parameters", "[\"uptime\"]", "uptime" },
        { "an argument", "[\"a\",\"{must}\"]", "a|M" },
        { "a part of an argument", "[\"a\",\"--x={must}.yml\"]", "a|--x=M.yml" },
        { "two in one", "[\"a\",\"{must}:{with}\"]", "a|M:W" },
        { "braces", "[\"a\",\"{{must}}\",\"${{x}}\"]", "a|{must}|${x}" },
        { "a group that stays", "[\"a\",[\"-l\",\"{must}\"],\"b\"]", "a|-l|M|b" },
        { "a group that goes", "[\"a\",[\"-l\",\"{may}\"],\"b\"]", "a|b" },
        { "a group that goes for its second half", "[\"a\",[\"{must}\",\"{may}\"],\"b\"]", "a|b" },
        { "a group without parameters", "[\"a\",[\"-l\"]]", "a|-l" },
        { "free text after --", "[\"a\",\"--\",\"{text}\"]", "a|--|T; rm" },
        { "free text after an option", "[\"a\",\"-m\",\"{text}\"]", "a|-m|T; rm" },
        { "free text inside an argument", "[\"a\",\"m={text}\"]", "a|m=T; rm" },
        { "a script with its argument", "[\"sh\",\"-c\",\"echo \\\"$1\\\"\",\"x\",\"{must}\"]",
          "sh|-c|echo \"$1\"|x|M" },
        { "an empty argument", "[\"a\",\"\"]", "a|" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillTemplate) skill_template = read_template(rows[i].argv, &error);
        g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
        g_auto(GStrv) argv = NULL;
        g_autofree char *joined = NULL;

        if (!skill_template)
            fail_msg("%s: %s", rows[i].what, error->message);
        g_hash_table_insert(values, (char[]){ "must" }, (char[]){ "M" });
        g_hash_table_insert(values, (char[]){ "with" }, (char[]){ "W" });
        g_hash_table_insert(values, (char[]){ "text" }, (char[]){ "T; rm" });
        argv = skill_template_fill(skill_template, values);
        joined = g_strjoinv("|", argv);
        if (strcmp(joined, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].what, joined);
    }
}

static void test_refuses(void **state)
{
    static const struct {
        const char *what;
        const char *argv;
        const char *message;
    } rows[] = {
        { "no array", "\"uptime\"", "argv: expected an array" },
        { "nothing", "[]", "argv: expected an array of 1 to 64" },
        { "a number", "[\"a\",5]", "argv[1]: expected a text or an array, found a number" },
        { "an empty program", "[\"\"]", "argv[0]: expected a program" },
        { "a program in a group", "[[\"a\"]]", "argv[0]: expected a program" },
        { "an empty group", "[\"a\",[]]", "argv[1]: expected 1 to 64 texts" },
        { "a group in a group", "[\"a\",[\"b\",[\"c\"]]]", "argv[1][1]: expected a text" },
        { "a program by parameter", "[\"{must}\"]", "argv[0]: {must}: the program" },
        { "an unknown parameter", "[\"a\",\"{other}\"]", "argv[1]: {other}: there is no such" },
        { "an optional one outside of a group", "[\"a\",\"{may}\"]", "{may}: has no default" },
        { "a flag outside of a group", "[\"a\",\"{flag}\"]", "{flag}: " },
        { "an open brace", "[\"a\",\"{must\"]", "a brace is neither closed nor doubled" },
        { "a closing brace", "[\"a\",\"must}\"]", "a brace is neither closed nor doubled" },
        { "a script", "[\"sh\",\"-c\",\"echo {must}\"]", "stands inside a script" },
        { "a script by path", "[\"/bin/bash\",\"-ec\",\"echo {must}\"]", "inside a script" },
        { "a script of another language", "[\"python3\",\"-c\",\"{must}\"]", "inside a script" },
        { "a script in a group", "[\"sh\",[\"-c\",\"echo {must}\"]]", "inside a script" },
        { "free text that could be an option", "[\"a\",\"b\",\"{text}\"]", "is free text" },
        { "free text as the first argument", "[\"a\",\"{text}\"]", "is free text" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillTemplate) skill_template = read_template(rows[i].argv, &error);

        if (skill_template || !strstr(error->message, rows[i].message))
            fail_msg("%s: %s", rows[i].what, error ? error->message : "was taken");
    }
}

/* The message is shown on a terminal and in chat. */
static void test_hostile(void **state)
{
    static const char *const rows[] = {
        "[\"a\",\"{\\u001b[2J\"]",
        "[\"a\",\"{\\u202e}\"]",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(read_template(rows[i], &error));
        assert_true(text_is_harmless(error->message));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
