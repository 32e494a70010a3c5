/*
 * What stands on agentctl's command line (README.md). Only parses: no file is looked at, and
 * nothing is printed.
 */
#ifndef AGENT1_CLI_OPTIONS_H
#define AGENT1_CLI_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CLI_NO_TIMEOUT INT64_C(-1)
#define CLI_FROM_NOW   INT64_C(-1)
#define CLI_COUNT_MAX  1000

typedef enum {
    CLI_TALK, /* a conversation with agent1, or with one agent through it */
    CLI_SEND, /* one text, one answer */
    CLI_AUDIT_VERIFY,
    CLI_NEXT,  /* when a time spec happens */
    CLI_PARSE, /* what a text would be read as */
    CLI_CHECK,
    CLI_SHOW_KEY,
    CLI_HELP,
    CLI_VERSION,
} CliMode;

typedef struct CliOptions {
    CliMode mode;
    char *agent;  /* TALK: whom a plain line is for; NULL: agent1 itself */
    char *text;   /* SEND, NEXT */
    char *config; /* NULL: the default */
    gboolean is_json;
    gboolean is_quiet;
    gboolean is_plain; /* --no-color */
    gboolean is_now;
    gboolean is_dry_run;
    gboolean is_answer;  /* PARSE; neither: both readings */
    gboolean is_message; /* PARSE */
    int64_t timeout_ms;  /* CLI_NO_TIMEOUT: none was given */
    char *zone;          /* NEXT; NULL: the host's */
    int64_t from_ms;     /* NEXT; CLI_FROM_NOW: none was given */
    unsigned count;      /* NEXT: 1 … CLI_COUNT_MAX */
} CliOptions;

/* Reads a NULL-terminated argv, of which the first is the program's name. On success the options
 * want cli_options_clear(); on failure they are untouched. */
bool cli_options_parse(CliOptions *out, char **argv, GError **error);

void cli_options_clear(CliOptions *options);

/* The text of --help. The caller owns it. */
char *cli_options_help(void);

#endif
