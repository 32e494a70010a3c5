#include "agent1/flow/state/reason_words.h"

#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/data/window.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* NOLINTBEGIN(misc-no-recursion): a reason that was read holds few and shorter ones: it ends */
static char *word(const Core *core, const char *reason);

static char *word_part(const Core *core, ReasonPart part, const char *text)
{
    switch (part) {
    case REASON_PART_WINDOW:
        return window_reword_fr(text);
    case REASON_PART_INSTANT:
        return timestamp_reword_fr(text, core->now_ms, core->zone);
    case REASON_PART_REASON:
        return word(core, text);
    case REASON_PART_TEXT:
    case REASON_PART_NUMBER:
        break;
    }
    return g_strdup(text);
}

static char *word(const Core *core, const char *reason)
{
    g_auto(Reason) read = { 0 };
    g_auto(Reason) worded = { 0 };
    unsigned i;

    if (!reason_read(reason, &read))
        return g_strdup(reason);

    for (i = 0; i < reason_places(read.kind); i++)
        worded.parts[i] = word_part(core, reason_part(read.kind, i), read.parts[i]);
    return text_fill(words_get(core->language, reason_format(read.kind)), worded.parts);
}
/* NOLINTEND(misc-no-recursion) */

char *reason_words(const Core *core, const char *reason)
{
    return core->language == LANGUAGE_EN ? g_strdup(reason) : word(core, reason);
}

char *reason_words_run(const Core *core, const Run *run)
{
    const char *reason = run_reason(run);
    g_autofree char *worded = reason ? reason_words(core, reason) : NULL;

    return run_describe_as(run, worded);
}
