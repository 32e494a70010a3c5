#include "common/wire/utterance.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/wire/fence.h"
#include "common/base/banned.h"

#define WORD_MAX_CHARS 32

static void free_line(void *data)
{
    Line *line = data;

    g_free(line->word);
    g_free(line->rest);
    g_free(line);
}

static Line *line_new(LineKind kind, const char *word, size_t word_length, const char *rest)
{
    Line *line = g_new0(Line, 1);

    line->kind = kind;
    line->word = word ? g_strndup(word, word_length) : NULL;
    line->rest = g_strstrip(g_strdup(rest));
    return line;
}

static bool is_known_trigger(const char *text, size_t length)
{
    g_autofree char *word = g_strndup(text, length);
    Trigger trigger;

    return trigger_parse(word, &trigger);
}

/* The length of the word of a trigger at the beginning of the text, with its colon; 0 when there is
 * none. A known one is taken in any case, as phones write it ("Delegate:"); an unknown word looks
 * like a trigger only in capitals. */
static size_t trigger_length(const char *text)
{
    size_t length = 0;
    bool is_upper = true;

    for (; length < WORD_MAX_CHARS && (g_ascii_isalpha(text[length]) || text[length] == '_');
         length++)
        is_upper = is_upper && !g_ascii_islower(text[length]);
    if (length < 3 || text[length] != ':')
        return 0;
    return is_upper || is_known_trigger(text, length + 1) ? length + 1 : 0;
}

static Line *read_command(const char *text)
{
    size_t length = strcspn(text, " \t");
    g_autofree char *word = g_strndup(text, length);
    Command command;
    Line *line;

    if (!command_parse(word, &command))
        return line_new(LINE_UNKNOWN_COMMAND, word, length, text + length);

    line = line_new(LINE_COMMAND, word, length, text + length);
    line->command = command;
    return line;
}

static Line *read_trigger(const char *text, size_t length)
{
    g_autofree char *word = g_strndup(text, length);
    Trigger trigger;
    Line *line;

    if (!trigger_parse(word, &trigger))
        return line_new(LINE_UNKNOWN_TRIGGER, word, length, text + length);

    line = line_new(LINE_TRIGGER, word, length, text + length);
    line->trigger = trigger;
    return line;
}

/* "!" alone and "!!" are talk; so is "!=" and the like. */
static bool begins_command(const char *text)
{
    return text[0] == '!' && g_ascii_isalpha(text[1]);
}

/* "@web1 uptime"; no blank of any kind is a name. */
static bool begins_direct(const char *text)
{
    return text[0] == '@' && text[1] != '\0' && !g_ascii_isspace(text[1]);
}

static Line *read_line(const char *text)
{
    size_t length = trigger_length(text);

    if (begins_command(text))
        return read_command(text);
    if (length > 0)
        return read_trigger(text, length);
    if (begins_direct(text)) {
        size_t name_length = strcspn(text + 1, " \t");
        const char *task = text + 1 + name_length;

        /* "@web1: uptime", as people address one another. */
        name_length -= name_length > 1 && text[name_length] == ':';
        return line_new(LINE_DIRECT, text + 1, name_length, task);
    }
    return line_new(LINE_TALK, NULL, 0, text);
}

/* A quoted order is named, so that nobody wonders why nothing happened. */
static Line *read_quoted(const char *text)
{
    size_t length = trigger_length(text);
    Trigger trigger;
    Command command;
    g_autofree char *word = NULL;

    if (length == 0 && begins_command(text))
        length = strcspn(text, " \t");
    if (begins_direct(text))
        return line_new(LINE_QUOTED, text, strcspn(text, " \t"), "");
    word = g_strndup(text, length);
    if (length == 0 || (!trigger_parse(word, &trigger) && !command_parse(word, &command)))
        return NULL;
    return line_new(LINE_QUOTED, word, length, "");
}

static bool is_behind_sign(const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    return *text == '>';
}

GPtrArray *utterance_parse(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(free_line);
    g_auto(GStrv) texts = g_strsplit(text, "\n", -1);
    Fence fence = { .sign = '\0' };
    unsigned i;

    for (i = 0; texts[i]; i++) {
        bool is_quoted = fence.sign == '\0' && is_behind_sign(texts[i]);
        FencePlace place = is_quoted ? FENCE_OUTSIDE : fence_step(&fence, texts[i]);
        const char *here = g_strstrip(texts[i]);
        Line *line = NULL;

        if (place == FENCE_INSIDE)
            line = read_quoted(here);
        else if (place == FENCE_EDGE)
            line = NULL;
        else if (is_quoted)
            line = read_quoted(here + strspn(here, "> \t"));
        else if (*here)
            line = read_line(here);
        if (!line)
            continue;
        line->number = i + 1;
        g_ptr_array_add(lines, line);
    }
    return lines;
}

const Line *utterance_find_stray(const GPtrArray *lines)
{
    const Line *talk = NULL;
    unsigned orders = 0;
    unsigned i;

    for (i = 0; i < lines->len; i++) {
        const Line *line = lines->pdata[i];

        if (line->kind == LINE_TALK)
            talk = talk ? talk : line;
        else if (line->kind != LINE_QUOTED)
            orders++;
    }
    return orders > 0 ? talk : NULL;
}

bool utterance_split(const char *rest, char **out_left, char **out_right)
{
    const char *bar = strchr(rest, '|');

    *out_left = g_strstrip(bar ? g_strndup(rest, (size_t)(bar - rest)) : g_strdup(rest));
    *out_right = bar ? g_strstrip(g_strdup(bar + 1)) : NULL;
    return bar != NULL;
}
