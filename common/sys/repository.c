#include "common/sys/repository.h"

#include <string.h>

#include "common/base/text.h"
#include "common/sys/child.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

#define ARGUMENTS_MAX  32
#define DEFAULT_REMOTE "origin"
#define NAME_MAX_CHARS 200

/* Of our environment git gets what it needs to find its way. */
static const char *const kept_variables[] = { "PATH",          "HOME",       "XDG_CONFIG_HOME",
                                              "SSH_AUTH_SOCK", "http_proxy", "https_proxy",
                                              "HTTPS_PROXY",   "no_proxy",   "NO_PROXY",
                                              "all_proxy",     "ALL_PROXY" };

/* Its words in English, for we read them; nothing that could ask a person, or show pages. */
static const char *const set_variables[] = {
    "LC_ALL=C",      "GIT_TERMINAL_PROMPT=0",     "GIT_ASKPASS=",        "SSH_ASKPASS=",
    "GIT_PAGER=cat", "SSH_ASKPASS_REQUIRE=never", "GIT_OPTIONAL_LOCKS=0"
};

/* A repository's configuration names programs: none of them is needed for a fetch. A network that
 * is silent ends it, should nobody be left to do so. */
static const char *const first_arguments[] = { "git", "--no-pager",
                                               "-c",  "core.hooksPath=/dev/null",
                                               "-c",  "core.fsmonitor=false",
                                               "-c",  "gc.auto=0",
                                               "-c",  "maintenance.auto=false",
                                               "-c",  "http.lowSpeedLimit=1",
                                               "-c",  "http.lowSpeedTime=60",
                                               "-C" };

typedef struct Check {
    const RepositoryPlace *place;
    char **environment;
    char *branch;
    char *remote;
    char *tracking; /* the ref that the fetch writes */
} Check;

static void check_clear(Check *check)
{
    g_strfreev(check->environment);
    g_free(check->branch);
    g_free(check->remote);
    g_free(check->tracking);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

static char **make_environment(void)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(kept_variables); i++) {
        const char *value = g_getenv(kept_variables[i]);

        if (value)
            g_ptr_array_add(list, g_strdup_printf("%s=%s", kept_variables[i], value));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(set_variables); i++)
        g_ptr_array_add(list, g_strdup(set_variables[i]));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

/* ---- git ---- */

static bool succeeded(const ChildEnd *end)
{
    return end->kind == CHILD_EXITED && end->exit_code == 0;
}

/* Runs git with these arguments, NULL behind the last. */
static void run_git(const Check *check, const char *const *arguments, ChildEnd *out)
{
    const char *argv[ARGUMENTS_MAX] = { NULL };
    ChildOrder order = { .argv = argv,
                         .environment = (const char *const *)check->environment,
                         .deadline_boot_ms = check->place->deadline_boot_ms,
                         .cancel_fd = check->place->cancel_fd };
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(first_arguments); i++)
        argv[count++] = first_arguments[i];
    argv[count++] = check->place->path;
    for (size_t i = 0; arguments[i]; i++) {
        g_assert(count + 1 < ARGUMENTS_MAX);
        argv[count++] = arguments[i];
    }
    child_run(&order, out);
    g_strchomp(out->output);
}

#define GIT(check, out, ...) run_git(check, (const char *const[]){ __VA_ARGS__, NULL }, out)

/* A URL may hold a password: "git://user:secret@host" becomes "git://…@host". */
static char *hide_credentials(const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "@", -1);

    for (size_t i = 0; parts[i] && parts[i + 1]; i++) {
        char *at = parts[i] + strlen(parts[i]);
        g_autofree char *part = NULL;

        while (at > parts[i] && !strchr("/ '\"", at[-1]))
            at--;
        if (!strchr(at, ':'))
            continue;
        *at = '\0';
        part = g_strconcat(parts[i], "…", NULL);
        g_free(parts[i]);
        parts[i] = g_steal_pointer(&part);
    }
    return g_strjoinv("@", parts);
}

