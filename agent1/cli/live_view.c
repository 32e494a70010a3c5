#include "agent1/cli/live_view.h"

#include "common/sys/clock.h"

#include "common/base/banned.h"

#define TICK_MS 500

void live_view_init(LiveView *view, bool has_line)
{
    *view = (LiveView){ .line = has_line ? progress_line_new(stderr) : NULL };
}

void live_view_clear(LiveView *view)
{
    progress_line_free(view->line);
    g_free(view->news);
}

void live_view_hide(LiveView *view)
{
    if (view->line)
        progress_line_hide(view->line);
    if (view->terminal)
        terminal_hide(view->terminal);
}

/* What is typed for later is more to whoever types than the news. */
static void show_line(const LiveView *view)
{
    g_autofree char *typed = view->terminal ? terminal_typed(view->terminal) : g_strdup("");
    g_autofree char *next = *typed != '\0' ? g_strconcat("> ", typed, NULL) : NULL;
    const char *label = view->ask->label ? view->ask->label : "agent1";

    progress_line_show(view->line, label, clock_boot_ms() - view->since_ms,
                       next ? next : view->news);
}

void live_view_show(LiveView *view)
{
    if (view->line && view->ask && ask_is_pending(view->ask))
        show_line(view);
    if (view->terminal)
        terminal_show(view->terminal);
}

static gboolean on_tick(gpointer data)
{
    live_view_show(data);

    return G_SOURCE_CONTINUE;
}

void live_view_begin(LiveView *view, const Ask *ask)
{
    view->ask = ask;
    view->since_ms = ask->asked_ms;
    live_view_set_news(view, NULL);
    if (view->line)
        view->ticks = g_timeout_add(TICK_MS, on_tick, view);
}

void live_view_end(LiveView *view)
{
    if (view->ticks)
        g_source_remove(view->ticks);
    view->ticks = 0;
    view->ask = NULL;
    live_view_hide(view);
}

void live_view_set_news(LiveView *view, const char *text)
{
    g_free(view->news);
    view->news = g_strdup(text);
}

void live_view_set_elapsed(LiveView *view, int64_t elapsed_ms)
{
    view->since_ms = clock_boot_ms() - elapsed_ms;
}
