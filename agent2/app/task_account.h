/*
 * Who tasks run as and what surrounds them: the account of `run_as`, its groups, where they begin,
 * and the variables of the environment that are passed on.
 */
#ifndef AGENT2_APP_TASK_ACCOUNT_H
#define AGENT2_APP_TASK_ACCOUNT_H

#include "agent2/edge/journal.h"

#include <glib.h>
#include <stdbool.h>

/* True for the name of a variable. */
bool task_account_variable_is_valid(const char *name);

/* Fills in account, folder and environment. run_as NULL: this program's own account. variables:
 * char *, names; NULL: PATH, LANG, LC_ALL, TZ and TMPDIR. HOME, USER, LOGNAME and SHELL are always
 * those of the account. PROBLEM_VALUE, PROBLEM_REFUSED (only root may run as another). */
bool task_account_fill(JournalOrders *orders, const char *run_as, const GPtrArray *variables,
                       GError **error);

#endif
