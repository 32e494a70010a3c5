/*
 * Why something is refused, waits or ended: one kind of reason each, with what fills its places.
 *
 * Its English text is what rows, the audit and frames keep (README, "The wire": `reason`), so it is
 * the only form in which a reason travels: made here by kind, and read back here into the kind and
 * its parts by whoever words it in another language (agent1/flow/state/reason_words.h). What is no
 * such text, as of an agent of another version, stays as it is. Pure.
 */
#ifndef COMMON_WIRE_REASON_H
#define COMMON_WIRE_REASON_H

#include <glib.h>
#include <stdbool.h>

#define REASON_PARTS_MAX 4

/* Of two kinds that a text fits the first is meant: what holds another reason stands first, since
 * that may end with words that a person chose. */
typedef enum {
    /* around another reason: refusals as they are said, and what waits */
    REASON_DRY_RUN_REFUSED,
    REASON_REFUSED_NO_NEXT,
    REASON_REFUSED_NEXT,
    REASON_REFUSED,
    REASON_NO_SECOND_USER,
    REASON_TO_APPROVE,
    REASON_TO_APPROVE_LATER,
    REASON_TOLD_TOO_LATE,
    REASON_APPROVED_BY,
    REASON_STARTS,
    REASON_WAITS_UNTIL,
    /* whoever is meant */
    REASON_NAME_UNKNOWN,
    REASON_NAME_UNKNOWN_BUT,
    REASON_NOBODY_THERE,
    REASON_NOBODY_FITS,
    REASON_NO_LABEL,
    REASON_NO_LABELS,
    /* agent1's gate (agent1/model/gate.c) */
    REASON_ROLE,
    REASON_NO_AGENT,
    REASON_NO_AGENT_BUT,
    REASON_NOT_TRUSTED,
    REASON_REVOKED_BY,
    REASON_REVOKED_KEY,
    REASON_ASLEEP,
    REASON_PAUSED,
    REASON_PAUSED_BY,
    REASON_NO_SUCH_SKILL,
    REASON_NO_SUCH_SKILL_BUT,
    REASON_NO_SKILLS,
    REASON_BARE_SHELL,
    REASON_FORBIDDEN,
    REASON_FORBIDDEN_WHY,
    REASON_BLACKOUT,
    REASON_WORK_HOURS,
    REASON_OFFLINE,
    REASON_NEVER_SEEN,
    REASON_QUEUE_FULL,
    REASON_APPROVAL,
    REASON_APPROVAL_WHY,
    REASON_SECOND,
    REASON_SECOND_WHY,
    REASON_PLACE_RULE, /* what speaks of it, in the six above */
    REASON_PLACE_RISK,
    /* a skill called wrongly, as agent1 and the agent judge it */
    REASON_NO_PARAMETER,
    REASON_TOO_MANY,
    REASON_CALL_TWICE, /* the same, by name */
    REASON_GIVEN_TWICE,
    REASON_MISSING,
    REASON_BAD_OPTION, /* "-x", which a command could take for an option */
    REASON_BAD_VALUE,
    REASON_EXPECT_UNIT, /* what a value should be, in the two above */
    REASON_EXPECT_NAME,
    REASON_EXPECT_CHOICE,
    REASON_EXPECT_INT_BETWEEN,
    REASON_EXPECT_INT_FROM,
    REASON_EXPECT_INT_UP_TO,
    REASON_EXPECT_INT,
    REASON_EXPECT_PATH,
    REASON_EXPECT_PATH_IN,
    REASON_EXPECT_BOOL,
    REASON_EXPECT_LINE,
    REASON_EXPECT_LINE_FITTING,
    REASON_CALL_ESCAPE, /* how it is written */
    REASON_CALL_QUOTE,
    REASON_CALL_INSIDE,
    REASON_CALL_EMPTY,
    REASON_CALL_LONG,
    REASON_CALL_BLANK,
    REASON_CALL_MANY,
    REASON_CALL_NO_NAME,
    REASON_CALL_COMMA,
    REASON_CALL_AFTER_COMMA,
    REASON_CALL_NO_END,
    REASON_CALL_AFTER_END,
    REASON_CALL_NO_SKILL,
    /* what waits for something else */
    REASON_PUT_OFF,
    REASON_AFTER_RUN,
    /* what did not start, or ended */
    REASON_OWN_APPROVAL,
    REASON_NOT_WHAT_WAS_SHOWN,
    REASON_BY_WHY,
    REASON_BY,
    REASON_AGENT_ABSENT,
    REASON_NOBODY_APPROVED,
    REASON_WINDOW_MISSED,
    REASON_RUN_BEFORE_MISSED,
    REASON_KEY_REVOKED,
    REASON_REVOKED,
    REASON_NEW_JOURNAL,
    REASON_ATTEMPT_UNKNOWN,
    REASON_CONTRADICTS,
    REASON_NONE_GIVEN,
    /* schedules */
    REASON_ACTS_AS,
    REASON_ACTS_AS_NOBODY,
    REASON_TIME_PASSED,
    REASON_MANY_TIMES_PASSED,
    REASON_TIMES_PASSED,
    REASON_RUN_BEFORE,
    /* the agent (agent2) */
    REASON_AGENT_BLACKOUT_OPENS,
    REASON_AGENT_BLACKOUT,
    REASON_AGENT_HOURS_OPENS,
    REASON_AGENT_HOURS,
    REASON_OWN_HOURS_OPENS,
    REASON_OWN_HOURS,
    REASON_AGENT_PAUSED,
    REASON_AGENT_QUEUE,
    REASON_CAME_LATE,
    REASON_OTHER_APPROVAL,
    REASON_SKILL_UNKNOWN,
    REASON_NO_FREE_TEXT,
    REASON_TASK_EMPTY,
    REASON_TASK_TOO_LONG,
    REASON_CANCELLED_BEFORE,
    REASON_CANCELLED_ON_THE_WAY,
    REASON_EXPIRED_QUEUED,
    REASON_NEVER_CAME,
    REASON_CLOSED_BEFORE_TURN,
    REASON_CLOSED_BEFORE_START,
    REASON_SHIM_LOST,
    REASON_SHIM_LOST_ALIVE,
    REASON_EXIT_DAMAGED,
    REASON_HOST_RESTARTED,
    REASON_NO_SHIM,
    REASON_FOLDER_GONE,
    REASON_FOLDER_UNREADABLE,
    REASON_DISK_FULL,
    REASON_NO_DESCRIPTOR,
    REASON_NEWER_AGENT,
    REASON_SET_ASIDE,
    REASON_DRY_RUN,
    /* what is wrong with a typed line: PLAN: (agent1/model/plan_script.c) and the topics of MQTT
     * (agent1/model/topic_line.c, topic_rules.c) */
    REASON_PLAN_LONG,
    REASON_STEP_EMPTY,
    REASON_STEP_NO_BAR,
    REASON_PUBLISH_OPTION,
    REASON_LISTEN_OPTION,
    REASON_LISTEN_COUNT,
    REASON_LISTEN_TIME,
    REASON_BEHIND_TOPIC,
    REASON_TOPIC_NONE,
    REASON_TOPIC_TEXT,
    REASON_TOPIC_LONG,
    REASON_TOPIC_DEEP,
    REASON_TOPIC_BROKERS,
    REASON_TOPIC_WIRE,
    REASON_TOPIC_SLASH,
    REASON_FILTER_FIRST,
    REASON_TOPIC_ONE,
    REASON_FILTER_SIGNS,
    /* around others, and short of words */
    REASON_STATE, /* how a step of a plan ended */
    REASON_CALL,  /* a skill's name before it; nearly anything looks so, so it stands last */
    REASON_COUNT,
} ReasonKind;