/* The first line that tells what is wrong; remarks come before it. NULL: there is none. */
static char *find_detail(const char *errors)
{
    static const char *const remarks[] = { "warning:", "Warning:", "hint:", "remote:", "From " };
    g_autofree char *harmless = text_make_harmless(errors, strlen(errors));
    g_auto(GStrv) lines = g_strsplit(harmless, "\n", -1);

    for (size_t i = 0; lines[i]; i++) {
        g_autofree char *hidden = NULL;
        bool is_remark = !*g_strstrip(lines[i]);

        for (size_t j = 0; j < G_N_ELEMENTS(remarks) && !is_remark; j++)
            is_remark = g_str_has_prefix(lines[i], remarks[j]);
        if (is_remark)
            continue;
        hidden = hide_credentials(lines[i]);
        return text_make_line(hidden, UPDATE_DETAIL_MAX_CHARS);
    }
    return NULL;
}

/* ---- problems ---- */

static UpdateNews *new_problem(UpdateState state, const char *subject)
{
    UpdateNews *news = update_news_new(state);
    g_autofree char *line = subject ? text_make_line(subject, UPDATE_SUBJECT_MAX_CHARS) : NULL;

    news->subject = line && *line ? g_steal_pointer(&line) : NULL;
    news->checked_ms = clock_now_ms();
    return news;
}

typedef struct Reason {
    const char *words; /* in what git writes */
    UpdateState state;
    enum {
        ABOUT_PATH,
        ABOUT_REMOTE,
        ABOUT_BRANCH,
    } about;
} Reason;

static const Reason reasons[] = {
    { "dubious ownership", UPDATE_FOREIGN, ABOUT_PATH },
    { "not a git repository", UPDATE_NO_REPOSITORY, ABOUT_PATH },
    { "couldn't find remote ref", UPDATE_NO_BRANCH, ABOUT_BRANCH },
    { "FETCH_HEAD", UPDATE_NO_WRITE, ABOUT_PATH },
    { "insufficient permission for adding an object", UPDATE_NO_WRITE, ABOUT_PATH },
    { "Read-only file system", UPDATE_NO_WRITE, ABOUT_PATH },
};

/* What it means that git ended so; otherwise: where its words are none of the above. */
static UpdateNews *judge(const Check *check, const ChildEnd *end, UpdateState otherwise)
{
    const char *path = check->place->path;
    const char *otherwise_about = otherwise == UPDATE_FAILED ? path : check->remote;
    const char *const abouts[] = { path, check->remote, check->branch };
    UpdateNews *news;

    if (end->kind == CHILD_MISSING)
        return new_problem(UPDATE_NO_GIT, NULL);
    if (end->kind == CHILD_TIMED_OUT || end->kind == CHILD_CANCELLED)
        return new_problem(UPDATE_TIMED_OUT, check->remote);
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (strstr(end->errors, reasons[i].words))
            return new_problem(reasons[i].state, abouts[reasons[i].about]);
    }
    news = new_problem(otherwise, otherwise_about);
    news->detail = end->kind == CHILD_SIGNALLED ? g_strdup("git was ended by a signal")
                                                : find_detail(end->errors);
    return news;
}

static UpdateNews *fail_with(const Check *check, const char *detail)
{
    UpdateNews *news = new_problem(UPDATE_FAILED, check->place->path);

    news->detail = g_strdup(detail);
    return news;
}

/* ---- the check, step by step: each returns a problem, or NULL to go on ---- */

static UpdateNews *look_for_commit(const Check *check)
{
    g_auto(ChildEnd) end = { 0 };

    if (!g_file_test(check->place->path, G_FILE_TEST_IS_DIR))
        return new_problem(UPDATE_NO_FOLDER, check->place->path);
    GIT(check, &end, "rev-parse", "--verify", "--end-of-options", "HEAD^{commit}");
    if (succeeded(&end))
        return NULL;
    return strstr(end.errors, "Needed a single revision")
               ? fail_with(check, "nothing was committed in it yet")
               : judge(check, &end, UPDATE_FAILED);
}

/* It becomes part of a refspec, in which signs have meanings. */
static bool is_plain(const char *name)
{
    return *name && *name != '-' && *name != '/' && *name != '.' && !strstr(name, "..") &&
           strlen(name) <= NAME_MAX_CHARS &&
           strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._/+@#=-") == strlen(name);
}

