#include "common/wire/model_answer.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/lookalike.h"
#include "common/base/text.h"
#include "common/base/words_later.h"
#include "common/wire/fence.h"
#include "common/wire/markup.h"

#include "common/base/banned.h"

#define INDENT_MAX         3
#define WORD_MIN_CHARS     3
#define WORD_MAX_CHARS     32
#define SEARCHED_MAX_BYTES 1024 /* of a line, for what looks like a trigger */
#define GAP_MAX_CHARS      8    /* between a word and its colon: "DELEGATE** :" */

static const struct {
    const char *name;
    const char *text;
} reasons[ANSWER_REASON_COUNT] = {
    [ANSWER_COUNTS] = { NULL, NULL },
    [ANSWER_QUOTED] = { "quoted", WORDS_LATER("it stood in a quotation") },
    [ANSWER_FENCED] = { "fenced", WORDS_LATER("it stood between code fences") },
    [ANSWER_INDENTED] = { "indented", WORDS_LATER("it was indented, as code is") },
    [ANSWER_MARKUP] = { "markup", WORDS_LATER("it stood inside an element of HTML or a comment") },
    [ANSWER_HIDDEN] = { "hidden", WORDS_LATER("its line has signs that nobody sees") },
    [ANSWER_LOOKALIKE] = { "lookalike",
                           WORDS_LATER("its letters only look like those of a trigger") },
    [ANSWER_DECORATED] = { "decorated", WORDS_LATER("signs stood before it or inside it") },
    [ANSWER_INSIDE] = { "inside", WORDS_LATER("it stood inside a sentence") },
    [ANSWER_SMALL] = { "small", WORDS_LATER("it was not in capitals") },
    [ANSWER_UNKNOWN] = { "unknown", WORDS_LATER("there is no trigger of that name") },
    [ANSWER_PERSONS] = { "persons", WORDS_LATER("only people give commands and direct tasks") },
    [ANSWER_UNFINISHED] = { "unfinished", WORDS_LATER("its task goes on in the next line, and a "
                                                      "task is one line") },
    [ANSWER_TOO_LONG] = { "too_long", WORDS_LATER("its line is too long") },
    [ANSWER_TOO_MANY] = { "too_many", WORDS_LATER("there were too many before it") },
};

/* What is known of the text up to a line. */
struct AnswerReader {
    ModelAnswer *answer;
    Fence fence;
    Markup markup;
    bool is_quoting; /* a paragraph that began behind a `>` goes on */
    unsigned number;
    unsigned counting;
    unsigned notes;
};

/* One line as it came and as it is shown. */
typedef struct Source {
    const char *text;  /* harmless, without its end of line */
    const char *start; /* its first character that is no blank */
    size_t length;
    bool is_harmless; /* it came as it is shown */
    bool has_more;    /* bytes that are no ASCII */
} Source;

static void free_line(void *data)
{
    AnswerLine *line = data;

    g_free(line->word);
    g_free(line->rest);
    g_free(line);
}

/* ---- what a line looks like ---- */

/* The trigger that the text begins with, exactly. */
static const CommandInfo *begins_trigger(const char *text, Trigger *out)
{
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        const CommandInfo *info = trigger_info((Trigger)trigger);

        if (g_str_has_prefix(text, info->name)) {
            *out = (Trigger)trigger;
            return info;
        }
    }
    return NULL;
}

/* "FROB:" at the beginning; the length without the colon, or 0. */
static size_t word_length(const char *text, bool *out_is_upper)
{
    size_t length = 0;

    *out_is_upper = true;
    for (; length <= WORD_MAX_CHARS && (g_ascii_isalpha(text[length]) || text[length] == '_');
         length++)
        *out_is_upper &= !g_ascii_islower(text[length]);
    return length >= WORD_MIN_CHARS && length <= WORD_MAX_CHARS && text[length] == ':' ? length : 0;
}

/* The trigger in capitals whose colon stands at `colon` in the folded line; *out_at is where its
 * word begins. */
static const CommandInfo *find_before(const char *line, const char *colon, const char **out_at)
{
    const char *end = colon;
    const char *at;
    g_autofree char *word = NULL;
    Trigger trigger;

    while (end > line && colon - end < GAP_MAX_CHARS && !g_ascii_isalnum(end[-1]))
        end--;
    for (at = end;
         at > line && end - at <= WORD_MAX_CHARS && (g_ascii_isupper(at[-1]) || at[-1] == '_');
         at--)
        ;
    if (at > line && g_ascii_isalnum(at[-1]))
        return NULL;
    at += strspn(at, "_");
    if (end - at < WORD_MIN_CHARS)
        return NULL;
    word = g_strdup_printf("%.*s:", (int)(end - at), at);
    *out_at = at;
    return trigger_parse(word, &trigger) ? trigger_info(trigger) : NULL;
}

/* The first trigger in capitals anywhere in the line as a hurried reader sees it. *out_is_first:
 * no letter or digit stands before it. */
