/*
 * The files of a run folder and the names in it, the worker's meta and counters: any bytes are read
 * or refused, inside their buffers, and what is read prints back byte for byte (meta and counters:
 * to the same values). Where the bytes of an output are follows from any set of parts without
 * overlap, and every set of facts has a decision.
 */
#include "agent2/folder/claim.h"
#include "agent2/folder/decide.h"
#include "agent2/folder/exit.h"
#include "agent2/folder/output.h"
#include "agent2/folder/task.h"
#include "agent2/model/job.h"
#include "agent2/model/worker_counters.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

/* The rest of the input in a buffer of exactly its size and a NUL. */
static char *copy_rest(const FuzzInput *input)
{
    char *text = g_malloc(input->left + 1);

    if (input->left)
        memcpy(text, input->at, input->left);
    text[input->left] = '\0';

    return text;
}

static void check_same(const FuzzInput *input, const char *printed, size_t length)
{
    fuzz_check_same(input->at, input->left, printed, length);
}

static void check_task(FuzzInput *input)
{
    g_autofree char *text = copy_rest(input);
    g_autofree char *printed = NULL;
    const char *problem = NULL;
    size_t length;
    RunTask task;
    LinesVerdict verdict = run_task_parse(text, input->left, &task, &problem);

    g_assert((verdict == LINES_OK) == (problem == NULL));
    if (verdict != LINES_OK)
        return;
    g_assert(run_task_is_valid(&task) && !task.args[task.arg_count]);
    printed = g_malloc(RUN_TASK_MAX_BYTES);
    g_assert(run_task_print(&task, printed, RUN_TASK_MAX_BYTES, &length));
    check_same(input, printed, length);
}

static void check_claim(FuzzInput *input)
{
    g_autofree char *text = copy_rest(input);
    char printed[RUN_CLAIM_MAX_BYTES];
    size_t length;
    RunClaim claim;

    if (run_claim_parse(text, input->left, &claim) != LINES_OK) {
        g_assert(claim.kind == CLAIM_UNREADABLE);
        return;
    }
    g_assert(claim.kind != CLAIM_NONE && claim.kind != CLAIM_UNREADABLE);
    g_assert(run_claim_print(&claim, printed, sizeof(printed), &length));
    check_same(input, printed, length);
}

/* What agent2 is told by others becomes a claim that can be printed. */
static void check_made_claim(FuzzInput *input)
{
    static const ClaimKind kinds[] = { CLAIM_CANCELLED, CLAIM_EXPIRED, CLAIM_WINDOW_CLOSED,
                                       CLAIM_REJECTED };
    ClaimKind kind = kinds[fuzz_below(input, G_N_ELEMENTS(kinds))];
    g_autofree char *reason = fuzz_utf8(input);
    char printed[RUN_CLAIM_MAX_BYTES + 1];
    RunClaim claim, again;
    size_t length;

    run_claim_init(&claim, kind, "b0070000-0000-0000-0000-000000000000", 1790000000000, "skill",
                   reason);
    g_assert(run_claim_print(&claim, printed, RUN_CLAIM_MAX_BYTES, &length));
    g_assert(run_claim_parse(printed, length, &again) == LINES_OK);
    g_assert(again.kind == kind);
    g_assert_cmpstr(again.reason, ==, claim.reason);
    g_assert(g_utf8_validate(claim.reason, -1, NULL));
}

static void check_exit(FuzzInput *input)
{
    g_autofree char *text = copy_rest(input);
    char printed[RUN_EXIT_MAX_BYTES];
    size_t length;
    RunExit end;

    if (run_exit_parse(text, input->left, &end) != LINES_OK)
        return;
    if (end.kind == END_EXITED)
        g_assert(end.exit_code >= 0 && end.exit_code <= 255);
    g_assert(run_exit_print(&end, printed, sizeof(printed), &length));
    check_same(input, printed, length);
}

static void check_names(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    char run[RUN_ID_CHARS + 1];
    char printed[RUN_NAME_SIZE];
    char tail[RUN_TAIL_SIZE];
    int64_t number;

    if (run_name_parse(text, run, &number)) {
        run_name_print(printed, run, number);
        g_assert_cmpstr(printed, ==, text);
        g_assert(run_id_is_valid(run) && number >= 1 && number <= RUN_ATTEMPT_MAX);
    }
    if (tail_name_parse(text, &number)) {
        tail_name_print(tail, number);
        g_assert_cmpstr(tail, ==, text);
    }
    if (run_id_is_valid(text))
        g_assert_cmpuint(strlen(text), ==, RUN_ID_CHARS);
    if (boot_id_is_valid(text))
        g_assert_cmpuint(strlen(text), <=, RUN_BOOT_ID_CHARS);
}

