/*
 * The handlers of commands and triggers, one per row of common/wire/command.h. Each finds the
 * rights checked, reads its arguments, and says its answer through the turn.
 */
#ifndef AGENT1_FLOW_COMMANDS_COMMANDS_H
#define AGENT1_FLOW_COMMANDS_COMMANDS_H

#include "agent1/flow/schedules/schedule_book.h"
#include "agent1/flow/voice/turn.h"
#include "common/wire/command.h"

typedef void (*CommandHandler)(Core *core, Turn *turn, const char *arguments);

/* Checks the role, audits what changes something, and calls the handler. In a dry run what changes
 * something is done by no handler but one that knows dry runs. */
void commands_do(Core *core, Turn *turn, Command command, const char *arguments);

/* The same for a trigger; each handler of one knows dry runs. Where it gives out work the gate
 * judges the role, and each run is audited. */
void commands_do_trigger(Core *core, Turn *turn, Trigger trigger, const char *rest);

/* commands_help.c */
void commands_help(Core *core, Turn *turn, const char *arguments);

/* commands_agents.c */
void commands_agents(Core *core, Turn *turn, const char *arguments);

/* commands_show.c */
void commands_status(Core *core, Turn *turn, const char *arguments);
void commands_blackout(Core *core, Turn *turn, const char *arguments);
/* A line of the installation's blackout that is on, if one is: nothing starts anywhere. */
void commands_say_blackout(Core *core, Turn *turn);

/* The live runs that wait for a person or for a window, of one agent or (NULL) of all: nothing of
 * them is in hand. */
unsigned commands_count_waiting(const Core *core, const char *agent);

/* commands_runs.c */
void commands_runs(Core *core, Turn *turn, const char *arguments);
void commands_run(Core *core, Turn *turn, const char *arguments);
void commands_cancel(Core *core, Turn *turn, const char *arguments);

/* "12", "#12" or a ULID. False, with the complaint said, for anything else. */
bool commands_read_id(Turn *turn, const char *arguments, const char *usage, int64_t *out_number,
                      const char **out_id);
/* The live run of such a name, or NULL. */
Run *commands_find_live(const Core *core, int64_t number, const char *id);

/* commands_output.c */
void commands_output(Core *core, Turn *turn, const char *arguments);

/* commands_plans.c */
void commands_show_plan(Core *core, Turn *turn, int64_t number);
void commands_cancel_plan(Core *core, Turn *turn, int64_t number);

/* commands_approve_plan.c: why may be empty */
void commands_approve_plan(Core *core, Turn *turn, int64_t number);
void commands_reject_plan(Core *core, Turn *turn, int64_t number, const char *why);

/* commands_approvals.c */
void commands_pending(Core *core, Turn *turn, const char *arguments);
void commands_approve(Core *core, Turn *turn, const char *arguments);
void commands_reject(Core *core, Turn *turn, const char *arguments);
void commands_defer(Core *core, Turn *turn, const char *arguments);

/* commands_why.c */
void commands_why(Core *core, Turn *turn, const char *arguments);

/* commands_audit.c */
void commands_audit(Core *core, Turn *turn, const char *arguments);

/* commands_pause.c */
void commands_agent_off(Core *core, Turn *turn, const char *arguments);
void commands_agent_on(Core *core, Turn *turn, const char *arguments);
void commands_agents_off(Core *core, Turn *turn, const char *arguments);
void commands_agents_on(Core *core, Turn *turn, const char *arguments);

/* commands_update.c */
void commands_agent_update(Core *core, Turn *turn, const char *arguments);
void commands_agents_update(Core *core, Turn *turn, const char *arguments);

/* commands_trust.c */
void commands_accept(Core *core, Turn *turn, const char *arguments);
void commands_revoke(Core *core, Turn *turn, const char *arguments);

/* trigger_report.c */
void trigger_report(Core *core, Turn *turn, const char *rest);
void trigger_report_errors(Core *core, Turn *turn, const char *rest);

/* trigger_daily.c */
void trigger_daily_report(Core *core, Turn *turn, const char *rest);

/* trigger_remember.c */
void trigger_remember(Core *core, Turn *turn, const char *rest);

/* trigger_recall.c */
void trigger_recall(Core *core, Turn *turn, const char *rest);

/* trigger_topics.c */
void trigger_mqtt_publish(Core *core, Turn *turn, const char *rest);
void trigger_mqtt_subscribe(Core *core, Turn *turn, const char *rest);
void commands_subscriptions(Core *core, Turn *turn, const char *arguments);

/* commands_schedules.c */
void commands_tasks(Core *core, Turn *turn, const char *arguments);
void commands_pause_schedule(Core *core, Turn *turn, const char *arguments);
void commands_resume_schedule(Core *core, Turn *turn, const char *arguments);
void commands_fire(Core *core, Turn *turn, const char *arguments);
/* The schedule of that id; NULL, with the complaint said, when there is none. */
Schedule *commands_read_schedule(Core *core, Turn *turn, const char *arguments, const char *usage);

/* commands_calendar.c */
void commands_calendar(Core *core, Turn *turn, const char *arguments);

/* trigger_schedule.c */
void trigger_schedule(Core *core, Turn *turn, const char *rest);
void trigger_plan_cancel(Core *core, Turn *turn, const char *rest);

/* trigger_page.c */
void trigger_search(Core *core, Turn *turn, const char *rest);
void trigger_read(Core *core, Turn *turn, const char *rest);

/* commands_stop.c */
/* What stands behind !stop to hear of all that goes on. */
#define COMMAND_STOP_ALL "all"
void commands_stop(Core *core, Turn *turn, const char *arguments);

/* commands_reset.c */
void commands_reset(Core *core, Turn *turn, const char *arguments);

/* commands_reports.c */
void commands_reports(Core *core, Turn *turn, const char *arguments);

/* commands_answers.c */
void commands_yes(Core *core, Turn *turn, const char *arguments);
void commands_no(Core *core, Turn *turn, const char *arguments);

#endif
