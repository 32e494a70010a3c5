#include "agent2/flow/skill_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define PACK(skills) "{\"format\":1,\"pack\":\"try\",\"skills\":[" skills "]}"
#define SKILL(more)                                                                                \
    "{\"name\":\"try.it\",\"description\":\"Try\",\"risk\":\"low\",\"argv\":[\"true\"]" more "}"

static bool add_pack(SkillBook *book, const char *text, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Json) json = json_parse(text, strlen(text), 100000, NULL);

    assert_non_null(json);
    return skill_book_add_pack(book, json, warnings, error);
}

static SkillBook *book_of(const char *text)
{
    SkillBook *book = skill_book_new();
    g_autoptr(GError) error = NULL;

    if (!add_pack(book, text, &error))
        fail_msg("%s", error->message);
    return book;
}

static const char deploy[] =
    PACK("{\"name\":\"deploy\",\"description\":\"Deploy\",\"risk\":\"high\",\"timeout\":\"1h30m\","
         "\"idempotent\":true,\"environment\":{\"A\":\"1\",\"B\":\"\"},\"params\":["
         "{\"name\":\"service\",\"type\":\"name\",\"required\":true},"
         "{\"name\":\"tries\",\"type\":\"int\",\"minimum\":1,\"maximum\":3,\"default\":\"2\"},"
         "{\"name\":\"version\",\"type\":\"name\"},"
         "{\"name\":\"force\",\"type\":\"bool\",\"flag\":\"-f\"}],"
         "\"argv\":[\"deploy\",\"-n{tries}\",[\"-v\",\"{version}\"],[\"{force}\"],\"--\",\"{"
         "service}\"]}");

static void test_commands(void **state)
{
    static const struct {
        const char *call;
        const char *expected; /* with bars between, or the error */
    } rows[] = {
        { "deploy web", "deploy|-n2|--|web" },
        { "deploy(web, 3)", "deploy|-n3|--|web" },
        { "deploy web version=v1", "deploy|-n2|-v|v1|--|web" },
        { "deploy(web, 1, v1, yes)", "deploy|-n1|-v|v1|-f|--|web" },
        { "deploy web force=no", "deploy|-n2|--|web" },
        { "deploy(service=web)", "deploy|-n2|--|web" },
        { "deploy",
          "deploy: service is missing; expected deploy(service, tries?, version?, force?)" },
        { "deploy(tries=1)", "deploy: service is missing" },
        { "deploy web 4", "deploy: tries: \"4\": expected a whole number from 1 to 3" },
        { "deploy web two", "deploy: tries: \"two\"" },
        { "deploy(web, 1, v1, yes, more)", "deploy: too many arguments" },
        { "deploy(web, speed=1)", "deploy: there is no parameter \"speed\"" },
        { "deploy(web, service=web)", "deploy: service is given twice" },
        { "deploy ../web", "deploy: service: \"../web\"" },
    };
    g_autoptr(SkillBook) book = book_of(deploy);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SkillCall) call = skill_call_parse(rows[i].call, NULL);
        g_auto(GStrv) argv = skill_command(skill_book_find(book, "deploy"), call, &error);
        g_autofree char *joined = argv ? g_strjoinv("|", argv) : NULL;

        if (argv ? strcmp(joined, rows[i].expected) != 0
                 : !g_str_has_prefix(error->message, rows[i].expected))
            fail_msg("%s: %s", rows[i].call, argv ? joined : error->message);
    }
}

static void test_what_a_skill_says(void **state)
{
    g_autoptr(SkillBook) book = book_of(deploy);
    const Skill *skill = skill_book_find(book, "deploy");
    g_autofree char *list = NULL;
    g_autoptr(Json) complete = NULL;
    g_autoptr(Json) brief = NULL;
    g_autofree char *text = NULL;

    (void)state;
    assert_int_equal(skill->risk, SKILL_RISK_HIGH);
    assert_int_equal(skill->timeout_ms, 90 * 60 * 1000);
    assert_true(skill->is_idempotent);
    assert_string_equal(g_ptr_array_index(skill->environment, 0), "A=1");
    assert_string_equal(g_ptr_array_index(skill->environment, 1), "B=");
    skill_book_add_shell(book);
    assert_int_equal(skill_book_count(book), 2);
    list = skill_book_list(book);
    assert_string_equal(list, "deploy(service, tries?, version?, force?), shell");
    complete = skill_book_describe(book, true);
    assert_int_equal(json_count(json_member(json_first(complete), "params")), 4);
    brief = skill_book_describe(book, false);
    text = json_print(brief);
    assert_string_equal(text, "[{\"name\":\"deploy\",\"risk\":\"high\"},"
                              "{\"name\":\"shell\",\"risk\":\"guarded\"}]");
}

