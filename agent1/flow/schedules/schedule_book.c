#include "agent1/flow/schedules/schedule_book.h"

#include <string.h>

#include "common/base/banned.h"

struct ScheduleBook {
    GHashTable *by_id;  /* id → Schedule * */
    GTree *by_due;      /* Schedule *, those that are waited for */
    GHashTable *clocks; /* name of a zone → WallClock * */
    char *zone_name;    /* the installation's, when its clock was looked at last; NULL: never */
    unsigned taking;
};

static int compare_due(gconstpointer a, gconstpointer b, gpointer data)
{
    const Schedule *one = a;
    const Schedule *other = b;

    (void)data;
    if (one->due_ms != other->due_ms)
        return one->due_ms < other->due_ms ? -1 : 1;
    return strcmp(one->id, other->id);
}

static void clear_ref_string(char **string)
{
    if (*string)
        g_ref_string_release(*string);
    *string = NULL;
}

static void free_schedule(void *data)
{
    Schedule *schedule = data;

    g_free(schedule->id);
    task_entry_unref(schedule->entry);
    clear_ref_string(&schedule->cron);
    clear_ref_string(&schedule->timezone);
    g_free(schedule->last_run);
    g_free(schedule->paused_by);
    g_free(schedule->made);
    g_free(schedule->cancelled_by);
    g_free(schedule);
}

static void free_clock(void *clock)
{
    wall_clock_free(clock);
}

ScheduleBook *schedule_book_new(void)
{
    ScheduleBook *book = g_new0(ScheduleBook, 1);

    book->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_schedule);
    book->by_due = g_tree_new_full(compare_due, NULL, NULL, NULL);
    book->clocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_clock);
    return book;
}

void schedule_book_free(ScheduleBook *book)
{
    if (!book)
        return;

    g_tree_unref(book->by_due);
    g_hash_table_unref(book->by_id);
    g_hash_table_unref(book->clocks);
    g_free(book->zone_name);
    g_free(book);
}

/* ---- rows ---- */

/* Those of rows are let go here alone, by the core's own thread, so they may be interned. */
static char *ref_string(const char *text)
{
    return text ? g_ref_string_new_intern(text) : NULL;
}

static Schedule *add(ScheduleBook *book, const char *id)
{
    Schedule *schedule = g_new0(Schedule, 1);

    schedule->id = g_strdup(id);
    schedule->due_ms = INT64_MAX;
    g_hash_table_insert(book->by_id, schedule->id, schedule);
    return schedule;
}

void schedule_book_restore(Core *core, const Row *row)
{
    Schedule *schedule = add(core->schedules, row_text(row, SCHEDULES_ID));

    schedule->cron = ref_string(row_text(row, SCHEDULES_CRON));
    schedule->timezone = ref_string(row_text(row, SCHEDULES_TIMEZONE));
    schedule->is_enabled = row_int(row, SCHEDULES_IS_ENABLED) != 0;
    schedule->anchor_ms = row_int(row, SCHEDULES_ANCHOR);
    schedule->mark_ms = row_int(row, SCHEDULES_MARK);
    schedule->turn = row_int(row, SCHEDULES_TURN);
    schedule->last_run = g_strdup(row_text(row, SCHEDULES_LAST_RUN));
    schedule->last_number = row_int(row, SCHEDULES_LAST_NUMBER);
    schedule->paused_by = g_strdup(row_text(row, SCHEDULES_PAUSED_BY));
    schedule->made = g_strdup(row_text(row, SCHEDULES_MADE));
    schedule->gone_ms = row_int(row, SCHEDULES_GONE);
    schedule->cancelled_by = g_strdup(row_text(row, SCHEDULES_CANCELLED_BY));
}

void schedule_book_store(Core *core, const Schedule *schedule)
{
    Row *row = row_new(TABLE_SCHEDULES);

    row_set_text(row, SCHEDULES_ID, schedule->id);
    row_set_text(row, SCHEDULES_CRON, schedule->cron);
    row_set_text(row, SCHEDULES_TIMEZONE, schedule->timezone);
    row_set_int(row, SCHEDULES_IS_ENABLED, schedule->is_enabled);
    row_set_int(row, SCHEDULES_ANCHOR, schedule->anchor_ms);
    row_set_int(row, SCHEDULES_MARK, schedule->mark_ms);
    row_set_int(row, SCHEDULES_TURN, schedule->turn);
    row_set_text(row, SCHEDULES_LAST_RUN, schedule->last_run);
    row_set_int(row, SCHEDULES_LAST_NUMBER, schedule->last_number);
    row_set_text(row, SCHEDULES_PAUSED_BY, schedule->paused_by);
    row_set_text(row, SCHEDULES_MADE, schedule->made);
    row_set_int(row, SCHEDULES_GONE, schedule->gone_ms);
    row_set_text(row, SCHEDULES_CANCELLED_BY, schedule->cancelled_by);
    effects_put(core->fx, row);
}

/* ---- the book ---- */

