/*
 * The schedules: the entries of tasks_schedule.json, each with its row: which of its times was
 * decided last. Ordered by when each is due next. What happens then is agent1/flow/schedules/
 * schedules.h.
 */
#ifndef AGENT1_FLOW_SCHEDULES_SCHEDULE_BOOK_H
#define AGENT1_FLOW_SCHEDULES_SCHEDULE_BOOK_H

#include "agent1/flow/state/core_state.h"
#include "agent1/model/occurrence.h"

typedef struct Schedule {
    char *id;
    TaskEntry *entry; /* NULL: the file does not have it (any more) */

    /* As it was when its times were last begun anew. */
    char *cron;     /* a reference string */
    char *timezone; /* a reference string; NULL: the installation's */
    bool is_enabled;

    unsigned taking; /* the last in which the file had it */

    int64_t anchor_ms; /* since when intervals count */
    int64_t mark_ms;   /* the nominal time that was decided last; nothing before it happens */
    int64_t turn;      /* how often a clock that was put back made its times begin anew */
    char *last_run;    /* the id of the last run that was begun; NULL: none yet */
    int64_t last_number;
    char *paused_by;    /* the user who holds it; NULL: nobody */
    char *made;         /* its members, if agent1 wrote it into the file; NULL: a person did */
    int64_t gone_ms;    /* since when the file does not have it; 0: it does */
    char *cancelled_by; /* the user who took it back; NULL: nobody, or it is there again */
    int64_t due_ms;     /* INT64_MAX: it is not waited for */
} Schedule;

typedef struct ScheduleBook ScheduleBook;

ScheduleBook *schedule_book_new(void);
void schedule_book_free(ScheduleBook *book);

void schedule_book_restore(Core *core, const Row *row);

/* Borrowed; NULL when there is none of that id. */
Schedule *schedule_book_find(const Core *core, const char *id);

/* All that the file has, in order of their ids. The first max of them, of an agent (NULL: of all),
 * in the order in which they are due, those that are not waited for last. Borrowed; the caller
 * unrefs the array. */
GPtrArray *schedule_book_list(const Core *core);
GPtrArray *schedule_book_list_by_due(const Core *core, const char *agent, unsigned max);

/* How many the file has of an agent (NULL: of all). */
unsigned schedule_book_count(const Core *core, const char *agent);

/* Those of an agent (NULL: of all) that are due before an instant, in the order in which they are,
 * max at most. Borrowed; the caller unrefs the array. */
GPtrArray *schedule_book_list_due(const Core *core, const char *agent, int64_t before_ms,
                                  unsigned max);

/* The file was read: first this, then each of its entries is given to its schedule, which is made
 * if need be; then those that got none have none, and are returned, in order of their ids; the
 * caller unrefs the array. *out_is_same: it is due when it was, since nothing that matters to that
 * has changed. */
void schedule_book_begin_taking(Core *core);
Schedule *schedule_book_take(Core *core, TaskEntry *entry, bool *out_is_same);
GPtrArray *schedule_book_end_taking(Core *core);

/* A new one, whose times begin now. Borrowed; its row is not written yet. */
Schedule *schedule_book_add(Core *core, const char *id);
void schedule_book_remove(Core *core, Schedule *schedule);

/* Its times begin anew: nothing before now happens. */
void schedule_book_begin(Core *core, Schedule *schedule);

/* Writes its row. */
void schedule_book_store(Core *core, const Schedule *schedule);

/* Works out when it is due next, and puts it in its place. */
void schedule_book_place(Core *core, Schedule *schedule);

/* The one that is due first, with due_ms INT64_MAX when none is waited for; NULL: there is none. */
Schedule *schedule_book_first(const Core *core);

/* Borrowed from the schedule, which has an entry. */
void schedule_book_rule(Core *core, const Schedule *schedule, OccurrenceRule *out);

/* The zone that its times are in; its name for people. Borrowed. */
GTimeZone *schedule_book_zone(const Core *core, const Schedule *schedule);
const char *schedule_book_zone_name(const Core *core, const Schedule *schedule);

/* Looks whether the clocks of the installation's zone show something else than they did when this
 * was asked last; at first they do. */
bool schedule_book_renew_clock(Core *core);

#endif
