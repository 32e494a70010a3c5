#include "common/wire/reason.h"

#include <stdarg.h>
#include <string.h>

#include "common/base/text.h"
#include "common/base/words_later.h"

#include "common/base/banned.h"

#define PLACE     "%s"
#define DEPTH_MAX 4 /* of reasons within reasons */

/* What stands in the places, in their order: t text, n number, w window, i instant, r reason. */
static const struct {
    const char *format;
    const char *places;
} rows[REASON_COUNT] = {
    [REASON_ROLE] = { WORDS_LATER("this needs the role %s; yours is %s"), "tt" },
    [REASON_NO_AGENT] = { WORDS_LATER("no agent of that name; !agents lists them"), "" },
    [REASON_NO_AGENT_BUT] = { WORDS_LATER("no agent of that name; nearest: %s"), "t" },
    [REASON_NOT_TRUSTED] = { WORDS_LATER("its key is not trusted yet; an admin types !accept "
                                         "<agent> <fingerprint start>"),
                             "" },
    [REASON_REVOKED_BY] = { WORDS_LATER("its key was revoked by %s (%s); an admin types !accept "
                                        "<agent> <fingerprint start>"),
                            "ti" },
    [REASON_REVOKED_KEY] = { WORDS_LATER("its key was revoked; an admin types !accept <agent> "
                                         "<fingerprint start>"),
                             "" },
    [REASON_ASLEEP] = { WORDS_LATER("agent1 is asleep; !agentsON wakes it"), "" },
    [REASON_PAUSED] = { WORDS_LATER("it is paused; !agentON %s resumes it"), "t" },
    [REASON_PAUSED_BY] = { WORDS_LATER("it is paused by %s since %s; !agentON %s resumes it"),
                           "tit" },
    [REASON_NO_SUCH_SKILL] = { WORDS_LATER("it has no shell and no such skill; its skills: %s"),
                               "t" },
    [REASON_NO_SUCH_SKILL_BUT] = { WORDS_LATER("it has no shell and no such skill; nearest: %s; "
                                               "its skills: %s"),
                                   "tt" },
    [REASON_NO_SKILLS] = { WORDS_LATER("it has no shell and no skills"), "" },
    [REASON_BARE_SHELL] = { WORDS_LATER("shell takes a command of your own: @%s uptime, not the "
                                        "word shell"),
                            "t" },
    [REASON_FORBIDDEN] = { WORDS_LATER("%s forbids it"), "r" },
    [REASON_FORBIDDEN_WHY] = { WORDS_LATER("%s forbids it: %s"), "rt" },
    [REASON_BLACKOUT] = { WORDS_LATER("blackout hours %s"), "w" },
    [REASON_WORK_HOURS] = { WORDS_LATER("outside its work hours %s"), "w" },
    [REASON_OFFLINE] = { WORDS_LATER("it is offline since %s"), "i" },
    [REASON_NEVER_SEEN] = { WORDS_LATER("it has not been seen yet"), "" },
    [REASON_QUEUE_FULL] = { WORDS_LATER("%s runs wait for it already"), "n" },
    [REASON_APPROVAL] = { WORDS_LATER("%s needs an approval"), "r" },
    [REASON_APPROVAL_WHY] = { WORDS_LATER("%s needs an approval: %s"), "rt" },
    [REASON_SECOND] = { WORDS_LATER("%s needs an approval of a second user"), "r" },
    [REASON_SECOND_WHY] = { WORDS_LATER("%s needs an approval of a second user: %s"), "rt" },
    [REASON_PLACE_RULE] = { WORDS_LATER("rule %s of policy.json"), "n" },
    [REASON_PLACE_RISK] = { WORDS_LATER("work of %s risk"), "t" },

    [REASON_STATE] = { "%s (%s)", "tr" },
    [REASON_CALL] = { "%s: %s", "tr" },
    [REASON_NO_PARAMETER] = { WORDS_LATER("there is no parameter \"%s\"; expected %s"), "tt" },
    [REASON_TOO_MANY] = { WORDS_LATER("too many arguments; expected %s"), "t" },
    [REASON_GIVEN_TWICE] = { WORDS_LATER("%s is given twice"), "t" },
    [REASON_MISSING] = { WORDS_LATER("%s is missing; expected %s"), "tt" },
    [REASON_BAD_OPTION] = { WORDS_LATER("%s: \"%s\": expected %s, not beginning with '-' or '@'"),
                            "ttr" },
    [REASON_BAD_VALUE] = { WORDS_LATER("%s: \"%s\": expected %s"), "ttr" },
    [REASON_EXPECT_UNIT] = { WORDS_LATER("the name of a systemd unit"), "" },
    [REASON_EXPECT_NAME] = { WORDS_LATER("a name: letters, digits, '.', '_' and '-'"), "" },
    [REASON_EXPECT_CHOICE] = { WORDS_LATER("one of %s"), "t" },
    [REASON_EXPECT_INT_BETWEEN] = { WORDS_LATER("a whole number from %s to %s"), "tt" },
    [REASON_EXPECT_INT_FROM] = { WORDS_LATER("a whole number from %s"), "t" },
    [REASON_EXPECT_INT_UP_TO] = { WORDS_LATER("a whole number up to %s"), "t" },
    [REASON_EXPECT_INT] = { WORDS_LATER("a whole number"), "" },
    [REASON_EXPECT_PATH] = { WORDS_LATER("an absolute path without \"..\""), "" },
    [REASON_EXPECT_PATH_IN] = { WORDS_LATER("an absolute path without \"..\" in %s"), "t" },
    [REASON_EXPECT_BOOL] = { WORDS_LATER("true or false"), "" },
    [REASON_EXPECT_LINE] = { WORDS_LATER("one line of at most %s bytes"), "n" },
    [REASON_EXPECT_LINE_FITTING] = { WORDS_LATER("one line of at most %s bytes that fits %s"),
                                     "nt" },
    [REASON_CALL_ESCAPE] = { WORDS_LATER("in double quotes \\ may only stand before \" and \\"),
                             "" },
    [REASON_CALL_QUOTE] = { WORDS_LATER("a quotation is not closed: %s"), "t" },
    [REASON_CALL_INSIDE] = { WORDS_LATER("%s inside a value: put the whole value in quotes"), "t" },
    [REASON_CALL_EMPTY] = { WORDS_LATER("an argument is empty; an empty value is written ''"), "" },
    [REASON_CALL_LONG] = { WORDS_LATER("an argument is longer than %s bytes"), "n" },
    [REASON_CALL_BLANK] = { WORDS_LATER("after a quotation a blank is expected"), "" },
    [REASON_CALL_MANY] = { WORDS_LATER("more than %s arguments"), "n" },
    [REASON_CALL_NO_NAME] = { WORDS_LATER("\"%s\" has no name but follows %s="), "tt" },
    [REASON_CALL_TWICE] = { WORDS_LATER("%s= is given twice"), "t" },
    [REASON_CALL_COMMA] = { WORDS_LATER("expected ',' or ')' after an argument"), "" },
    [REASON_CALL_AFTER_COMMA] = { WORDS_LATER("expected an argument after ','"), "" },
    [REASON_CALL_NO_END] = { WORDS_LATER("the ')' is missing"), "" },
    [REASON_CALL_AFTER_END] = { WORDS_LATER("nothing may follow the ')'"), "" },
    [REASON_CALL_NO_SKILL] = { WORDS_LATER("expected the name of a skill, then its arguments"),
                               "" },

    [REASON_NAME_UNKNOWN] = { WORDS_LATER("no agent of that name; !agents lists them; nothing was "
                                          "done"),
                              "" },
    [REASON_NAME_UNKNOWN_BUT] = { WORDS_LATER("no agent of that name; nearest: %s; nothing was "
                                              "done"),
                                  "t" },
    [REASON_NOBODY_FITS] = { WORDS_LATER("no accepted agent fits; there are %s"), "t" },
    [REASON_NOBODY_THERE] = { WORDS_LATER("no accepted agent fits; there are none yet"), "" },
    [REASON_NO_LABEL] = { WORDS_LATER("no accepted agent has this label; there are %s"), "t" },
    [REASON_NO_LABELS] = { WORDS_LATER("no accepted agent has this label; none has any "
                                       "(agents_registry.json, member labels)"),
                           "" },

    [REASON_STARTS] = { WORDS_LATER("%s; starts %s"), "ri" },
    [REASON_WAITS_UNTIL] = { WORDS_LATER("%s; waits until %s"), "ri" },
    [REASON_APPROVED_BY] = { WORDS_LATER("approved by %s: %s"), "tr" },
    [REASON_PUT_OFF] = { WORDS_LATER("put off until %s"), "i" },
    [REASON_AFTER_RUN] = { WORDS_LATER("until #%s has ended"), "n" },
    [REASON_TO_APPROVE] = { WORDS_LATER("%s; !approve %s or !reject %s; expires %s"), "rnni" },
    [REASON_TO_APPROVE_LATER] = { WORDS_LATER("%s; !approve %s or !reject %s; put off until %s"),
                                  "rnni" },
    [REASON_NO_SECOND_USER] = { WORDS_LATER("%s; there is no second user: a rule of policy.json "
                                            "with \"second\": false lets you approve yourself what "
                                            "is asked after it"),
                                "r" },

    [REASON_TOLD_TOO_LATE] = { WORDS_LATER("%s; its agent told what it is only after it was "
                                           "queued: ask again"),
                               "r" },
    [REASON_OWN_APPROVAL] = { WORDS_LATER("you asked for it yourself, and a second user must "
                                          "approve it; !reject withdraws it; after a change of the "
                                          "rule, ask again"),
                              "" },
    [REASON_NOT_WHAT_WAS_SHOWN] = { WORDS_LATER("it is not what was shown for approval"), "" },
    [REASON_BY] = { WORDS_LATER("by %s"), "t" },
    [REASON_BY_WHY] = { WORDS_LATER("by %s: %s"), "tt" },
    [REASON_AGENT_ABSENT] = { WORDS_LATER("its agent was not there in time"), "" },
    [REASON_NOBODY_APPROVED] = { WORDS_LATER("nobody approved it in time"), "" },
    [REASON_WINDOW_MISSED] = { WORDS_LATER("its window did not open in time"), "" },
    [REASON_RUN_BEFORE_MISSED] = { WORDS_LATER("the run before it, #%s, did not end in time"),
                                   "n" },
    [REASON_KEY_REVOKED] = { WORDS_LATER("its key was revoked"), "" },
    [REASON_REVOKED] = { WORDS_LATER("revoked"), "" },
    [REASON_NEW_JOURNAL] = { WORDS_LATER("the agent's journal is new"), "" },
    [REASON_ATTEMPT_UNKNOWN] = { WORDS_LATER("the agent does not know this attempt"), "" },
    [REASON_CONTRADICTS] = { WORDS_LATER("the agent contradicts itself"), "" },
    [REASON_NONE_GIVEN] = { WORDS_LATER("the agent gave no reason"), "" },
    /* How every refusal begins stays the same for scripts. */
    [REASON_REFUSED_NO_NEXT] = { WORDS_LATER("refused (%s): %s; next: not within two weeks"),
                                 "tr" },
    [REASON_REFUSED_NEXT] = { WORDS_LATER("refused (%s): %s; next: %s"), "tri" },
    [REASON_REFUSED] = { "refused (%s): %s", "tr" },

    [REASON_ACTS_AS] = { WORDS_LATER("it acts as %s, who is %s: this needs the role %s"), "ttt" },
    [REASON_ACTS_AS_NOBODY] = { WORDS_LATER("it acts as %s, and config.json has no such user"),
                                "t" },
    [REASON_TIME_PASSED] = { WORDS_LATER("%s passed %s ago: agent1 was down, asleep or busy then, "
                                         "or its clock or zone was set"),
                             "it" },
    [REASON_MANY_TIMES_PASSED] = { WORDS_LATER("at least %s times from %s to %s passed: agent1 was "
                                               "down, asleep or busy then, or its clock or "
                                               "zone was set"),
                                   "nii" },
    [REASON_TIMES_PASSED] = { WORDS_LATER("%s times from %s to %s passed: agent1 was down, asleep "
                                          "or busy then, or its clock or zone was set"),
                              "nii" },
    [REASON_RUN_BEFORE] = { WORDS_LATER("the run before it, #%s, has not ended: %s"), "nt" },

    [REASON_AGENT_BLACKOUT_OPENS] = { WORDS_LATER("blackout %s; opens %s"), "wi" },
    [REASON_AGENT_BLACKOUT] = { WORDS_LATER("blackout %s"), "w" },
    [REASON_AGENT_HOURS_OPENS] = { WORDS_LATER("work hours %s; opens %s"), "wi" },
    [REASON_AGENT_HOURS] = { WORDS_LATER("work hours %s"), "w" },
    [REASON_OWN_HOURS_OPENS] = { WORDS_LATER("this agent's own work hours %s; opens %s"), "wi" },
    [REASON_OWN_HOURS] = { WORDS_LATER("this agent's own work hours %s"), "w" },
    [REASON_AGENT_PAUSED] = { WORDS_LATER("this agent is paused"), "" },
    [REASON_AGENT_QUEUE] = { WORDS_LATER("%s tasks wait already"), "n" },
    [REASON_CAME_LATE] = { WORDS_LATER("arrived %s after its expiry"), "t" },
    [REASON_OTHER_APPROVAL] = { WORDS_LATER("its approval was given to another task"), "" },
    [REASON_SKILL_UNKNOWN] = { WORDS_LATER("there is no skill \"%s\" here; skills: %s"), "tt" },
    [REASON_NO_FREE_TEXT] = { WORDS_LATER("this is no skill of this agent, and free text is not "
                                          "allowed here; skills: %s"),
                              "t" },
    [REASON_TASK_EMPTY] = { WORDS_LATER("the task is empty"), "" },
    [REASON_TASK_TOO_LONG] = { WORDS_LATER("the task is too long"), "" },
    [REASON_CANCELLED_BEFORE] = { WORDS_LATER("cancelled before its start"), "" },
    [REASON_CANCELLED_ON_THE_WAY] = { WORDS_LATER("cancelled before it arrived"), "" },
    [REASON_EXPIRED_QUEUED] = { WORDS_LATER("expired in the queue"), "" },
    [REASON_NEVER_CAME] = { WORDS_LATER("never arrived in time"), "" },
    [REASON_CLOSED_BEFORE_TURN] = { WORDS_LATER("the window closed before its turn"), "" },
    [REASON_CLOSED_BEFORE_START] = { WORDS_LATER("the window closed before its start"), "" },
    [REASON_SHIM_LOST] = { WORDS_LATER("its shim was lost: how it ended is not recorded"), "" },
    [REASON_SHIM_LOST_ALIVE] = { WORDS_LATER("its shim was lost, and processes of it still run"),
                                 "" },
    [REASON_EXIT_DAMAGED] = { WORDS_LATER("its exit record is damaged"), "" },
    [REASON_HOST_RESTARTED] = { WORDS_LATER("the host restarted while it ran"), "" },
    [REASON_NO_SHIM] = { WORDS_LATER("no shim can be started on this host"), "" },
    [REASON_FOLDER_GONE] = { WORDS_LATER("its run folder is gone"), "" },
    [REASON_FOLDER_UNREADABLE] = { WORDS_LATER("its run folder cannot be read: %s"), "t" },
    [REASON_DISK_FULL] = { WORDS_LATER("agent's disk is full"), "" },
    [REASON_NO_DESCRIPTOR] = { WORDS_LATER("agent has no descriptor left"), "" },
    [REASON_NEWER_AGENT] = { WORDS_LATER("a newer agent2 holds this attempt"), "" },
    [REASON_SET_ASIDE] = { WORDS_LATER("agent2 crashed on it %s times and set it aside; it did not "
                                       "start"),
                           "n" },
    [REASON_PLAN_LONG] = { WORDS_LATER("a plan has at most %s steps; nothing was done"), "n" },
    [REASON_STEP_EMPTY] = { WORDS_LATER("step %s is empty: expected PLAN: <agent>|<task> ;; "
                                        "<agent>|<task> …; nothing was done"),
                            "n" },
    [REASON_STEP_NO_BAR] = { WORDS_LATER("step %s, \"%s\": there is no bar: expected PLAN: "
                                         "<agent>|<task> ;; <agent>|<task> …; nothing was done"),
                             "nt" },
    [REASON_PUBLISH_OPTION] = { WORDS_LATER("--%s: no such option here, so nothing was done; there "
                                            "is --retain: the broker keeps the message"),
                                "t" },
    [REASON_LISTEN_OPTION] = { WORDS_LATER("--%s: no such option here, so nothing was done; there "
                                           "are --count <messages> and --time <duration>"),
                               "t" },
    [REASON_LISTEN_COUNT] = { WORDS_LATER("--count: expected a number of messages from 1 to %s; "
                                          "nothing was done"),
                              "n" },
    [REASON_LISTEN_TIME] = { WORDS_LATER("--time: expected a time from 1s to 24h, such as 30m; "
                                         "nothing was done"),
                             "" },
    [REASON_BEHIND_TOPIC] = { WORDS_LATER("the options stand behind the topic, and nothing behind "
                                          "them; nothing was done"),
                              "" },
    [REASON_TOPIC_NONE] = { WORDS_LATER("no topic was given"), "" },
    [REASON_TOPIC_TEXT] = { WORDS_LATER("a topic is valid UTF-8 without control characters, hidden "
                                        "ones and what is no character"),
                            "" },
    [REASON_TOPIC_LONG] = { WORDS_LATER("a topic has at most %s bytes"), "n" },
    [REASON_TOPIC_DEEP] = { WORDS_LATER("a topic has at most %s levels"), "n" },
    [REASON_TOPIC_BROKERS] = { WORDS_LATER("topics that begin with $ are the broker's own ($SYS/…, "
                                           "$share/…): nobody reaches them by chat"),
                               "" },
    [REASON_TOPIC_WIRE] = { WORDS_LATER("agents/… is the wire between agent1, its agents and "
                                        "agentctl: a message there could forge one of them, and "
                                        "listening there would feed agent1 its own words"),
                            "" },
    [REASON_TOPIC_SLASH] = { WORDS_LATER("a topic begins with a word, not with /"), "" },
    [REASON_FILTER_FIRST] = { WORDS_LATER("a filter begins with a word: # and +/… would hear "
                                          "everything, agents/… too"),
                              "" },
    [REASON_TOPIC_ONE] = { WORDS_LATER("a message goes to one topic: + and # stand for several"),
                           "" },
    [REASON_FILTER_SIGNS] = { WORDS_LATER("+ and # stand alone in their level, and # is the last "
                                          "one: home/+/state, home/#"),
                              "" },
    [REASON_DRY_RUN] = { WORDS_LATER("dry run: would start: %s"), "t" },
    [REASON_DRY_RUN_REFUSED] = { WORDS_LATER("dry run: refused: %s"), "r" },
};

