/*
 * Fills the templates of man pages and shell completions, when they are built:
 *
 *     manual TEMPLATE <help
 *
 * help is what the program prints for --help: its options are read from there, and everything else
 * from the tables that the program itself goes by. So none of it can drift. In the template
 *
 *     @OPTIONS@ @COMMANDS@ @TRIGGERS@ @WORDS@    alone on a line: items of a list of mdoc(7)
 *     @ZSH_OPTIONS@                              alone on a line: items of an array of zsh
 *     @OPTION_WORDS@ @COMMAND_WORDS@ @TRIGGER_WORDS@ @VERSION@    anywhere: the words alone
 */
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent1/cli/typed_line.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

#define INPUT_MAX_BYTES (1024 * 1024)

/* One option of --help: "  -h, --help   print this". */
typedef struct Option {
    char *names; /* "-h, --help" */
    char *word;  /* "--help" */
    char *value; /* "FILE"; NULL: none */
    char *words; /* what it does */
} Option;

static void free_option(gpointer data)
{
    Option *option = data;

    g_free(option->names);
    g_free(option->word);
    g_free(option->value);
    g_free(option->words);
    g_free(option);
}

/* NULL when the line is none of an option. */
static Option *read_option(const char *line)
{
    const char *start = line + strspn(line, " ");
    const char *gap = strstr(start, "  ");
    const char *value;
    Option *option;

    if (start == line || *start != '-' || !gap || !strstr(start, "--"))
        return NULL;

    option = g_new0(Option, 1);
    option->names = g_strndup(start, (size_t)(gap - start));
    option->words = g_strdup(gap + strspn(gap, " "));
    value = strchr(option->names, '=');
    option->value = value ? g_strdup(value + 1) : NULL;
    if (value)
        option->names[value - option->names] = '\0';
    option->word = g_strdup(strstr(option->names, "--"));
    return option;
}

static GPtrArray *read_options(const char *help)
{
    GPtrArray *options = g_ptr_array_new_with_free_func(free_option);
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        Option *option = read_option(lines[i]);

        if (option)
            g_ptr_array_add(options, option);
    }
    return options;
}

/* ---- mdoc -------------------------------------------------------------------------------------
 */

/* A line of text: what would be a macro or an escape stands for itself. The caller owns it. */
static char *plain(const char *text)
{
    g_autoptr(GString) out = g_string_new(*text == '.' || *text == '\'' ? "\\&" : "");

    for (; *text != '\0'; text++) {
        if (*text == '\\')
            g_string_append(out, "\\e");
        else if (*text == '-')
            g_string_append(out, "\\-");
        else if (*text == '"')
            g_string_append(out, "\\(dq");
        else
            g_string_append_c(out, *text);
    }
    return g_strdup(out->str);
}

/* words becomes a sentence; end stands after it. */
static void print_item(const char *usage, const char *words, const char *end)
{
    g_autofree char *shown = plain(usage);
    g_autofree char *text = plain(words);
    bool is_ended = *text != '\0' && strchr(".?!", text[strlen(text) - 1]);

    *text = g_ascii_toupper(*text);
    printf(".It Ic \"%s\"\n%s%s%s\n", shown, text, is_ended ? "" : ".", end);
}

static void print_option_items(const GPtrArray *options)
{
    for (guint i = 0; i < options->len; i++) {
        const Option *option = g_ptr_array_index(options, i);
        g_autofree char *usage = g_strjoin("=", option->names, option->value, NULL);

        print_item(usage, option->words, "");
    }
}

static void print_row(const CommandInfo *info)
{
    g_autofree char *usage =
        g_strjoin(*info->arguments != '\0' ? " " : "", info->name, info->arguments, NULL);
    g_autofree char *role = g_strdup_printf("\nRole: %s.", role_name(info->role));

    print_item(usage, info->help, role);
}

static void print_command_items(void)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        print_row(command_info((Command)i));
}

static void print_trigger_items(void)
{
    for (int i = 0; i < TRIGGER_COUNT; i++)
        print_row(trigger_info((Trigger)i));
}

