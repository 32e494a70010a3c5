#include "agent1/cli/terminal.h"

#include <errno.h>
#include <glib-unix.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent1/cli/line_history.h"
#include "agent1/cli/printer.h"
#include "agent1/cli/screen_width.h"
#include "agent1/cli/type_ahead.h"

#include "common/base/banned.h"

#define UTF8_CHAR_MAX_BYTES 4
#define AHEAD_AT_ONCE       256

struct Terminal {
    EditLine *editor;
    HistoryW *history;
    const Completion *completion;
    TerminalBefore before_completion; /* NULL: none */
    void *before_data;
    TypeAhead *ahead;
    guint ahead_source;       /* 0: a line is being read */
    const TerminalHold *hold; /* while ahead_source is there */
    void *hold_data;
    wchar_t *prompt;
    bool can_draw; /* else what is written goes below what is being typed */
    bool is_reading;
    bool is_hidden;
    bool is_woken;
    bool is_readable;
    int continued_fd;
    guint continued_source;
    guint resized_source;
};

/* wchar_t holds UCS-4 wherever this runs (glibc). */
G_STATIC_ASSERT(sizeof(wchar_t) == sizeof(gunichar));

static wchar_t *widen(const char *text)
{
    return (wchar_t *)g_utf8_to_ucs4_fast(text, -1, NULL);
}

static char *narrow(const wchar_t *text, size_t count)
{
    return g_ucs4_to_utf8((const gunichar *)text, (glong)count, NULL, NULL, NULL);
}

static Terminal *terminal_of(EditLine *editor)
{
    void *data = NULL;

    el_wget(editor, EL_CLIENTDATA, &data);
    return data;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    Terminal *terminal = data;

    (void)fd;
    (void)condition;
    terminal->is_readable = true;

    return G_SOURCE_REMOVE;
}

/* Turns the main loop until the terminal has something; false when somebody woke us. */
static bool wait_for_terminal(Terminal *terminal)
{
    guint source =
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, terminal);

    terminal->is_readable = false;
    while (!terminal->is_readable && !terminal->is_woken)
        g_main_context_iteration(NULL, TRUE);
    if (!terminal->is_readable)
        g_source_remove(source);

    return !terminal->is_woken;
}

static bool wait_for_key(Terminal *terminal)
{
    if (!type_ahead_is_empty(terminal->ahead) && !terminal->is_woken)
        return true;
    return wait_for_terminal(terminal);
}

/* Keys that were typed ahead come first. As read(): 1, 0 at the end, negative to try again. */
static int next_byte(Terminal *terminal, char *out)
{
    ssize_t got;

    if (type_ahead_take(terminal->ahead, out))
        return 1;

    got = read(STDIN_FILENO, out, 1);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? -1 : 0;
    return (int)got;
}

/* libedit's source of characters (EL_GETCFN): 1, 0 at the end, -1 for a failure. */
static int read_character(EditLine *editor, wchar_t *out)
{
    Terminal *terminal = terminal_of(editor);
    char bytes[UTF8_CHAR_MAX_BYTES];
    gssize have = 0;

    while (wait_for_key(terminal)) {
        int got = next_byte(terminal, bytes + have);
        gunichar character;

        if (got < 0)
            continue;
        if (got == 0)
            return 0;

        have++;
        character = g_utf8_get_char_validated(bytes, have);
        if (character < 0x80000000) {
            *out = (wchar_t)character;
            return 1;
        }
        /* -2: the beginning of a character; otherwise bytes that are none. */
        if (character != (gunichar)-2 || have == UTF8_CHAR_MAX_BYTES)
            have = 0;
    }

    return -1;
}

static wchar_t *prompt_of(EditLine *editor)
{
    return terminal_of(editor)->prompt;
}

static void list_candidates(const GPtrArray *candidates)
{
    fputs("\n", stderr);
    for (guint i = 0; i < candidates->len; i++)
        fprintf(stderr, "%s%s", i > 0 ? "  " : "", (const char *)g_ptr_array_index(candidates, i));
    fputs("\n", stderr);
}

