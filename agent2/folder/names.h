/*
 * The names of a run folder and of what is in it (README.md, delivery rules 3 and 4):
 *
 *     <state_dir>/runs/<ULID>.<attempt>/
 *         task           what to run, frozen, and what agent2 alone keeps of the task; written by
 *                        agent2 before its ack, never changed
 *         lock           flock(2)ed by the shim for as long as it lives; a second name of task
 *         claim          the one file that decides: started, or one of the reasons not to start
 *         cancel         created by agent2; the shim watches for it; a second name of task
 *         head           the first part of the output, once there is some
 *         tail.<offset>  the last part, at most two files; <offset> is where in the whole output
 *                        the file's first byte stands
 *         exit           how it ended
 *         done           agent1 has taken the outcome; created by agent2; a second name of task
 *         shim.log       what went wrong in the shim itself
 *
 * A claim or an exit that nobody may write to is durable: its shim took the right away after the
 * sync. A tombstone is a folder with a claim and without a task; what agent2 keeps of it is in
 * `meta`. Folders whose name begins with "." are being written and count for nothing.
 *
 * Pure, without GLib, as the shim is.
 */
#ifndef AGENT2_FOLDER_NAMES_H
#define AGENT2_FOLDER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUNS_FOLDER "runs"

#define RUN_FILE_TASK   "task"
#define RUN_FILE_META   "meta"
#define RUN_FILE_LOCK   "lock"
#define RUN_FILE_CLAIM  "claim"
#define RUN_FILE_CANCEL "cancel"
#define RUN_FILE_HEAD   "head"
#define RUN_FILE_EXIT   "exit"
#define RUN_FILE_DONE   "done"
#define RUN_FILE_LOG    "shim.log"

#define RUN_ID_CHARS      26 /* a ULID */
#define RUN_ATTEMPT_MAX   999999
#define RUN_NAME_SIZE     40          /* "<ULID>.<attempt>" with its NUL, and room */
#define RUN_TAIL_SIZE     32          /* "tail.<offset>" with its NUL, and room */
#define RUN_BOOT_ID_CHARS 36          /* /proc/sys/kernel/random/boot_id */
#define RUN_COOKIE        "AGENT_RUN" /* in the environment of every task: the folder's name */
#define RUN_NUMBER_MAX    INT64_C(9007199254740991) /* 2^53 - 1: messages carry no more */
#define RUN_TIME_MAX_MS   INT64_C(253402300799999)  /* the end of the year 9999 */

/* True for a ULID in its canonical form. */
bool run_id_is_valid(const char *text);

/* The folder's name. run is a valid ULID, attempt in 1..RUN_ATTEMPT_MAX. */
void run_name_print(char out[RUN_NAME_SIZE], const char *run, int64_t attempt);

/* Takes a folder's name apart; accepts exactly what run_name_print() makes. */
bool run_name_parse(const char *name, char out_run[RUN_ID_CHARS + 1], int64_t *out_attempt);

/* The name of a part of the output that begins at the offset (>= 0), and the way back. */
void tail_name_print(char out[RUN_TAIL_SIZE], int64_t offset);
bool tail_name_parse(const char *name, int64_t *out_offset);

/* True when the text is a boot id by its form: lower-case hex and hyphens. */
bool boot_id_is_valid(const char *text);

#endif
