/* SCHEDULE: proposes a schedule, PLAN_CANCEL: takes one back. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/questions.h"
#include "agent1/flow/commands/task_line.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/schedules/schedule_text.h"
#include "agent1/flow/schedules/schedules.h"
#include "agent1/flow/state/time_words.h"
#include "common/base/text.h"
#include "common/data/time_lapse.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define USAGE       "SCHEDULE: <when> | <agent> | <task>, as in SCHEDULE: daily 03:00 | web1 | apt update"
#define TIMES_SHOWN 5
#define AGENTS_MAX  100
#define SHOWN_CHARS 60
#define SOON_MS     (5 * 60 * INT64_C(1000))

/* What was typed, read: the texts are owned. */
typedef struct Wish {
    char *when;      /* in its canonical form */
    char *zone_name; /* NULL: the installation's */
    GTimeZone *zone; /* borrowed from the core */
    char *task;
    GPtrArray *agents; /* char * */
    bool is_from_yes;  /* its time is counted from the confirmation */
    unsigned far_days; /* not 0: it comes in another year, in so many days */
    int far_year;
} Wish;

static void wish_clear(Wish *wish)
{
    g_free(wish->when);
    g_free(wish->zone_name);
    g_free(wish->task);
    if (wish->agents)
        g_ptr_array_unref(wish->agents);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wish, wish_clear)

/* ---- reading ---- */

/* What begins so soon may be over before the yes: it is counted from that, as every interval is. */
static bool is_from_yes(const Turn *turn, const TimeSpec *spec)
{
    return !turn->is_confirmed && (spec->kind == TIME_SPEC_EVERY ||
                                   (spec->kind == TIME_SPEC_IN && spec->period_ms < SOON_MS));
}

/* What counts from now is written as the time that it means: the same to whoever reads the file,
 * and after the clock or a pause. False: it never comes. */
static bool make_absolute(const Core *core, GTimeZone *zone, TimeSpec *spec)
{
    g_autoptr(WallClock) clock = NULL;
    TimeOccurrence only;

    if (spec->kind != TIME_SPEC_IN && spec->kind != TIME_SPEC_AT_NEXT &&
        spec->kind != TIME_SPEC_AT_DAY && spec->kind != TIME_SPEC_AT_WEEKDAY &&
        spec->kind != TIME_SPEC_AT_DATE)
        return true;
    clock = wall_clock_new(zone);
    if (!time_spec_next(spec, clock, core->now_ms, core->now_ms, &only))
        return false;
    *spec = spec->kind == TIME_SPEC_IN
                ? (TimeSpec){ .kind = TIME_SPEC_AT_INSTANT, .at_s = (only.at_ms + 999) / 1000 }
                : (TimeSpec){ .kind = TIME_SPEC_AT_LOCAL, .at_s = only.local_s };
    return true;
}

static void say_bad_when(Turn *turn, const TimeProblem *problem)
{
    g_autofree char *words = time_words(turn->core, problem);

    turn_fail(turn, "when: %s", words);
}

static void say_past(Turn *turn, const TimeSpec *spec, const char *text)
{
    g_autofree char *next = time_lapse_next_day(spec);

    if (next)
        turn_fail(turn, "%s: that is past; if you mean the next one: %s", text, next);
    else
        turn_fail(turn, "%s: that is past; a time to come is wanted", text);
}

/* The zone that stands behind the time, by the name that it has in this system. */
static bool read_zone(const Core *core, Turn *turn, const char *name, Wish *wish)
{
    GTimeZone *zone = name ? zones_find(core->zones, name) : core->zone;

    if (!zone) {
        turn_fail(turn,
                  "when: %s: there is no such time zone here; expected one such as Europe/Paris, "
                  "America/New_York or UTC behind the time, or none for %s",
                  name, core->zone_name);
        return false;
    }
    wish->zone = zone;
    wish->zone_name = name ? g_strdup(g_time_zone_get_identifier(zone)) : NULL;
    return true;
}

