#include "agent1/cli/leave.h"

#include "agent1/cli/ask_words.h"

#include "common/base/banned.h"

void leave_tell(const Printer *printer, const GPtrArray *asks, int64_t now_ms)
{
    for (guint i = 0; i < asks->len; i++) {
        const Ask *ask = g_ptr_array_index(asks, i);

        if (ask_is_at_work(ask) && !ask->is_hidden) {
            g_autofree char *text = ask_goes_on(ask, false, now_ms);

            printer_note(printer, "%s", text);
        }
    }
}

void leave_unanswered(const Ask *ask, bool was_connected, int64_t now_ms)
{
    g_autofree char *rest = ask_may_still_come(ask, now_ms);

    printer_problem("%s", ask_unreachable(was_connected));
    if (rest)
        printer_problem("%s", rest);
}
