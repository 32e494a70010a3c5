/*
 * A conversation: lines in, from a terminal or from a pipe, and answers out, until the end of the
 * input or /quit.
 */
#ifndef AGENT1_CLI_TALK_H
#define AGENT1_CLI_TALK_H

#include "agent1/cli/client.h"
#include "agent1/cli/options.h"

/* Talks with agent1, or through it with options->agent. Returns the exit code: on a terminal 0,
 * otherwise that of the last answer. */
int talk_run(Client *client, const CliOptions *options);

#endif