static const CommandInfo *find_seen(const char *folded, bool *out_is_first)
{
    for (const char *colon = strchr(folded, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *at = NULL;
        const CommandInfo *info = find_before(folded, colon, &at);

        if (info) {
            *out_is_first = true;
            for (const char *before = folded; before < at; before++)
                *out_is_first &= !g_ascii_isalpha(*before) && (unsigned char)*before < 0x80;
            return info;
        }
    }
    return NULL;
}

/* Goes on in the next line: a script, of which half would be run. */
static bool is_unfinished(const char *rest)
{
    static const char *const ends[] = { "\\", "&&", "|" };
    const char *bar = strchr(rest, '|');
    const char *document = strstr(rest, "<<");

    /* "DELEGATE: web1 |" has no task: the gate of its arguments says so. */
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_has_suffix(rest, ends[i]) && bar && bar[1] != '\0')
            return true;
    }
    if (!document || document[2] == '<')
        return false;
    document += 2 + strspn(document + 2, "- ");
    return g_ascii_isalpha(*document) || *document == '\'' || *document == '"' || *document == '_';
}

/* ---- reading ---- */

static void add_line(AnswerReader *reader, AnswerReason reason, const char *word, const char *rest)
{
    AnswerLine *line;

    if (reason != ANSWER_COUNTS && reader->notes++ >= ANSWER_NOTES_MAX) {
        reader->answer->left_out++;
        return;
    }
    line = g_new0(AnswerLine, 1);
    line->number = reader->number;
    line->reason = reason;
    line->word = g_strdup(word);
    line->rest = rest ? g_strstrip(g_strdup(rest)) : NULL;
    g_ptr_array_add(reader->answer->lines, line);
}

/* Whether the line is somebody else's word, by where it stands. The line moves the reader on. */
static AnswerReason place_of(AnswerReader *reader, const Source *source, bool is_trigger)
{
    bool is_behind_sign = *source->start == '>';
    size_t indent = (size_t)(source->start - source->text);

    if (reader->fence.sign != '\0' || !is_behind_sign) {
        if (fence_step(&reader->fence, source->text) != FENCE_OUTSIDE) {
            reader->is_quoting = false;
            return ANSWER_FENCED;
        }
    }
    if (*source->start == '\0')
        reader->is_quoting = false;
    reader->is_quoting |= is_behind_sign;
    /* What a task says of tags opens none. */
    if ((!is_trigger || reader->markup.depth > 0) && markup_step(&reader->markup, source->text))
        return ANSWER_MARKUP;
    if (reader->is_quoting)
        return ANSWER_QUOTED;
    if (indent > INDENT_MAX || memchr(source->text, '\t', indent))
        return ANSWER_INDENTED;
    return ANSWER_COUNTS;
}

/* An exact trigger at the beginning of a line: does it count, and why not? */
static AnswerReason judge(const AnswerReader *reader, const Source *source, const char *rest)
{
    if (!source->is_harmless)
        return ANSWER_HIDDEN;
    if (source->length > TASK_TEXT_MAX_BYTES)
        return ANSWER_TOO_LONG;
    if (is_unfinished(rest))
        return ANSWER_UNFINISHED;
    if (reader->counting >= TRIGGERS_MAX_PER_MESSAGE)
        return ANSWER_TOO_MANY;
    return ANSWER_COUNTS;
}

/* A line that begins with no exact trigger, and still looks like one. */
static void note_other(AnswerReader *reader, const Source *source, const char *raw,
                       AnswerReason place)
{
    g_autofree char *folded = lookalike_fold(raw);
    g_autofree char *word = NULL;
    const CommandInfo *info;
    bool is_first = false;
    bool is_upper;
    size_t length;
    Trigger trigger;

    info = find_seen(folded, &is_first);
    if (info) {
        bool is_plain = strstr(source->text, info->name) != NULL;
        AnswerReason reason = !source->is_harmless            ? ANSWER_HIDDEN
                              : !is_plain && source->has_more ? ANSWER_LOOKALIKE
                              : is_first                      ? ANSWER_DECORATED
                                                              : ANSWER_INSIDE;

        add_line(reader, place != ANSWER_COUNTS ? place : reason, info->name, NULL);
        return;
    }
    length = word_length(source->start, &is_upper);
    word = g_strndup(source->start, length + 1);
    if (length > 0 && trigger_parse(word, &trigger))
        add_line(reader, place != ANSWER_COUNTS ? place : ANSWER_SMALL, trigger_info(trigger)->name,
                 NULL);
    else if (length > 0 && is_upper && place == ANSWER_COUNTS)
        add_line(reader, ANSWER_UNKNOWN, word, NULL);
}

/* A command or a task for an agent, as people type it. */
static bool note_persons(AnswerReader *reader, const Source *source, AnswerReason place)
{
    const char *start = source->start + strspn(source->start, "> \t");
    size_t length = strcspn(start, " \t");
    g_autofree char *word = g_strndup(start, length);
    Command command;
    bool is_direct = *word == '@' && g_ascii_isalnum(word[1]) && start[length] != '\0';

    if (!is_direct && !(*word == '!' && command_parse(word, &command)))
        return false;
    add_line(reader, place != ANSWER_COUNTS ? place : ANSWER_PERSONS,
             is_direct ? word : command_info(command)->name, NULL);
    return true;
}