/* Tab: completes the word before the cursor as far as it is certain, and lists what it may be. */
static unsigned char complete_word(EditLine *editor, int key)
{
    const Terminal *terminal = terminal_of(editor);
    const LineInfoW *line = el_wline(editor);
    g_autofree char *before = narrow(line->buffer, (size_t)(line->cursor - line->buffer));
    size_t start = 0;
    g_autoptr(GPtrArray) candidates = NULL;
    g_autofree char *common = NULL;
    g_autofree wchar_t *wide = NULL;

    (void)key;
    if (!before)
        return CC_ERROR;
    if (terminal->before_completion)
        terminal->before_completion(before, terminal->before_data);
    candidates = completion_find(terminal->completion, before, &start);
    if (candidates->len == 0)
        return CC_ERROR;

    common = completion_common(candidates);
    if (candidates->len > 1 && strlen(common) <= strlen(before + start)) {
        list_candidates(candidates);
        return CC_REDISPLAY;
    }

    el_deletestr(editor, (int)g_utf8_strlen(before + start, -1));
    wide = widen(common);
    el_winsertstr(editor, wide);
    if (candidates->len == 1)
        el_winsertstr(editor, L" ");
    return CC_REFRESH;
}

static gboolean on_resized(gpointer data)
{
    Terminal *terminal = data;

    if (terminal->is_reading)
        el_resize(terminal->editor);

    return G_SOURCE_CONTINUE;
}

/* After Ctrl-Z and fg the shell has left the terminal in its own mode. */
static gboolean on_continued(gint fd, GIOCondition condition, gpointer data)
{
    Terminal *terminal = data;
    struct signalfd_siginfo info;

    (void)condition;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return G_SOURCE_CONTINUE;

    el_wset(terminal->editor, EL_PREP_TERM, 0);
    el_wset(terminal->editor, EL_PREP_TERM, 1);
    if (terminal->is_reading)
        el_wset(terminal->editor, EL_REFRESH);

    return G_SOURCE_CONTINUE;
}

static void watch_signals(Terminal *terminal)
{
    sigset_t set;

    terminal->resized_source = g_unix_signal_add(SIGWINCH, on_resized, terminal);

    /* GLib does not offer this one. Blocked, it still lets the process continue. */
    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    terminal->continued_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (terminal->continued_fd >= 0)
        terminal->continued_source =
            g_unix_fd_add(terminal->continued_fd, G_IO_IN, on_continued, terminal);
}

static void set_up_editor(Terminal *terminal)
{
    EditLine *editor = terminal->editor;

    el_wset(editor, EL_CLIENTDATA, terminal);
    el_wset(editor, EL_EDITOR, L"emacs");
    el_wset(editor, EL_PROMPT, prompt_of);
    el_wset(editor, EL_GETCFN, read_character);
    el_wset(editor, EL_HIST, history_w, terminal->history);
    el_wset(editor, EL_ADDFN, L"agentctl-complete", L"Complete the word", complete_word);
    el_wset(editor, EL_BIND, L"^I", L"agentctl-complete", NULL);
    el_wset(editor, EL_BIND, L"^R", L"em-inc-search-prev", NULL);
    /* The user's own ~/.editrc has the last word. */
    el_source(editor, NULL);
}

Terminal *terminal_new(const Completion *completion, const GPtrArray *past)
{
    g_autoptr(Terminal) terminal = g_new0(Terminal, 1);
    HistEventW event;

    terminal->completion = completion;
    terminal->can_draw = printer_can_draw(STDERR_FILENO);
    terminal->continued_fd = -1;
    terminal->prompt = widen("");
    terminal->ahead = type_ahead_new();
    terminal->history = history_winit();
    terminal->editor = el_init("agentctl", stdin, stderr, stderr);
    if (!terminal->history || !terminal->editor)
        return NULL;

    history_w(terminal->history, &event, H_SETSIZE, LINE_HISTORY_LINES_MAX);
    history_w(terminal->history, &event, H_SETUNIQUE, 1);
    for (guint i = 0; i < past->len; i++)
        terminal_remember(terminal, g_ptr_array_index(past, i));
    set_up_editor(terminal);
    watch_signals(terminal);

    return g_steal_pointer(&terminal);
}

/* From now on keys are libedit's again. */
static void release(Terminal *terminal)
{
    if (terminal->ahead_source)
        g_source_remove(terminal->ahead_source);
    terminal->ahead_source = 0;
}

