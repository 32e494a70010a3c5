/* Calls of skills against the parameters that the skill declares. */
#include "common/wire/skill_arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void free_parameter(void *parameter)
{
    skill_parameter_free(parameter);
}

/* deploy(service, version?, force?): a name, a text with a default, a switch. */
static GPtrArray *parameters_of_deploy(void)
{
    static const char *const texts[] = {
        "{\"name\":\"service\",\"type\":\"name\",\"required\":true}",
        "{\"name\":\"version\",\"type\":\"text\",\"default\":\"latest\"}",
        "{\"name\":\"force\",\"type\":\"bool\",\"flag\":\"--force\"}",
    };
    GPtrArray *parameters = g_ptr_array_new_with_free_func(free_parameter);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Json) json = json_parse(texts[i], strlen(texts[i]), 1000, NULL);
        SkillParameter *parameter = skill_parameter_read(json, "p", NULL, NULL);

        assert_non_null(parameter);
        g_ptr_array_add(parameters, parameter);
    }
    return parameters;
}

static const struct {
    const char *what;
    const char *call;
    const char *error; /* NULL: it fits, with these values */
    const char *service;
    const char *version;
    const char *force;
} rows[] = {
    { "the least", "deploy(shop)", NULL, "shop", "latest", NULL },
    { "all by position", "deploy shop 2.1 yes", NULL, "shop", "2.1", "--force" },
    { "by name", "deploy(force=no, version=3, service=shop)", NULL, "shop", "3", NULL },
    { "nothing", "deploy", "deploy: service is missing; expected deploy(service, version?, force?)",
      NULL, NULL, NULL },
    { "too much", "deploy a b yes d", "deploy: too many arguments; expected deploy(service", NULL,
      NULL, NULL },
    { "a name that is none", "deploy(shop, sped=1)",
      "deploy: there is no parameter \"sped\"; expected deploy(service", NULL, NULL, NULL },
    { "twice, by both ways", "deploy(shop, service=shop)", "deploy: service is given twice", NULL,
      NULL, NULL },
    { "a value of another type", "deploy(shop, force=perhaps)", "deploy: force: \"perhaps\"", NULL,
      NULL, NULL },
};

static void calls_against_their_parameters(void **state)
{
    g_autoptr(GPtrArray) parameters = parameters_of_deploy();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SkillCall) call = skill_call_parse(rows[i].call, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GHashTable) values = skill_arguments_take("deploy", parameters, call, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "fits");
        assert_int_equal(values == NULL, rows[i].error != NULL);
        if (rows[i].error) {
            assert_true(g_str_has_prefix(error->message, rows[i].error));
            continue;
        }
        assert_string_equal(g_hash_table_lookup(values, "service"), rows[i].service);
        assert_string_equal(g_hash_table_lookup(values, "version"), rows[i].version);
        assert_int_equal(g_strcmp0(g_hash_table_lookup(values, "force"), rows[i].force), 0);
    }
}

static void usage_for_people(void **state)
{
    g_autoptr(GPtrArray) parameters = parameters_of_deploy();
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *usage = skill_arguments_usage("deploy", parameters);
    g_autofree char *bare = skill_arguments_usage("apt.update", none);

    (void)state;
    assert_string_equal(usage, "deploy(service, version?, force?)");
    assert_string_equal(bare, "apt.update");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_against_their_parameters),
        cmocka_unit_test(usage_for_people),
    };

    return cmocka_run_group_tests_name("skill_arguments", tests, NULL, NULL);
}
