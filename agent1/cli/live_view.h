/*
 * What moves at the bottom of a person's terminal: how the thing goes that is waited for, and the
 * line that is being typed. It makes room while something is printed, and comes back below it.
 * Nothing of it is there in a pipe, with --json or --quiet, but what is typed.
 */
#ifndef AGENT1_CLI_LIVE_VIEW_H
#define AGENT1_CLI_LIVE_VIEW_H

#include "agent1/cli/exchange.h"
#include "agent1/cli/progress_line.h"
#include "agent1/cli/terminal.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct LiveView {
    ProgressLine *line; /* NULL: none is shown */
    Terminal *terminal; /* borrowed; NULL: nobody types here */
    const Ask *ask;     /* what is waited for, borrowed; NULL: nothing */
    char *news;         /* of ask; NULL: none yet */
    int64_t since_ms;   /* boot time that the line counts from */
    guint ticks;
} LiveView;

void live_view_init(LiveView *view, bool has_line);
void live_view_clear(LiveView *view);

/* From now on this is waited for, with a clock that goes; end() hides all of it. */
void live_view_begin(LiveView *view, const Ask *ask);
void live_view_end(LiveView *view);

/* Makes room; whatever stood there comes back with show(). */
void live_view_hide(LiveView *view);
void live_view_show(LiveView *view);

/* What is new of what is waited for, from the next show() on; NULL: nothing. */
void live_view_set_news(LiveView *view, const char *text);

/* So long it goes on already. */
void live_view_set_elapsed(LiveView *view, int64_t elapsed_ms);

#endif
