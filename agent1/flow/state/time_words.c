#include "agent1/flow/state/time_words.h"

#include "common/base/banned.h"

char *time_words(const Core *core, const TimeProblem *problem)
{
    const char *examples = words_get(core->language, time_problem_examples());
    bool has_examples = time_problem_has_examples(problem);
    TimeProblem worded = *problem; /* borrows its texts */
    g_autofree char *examples_part = g_strdup(examples);
    g_autofree char *text = NULL;

    if (has_examples)
        worded.part = examples_part;
    text = time_problem_word(&worded, words_get(core->language, time_problem_frame(problem)),
                             words_get(core->language, time_problem_format(problem->expected)));
    if (has_examples)
        return g_steal_pointer(&text);
    return g_strdup_printf(core_words(core, "%s. Examples: %s"), text, examples);
}
