#include "agent1/cli/coming_answer.h"

#include "common/base/text.h"

#include "common/base/banned.h"

#define QUESTION_SHOWN_CHARS 40

void coming_answer_init(ComingAnswer *answer, const Printer *printer)
{
    *answer = (ComingAnswer){ .printer = printer };
    partial_init(&answer->partial);
}

void coming_answer_clear(ComingAnswer *answer)
{
    partial_clear(&answer->partial);
}

void coming_answer_begin(ComingAnswer *answer, const char *question)
{
    answer->question = question;
    answer->is_parted = false;
    partial_reset(&answer->partial);
}

void coming_answer_next(ComingAnswer *answer)
{
    partial_reset(&answer->partial);
}

bool coming_answer_take(ComingAnswer *answer, const MessageReply *part)
{
    if (!answer->printer->has_screen || answer->printer->is_quiet)
        return false;

    partial_take(&answer->partial, part->offset, part->text);
    return true;
}

/* The answer that is being printed was parted by another one. */
static void tell_going_on(ComingAnswer *answer)
{
    g_autofree char *question = text_make_line(answer->question, QUESTION_SHOWN_CHARS);

    if (answer->is_parted)
        printer_note(answer->printer, "the answer to \"%s\" goes on:", question);
    answer->is_parted = false;
}

bool coming_answer_print(ComingAnswer *answer)
{
    Partial *partial = &answer->partial;
    g_autofree char *lines = partial_take_lines(partial);

    if (partial->is_replaced)
        printer_note(answer->printer, "what stands above is no answer: another model is asked");
    partial->is_replaced = false;
    if (!lines)
        return true;
    tell_going_on(answer);
    return printer_lines(answer->printer, lines, &partial->fence);
}

const char *coming_answer_line(const ComingAnswer *answer)
{
    return partial_line(&answer->partial);
}

bool coming_answer_has_begun(const ComingAnswer *answer)
{
    return answer->partial.printed > 0;
}

void coming_answer_part(ComingAnswer *answer)
{
    answer->is_parted = coming_answer_has_begun(answer);
}

/* What is left of an answer of which parts were printed, or all of it. */
static bool print_rest(const ComingAnswer *answer, const char *text)
{
    const char *rest = partial_rest(&answer->partial, text);
    g_autofree char *trimmed = g_strchomp(g_strdup(rest));
    size_t fence = rest == text ? 0 : answer->partial.fence;

    return printer_lines(answer->printer, trimmed, &fence);
}

bool coming_answer_rest(ComingAnswer *answer, const char *whole)
{
    tell_going_on(answer);
    return print_rest(answer, whole);
}

bool coming_answer_words(const ComingAnswer *answer, const MessageReply *reply)
{
    bool names_run = reply->runs && reply->runs->len > 0;
    g_autofree char *before = names_run ? reply_words(reply->text) : NULL;
    /* Of what has begun, the rest belongs to it. */
    bool is_whole = !names_run || (!before && coming_answer_has_begun(answer));
    const char *words = is_whole ? reply->text : before;

    if (!words || !*words || answer->printer->is_json || answer->printer->is_quiet)
        return true;
    return print_rest(answer, words);
}