Schedule *schedule_book_find(const Core *core, const char *id)
{
    return g_hash_table_lookup(core->schedules->by_id, id);
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Schedule *const *)a)->id, (*(const Schedule *const *)b)->id);
}

typedef bool (*IsMeant)(const Schedule *schedule);

static GPtrArray *list(const Core *core, IsMeant is_meant)
{
    GPtrArray *schedules = g_ptr_array_new();
    GHashTableIter iter;
    void *schedule;

    g_hash_table_iter_init(&iter, core->schedules->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &schedule)) {
        if (is_meant(schedule))
            g_ptr_array_add(schedules, schedule);
    }
    g_ptr_array_sort(schedules, compare_ids);
    return schedules;
}

static bool is_there(const Schedule *schedule)
{
    return schedule->entry != NULL;
}

static bool is_at_rest(const Schedule *schedule)
{
    return schedule->entry && schedule->due_ms == INT64_MAX;
}

GPtrArray *schedule_book_list(const Core *core)
{
    return list(core, is_there);
}

/* agent NULL: of any. */
static bool is_of(const Schedule *schedule, const char *agent)
{
    return !agent || strcmp(schedule->entry->agent, agent) == 0;
}

GPtrArray *schedule_book_list_by_due(const Core *core, const char *agent, unsigned max)
{
    GPtrArray *schedules = schedule_book_list_due(core, agent, INT64_MAX, max);
    g_autoptr(GPtrArray) others = NULL;
    unsigned i;

    if (schedules->len == max)
        return schedules;

    others = list(core, is_at_rest);
    for (i = 0; i < others->len && schedules->len < max; i++) {
        if (is_of(others->pdata[i], agent))
            g_ptr_array_add(schedules, others->pdata[i]);
    }
    return schedules;
}

unsigned schedule_book_count(const Core *core, const char *agent)
{
    unsigned count = 0;
    unsigned i;

    if (!agent)
        return core->task_list->len;

    for (i = 0; i < core->task_list->len; i++)
        count += strcmp(((const TaskEntry *)core->task_list->pdata[i])->agent, agent) == 0;
    return count;
}

static int compare_due_pointers(gconstpointer a, gconstpointer b)
{
    return compare_due(*(const Schedule *const *)a, *(const Schedule *const *)b, NULL);
}

/* In the order of the file, which is that in which they lie in memory: to walk through the tree
 * costs several times as much, where few of very many are meant. More than max: NULL. */
static GPtrArray *list_of_agent(const Core *core, const char *agent, int64_t before_ms,
                                unsigned max)
{
    g_autoptr(GPtrArray) schedules = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < core->task_list->len; i++) {
        const TaskEntry *entry = core->task_list->pdata[i];
        Schedule *schedule;

        if (strcmp(entry->agent, agent) != 0)
            continue;
        schedule = schedule_book_find(core, entry->id);
        if (schedule->due_ms < before_ms)
            g_ptr_array_add(schedules, schedule);
        if (schedules->len > max)
            return NULL;
    }
    g_ptr_array_sort(schedules, compare_due_pointers);
    return g_steal_pointer(&schedules);
}

/* By the tree: soon over where there are many of them. */
static GPtrArray *list_first(const Core *core, const char *agent, int64_t before_ms, unsigned max)
{
    GPtrArray *schedules = g_ptr_array_new();
    GTreeNode *node;

    for (node = g_tree_node_first(core->schedules->by_due); node && schedules->len < max;
         node = g_tree_node_next(node)) {
        Schedule *schedule = g_tree_node_key(node);

        if (schedule->due_ms >= before_ms)
            break;
        if (is_of(schedule, agent))
            g_ptr_array_add(schedules, schedule);
    }
    return schedules;
}

GPtrArray *schedule_book_list_due(const Core *core, const char *agent, int64_t before_ms,
                                  unsigned max)
{
    GPtrArray *schedules = agent ? list_of_agent(core, agent, before_ms, max) : NULL;

    return schedules ? schedules : list_first(core, agent, before_ms, max);
}

void schedule_book_begin_taking(Core *core)
{
    core->schedules->taking++;
}

/* One text for both where they say the same: of the file's there is one for many schedules. */
static void share(char **own, char *other)
{
    if (*own == other || g_strcmp0(*own, other) != 0)
        return;
    g_ref_string_release(*own);
    *own = g_ref_string_acquire(other);
}

Schedule *schedule_book_take(Core *core, TaskEntry *entry, bool *out_is_same)
{
    Schedule *schedule = schedule_book_find(core, entry->id);
    TaskEntry *before;

    if (!schedule)
        schedule = add(core->schedules, entry->id);
    before = schedule->entry;
    *out_is_same = before && before->zone == entry->zone && before->jitter_ms == entry->jitter_ms;
    schedule->taking = core->schedules->taking;
    schedule->entry = task_entry_ref(entry);
    share(&schedule->cron, entry->cron);
    share(&schedule->timezone, entry->timezone);
    task_entry_unref(before);
    return schedule;
}

