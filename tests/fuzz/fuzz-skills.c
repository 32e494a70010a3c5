/*
 * Skill packs, and calls of what they define: a pack and a call. A pack is taken or refused with a
 * message that can be shown; what the registration says of a parameter reads as the same parameter;
 * a call gives a command in which every value is one argument, at its place, or an error.
 */
#include "agent2/flow/skill_book.h"

#include "common/base/limits.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

static void check_parameter(const SkillParameter *parameter, const char *value)
{
    g_autoptr(Json) written = skill_parameter_write(parameter);
    g_autofree char *printed = json_print(written);
    g_autofree char *printed_again = NULL;
    g_autofree char *taken = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(SkillParameter) again = skill_parameter_read(written, "p", NULL, &error);
    g_autoptr(Json) written_again = NULL;

    g_assert_no_error(error);
    written_again = skill_parameter_write(again);
    printed_again = json_print(written_again);
    g_assert_cmpstr(printed, ==, printed_again);

    taken = skill_parameter_take(parameter, value, &error);
    fuzz_check_error(taken != NULL, error);
    if (taken && parameter->type != PARAMETER_BOOL)
        g_assert(text_is_harmless(taken) && !strpbrk(taken, "\n\t"));
    if (taken && parameter->type != PARAMETER_BOOL && parameter->type != PARAMETER_INT)
        g_assert(*taken != '-' && *taken != '@');
}

static void check_skill(const Skill *skill, const SkillCall *call)
{
    g_autofree char *usage = skill_usage(skill);
    g_auto(GStrv) command = NULL;
    g_autoptr(GError) error = NULL;

    g_assert(skill_name_is_valid(skill->name) && text_is_harmless(usage));
    for (unsigned i = 0; i < skill->parameters->len; i++) {
        const SkillArgument *argument = call->arguments->len > i ? call->arguments->pdata[i] : NULL;

        check_parameter(skill->parameters->pdata[i], argument ? argument->value : "x");
    }
    command = skill_command(skill, call, &error);
    fuzz_check_error(command != NULL, error);
    if (command)
        g_assert(command[0] && command[0][0]);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    g_autofree char *call_text = fuzz_utf8(&input);
    g_autoptr(Json) pack = json_parse((const char *)input.at, input.left, CONFIG_MAX_BYTES, NULL);
    g_autoptr(SkillCall) call = skill_call_parse(call_text, NULL);
    g_autoptr(SkillBook) book = skill_book_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Json) skills = NULL;
    g_autofree char *list = NULL;
    g_autoptr(GError) error = NULL;
    bool is_added;

    if (!pack)
        return;
    is_added = skill_book_add_pack(book, pack, warnings, &error);
    fuzz_check_error(is_added, error);
    for (unsigned i = 0; i < warnings->len; i++)
        g_assert(text_is_harmless(warnings->pdata[i]));
    if (error)
        return;

    g_assert_cmpuint(skill_book_count(book), <=, SKILLS_MAX);
    list = skill_book_list(book);
    g_assert(text_is_harmless(list));
    skills = skill_book_describe(book, fuzz_has_more(&input));
    if (!call)
        call = skill_call_new("x");
    for (const Json *node = json_first(skills); node; node = json_next(node)) {
        const Skill *skill = skill_book_find(book, json_string(json_member(node, "name")));

        g_assert(skill);
        check_skill(skill, call);
    }
}
