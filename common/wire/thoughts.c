#include "common/wire/thoughts.h"

#include <string.h>

#include "common/wire/fence.h"

#include "common/base/banned.h"

/* A tag that is longer is text. */
#define TAG_MAX_BYTES 64
#define BLANKS        " \t\r"

typedef enum {
    TAG_NONE,
    TAG_BEGUN, /* of it more must come */
    TAG_OPENS,
    TAG_CLOSES,
    TAG_EMPTY, /* <think/> */
} Tag;

/* Longer names first: each begins as the next. */
static const char *const names[] = { "thinking", "think" };

/* What decides about that which is held. */
typedef enum {
    AWAITS_TAG,      /* a `>` */
    AWAITS_CODE,     /* a backtick that closes, before the line ends */
    AWAITS_LINE_END, /* behind an end without a beginning, nothing more in its line */
} Awaits;

struct Thoughts {
    bool keeps_lines;
    size_t bytes;
    bool is_inside;

    Fence fence;      /* at the beginning of the line */
    GString *line;    /* the answer's last line so far */
    bool has_bracket; /* a `<` stands in it: whether it is fenced was judged at the first */
    bool is_fenced;
    bool is_code;     /* a backtick opened what none has closed yet in the line */
    bool has_no_code; /* and none will */

    GString *held; /* from a `<` on: what is not decided yet */
    Awaits awaits;
    bool takes_back; /* what was said before was thought */
};

Thoughts *thoughts_new(bool keeps_lines)
{
    Thoughts *thoughts = g_new0(Thoughts, 1);

    thoughts->keeps_lines = keeps_lines;
    thoughts->line = g_string_new(NULL);
    thoughts->held = g_string_new(NULL);
    return thoughts;
}

void thoughts_free(Thoughts *thoughts)
{
    if (!thoughts)
        return;

    g_string_free(thoughts->line, TRUE);
    g_string_free(thoughts->held, TRUE);
    g_free(thoughts);
}

size_t thoughts_bytes(const Thoughts *thoughts)
{
    return thoughts->bytes;
}

/* ---- tags ---- */

/* What stands behind the name of a tag. */
static Tag read_rest(const char *rest, bool is_end)
{
    const char *close = strchr(rest, '>');

    if (*rest != '\0' && !strchr(" \t\r\n/>", *rest))
        return TAG_NONE;
    if (strchr(rest, '<'))
        return TAG_NONE;
    if (!close)
        return strlen(rest) < TAG_MAX_BYTES ? TAG_BEGUN : TAG_NONE;
    if (is_end)
        return TAG_CLOSES;
    return close > rest && close[-1] == '/' ? TAG_EMPTY : TAG_OPENS;
}

/* What the text is, which begins with a `<` and ends at the first `>`. */
static Tag read_tag(const char *text)
{
    bool is_end = text[1] == '/';
    const char *name = text + 1 + is_end;
    size_t length = strlen(name);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t whole = strlen(names[i]);

        if (g_ascii_strncasecmp(name, names[i], MIN(length, whole)) != 0)
            continue;
        if (length <= whole)
            return TAG_BEGUN;
        return read_rest(name + whole, is_end);
    }
    return TAG_NONE;
}

/* ---- what is said ---- */

/* As in common/wire/fence.h: a quotation opens none. */
static bool is_fence(const Fence *fence, const char *line)
{
    return fence->sign != '\0' || line[strspn(line, " \t")] != '>';
}

static void begin_line(Thoughts *thoughts)
{
    g_string_truncate(thoughts->line, 0);
    thoughts->has_bracket = false;
    thoughts->is_code = false;
    thoughts->has_no_code = false;
}

static bool stands_in_fence(Thoughts *thoughts)
{
    Fence fence = thoughts->fence;

    if (!thoughts->has_bracket)
        thoughts->is_fenced = is_fence(&fence, thoughts->line->str) &&
                              fence_step(&fence, thoughts->line->str) != FENCE_OUTSIDE;
    return thoughts->is_fenced;
}

static void say(Thoughts *thoughts, char c, GString *answer)
{
    const GString *line = thoughts->line;
    bool goes_on = line->len > 0 && line->str[line->len - 1] == '`';

    g_string_append_c(answer, c);
    if (c == '\n') {
        if (is_fence(&thoughts->fence, line->str))
            fence_step(&thoughts->fence, line->str);
        begin_line(thoughts);
        return;
    }
    thoughts->has_bracket |= c == '<';
    thoughts->is_code ^= c == '`' && !goes_on;
    g_string_append_c(thoughts->line, c);
}

static void leave_out(Thoughts *thoughts, const char *text, size_t length, GString *answer)
{
    thoughts->bytes += length;
    for (size_t i = 0; i < length && thoughts->keeps_lines; i++) {
        if (text[i] == '\n')
            say(thoughts, '\n', answer);
    }
}

/* An end without a beginning. */
static void take_all_back(Thoughts *thoughts, GString *answer)
{
    g_autofree char *said = g_memdup2(answer->str, answer->len);
    size_t length = answer->len;

    thoughts->takes_back = true;
    g_string_truncate(answer, 0);
    thoughts->fence = (Fence){ .sign = '\0' };
    begin_line(thoughts);
    leave_out(thoughts, said, length, answer);
}

/* ---- one character after the other ---- */

static void take(Thoughts *thoughts, char c, GString *answer);

/* Empties what is held; the caller owns it. */
static GString *let_go(Thoughts *thoughts)
{
    GString *held = thoughts->held;

    thoughts->held = g_string_new(NULL);
    thoughts->awaits = AWAITS_TAG;
    return held;
}