/* A day without a year may be a year away. */
static bool check_lapse(const Core *core, Turn *turn, const TimeSpec *spec, const char *text,
                        Wish *wish)
{
    g_autoptr(WallClock) clock = NULL;
    g_autofree char *ago = NULL;
    g_autofree char *next = NULL;
    LapsedTime lapsed;

    if (spec->kind != TIME_SPEC_AT_DATE)
        return true;
    clock = wall_clock_new(wish->zone);
    switch (time_lapse_find(spec, clock, core->now_ms, &lapsed)) {
    case TIME_LAPSE_NONE:
        return true;
    case TIME_LAPSE_OTHER_YEAR:
        wish->far_days = lapsed.days;
        wish->far_year = time_lapse_year(lapsed.next.at_s);
        return true;
    case TIME_LAPSE_JUST_OVER:
        break;
    }
    ago = core_duration(core, lapsed.ago_ms);
    next = time_spec_print(&lapsed.next);
    turn_fail(turn, "when: %s: that was %s ago; if you mean the next one, in %u days: %s", text,
              ago, lapsed.days, next);
    return false;
}

static bool read_when(Core *core, Turn *turn, const char *typed, Wish *wish)
{
    g_auto(TimeProblem) problem = { 0 };
    g_autofree char *text = NULL;
    g_autofree char *zone_name = NULL;
    TimeSpec spec;

    zones_split(typed, &text, &zone_name);
    if (!read_zone(core, turn, zone_name, wish))
        return false;
    if (!time_spec_read(text, &spec, &problem)) {
        say_bad_when(turn, &problem);
        return false;
    }
    if (!check_lapse(core, turn, &spec, text, wish))
        return false;
    wish->is_from_yes = is_from_yes(turn, &spec);
    if (!wish->is_from_yes && !make_absolute(core, wish->zone, &spec)) {
        say_past(turn, &spec, text);
        return false;
    }
    if (spec.kind == TIME_SPEC_EVERY && spec.period_ms < TASKS_PERIOD_MIN_MS) {
        turn_fail(turn, "when: expected at least 10 s between two times");
        return false;
    }
    wish->when = time_spec_print(&spec);
    return true;
}

/* Also one that no task has: to be told which those have would help nobody here. */
static bool has_other_option(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    unsigned i;

    for (i = 0; words[i]; i++) {
        if (task_options_begin(words[i]) && !strstr(words[i], "limit"))
            return true;
    }
    return false;
}

static bool read_agents(Core *core, Turn *turn, const char *text, Wish *wish)
{
    g_autofree char *target = NULL;
    TaskOptions options = { 0 };

    if (has_other_option(text)) {
        turn_fail(turn, "a schedule takes no options but --limit: its times say when, and what "
                        "falls into closed hours waits for them; a timeout, jitter and the like "
                        "are set in " TASKS_FILE);
        return false;
    }
    if (!task_line_read_target(turn, text, &target, &options) ||
        !targets_find(core, turn, target, &wish->agents))
        return false;
    task_line_limit(wish->agents, &options);
    if (wish->agents->len <= AGENTS_MAX)
        return true;
    turn_fail(turn, "%u agents are meant: expected at most %d at a time", wish->agents->len,
              AGENTS_MAX);
    return false;
}

static bool read_wish(Core *core, Turn *turn, const char *rest, Wish *wish)
{
    g_autofree char *when = NULL;
    g_autofree char *behind = NULL;
    g_autofree char *target = NULL;
    g_autofree char *complaint = NULL;

    if (!utterance_split(rest, &when, &behind) || !utterance_split(behind, &target, &wish->task) ||
        !*wish->task) {
        turn_fail(turn, "expected " USAGE);
        return false;
    }
    complaint = task_line_judge(core, wish->task);
    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return false;
    }
    return read_when(core, turn, when, wish) && read_agents(core, turn, target, wish);
}

/* ---- proposing ---- */

static bool is_taken(const char *id, void *data)
{
    const Core *core = data;

    return task_list_find(core->task_list, id) != NULL;
}

