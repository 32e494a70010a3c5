#include "agent1/flow/state/sources.h"

#include "common/base/words_later.h"
#include "common/base/banned.h"

static const struct {
    unsigned source;
    const char *text;
} names[] = {
    { SOURCE_QUOTATION, WORDS_LATER("a quotation") },
    { SOURCE_NOTE, WORDS_LATER("a note") },
    { SOURCE_PAGE, WORDS_LATER("a page of the web") },
    { SOURCE_SEARCH, WORDS_LATER("results of a search") },
    { SOURCE_OUTPUT, WORDS_LATER("output of tasks") },
    { SOURCE_SCHEDULES, WORDS_LATER("the schedules") },
};

unsigned sources_of_look(Trigger trigger)
{
    static const unsigned sources[TRIGGER_COUNT] = {
        [TRIGGER_RECALL] = SOURCE_NOTE,          [TRIGGER_READ] = SOURCE_PAGE,
        [TRIGGER_SEARCH] = SOURCE_SEARCH,        [TRIGGER_REPORT] = SOURCE_OUTPUT,
        [TRIGGER_REPORT_ERRORS] = SOURCE_OUTPUT, [TRIGGER_DAILY_REPORT] = SOURCE_OUTPUT,
        [TRIGGER_PLAN_LIST] = SOURCE_SCHEDULES,
    };

    return sources[trigger] ? sources[trigger] : SOURCE_SOMEWHERE;
}

char *sources_text(const Core *core, unsigned sources)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned left = sources & ~(unsigned)SOURCE_SOMEWHERE;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!(left & names[i].source))
            continue;
        left &= ~names[i].source;
        if (text->len > 0)
            g_string_append(text, left ? ", " : core_words(core, " and "));
        g_string_append(text, core_words(core, names[i].text));
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE)
                         : g_strdup(core_words(core, "text from outside"));
}