static void print_word_items(void)
{
    for (unsigned i = 0; typed_line_word(i); i++) {
        const char *argument = typed_line_argument(typed_line_word(i));
        g_autofree char *usage =
            g_strjoin(*argument != '\0' ? " " : "", typed_line_word(i), argument, NULL);

        print_item(usage, typed_line_words(typed_line_word(i)), "");
    }
}

/* ---- zsh --------------------------------------------------------------------------------------
 */

/* What an option's value may be, as _arguments is told it. */
static const char *zsh_value(const char *value)
{
    if (!value)
        return "";
    if (g_str_equal(value, "FILE"))
        return ":file:_files";
    return g_str_equal(value, "DURATION") ? ":duration:(10s 30s 1m 10m)" : ":value: ";
}

static void print_zsh_options(const GPtrArray *options)
{
    for (guint i = 0; i < options->len; i++) {
        const Option *option = g_ptr_array_index(options, i);
        g_autoptr(GString) words = g_string_new(option->words);

        g_string_replace(words, ":", "\\:", 0);
        g_string_replace(words, "'", "'\\''", 0);
        printf("        '%s%s[%s]%s'\n", option->word, option->value ? "=" : "", words->str,
               zsh_value(option->value));
    }
}

/* ---- words alone ------------------------------------------------------------------------------
 */

static char *option_words(const GPtrArray *options)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < options->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
                               ((const Option *)g_ptr_array_index(options, i))->word);
    return g_strdup(out->str);
}

static char *command_words(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (int i = 0; i < COMMAND_COUNT; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", command_info((Command)i)->name);
    return g_strdup(out->str);
}

static char *trigger_words(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (int i = 0; i < TRIGGER_COUNT; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", trigger_info((Trigger)i)->name);
    return g_strdup(out->str);
}

/* ---- the template -----------------------------------------------------------------------------
 */

static bool print_list(const char *line, const GPtrArray *options)
{
    if (g_str_equal(line, "@OPTIONS@"))
        print_option_items(options);
    else if (g_str_equal(line, "@COMMANDS@"))
        print_command_items();
    else if (g_str_equal(line, "@TRIGGERS@"))
        print_trigger_items();
    else if (g_str_equal(line, "@WORDS@"))
        print_word_items();
    else if (g_str_equal(line, "@ZSH_OPTIONS@"))
        print_zsh_options(options);
    else
        return false;
    return true;
}

static void fill(const char *template, const GPtrArray *options)
{
    g_autofree char *all = option_words(options);
    g_autofree char *commands = command_words();
    g_autofree char *triggers = trigger_words();
    g_autoptr(GString) text = g_string_new(template);
    g_auto(GStrv) lines = NULL;

    g_string_replace(text, "@OPTION_WORDS@", all, 0);
    g_string_replace(text, "@COMMAND_WORDS@", commands, 0);
    g_string_replace(text, "@TRIGGER_WORDS@", triggers, 0);
    g_string_replace(text, "@VERSION@", VERSION, 0);
    lines = g_strsplit(g_strchomp(text->str), "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        if (!print_list(lines[i], options))
            puts(lines[i]);
    }
}

static char *read_all(FILE *file)
{
    GString *text = g_string_new(NULL);
    char buffer[4096];
    size_t got;

    while (text->len < INPUT_MAX_BYTES && (got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        g_string_append_len(text, buffer, (gssize)got);
    return g_string_free(text, FALSE);
}

int main(int argc, char **argv)
{
    g_autofree char *template = NULL;
    g_autofree char *help = NULL;
    g_autoptr(GPtrArray) options = NULL;
    g_autoptr(GError) error = NULL;

    if (argc != 2 || !g_file_get_contents(argv[1], &template, NULL, &error)) {
        fprintf(stderr, "manual: %s\n", error ? error->message : "expected one template");
        return 2;
    }

    help = read_all(stdin);
    options = read_options(help);
    if (options->len == 0) {
        fprintf(stderr, "manual: no options on standard input: expected the text of --help\n");
        return 2;
    }
    fill(template, options);
    return fflush(stdout) == 0 ? 0 : 1;
}