void reason_clear(Reason *reason)
{
    unsigned i;

    for (i = 0; i < REASON_PARTS_MAX; i++)
        g_clear_pointer(&reason->parts[i], g_free);
}

const char *reason_format(ReasonKind kind)
{
    return rows[kind].format;
}

unsigned reason_places(ReasonKind kind)
{
    return (unsigned)strlen(rows[kind].places);
}

ReasonPart reason_part(ReasonKind kind, unsigned place)
{
    static const char letters[] = {
        [REASON_PART_TEXT] = 't',    [REASON_PART_NUMBER] = 'n', [REASON_PART_WINDOW] = 'w',
        [REASON_PART_INSTANT] = 'i', [REASON_PART_REASON] = 'r',
    };
    const char *found = memchr(letters, rows[kind].places[place], sizeof(letters));

    g_assert(found);
    return (ReasonPart)(found - letters);
}

/* ---- making ---- */

char *reason_make(ReasonKind kind, ...)
{
    char *parts[REASON_PARTS_MAX] = { NULL };
    unsigned count = 0;
    const char *part;
    va_list list;

    va_start(list, kind);
    while ((part = va_arg(list, const char *)) != NULL) {
        g_assert(count < reason_places(kind));
        parts[count++] = (char *)(guintptr)part; /* only read */
    }
    va_end(list);
    g_assert(count == reason_places(kind));
    return text_fill(rows[kind].format, parts);
}

