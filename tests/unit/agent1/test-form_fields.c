/* From the arguments of a command to the fields of its form, and back to the line that is typed. */
#include "agent1/flow/doors/form_fields.h"

#include "common/wire/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void fields_of_arguments(void **state)
{
    static const struct {
        const char *arguments;
        const char *fields; /* "*" marks those that must be filled in */
    } rows[] = {
        { "", "" },
        { "<id>", "id*" },
        { "[agent]", "agent" },
        { "<agent> | <task>", "agent*, task*" },
        { "<agent> [| <task>]", "agent*, task" },
        { "<agent> <fingerprint start>", "agent*, fingerprint start*" },
        { "<id> [why]", "id*, why" },
        /* Of other shapes: one field, which shows what is expected. */
        { "set <name|daily> <HH:MM|off>", "set <name|daily> <HH:MM|off>*" },
        { "<a|b>", "<a|b>*" },
        { "[a", "[a" },
        { "<a", "<a*" },
        { "<>", "<>*" },
    };
    unsigned i;
    unsigned item;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XmppForm) form = xmpp_form_new("x", "s");
        g_autoptr(GString) fields = g_string_new(NULL);

        if (*rows[i].arguments)
            form_fields_add(form, rows[i].arguments);
        for (item = 0; item < form->items->len; item++) {
            const XmppFormItem *field = form->items->pdata[item];

            g_string_append_printf(fields, "%s%s%s", item ? ", " : "", field->label,
                                   field->is_required ? "*" : "");
        }
        assert_string_equal(fields->str, rows[i].fields);
    }
}

static void typed_as_a_person_would(void **state)
{
    static const struct {
        const char *word;
        const char *arguments;
        const char *first; /* NULL: not filled in */
        const char *second;
        const char *line; /* NULL: something is missing */
        const char *missing;
    } rows[] = {
        { "!status", "", NULL, NULL, "!status", NULL },
        { "!cancel", "<id>", "12", NULL, "!cancel 12", NULL },
        { "!cancel", "<id>", " 12 ", NULL, "!cancel 12", NULL },
        { "!cancel", "<id>", NULL, NULL, NULL, "id" },
        { "!cancel", "<id>", " ", NULL, NULL, "id" },
        { "!runs", "[agent]", NULL, NULL, "!runs", NULL },
        { "DELEGATE:", "<agent> | <task>", "web1", "ps aux | grep x",
          "DELEGATE: web1 | ps aux | grep x", NULL },
        { "DELEGATE:", "<agent> | <task>", "web1", NULL, NULL, "task" },
        { "!why", "<agent> [| <task>]", "web1", "", "!why web1", NULL },
        { "!why", "<agent> [| <task>]", "web1", "true", "!why web1 | true", NULL },
        /* One line: a second would be a second order. */
        { "!cancel", "<id>", "12\n!agentsOFF", NULL, "!cancel 12 !agentsOFF", NULL },
        { "!cancel", "<id>", "12\r!agentsOFF", NULL, "!cancel 12 !agentsOFF", NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XmppForm) form = xmpp_form_new("x", "s");
        g_autofree char *missing = NULL;
        g_autofree char *line = NULL;

        if (rows[i].first)
            xmpp_form_add(form, "argument1", NULL, rows[i].first, false);
        if (rows[i].second)
            xmpp_form_add(form, "argument2", NULL, rows[i].second, false);
        line = form_fields_type(rows[i].word, rows[i].arguments, form, &missing);
        if (g_strcmp0(line, rows[i].line) != 0 || g_strcmp0(missing, rows[i].missing) != 0)
            fail_msg("%s %s: \"%s\", missing %s", rows[i].word, rows[i].arguments, line, missing);
    }
}

/* No row of the table needs the field of last resort. */
static void the_tables_rows_are_understood(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < COMMAND_COUNT; i++) {
        const CommandInfo *info = command_info((Command)i);
        g_autoptr(XmppForm) form = xmpp_form_new("x", "s");

        if (!*info->arguments)
            continue;
        form_fields_add(form, info->arguments);
        if (strpbrk(((XmppFormItem *)form->items->pdata[0])->label, "<>[]|"))
            print_message("%s %s has one field\n", info->name, info->arguments);
        assert_true(form->items->len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_arguments),
        cmocka_unit_test(typed_as_a_person_would),
        cmocka_unit_test(the_tables_rows_are_understood),
    };

    return cmocka_run_group_tests_name("form_fields", tests, NULL, NULL);
}
