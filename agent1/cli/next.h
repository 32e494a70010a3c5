/*
 * `agentctl next '<when>'`: what a time spec means, and when it happens next. Needs no
 * configuration and no agent1.
 */
#ifndef AGENT1_CLI_NEXT_H
#define AGENT1_CLI_NEXT_H

#include "agent1/cli/options.h"

/* Prints, and returns the exit code: CLI_EXIT_USAGE when the spec or the zone is a bad one. */
int next_run(const CliOptions *options);

#endif