static void say_held(Thoughts *thoughts, GString *answer)
{
    GString *held = let_go(thoughts);

    for (size_t i = 0; i < held->len; i++)
        say(thoughts, held->str[i], answer);
    g_string_free(held, TRUE);
}

static void leave_held_out(Thoughts *thoughts, GString *answer)
{
    GString *held = let_go(thoughts);

    leave_out(thoughts, held->str, held->len, answer);
    g_string_free(held, TRUE);
}

/* The line ended, or the whole: no backtick closes what was opened in it. */
static void take_as_no_code(Thoughts *thoughts, GString *answer)
{
    GString *held = let_go(thoughts);

    thoughts->has_no_code = true;
    for (size_t i = 0; i < held->len; i++)
        take(thoughts, held->str[i], answer);
    g_string_free(held, TRUE);
}

static bool begins_line(const Thoughts *thoughts)
{
    return strspn(thoughts->line->str, BLANKS) == thoughts->line->len;
}

/* An end that nothing opened. Where more stands in its line it is told of, and not meant. */
static void apply_end(Thoughts *thoughts, GString *answer)
{
    if (begins_line(thoughts))
        thoughts->awaits = AWAITS_LINE_END;
    else
        say_held(thoughts, answer);
}

/* The first end closes, whatever is opened before: a model that thinks of tags names them. */
static void apply(Thoughts *thoughts, Tag tag, GString *answer)
{
    if (tag == TAG_CLOSES && !thoughts->is_inside) {
        apply_end(thoughts, answer);
        return;
    }
    leave_held_out(thoughts, answer);
    if (tag != TAG_EMPTY)
        thoughts->is_inside = tag == TAG_OPENS;
}

/* An end without a beginning stands alone in its line. */
static void apply_lone_end(Thoughts *thoughts, GString *answer)
{
    leave_held_out(thoughts, answer);
    take_all_back(thoughts, answer);
}

/* The held text with this character is no tag. */
static void give_up_tag(Thoughts *thoughts, char c, GString *answer)
{
    g_string_truncate(thoughts->held, thoughts->held->len - 1);
    if (thoughts->is_inside)
        leave_held_out(thoughts, answer);
    else
        say_held(thoughts, answer);
    take(thoughts, c, answer);
}

static void hold_for_code(Thoughts *thoughts, char c, GString *answer)
{
    g_string_append_c(thoughts->held, c);
    if (c == '`')
        say_held(thoughts, answer);
    else if (c == '\n')
        take_as_no_code(thoughts, answer);
}

static void hold_for_line_end(Thoughts *thoughts, char c, GString *answer)
{
    if (c != '\0' && strchr(BLANKS, c)) {
        g_string_append_c(thoughts->held, c);
        return;
    }
    if (c == '\n')
        apply_lone_end(thoughts, answer);
    else
        say_held(thoughts, answer);
    take(thoughts, c, answer);
}

static void hold_for_tag(Thoughts *thoughts, char c, GString *answer)
{
    Tag tag;

    g_string_append_c(thoughts->held, c);
    tag = c == '\0' ? TAG_NONE : read_tag(thoughts->held->str);
    if (tag == TAG_NONE)
        give_up_tag(thoughts, c, answer);
    else if (tag != TAG_BEGUN)
        apply(thoughts, tag, answer);
}

static void hold(Thoughts *thoughts, char c, GString *answer)
{
    switch (thoughts->awaits) {
    case AWAITS_TAG:
        hold_for_tag(thoughts, c, answer);
        return;
    case AWAITS_CODE:
        hold_for_code(thoughts, c, answer);
        return;
    case AWAITS_LINE_END:
        hold_for_line_end(thoughts, c, answer);
        return;
    }
}

static void take(Thoughts *thoughts, char c, GString *answer)
{
    bool is_inside = thoughts->is_inside;

    if (thoughts->held->len > 0) {
        hold(thoughts, c, answer);
    } else if (c == '<' && (is_inside || !stands_in_fence(thoughts))) {
        g_string_append_c(thoughts->held, c);
        if (!is_inside && thoughts->is_code && !thoughts->has_no_code)
            thoughts->awaits = AWAITS_CODE;
    } else if (is_inside) {
        leave_out(thoughts, &c, 1, answer);
    } else {
        say(thoughts, c, answer);
    }
}

/* Whether something was taken back since the last time. */
static bool has_taken_back(Thoughts *thoughts, size_t before)
{
    bool takes_back = thoughts->takes_back && before > 0;

    thoughts->takes_back = false;
    return takes_back;
}

bool thoughts_take(Thoughts *thoughts, const char *bytes, size_t length, GString *answer)
{
    size_t before = answer->len;

    for (size_t i = 0; i < length; i++)
        take(thoughts, bytes[i], answer);
    return has_taken_back(thoughts, before);
}

bool thoughts_finish(Thoughts *thoughts, GString *answer)
{
    size_t before = answer->len;

    if (thoughts->awaits == AWAITS_CODE)
        take_as_no_code(thoughts, answer);
    if (thoughts->awaits == AWAITS_LINE_END)
        apply_lone_end(thoughts, answer);
    /* "<th" may be anything; "<think" is none of the answer, whatever cut it off. */
    if (thoughts->is_inside || thoughts->held->len >= strlen("<think"))
        leave_held_out(thoughts, answer);
    else
        say_held(thoughts, answer);
    return has_taken_back(thoughts, before);
}