/* True when the line counts, and is no word to show. */
static bool read_line(AnswerReader *reader, const Source *source, const char *raw)
{
    Trigger trigger = TRIGGER_DELEGATE;
    const CommandInfo *info = begins_trigger(source->start, &trigger);
    AnswerReason place = place_of(reader, source, info != NULL);
    AnswerReason reason;
    AnswerLine *line;

    if (!info) {
        if (!note_persons(reader, source, place))
            note_other(reader, source, raw, place);
        return false;
    }
    reason =
        place != ANSWER_COUNTS ? place : judge(reader, source, source->start + strlen(info->name));
    if (reason != ANSWER_COUNTS) {
        add_line(reader, reason, info->name, NULL);
        return false;
    }

    reader->counting++;
    add_line(reader, reason, info->name, source->start + strlen(info->name));
    line = reader->answer->lines->pdata[reader->answer->lines->len - 1];
    line->trigger = trigger;
    return true;
}

/* An end without a beginning (some models leave <think> out) shows that all before was inside. */
static void take_back(AnswerReader *reader)
{
    GPtrArray *lines = reader->answer->lines;

    reader->markup.has_stray_end = false;
    for (unsigned i = 0; i < lines->len; i++) {
        AnswerLine *line = lines->pdata[i];

        if (line->reason == ANSWER_COUNTS) {
            line->reason = ANSWER_MARKUP;
            g_clear_pointer(&line->rest, g_free);
        }
    }
}

static void trim_return(const char *bytes, size_t *length)
{
    *length -= *length > 0 && bytes[*length - 1] == '\r';
}

void answer_reader_line(AnswerReader *reader, const char *bytes, size_t length, GString *words)
{
    g_autofree char *text = NULL;
    g_autofree char *raw = NULL;
    Source source = { 0 };

    reader->number++;
    trim_return(bytes, &length);
    source.length = length;
    text = text_make_harmless(bytes, length);
    source.text = text;
    source.start = text + strspn(text, " \t");
    source.is_harmless = strlen(text) == length && memcmp(text, bytes, length) == 0;
    g_strchomp(text);
    for (size_t i = 0; i < length; i++)
        source.has_more |= (unsigned char)bytes[i] >= 0x80;
    /* A NUL is seen as any other sign that nobody sees. */
    raw = g_utf8_make_valid(bytes, (gssize)MIN(length, SEARCHED_MAX_BYTES));

    if (!read_line(reader, &source, raw)) {
        g_string_append(words, text);
        g_string_append_c(words, '\n');
    }
    if (reader->markup.has_stray_end)
        take_back(reader);
}

AnswerReader *answer_reader_new(void)
{
    AnswerReader *reader = g_new0(AnswerReader, 1);

    reader->answer = g_new0(ModelAnswer, 1);
    reader->answer->lines = g_ptr_array_new_with_free_func(free_line);
    return reader;
}

void answer_reader_free(AnswerReader *reader)
{
    if (!reader)
        return;

    model_answer_free(reader->answer);
    g_free(reader);
}

bool answer_reader_is_inside(const AnswerReader *reader)
{
    return reader->markup.depth > 0;
}

/* It may become a trigger, which is no word to show. */
static bool may_count(const char *start)
{
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        const char *name = trigger_info((Trigger)trigger)->name;

        if (g_str_has_prefix(start, name) || g_str_has_prefix(name, start))
            return true;
    }
    return false;
}

char *answer_reader_beginning(const AnswerReader *reader, const char *bytes, size_t length)
{
    g_autofree char *text = NULL;
    char *end;

    trim_return(bytes, &length);
    if (answer_reader_is_inside(reader))
        return NULL;
    text = text_make_harmless(bytes, length);
    if (may_count(text + strspn(text, " \t")))
        return NULL;

    /* What a sign of HTML begins is not known. */
    text[strcspn(text, "<")] = '\0';
    end = strrchr(text, ' ');
    if (!end)
        return NULL;
    *end = '\0';
    g_strchomp(text);
    return *text ? g_steal_pointer(&text) : NULL;
}

ModelAnswer *model_answer_parse(const char *bytes, size_t length)
{
    g_autoptr(AnswerReader) reader = answer_reader_new();
    GString *words = g_string_new(NULL);
    const char *end = bytes + length;

    for (const char *at = bytes; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop ? stop : end;
        answer_reader_line(reader, at, (size_t)(stop - at), words);
        at = stop + 1;
    }
    reader->answer->words = g_strstrip(g_string_free(words, FALSE));
    return g_steal_pointer(&reader->answer);
}

void model_answer_free(ModelAnswer *answer)
{
    if (!answer)
        return;

    g_ptr_array_unref(answer->lines);
    g_free(answer->words);
    g_free(answer);
}

const char *answer_reason_name(AnswerReason reason)
{
    return reasons[reason].name;
}

const char *answer_reason_text(AnswerReason reason)
{
    return reasons[reason].text;
}