GPtrArray *schedule_book_end_taking(Core *core)
{
    GPtrArray *gone = g_ptr_array_new();
    GHashTableIter iter;
    void *item;

    g_hash_table_iter_init(&iter, core->schedules->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &item)) {
        Schedule *schedule = item;

        if (schedule->taking == core->schedules->taking)
            continue;
        g_clear_pointer(&schedule->entry, task_entry_unref);
        g_ptr_array_add(gone, schedule);
    }
    g_ptr_array_sort(gone, compare_ids);
    return gone;
}

void schedule_book_begin(Core *core, Schedule *schedule)
{
    const TaskEntry *entry = schedule->entry;

    clear_ref_string(&schedule->cron);
    clear_ref_string(&schedule->timezone);
    schedule->cron = g_ref_string_acquire(entry->cron);
    schedule->timezone = entry->timezone ? g_ref_string_acquire(entry->timezone) : NULL;
    schedule->is_enabled = entry->is_enabled;
    /* Times between now and the mark were decided once, before the clock was put back. */
    if (core->now_ms < schedule->mark_ms)
        schedule->turn++;
    schedule->anchor_ms = core->now_ms;
    schedule->mark_ms = core->now_ms;
}

Schedule *schedule_book_add(Core *core, const char *id)
{
    return add(core->schedules, id);
}

static void take_out(Core *core, Schedule *schedule)
{
    if (schedule->due_ms != INT64_MAX)
        g_tree_remove(core->schedules->by_due, schedule);
    schedule->due_ms = INT64_MAX;
}

void schedule_book_remove(Core *core, Schedule *schedule)
{
    take_out(core, schedule);
    effects_delete(core->fx, TABLE_SCHEDULES, schedule->id);
    g_hash_table_remove(core->schedules->by_id, schedule->id);
}

/* INT64_MAX: it is not waited for. */
static int64_t find_due(Core *core, const Schedule *schedule)
{
    OccurrenceRule rule;
    Occurrence next;

    if (!schedule->entry || !schedule->entry->is_enabled || schedule->paused_by)
        return INT64_MAX;

    schedule_book_rule(core, schedule, &rule);
    return occurrence_next(&rule, schedule->mark_ms, &next) ? next.due_ms : INT64_MAX;
}

void schedule_book_place(Core *core, Schedule *schedule)
{
    int64_t due_ms = find_due(core, schedule);

    if (due_ms == schedule->due_ms)
        return;
    take_out(core, schedule);
    schedule->due_ms = due_ms;
    if (due_ms != INT64_MAX)
        g_tree_insert(core->schedules->by_due, schedule, schedule);
}

Schedule *schedule_book_first(const Core *core)
{
    GTreeNode *node = g_tree_node_first(core->schedules->by_due);

    return node ? g_tree_node_key(node) : NULL;
}

/* ---- times ---- */

GTimeZone *schedule_book_zone(const Core *core, const Schedule *schedule)
{
    return schedule->entry->zone ? schedule->entry->zone : core->zone;
}

const char *schedule_book_zone_name(const Core *core, const Schedule *schedule)
{
    return schedule->entry->timezone ? schedule->entry->timezone : core->zone_name;
}

static const WallClock *clock_of(Core *core, const Schedule *schedule)
{
    const char *name = schedule_book_zone_name(core, schedule);
    WallClock *clock = g_hash_table_lookup(core->schedules->clocks, name);

    if (!clock) {
        clock = wall_clock_new(schedule_book_zone(core, schedule));
        g_hash_table_insert(core->schedules->clocks, g_strdup(name), clock);
    }
    return clock;
}

bool schedule_book_renew_clock(Core *core)
{
    ScheduleBook *book = core->schedules;
    const WallClock *before = g_hash_table_lookup(book->clocks, core->zone_name);
    WallClock *clock = wall_clock_new(core->zone);
    bool is_new = g_strcmp0(book->zone_name, core->zone_name) != 0 || !before ||
                  !wall_clock_is_equal(before, clock);

    g_free(book->zone_name);
    book->zone_name = g_strdup(core->zone_name);
    g_hash_table_insert(book->clocks, g_strdup(core->zone_name), clock);
    return is_new;
}

void schedule_book_rule(Core *core, const Schedule *schedule, OccurrenceRule *out)
{
    static const MakeUp make_ups[] = {
        [CATCHUP_ONCE] = MAKE_UP_LAST,
        [CATCHUP_SKIP] = MAKE_UP_NONE,
        [CATCHUP_ALL] = MAKE_UP_ALL,
    };
    const TaskEntry *entry = schedule->entry;

    *out = (OccurrenceRule){
        .spec = &entry->spec,
        .clock = clock_of(core, schedule),
        .anchor_ms = schedule->anchor_ms,
        .make_up = (int)make_ups[entry->catchup],
        .max_lateness_ms = entry->max_lateness_ms,
        .jitter_ms = entry->jitter_ms,
        .salt = schedule->id,
    };
}
