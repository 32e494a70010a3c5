/*
 * The arguments of a trigger as its row in the table of triggers writes them
 * (common/wire/command.h):
 * "<agent> | <task>", "[agent] [| <time>]", "<agent>|<task> ;; <agent>|<task> …", "".
 */
#ifndef AGENT1_PROVIDERS_TRIGGER_PATTERN_H
#define AGENT1_PROVIDERS_TRIGGER_PATTERN_H

#include <stdbool.h>

#define PATTERN_PARTS_MAX      4
#define PATTERN_NAME_MAX_CHARS 31

typedef struct PatternPart {
    char name[PATTERN_NAME_MAX_CHARS + 1]; /* blanks are '_': "key_or_words" */
    bool is_optional;
} PatternPart;

typedef struct TriggerPattern {
    PatternPart parts[PATTERN_PARTS_MAX];
    unsigned count;
    bool is_list; /* the parts are those of each of its elements */
} TriggerPattern;

TriggerPattern trigger_pattern_read(const char *arguments);

#endif
