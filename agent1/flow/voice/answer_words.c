#include "agent1/flow/voice/answer_words.h"

#include <string.h>

#include "agent1/flow/voice/marks.h"
#include "agent1/model/claim.h"
#include "common/base/text.h"
#include "common/wire/fence.h"
#include "common/base/banned.h"

#define WORD_SHOWN_CHARS 60

void answer_words_say(Turn *turn, const ModelAnswer *answer)
{
    g_autofree char *words = marks_words(turn->core, answer->words);

    if (*words)
        turn_say(turn, "%s", words);
}

void answer_words_not_run(Turn *turn, const AnswerLine *line, const char *why)
{
    g_autofree char *word = text_make_line(line->word, WORD_SHOWN_CHARS);

    turn_say(turn, "%s not run: %s", word, core_words(turn->core, why));
}

void answer_words_end(Turn *turn, const ModelAnswer *answer, bool has_acted)
{
    if (answer->left_out > 0)
        turn_say(turn, "… and %u more lines that look like triggers; none of them was run",
                 answer->left_out);
    if (!has_acted && claim_is(answer->words))
        turn_say(turn, "(no action was taken)");
}

/* The line that closes what fence the words leave open; NULL: none is. The caller owns it. */
static char *find_end_of_fence(const char *words)
{
    g_auto(GStrv) lines = g_strsplit(words, "\n", -1);
    Fence fence = { 0 };

    for (unsigned i = 0; lines[i]; i++) {
        if (lines[i][strspn(lines[i], " \t")] != '>')
            fence_step(&fence, lines[i]);
    }
    return fence.sign ? g_strnfill(fence.length, fence.sign) : NULL;
}

char *answer_words_half(Turn *turn, const char *answer, bool has_acted, const char *why)
{
    g_autoptr(ModelAnswer) parsed = model_answer_parse(answer, strlen(answer));
    g_autofree char *fence = find_end_of_fence(parsed->words);

    answer_words_say(turn, parsed);
    if (fence)
        turn_say(turn, "%s", fence);
    for (unsigned i = 0; i < parsed->lines->len; i++) {
        const AnswerLine *line = parsed->lines->pdata[i];
        const char *reason = answer_reason_text(line->reason);

        answer_words_not_run(turn, line, reason ? reason : why);
    }
    answer_words_end(turn, parsed, has_acted);
    return g_strdup(parsed->words);
}