static void test_an_empty_book(void **state)
{
    g_autoptr(SkillBook) book = skill_book_new();
    g_autofree char *list = skill_book_list(book);

    (void)state;
    assert_string_equal(list, "none");
    assert_null(skill_book_find(book, "shell"));
}

static const struct {
    const char *what;
    const char *text;
    const char *message;
} bad_pack_rows[] = {
    { "no object", "[]", "the pack: expected an object" },
    { "no format", "{\"pack\":\"try\",\"skills\":[]}", "format" },
    { "a later format", "{\"format\":2,\"pack\":\"try\",\"skills\":[]}", "format: 2" },
    { "no name", "{\"format\":1,\"skills\":[]}", "pack" },
    { "no skills", "{\"format\":1,\"pack\":\"try\"}", "skills" },
    { "skills that are no list", "{\"format\":1,\"pack\":\"try\",\"skills\":{}}",
      "skills: expected an array" },
    { "a skill that is no object", PACK("5"), "skills[0]: expected an object" },
    { "a skill without name", PACK("{\"description\":\"x\",\"risk\":\"low\",\"argv\":[\"true\"]}"),
      "skills[0].name" },
    { "a bad name",
      PACK("{\"name\":\"Try\",\"description\":\"x\",\"risk\":\"low\","
           "\"argv\":[\"true\"]}"),
      "skills[0].name: \"Try\"" },
    { "no risk", PACK("{\"name\":\"try\",\"description\":\"x\",\"argv\":[\"true\"]}"),
      "skills[0].risk" },
    { "an unknown risk",
      PACK("{\"name\":\"try\",\"description\":\"x\",\"risk\":\"none\","
           "\"argv\":[\"true\"]}"),
      "skills[0].risk: \"none\"" },
    { "no argv", PACK("{\"name\":\"try\",\"description\":\"x\",\"risk\":\"low\"}"),
      "skills[0].argv" },
    { "a name twice", PACK(SKILL("") "," SKILL("")), "skills[1].name: \"try.it\" is taken" },
    { "the shell's name",
      PACK("{\"name\":\"shell\",\"description\":\"x\",\"risk\":\"low\","
           "\"argv\":[\"true\"]}"),
      "skills[0].name: \"shell\" is taken" },
    { "parameters that are no list", PACK(SKILL(",\"params\":{}")), "skills[0].params" },
    { "a parameter that is no object", PACK(SKILL(",\"params\":[1]")), "skills[0].params[0]" },
    { "a parameter twice",
      PACK(SKILL(",\"params\":[{\"name\":\"a\",\"type\":\"name\"},"
                 "{\"name\":\"a\",\"type\":\"int\"}]")),
      "skills[0].params[1].name: \"a\" is there twice" },
    { "a required parameter after an optional one",
      PACK(SKILL(",\"params\":[{\"name\":\"a\",\"type\":\"name\"},"
                 "{\"name\":\"b\",\"type\":\"int\",\"required\":true}]")),
      "skills[0].params[1].name: \"b\" is required" },
    { "a bad variable", PACK(SKILL(",\"environment\":{\"A-B\":\"1\"}")),
      "skills[0].environment.A-B" },
    { "a bad variable that hides something", PACK(SKILL(",\"environment\":{\"\\u009b\":\"1\"}")),
      "skills[0].environment.<U+009B>" },
    { "a variable that is no text", PACK(SKILL(",\"environment\":{\"A\":1}")),
      "skills[0].environment.A: expected a text" },
    { "a time limit without unit", PACK(SKILL(",\"timeout\":\"5\"")), "skills[0].timeout" },
};

static void test_bad_packs(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad_pack_rows); i++) {
        g_autoptr(SkillBook) book = skill_book_new();
        g_autoptr(GError) error = NULL;

        if (add_pack(book, bad_pack_rows[i].text, &error) ||
            !g_str_has_prefix(error->message, bad_pack_rows[i].message))
            fail_msg("%s: %s", bad_pack_rows[i].what, error ? error->message : "was taken");
    }
}

static void test_too_many_skills(void **state)
{
    g_autoptr(GString) skills = g_string_new(NULL);
    g_autofree char *text = NULL;
    g_autoptr(SkillBook) book = skill_book_new();
    g_autoptr(GError) error = NULL;

    (void)state;
    for (int i = 0; i <= SKILLS_MAX; i++)
        g_string_append_printf(skills,
                               "%s{\"name\":\"s%d\",\"description\":\"x\",\"risk\":\"low\","
                               "\"argv\":[\"true\"]}",
                               i > 0 ? "," : "", i);
    text = g_strdup_printf(PACK("%s"), skills->str);
    assert_false(add_pack(book, text, &error));
    assert_true(g_str_has_prefix(error->message, "skills[256]: more than 256"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),        cmocka_unit_test(test_what_a_skill_says),
        cmocka_unit_test(test_an_empty_book),   cmocka_unit_test(test_bad_packs),
        cmocka_unit_test(test_too_many_skills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