static void check_map(FuzzInput *input)
{
    int64_t max_output = fuzz_number(input);
    OutputPlan plan = output_plan(CLAMP(max_output, RUN_OUTPUT_MIN, RUN_OUTPUT_MAX));
    OutputMap map = { 0 };
    int64_t kept = 0;

    g_assert(plan.head_bytes > 0 && plan.tail_bytes > 0);
    for (unsigned i = 0; i < 6; i++) {
        int64_t start = fuzz_number(input) & INT64_MAX;
        int64_t bytes = fuzz_number(input) & INT64_MAX;
        char name[RUN_TAIL_SIZE];

        tail_name_print(name, start);
        if (start > INT64_MAX - bytes)
            continue;
        output_map_add(&map, name, start, bytes);
    }
    g_assert_cmpuint(map.count, <=, OUTPUT_PARTS_MAX);
    for (unsigned i = 0; i < map.count; i++) {
        const OutputPart *part = &map.parts[i];
        int64_t at = -1;

        g_assert_cmpint(part->bytes, >, 0);
        if (i > 0)
            g_assert_cmpint(part->start, >=, part[-1].start + part[-1].bytes);
        kept += part->bytes;
        g_assert(output_map_find(&map, part->start + part->bytes - 1, &at) == part);
        g_assert_cmpint(at, ==, part->start + part->bytes - 1);
    }
    g_assert_cmpint(output_map_kept(&map), ==, kept);
    g_assert_cmpint(output_map_end(&map), >=, kept);
    g_assert(!output_map_find(&map, output_map_end(&map), &kept));
}

static void check_decisions(FuzzInput *input)
{
    ShimFacts shim = { .has_claim = fuzz_below(input, 2),
                       .has_exit = fuzz_below(input, 2),
                       .has_cancel = fuzz_below(input, 2),
                       .now_ms = fuzz_number(input),
                       .expires_ms = fuzz_number(input),
                       .window_end_ms = fuzz_number(input) };
    FolderFacts facts = { .has_task = fuzz_below(input, 2),
                          .is_newer = fuzz_below(input, 2),
                          .is_locked = fuzz_below(input, 2),
                          .is_same_boot = fuzz_below(input, 2),
                          .claim = fuzz_below(input, CLAIM_KIND_COUNT),
                          .exit = fuzz_below(input, EXIT_FACT_COUNT) };
    Recovery recovery = recovery_decide(&facts);

    if (shim_decide(&shim) == SHIM_START)
        g_assert(!shim.has_claim && !shim.has_exit && !shim.has_cancel &&
                 shim.now_ms < shim.expires_ms && shim.now_ms < shim.window_end_ms);
    g_assert(recovery < RECOVERY_COUNT);
    if (recovery == RECOVERY_SAFE_TO_START)
        g_assert(facts.claim == CLAIM_NONE && facts.exit == EXIT_NONE && !facts.is_locked);
}

static void check_meta(FuzzInput *input)
{
    g_autofree char *text = copy_rest(input);
    g_autofree char *printed = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;
    JobMeta meta, second;

    job_meta_init(&meta);
    job_meta_init(&second);
    if (job_meta_parse(text, &meta, &error)) {
        printed = job_meta_print(&meta);
        g_assert(job_meta_parse(printed, &second, NULL));
        again = job_meta_print(&second);
        g_assert_cmpstr(printed, ==, again);
    } else {
        g_assert(error);
    }
    job_meta_clear(&meta);
    job_meta_clear(&second);
}

static void check_counters(FuzzInput *input)
{
    g_autofree char *text = copy_rest(input);
    g_autofree char *printed = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;
    WorkerCounters counters, second;

    worker_counters_init(&counters, "01J00000000000000000000001");
    worker_counters_init(&second, "01J00000000000000000000001");
    if (worker_counters_parse(text, &counters, &error)) {
        printed = worker_counters_print(&counters);
        g_assert(worker_counters_parse(printed, &second, NULL));
        again = worker_counters_print(&second);
        g_assert_cmpstr(printed, ==, again);
    } else {
        g_assert(error);
    }
    worker_counters_clear(&counters);
    worker_counters_clear(&second);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput *) = {
        check_task, check_claim,     check_made_claim, check_exit,     check_names,
        check_map,  check_decisions, check_meta,       check_counters,
    };
    FuzzInput input = fuzz_input(data, size);

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