static UpdateNews *find_branch(Check *check)
{
    g_auto(ChildEnd) end = { 0 };

    if (check->place->branch) {
        check->branch = g_strdup(check->place->branch);
    } else {
        GIT(check, &end, "symbolic-ref", "--quiet", "--short", "HEAD");
        if (!succeeded(&end))
            return fail_with(check, "no branch is checked out, and git_branch names none");
        check->branch = g_strdup(end.output);
    }
    return is_plain(check->branch) ? NULL : new_problem(UPDATE_NO_BRANCH, check->branch);
}

static UpdateNews *find_remote(Check *check)
{
    g_autofree char *of_branch = g_strdup_printf("branch.%s.remote", check->branch);
    g_autofree char *url_name = NULL;
    g_auto(ChildEnd) end = { 0 };
    g_auto(ChildEnd) url = { 0 };

    GIT(check, &end, "config", "--get", of_branch);
    check->remote = g_strdup(succeeded(&end) && is_plain(end.output) ? end.output : DEFAULT_REMOTE);
    check->tracking = g_strdup_printf("refs/remotes/%s/%s", check->remote, check->branch);
    url_name = g_strdup_printf("remote.%s.url", check->remote);
    GIT(check, &url, "config", "--get", url_name);
    return succeeded(&url) ? NULL : new_problem(UPDATE_NO_REMOTE, check->remote);
}

static UpdateNews *fetch(const Check *check)
{
    g_autofree char *refspec = g_strdup_printf("+refs/heads/%s:%s", check->branch, check->tracking);
    g_auto(ChildEnd) end = { 0 };

    GIT(check, &end, "fetch", "--quiet", "--tags", "--no-recurse-submodules", "--", check->remote,
        refspec);
    return succeeded(&end) ? NULL : judge(check, &end, UPDATE_UNREACHABLE);
}

static UpdateNews *count_commits(const Check *check, UpdateNews *news)
{
    g_autofree char *range = g_strdup_printf("HEAD...%s", check->tracking);
    g_auto(ChildEnd) end = { 0 };
    char *behind = NULL;

    GIT(check, &end, "rev-list", "--left-right", "--count", "--end-of-options", range);
    if (!succeeded(&end))
        return judge(check, &end, UPDATE_FAILED);
    news->ahead = g_ascii_strtoll(end.output, &behind, 10);
    news->behind = g_ascii_strtoll(behind, NULL, 10);
    return NULL;
}

/* A tag, a tag and how much was added since, or a commit id. */
static UpdateNews *name_version(const Check *check, const char *commit, char **out)
{
    g_auto(ChildEnd) end = { 0 };

    GIT(check, &end, "describe", "--tags", "--always", "--end-of-options", commit);
    if (!succeeded(&end) || !*end.output)
        return judge(check, &end, UPDATE_FAILED);
    *out = text_make_line(end.output, UPDATE_VERSION_MAX_CHARS);
    return NULL;
}

static UpdateNews *compare(const Check *check)
{
    g_autoptr(UpdateNews) news = update_news_new(UPDATE_KNOWN);
    UpdateNews *problem = count_commits(check, news);

    if (!problem)
        problem = name_version(check, "HEAD", &news->installed);
    if (!problem && news->behind > 0)
        problem = name_version(check, check->tracking, &news->newest);
    if (problem)
        return problem;
    if (!news->newest)
        news->newest = g_strdup(news->installed);
    news->branch = g_strdup(check->branch);
    news->remote = g_strdup(check->remote);
    news->checked_ms = clock_now_ms();
    return g_steal_pointer(&news);
}

UpdateNews *repository_check(const RepositoryPlace *place)
{
    g_auto(Check) check = { .place = place, .environment = make_environment() };
    UpdateNews *problem = look_for_commit(&check);

    if (!problem)
        problem = find_branch(&check);
    if (!problem)
        problem = find_remote(&check);
    if (!problem)
        problem = fetch(&check);
    return problem ? problem : compare(&check);
}
