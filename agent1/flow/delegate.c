#include "agent1/flow/delegate.h"

#include <string.h>

#include "agent1/flow/gate_facts.h"
#include "agent1/flow/launch.h"
#include "agent1/flow/utterance.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define OPTION_SHOWN_CHARS 40

char *delegate_judge_text(const char *task)
{
    if (!*task)
        return g_strdup("the task is empty; expected DELEGATE: <agent> | <task>");
    if (strlen(task) > TASK_TEXT_MAX_BYTES)
        return g_strdup_printf("the task is %zu bytes long; at most %d", strlen(task),
                               TASK_TEXT_MAX_BYTES);
    if (!text_is_harmless(task)) {
        g_autofree char *shown = text_make_harmless(task, strlen(task));
        g_autofree char *line = text_make_line(shown, 200);

        return g_strdup_printf("the task holds hidden or control characters; nothing was done: %s",
                               line);
    }
    return NULL;
}

static void delegate(Core *core, Turn *turn, const char *name, const char *task, bool is_now)
{
    /* Phones begin a sentence with a capital. */
    g_autofree char *agent = g_ascii_strdown(name, -1);
    g_autofree char *complaint = delegate_judge_text(task);
    GateAsk ask = {
        .role = turn->speaker->role,
        .agent = agent,
        .task = task,
        .is_now = is_now || turn->speaker->is_now,
    };
    g_auto(Verdict) verdict = { 0 };

    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind != GATE_ALLOW) {
        g_autofree char *shown = text_make_line(agent, 40);

        turn_refuse(turn, shown, verdict.rule, verdict.reason, verdict.next_ms);
        return;
    }
    if (turn->speaker->is_dry_run) {
        turn_say(turn, "%s: allowed (dry run: nothing was sent)", agent);
        return;
    }
    launch_run(core, turn, agent, task);
}

/* "--now", and what a phone makes of it: a long dash. */
static bool is_now_flag(const char *word)
{
    return strcmp(word, "--now") == 0 || g_ascii_strcasecmp(word, "\xE2\x80\x94now") == 0;
}

/* No command and no skill begins with a dash, long or short. */
static bool is_option(const char *word)
{
    return word[0] == '-' || g_str_has_prefix(word, "\xE2\x80\x93") ||
           g_str_has_prefix(word, "\xE2\x80\x94");
}

bool delegate_take_options(Turn *turn, const char *agent, const char **text, bool *out_is_now)
{
    for (;;) {
        size_t length = strcspn(*text, " \t");
        g_autofree char *word = g_strndup(*text, length);

        if (is_option(word) && !is_now_flag(word)) {
            g_autofree char *shown = text_make_line(word, OPTION_SHOWN_CHARS);
            g_autofree char *name = text_make_line(agent, OPTION_SHOWN_CHARS);

            turn_fail(turn,
                      "%s: no such option, so nothing was done; the only one is --now. A task that "
                      "begins so stands after a bar: @%s | %s …",
                      shown, name, shown);
            return false;
        }
        if (!is_now_flag(word))
            return true;
        *out_is_now = true;
        *text += length;
        *text += strspn(*text, " \t");
    }
}

/* "@web1 task" and "@web1 | task". */
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest)
{
    bool is_now = false;

    if (!delegate_take_options(turn, agent, &rest, &is_now))
        return;
    if (*rest == '|')
        rest += 1 + strspn(rest + 1, " \t");
    delegate(core, turn, agent, rest, is_now);
}

static void say_no_bar(Turn *turn, const char *text)
{
    size_t length = strcspn(text, " \t");
    const char *task = text + length + strspn(text + length, " \t");
    g_autofree char *agent = g_strndup(text, length);
    g_autofree char *shown = text_make_line(agent, OPTION_SHOWN_CHARS);
    g_autofree char *rest = text_make_line(task, OPTION_SHOWN_CHARS);

    if (*task)
        turn_fail(
            turn,
            "expected DELEGATE: <agent> | <task>: there is no bar; do you mean DELEGATE: %s | "
            "%s",
            shown, rest);
    else
        turn_fail(turn, "expected DELEGATE: <agent> | <task>: there is no bar");
}

void delegate_trigger(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *target = NULL;
    g_autofree char *task = NULL;
    g_auto(GStrv) words = NULL;
    const char *agent = NULL;
    bool is_now = false;
    unsigned i;

    if (!utterance_split(rest, &target, &task)) {
        say_no_bar(turn, target);
        return;
    }
    words = g_strsplit_set(target, " \t", -1);
    for (i = 0; words[i]; i++) {
        const char *option = words[i];

        if (!delegate_take_options(turn, agent ? agent : "<agent>", &option, &is_now))
            return;
        if (!*option)
            continue;
        if (agent) {
            turn_fail(turn, "expected one agent before the bar, or --now; found \"%s\"", words[i]);
            return;
        }
        agent = words[i];
    }
    if (!agent)
        turn_fail(turn, "expected an agent before the bar; !agents lists them");
    else
        delegate(core, turn, agent, task, is_now);
}