/* What stands in a place. */
typedef enum {
    REASON_PART_TEXT,    /* as it is */
    REASON_PART_NUMBER,  /* digits */
    REASON_PART_WINDOW,  /* as window_describe() writes it */
    REASON_PART_INSTANT, /* as timestamp_local() writes it, with a zone or without */
    REASON_PART_REASON,  /* another reason */
} ReasonPart;

/* A reason in its parts; kind alone says what they are. */
typedef struct Reason {
    ReasonKind kind;
    char *parts[REASON_PARTS_MAX]; /* the first ones, as many as the kind has places; else NULL */
} Reason;

void reason_clear(Reason *reason);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reason, reason_clear)

/* The English text: as many parts (const char *) as the kind has places, then NULL. The caller owns
 * it. */
char *reason_make(ReasonKind kind, ...) G_GNUC_NULL_TERMINATED;

/* The English of a kind with its places still open, "%s; starts %s"; of a kind without places the
 * whole text. Static: the id of its translations. */
const char *reason_format(ReasonKind kind);

/* How many places a kind has, and what stands in one of them. */
unsigned reason_places(ReasonKind kind);
ReasonPart reason_part(ReasonKind kind, unsigned place);

/* Takes an English text apart: text_fill(reason_format(kind), parts) is the same text again.
 * False, with out untouched: nobody here says that. */
bool reason_read(const char *text, Reason *out);

#endif