static TaskEntry *make_entry(Core *core, const Turn *turn, const Wish *wish, const char *agent)
{
    g_autoptr(Json) members = json_new_object();
    TaskEntry *entry;

    json_set_string(members, "agent", agent);
    json_set_string(members, "task", wish->task);
    json_set_string(members, "cron", wish->when);
    if (wish->zone_name)
        json_set_string(members, "timezone", wish->zone_name);
    json_set_string(members, "user", turn->speaker->user);
    entry = task_entry_parse(members, core->zones, NULL);
    if (entry)
        entry->id = task_entry_make_id(entry, is_taken, core);
    return entry;
}

/* A schedule that is none yet, to look at its times. */
static Schedule draft_of(Core *core, TaskEntry *entry)
{
    return (Schedule){
        .id = entry->id,
        .entry = entry,
        .anchor_ms = core->now_ms,
        .mark_ms = core->now_ms,
    };
}

static void say_times(Core *core, Turn *turn, const Schedule *draft)
{
    int64_t after_ms = draft->mark_ms;
    unsigned i;

    for (i = 0; i < TIMES_SHOWN; i++) {
        g_auto(ScheduledTime) time = { 0 };
        g_autofree char *text = NULL;

        if (!schedule_text_next(core, draft, after_ms, &time))
            return;
        text = schedule_text_of_time(core, draft, &time);
        turn_say(turn, "%u. %s", i + 1, text);
        after_ms = time.occurrence.time.at_ms;
    }
}

static void say_never(Core *core, Turn *turn, const TaskEntry *entry)
{
    g_autofree char *why = time_words_never(core, &entry->spec);

    if (why)
        turn_fail(turn, "%s: that never comes: %s", entry->cron, why);
    else if (entry->spec.kind == TIME_SPEC_CALENDAR)
        turn_fail(turn, "%s: there is no such time from now on", entry->cron);
    else
        say_past(turn, &entry->spec, entry->cron);
}

/* What can never run is refused at once. */
static bool may_ever_run(Core *core, Turn *turn, const Schedule *draft)
{
    g_auto(ScheduledTime) first = { 0 };

    if (!schedule_text_next(core, draft, draft->mark_ms, &first)) {
        say_never(core, turn, draft->entry);
        return false;
    }
    if (first.fate != TIME_FAILS)
        return true;
    turn_refuse(turn, draft->entry->agent, first.rule, first.reason, 0);
    return false;
}

static void say_twin(Core *core, Turn *turn, const Schedule *draft)
{
    const TaskEntry *entry = draft->entry;
    unsigned i;

    for (i = 0; i < core->task_list->len; i++) {
        const TaskEntry *other = core->task_list->pdata[i];

        if (strcmp(other->cron, entry->cron) == 0 &&
            g_strcmp0(other->timezone, entry->timezone) == 0 &&
            strcmp(other->agent, entry->agent) == 0 && strcmp(other->task, entry->task) == 0) {
            turn_say(turn, "The same stands already as %s: this would be another one.", other->id);
            return;
        }
    }
}

static void ask(Core *core, Turn *turn, const Question *question)
{
    g_autofree char *which = NULL;

    if (!questions_stands(core, turn, question)) {
        which = questions_ask(core, turn, question);
        if (!which) {
            questions_too_many(turn);
            return;
        }
        turn_say(turn, "Shall it be so? !yes%s or !no%s", which, which);
    }
    turn_outcome(turn, OUTCOME_AWAITING);
}