/* ---- reading ---- */

/* Looks like the picture from its beginning on, in which each d is a digit. */
static bool begins_as(const char *text, const char *picture)
{
    for (; *picture; picture++, text++) {
        if (*picture == 'd' ? !g_ascii_isdigit(*text) : *text != *picture)
            return false;
    }
    return true;
}

/* "14:02", "2026-11-20 14:02", and either with a zone behind it. */
static bool is_instant(const char *text)
{
    size_t length = strlen("dd:dd");

    if (begins_as(text, "dddd-dd-dd "))
        text += strlen("dddd-dd-dd ");
    if (!begins_as(text, "dd:dd"))
        return false;
    return text[length] == '\0' || (text[length] == ' ' && !strpbrk(text + length + 1, " ;:"));
}

/* "22:00-06:00", then perhaps " mon,tue", then perhaps " (label)". */
static bool is_window(const char *text)
{
    if (!begins_as(text, "dd:dd-dd:dd"))
        return false;

    text += strlen("dd:dd-dd:dd");
    if (text[0] == ' ' && g_ascii_islower(text[1]))
        text += 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz,");
    return *text == '\0' || (g_str_has_prefix(text, " (") && g_str_has_suffix(text, ")"));
}

/* NOLINTBEGIN(misc-no-recursion): reasons within reasons, DEPTH_MAX of them at the most */
static bool read_within(const char *text, unsigned depth, Reason *out);

