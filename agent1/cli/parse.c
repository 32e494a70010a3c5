#include "agent1/cli/parse.h"

#include <stdio.h>
#include <string.h>

#include "agent1/cli/client.h"
#include "agent1/cli/printer.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/data/json.h"
#include "common/wire/model_answer.h"
#include "common/wire/thoughts.h"
#include "common/wire/utterance.h"

#include "common/base/banned.h"

#define PARSE_MAX_BYTES (8 * 1024 * 1024)
#define SHOWN_CHARS     100

/* One line that is an order, or looks like one. Texts are borrowed. */
typedef struct Found {
    const char *reading; /* "message", "answer" */
    unsigned number;
    const char *kind;      /* "trigger", "command", "direct", "quoted", "talk" */
    const char *word;      /* of what is no order at all: the line */
    const char *canonical; /* as it would be done; NULL: it is not */
    const char *why;       /* for programs; NULL: it counts */
    const char *note;      /* the same for people */
} Found;

static void print_json(const Found *found)
{
    g_autoptr(Json) json = json_new_object();
    g_autofree char *printed = NULL;

    json_set_string(json, "reading", found->reading);
    json_set_int(json, "line", found->number);
    json_set_string(json, "kind", found->kind);
    json_set_string(json, "word", found->word);
    json_set_string(json, "canonical", found->canonical);
    json_set_bool(json, "counts", !found->why);
    json_set_string(json, "why", found->why);
    json_set_string(json, "note", found->note);
    printed = json_print(json);
    puts(printed);
}

static void print_text(const Found *found)
{
    g_autofree char *shown = text_make_line(found->canonical ? found->canonical
                                            : found->word    ? found->word
                                                             : "",
                                            SHOWN_CHARS);

    if (found->number == 0)
        printf("  not done: %s\n", found->note);
    else if (found->why)
        printf("  line %-5u not run  %s%s(%s)\n", found->number, shown, *shown ? "  " : "",
               found->note);
    else
        printf("  line %-5u run      %s\n", found->number, shown);
}

static void print_found(const CliOptions *options, const Found *found)
{
    if (options->is_json)
        print_json(found);
    else
        print_text(found);
}

/* ---- as a model's answer ---- */

static void print_answer(const CliOptions *options, const char *text, size_t length)
{
    g_autoptr(Thoughts) thoughts = thoughts_new(true);
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(ModelAnswer) answer = NULL;

    thoughts_take(thoughts, text, length, said);
    thoughts_finish(thoughts, said);
    answer = model_answer_parse(said->str, said->len);
    if (!options->is_json)
        puts("as a model's answer:");
    for (unsigned i = 0; i < answer->lines->len; i++) {
        const AnswerLine *line = answer->lines->pdata[i];
        bool counts = line->reason == ANSWER_COUNTS;
        g_autofree char *written =
            counts ? g_strchomp(g_strdup_printf("%s %s", line->word, line->rest)) : NULL;
        g_autofree char *word = text_make_line(line->word, SHOWN_CHARS);

        print_found(options, &(Found){ .reading = "answer",
                                       .number = line->number,
                                       .kind = *word == '!'   ? "command"
                                               : *word == '@' ? "direct"
                                                              : "trigger",
                                       .word = word,
                                       .canonical = written,
                                       .why = answer_reason_name(line->reason),
                                       .note = answer_reason_text(line->reason) });
    }
    if (!options->is_json && answer->lines->len == 0)
        puts("  nothing but words");
    if (!options->is_json && answer->left_out > 0)
        printf("  and %u more lines that are not run\n", answer->left_out);
}

/* ---- as a person's message ---- */

static const struct {
    const char *kind;
    const char *why; /* NULL: it counts */
    const char *note;
} kinds[] = {
    [LINE_COMMAND] = { "command", NULL, NULL },
    [LINE_UNKNOWN_COMMAND] = { "command", "unknown", "there is no command of that name" },
    [LINE_TRIGGER] = { "trigger", NULL, NULL },
    [LINE_UNKNOWN_TRIGGER] = { "trigger", "unknown", "there is no trigger of that name" },
    [LINE_DIRECT] = { "direct", NULL, NULL },
    [LINE_QUOTED] = { "quoted", "quoted", "it stood in a quotation" },
    [LINE_TALK] = { "talk", "talk",
                    "it is talk, which the phrasebook or a language model answers" },
};

static char *write_down(const Line *line)
{
    const char *word = line->kind == LINE_COMMAND   ? command_info(line->command)->name
                       : line->kind == LINE_TRIGGER ? trigger_info(line->trigger)->name
                                                    : line->word;

    g_autofree char *written = line->kind == LINE_DIRECT
                                   ? g_strdup_printf("DELEGATE: %s | %s", word, line->rest)
                                   : g_strdup_printf("%s %s", word, line->rest);

    g_strchomp(written);
    return text_make_harmless(written, strlen(written));
}

static void print_line(const CliOptions *options, const Line *line, const Found *all)
{
    g_autofree char *written = kinds[line->kind].why ? NULL : write_down(line);
    const char *typed = line->word ? line->word : line->rest;
    g_autofree char *word = text_make_harmless(typed, strlen(typed));
    bool is_spoilt = !kinds[line->kind].why && all->why;

    print_found(options, &(Found){ .reading = "message",
                                   .number = line->number,
                                   .kind = kinds[line->kind].kind,
                                   .word = word,
                                   .canonical = written,
                                   .why = is_spoilt ? all->why : kinds[line->kind].why,
                                   .note = is_spoilt ? all->note : kinds[line->kind].note });
}

static void print_message(const CliOptions *options, const char *text, size_t length)
{
    g_autoptr(GPtrArray) lines = NULL;
    Found all = { .reading = "message", .kind = "message" };

    if (!options->is_json)
        puts("as a person's message:");
    if (memchr(text, '\0', length) || !g_utf8_validate(text, (gssize)length, NULL) ||
        length > CHAT_TEXT_MAX_BYTES) {
        all.why = "refused";
        all.note = "a message is at most 128 KiB of UTF-8 without NUL";
        print_found(options, &all);
        return;
    }
    lines = utterance_parse(text);
    if (lines->len > TRIGGERS_MAX_PER_MESSAGE) {
        all.why = "too_many";
        all.note = "a message has at most 20 orders, or nothing of it is done";
    } else if (utterance_find_stray(lines)) {
        all.why = "stray";
        all.note = "another line of the message is no order, so nothing of it is done";
    }
    for (unsigned i = 0; i < lines->len; i++)
        print_line(options, lines->pdata[i], &all);
    if (!options->is_json && lines->len == 0)
        puts("  nothing");
}

/* All of standard input, with a NUL behind it; NULL when it is too long or cannot be read. */
static GString *read_input(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char bytes[64 * 1024];
    size_t count;

    while ((count = fread(bytes, 1, sizeof(bytes), stdin)) > 0) {
        g_string_append_len(text, bytes, (gssize)count);
        if (text->len > PARSE_MAX_BYTES) {
            printer_problem("parse: a text of more than 8 MiB");
            return NULL;
        }
    }
    if (ferror(stdin)) {
        printer_problem("parse: standard input cannot be read");
        return NULL;
    }
    return g_steal_pointer(&text);
}

int parse_run(const CliOptions *options)
{
    g_autoptr(GString) text = read_input();

    if (!text)
        return CLI_EXIT_USAGE;

    if (options->is_message || !options->is_answer)
        print_message(options, text->str, text->len);
    if (options->is_answer || !options->is_message)
        print_answer(options, text->str, text->len);
    return CLI_EXIT_OK;
}
