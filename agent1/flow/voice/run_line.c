#include "agent1/flow/voice/run_line.h"

#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/model/failure_line.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define STATE_SHOWN_CHARS  120
#define TASK_SHOWN_CHARS   60
#define OUTPUT_SHOWN_CHARS 120

static char *print(const Core *core, const Run *run, const char *why)
{
    g_autofree char *at = core_local_time(core, run->created_ms);
    g_autofree char *described = reason_words_run(core, run);
    g_autofree char *state = text_make_line(described, STATE_SHOWN_CHARS);
    g_autofree char *task = text_make_line(run->task, TASK_SHOWN_CHARS);
    g_autofree char *hold = hold_of_run(core, run);

    return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s · %s · %s%s%s%s%s%s%s%s%s", run->number,
                           run->agent, state, at, run->plan ? run->plan : "",
                           run->plan ? " · " : "", task,
                           run->is_unconfirmed ? core_words(core, " · unconfirmed") : "",
                           run->contradiction ? core_words(core, " · contradicted later") : "",
                           hold ? " · " : "", hold ? hold : "", why ? " · " : "", why ? why : "");
}

char *run_line(const Core *core, const Run *run)
{
    return print(core, run, NULL);
}

char *run_line_with_why(const Core *core, const Run *run)
{
    g_autofree char *line = failure_line(run->outcome.output);
    g_autofree char *why = line ? text_make_line(line, OUTPUT_SHOWN_CHARS) : NULL;

    return print(core, run, why);
}
