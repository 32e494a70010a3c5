/*
 * `agentctl parse`: which triggers and commands a text on standard input holds, as a person's
 * message and as a model's answer, and why others do not count. Needs no configuration and no
 * agent1.
 */
#ifndef AGENT1_CLI_PARSE_H
#define AGENT1_CLI_PARSE_H

#include "agent1/cli/options.h"

/* Prints, and returns the exit code: CLI_EXIT_USAGE when there is no text that could be read. */
int parse_run(const CliOptions *options);

#endif
