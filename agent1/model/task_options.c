#include "agent1/model/task_options.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define BLANKS        " \t"
#define SHOWN_CHARS   40
#define EN_DASH       "\xE2\x80\x93"
#define TWO_EN_DASHES "\xE2\x80\x93\xE2\x80\x93"
#define EM_DASH       "\xE2\x80\x94"

typedef struct OptionRow {
    const char *name;
    size_t offset; /* of the number, or of the flag, in TaskOptions */
    bool has_number;
} OptionRow;

static const OptionRow rows[] = {
    { "now", offsetof(TaskOptions, is_now), false },
    { "defer", offsetof(TaskOptions, may_wait), false },
    { "limit", offsetof(TaskOptions, limit), true },
    { "batch", offsetof(TaskOptions, batch), true },
};

/* Behind the dashes with which a word begins; NULL: with none. No command and no skill begins so.
 */
static const char *skip_dashes(const char *word)
{
    static const char *const dashes[] = { "--", EM_DASH, TWO_EN_DASHES, EN_DASH, "-" };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(dashes); i++) {
        if (g_str_has_prefix(word, dashes[i]))
            return word + strlen(dashes[i]);
    }
    return NULL;
}

bool task_options_begin(const char *text)
{
    return skip_dashes(text) != NULL;
}

/* The row of "now" or "limit" or "limit=3"; one short dash alone makes no option of ours. */
static const OptionRow *find_row(const char *word, const char **out_value)
{
    const char *name = skip_dashes(word);
    size_t length = name ? strcspn(name, "=") : 0;
    unsigned i;

    *out_value = length && name[length] ? name + length + 1 : NULL;
    if (length == 0 || (word[0] == '-' && word[1] != '-'))
        return NULL;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strlen(rows[i].name) == length &&
            g_ascii_strncasecmp(rows[i].name, name, length) == 0 &&
            (rows[i].has_number || !*out_value))
            return &rows[i];
    }
    return NULL;
}

static char *describe_unknown(const char *word, const char *agent)
{
    g_autofree char *shown = text_make_line(word, SHOWN_CHARS);
    g_autofree char *name = text_make_line(agent, SHOWN_CHARS);

    return g_strdup_printf(
        "%s: no such option, so nothing was done; there are --now, --defer, --limit <n> "
        "and --batch <n>. A task that begins so stands after a bar: @%s | %s …",
        shown, name, shown);
}

static char *take_word(const char **text)
{
    size_t length = strcspn(*text, BLANKS);
    char *word = g_strndup(*text, length);

    *text += length;
    *text += strspn(*text, BLANKS);
    return word;
}

static char *take_number(TaskOptions *options, const OptionRow *row, const char *given,
                         const char **text)
{
    unsigned *number = (unsigned *)(void *)((char *)options + row->offset);
    g_autofree char *word = given ? g_strdup(given) : take_word(text);
    g_autofree char *shown = text_make_line(word, SHOWN_CHARS);
    uint64_t value;

    if (!g_ascii_string_to_unsigned(word, 10, 1, TARGETS_MAX, &value, NULL))
        return g_strdup_printf(
            "--%s %s: expected a number of agents from 1 to %d; nothing was done", row->name, shown,
            TARGETS_MAX);
    *number = (unsigned)value;
    return NULL;
}

char *task_options_take(TaskOptions *options, const char **text, const char *agent)
{
    while (task_options_begin(*text)) {
        g_autofree char *word = take_word(text);
        const char *value;
        const OptionRow *row = find_row(word, &value);
        char *complaint;

        if (!row)
            return describe_unknown(word, agent);
        if (!row->has_number) {
            *(bool *)(void *)((char *)options + row->offset) = true;
            continue;
        }
        complaint = take_number(options, row, value, text);
        if (complaint)
            return complaint;
    }
    return NULL;
}