static bool fits(const char *text, ReasonPart part, unsigned depth)
{
    g_auto(Reason) inner = { 0 };

    switch (part) {
    case REASON_PART_TEXT:
        return true;
    case REASON_PART_NUMBER:
        return *text && text[strspn(text, "0123456789")] == '\0';
    case REASON_PART_WINDOW:
        return is_window(text);
    case REASON_PART_INSTANT:
        return is_instant(text);
    case REASON_PART_REASON:
        return read_within(text, depth + 1, &inner);
    }
    return false;
}

/* Where a place ends: before the words that follow it. A reason ends where these stand last, for it
 * may hold the same; all else ends where they stand first. NULL: they do not follow. */
static const char *find_end(const char *text, const char *words, size_t length, ReasonPart part)
{
    g_autofree char *needle = g_strndup(words, length);

    if (length == 0)
        return text + strlen(text);
    return part == REASON_PART_REASON ? g_strrstr(text, needle) : strstr(text, needle);
}

/* Takes a text apart by the row of one kind. */
static bool read_as(const char *text, ReasonKind kind, unsigned depth, Reason *out)
{
    const char *format = rows[kind].format;
    const char *place = strstr(format, PLACE);
    g_auto(Reason) reason = { .kind = kind };
    unsigned i;

    for (i = 0; place; i++) {
        ReasonPart part = reason_part(kind, i);
        const char *end;

        if (strncmp(text, format, (size_t)(place - format)) != 0)
            return false;
        text += place - format;
        format = place + strlen(PLACE);
        place = strstr(format, PLACE);
        end = find_end(text, format, place ? (size_t)(place - format) : strlen(format), part);
        if (!end)
            return false;
        reason.parts[i] = g_strndup(text, (size_t)(end - text));
        if (!fits(reason.parts[i], part, depth))
            return false;
        text = end;
    }
    if (strcmp(text, format) != 0)
        return false;

    out->kind = kind;
    for (i = 0; i < REASON_PARTS_MAX; i++)
        out->parts[i] = g_steal_pointer(&reason.parts[i]);
    return true;
}

static bool read_within(const char *text, unsigned depth, Reason *out)
{
    int kind;

    for (kind = 0; depth < DEPTH_MAX && kind < REASON_COUNT; kind++) {
        if (read_as(text, (ReasonKind)kind, depth, out))
            return true;
    }
    return false;
}
/* NOLINTEND(misc-no-recursion) */

bool reason_read(const char *text, Reason *out)
{
    return read_within(text, 0, out);
}