void terminal_free(Terminal *terminal)
{
    if (!terminal)
        return;

    release(terminal);
    type_ahead_free(terminal->ahead);
    if (terminal->resized_source)
        g_source_remove(terminal->resized_source);
    if (terminal->continued_source)
        g_source_remove(terminal->continued_source);
    if (terminal->continued_fd >= 0)
        close(terminal->continued_fd);
    if (terminal->editor)
        el_end(terminal->editor);
    if (terminal->history)
        history_wend(terminal->history);
    g_free(terminal->prompt);
    g_free(terminal);
}

TerminalEnd terminal_read_line(Terminal *terminal, const char *prompt, char **out_line)
{
    const wchar_t *line;
    int count = 0;

    release(terminal);
    g_free(terminal->prompt);
    terminal->prompt = widen(prompt);
    terminal->is_woken = false;
    terminal->is_reading = true;
    line = el_wgets(terminal->editor, &count);
    terminal->is_reading = false;

    if (line && count > 0 && !terminal->is_woken) {
        *out_line = g_strchomp(narrow(line, (size_t)count));
        return TERMINAL_LINE;
    }
    fputs("\n", stderr);
    return terminal->is_woken ? TERMINAL_WOKEN : TERMINAL_CLOSED;
}

void terminal_before_completion(Terminal *terminal, TerminalBefore before, void *data)
{
    terminal->before_completion = before;
    terminal->before_data = data;
}

void terminal_wake(Terminal *terminal)
{
    terminal->is_woken = true;
}

static unsigned width_of(const wchar_t *text, size_t count)
{
    unsigned width = 0;

    for (size_t i = 0; i < count; i++) {
        gunichar c = (gunichar)text[i];

        width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }

    return width;
}

void terminal_hide(Terminal *terminal)
{
    const LineInfoW *line;
    unsigned before;

    if (!terminal->is_reading || terminal->is_hidden)
        return;

    terminal->is_hidden = true;
    if (!terminal->can_draw) {
        fputs("\n", stderr);
        return;
    }
    line = el_wline(terminal->editor);
    before = width_of(terminal->prompt, wcslen(terminal->prompt)) +
             width_of(line->buffer, (size_t)(line->cursor - line->buffer));
    if (before >= screen_width(STDERR_FILENO))
        fprintf(stderr, "\033[%uA", before / screen_width(STDERR_FILENO));
    fputs("\r\033[J", stderr);
}

void terminal_show(Terminal *terminal)
{
    if (!terminal->is_hidden)
        return;

    terminal->is_hidden = false;
    el_wset(terminal->editor, EL_REFRESH);
}

/* False for a wish to leave. */
static bool take_ahead(Terminal *terminal, char byte)
{
    bool is_kept = type_ahead_add(terminal->ahead, byte);
    g_autofree char *line = is_kept ? type_ahead_last_line(terminal->ahead) : NULL;

    if (line && g_utf8_validate(line, -1, NULL) &&
        terminal->hold->takes(line, type_ahead_is_behind(terminal->ahead), terminal->hold_data))
        type_ahead_drop_last_line(terminal->ahead);
    return is_kept;
}

static gboolean on_typed_ahead(gint fd, GIOCondition condition, gpointer data)
{
    Terminal *terminal = data;
    char bytes[AHEAD_AT_ONCE];
    ssize_t got = read(fd, bytes, sizeof(bytes));
    bool is_leaving = got == 0;

    (void)condition;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return G_SOURCE_CONTINUE;
    for (ssize_t i = 0; i < got; i++)
        is_leaving = !take_ahead(terminal, bytes[i]) || is_leaving;
    terminal->hold->typed(is_leaving, terminal->hold_data);
    if (got > 0)
        return G_SOURCE_CONTINUE;

    /* The terminal went away. */
    terminal->ahead_source = 0;
    return G_SOURCE_REMOVE;
}

void terminal_hold(Terminal *terminal, const TerminalHold *hold, void *data)
{
    el_wset(terminal->editor, EL_PREP_TERM, 1);
    terminal->hold = hold;
    terminal->hold_data = data;
    if (!terminal->ahead_source)
        terminal->ahead_source =
            g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_typed_ahead, terminal);
}

char *terminal_typed(const Terminal *terminal)
{
    return type_ahead_text(terminal->ahead);
}

char *terminal_drop_typed(Terminal *terminal)
{
    return type_ahead_drop_lines(terminal->ahead);
}

void terminal_remember(Terminal *terminal, const char *line)
{
    g_autofree wchar_t *wide = widen(line);
    HistEventW event;

    history_w(terminal->history, &event, H_ENTER, wide);
}