static void propose(Core *core, Turn *turn, const Wish *wish, const Schedule *draft)
{
    g_autofree char *agents = g_strjoinv(",", (char **)wish->agents->pdata);
    g_autofree char *names = text_make_line(agents, SHOWN_CHARS);
    g_autofree char *task = text_make_line(wish->task, SHOWN_CHARS);
    g_autofree char *text =
        g_strdup_printf("SCHEDULE: %s%s%s | %s | %s", wish->when, wish->zone_name ? " " : "",
                        wish->zone_name ? wish->zone_name : "", agents, wish->task);
    g_autofree char *shown =
        g_strdup_printf("%s%s%s · %s · %s", wish->when, wish->zone_name ? " " : "",
                        wish->zone_name ? wish->zone_name : "", names, task);

    if (wish->zone_name && strcmp(wish->zone_name, core->zone_name) != 0)
        turn_say(turn, "%s · %s · %s; zone %s (here: %s):", wish->when, names, task,
                 wish->zone_name, core->zone_name);
    else
        turn_say(turn, "%s · %s · %s; zone %s:", wish->when, names, task,
                 schedule_book_zone_name(core, draft));
    say_times(core, turn, draft);
    if (wish->is_from_yes)
        turn_say(turn, "It is counted from your !yes.");
    if (wish->far_days > 0)
        turn_say(turn, "That is in %u days, in %d.", wish->far_days, wish->far_year);
    say_twin(core, turn, draft);
    if (wish->agents->len > 1)
        turn_say(turn, "A schedule for each of %u agents; these are the times of %s.",
                 wish->agents->len, draft->entry->agent);
    if (turn->speaker->is_dry_run) {
        turn_say(turn, "dry run: nothing was changed");
        return;
    }
    ask(core, turn, &(Question){ .kind = QUESTION_LINE, .text = text, .shown = shown });
}

/* ---- making ---- */

static void make(Core *core, Turn *turn, TaskEntry *entry)
{
    const Schedule *schedule;
    g_autofree char *line = NULL;

    schedules_make(core, entry);
    schedule = schedule_book_find(core, entry->id);
    line = schedule_text_line(core, schedule);
    turn_say(turn, "%s", line);
    effects_audit(core->fx, core->now_ms, "schedule", turn->speaker->principal, entry->agent, NULL,
                  "%s made: %s: %s", entry->id, entry->cron, entry->task);
}

static void make_all(Core *core, Turn *turn, const Wish *wish)
{
    unsigned i;

    for (i = 0; i < wish->agents->len && core->task_list->len < TASKS_MAX; i++) {
        g_autoptr(TaskEntry) entry = make_entry(core, turn, wish, wish->agents->pdata[i]);
        Schedule draft = draft_of(core, entry);

        if (may_ever_run(core, turn, &draft))
            make(core, turn, entry);
    }
    if (i < wish->agents->len)
        turn_fail(turn, "there are %d schedules: expected no more", TASKS_MAX);
}

void trigger_schedule(Core *core, Turn *turn, const char *rest)
{
    g_auto(Wish) wish = { 0 };
    g_autoptr(TaskEntry) entry = NULL;
    Schedule draft;

    if (!read_wish(core, turn, rest, &wish))
        return;
    if (turn->is_confirmed) {
        make_all(core, turn, &wish);
        return;
    }
    entry = make_entry(core, turn, &wish, wish.agents->pdata[0]);
    if (!entry) {
        turn_fail(turn, "expected " USAGE);
        return;
    }
    draft = draft_of(core, entry);
    if (may_ever_run(core, turn, &draft)) {
        g_ptr_array_add(wish.agents, NULL);
        wish.agents->len--;
        propose(core, turn, &wish, &draft);
    }
}

/* ---- PLAN_CANCEL: ---- */

void trigger_plan_cancel(Core *core, Turn *turn, const char *rest)
{
    Schedule *schedule = commands_read_schedule(core, turn, rest, "PLAN_CANCEL: <schedule>");
    g_autoptr(Json) members = NULL;
    g_autofree char *again = NULL;

    if (!schedule)
        return;
    members = task_entry_members(schedule->entry);
    again = task_entry_is_plain(schedule->entry) ? task_entry_trigger(schedule->entry)
                                                 : json_print(members);
    if (turn->speaker->is_dry_run) {
        turn_say(turn, "%s: it would be taken back (dry run: nothing was changed)", schedule->id);
        return;
    }
    effects_audit(core->fx, core->now_ms, "schedule", turn->speaker->principal,
                  schedule->entry->agent, NULL, "%s cancelled: %s", schedule->id, again);
    if (task_entry_is_plain(schedule->entry))
        turn_say(turn, "%s: cancelled; what runs goes on. To have it back:\n%s", schedule->id,
                 again);
    else
        turn_say(turn,
                 "%s: cancelled; what runs goes on. To have it back as it was, put this among the "
                 "tasks of " TASKS_FILE ":\n%s",
                 schedule->id, again);
    schedules_cancel(core, schedule, turn->speaker->user);
}
