#include "common/wire/update_news.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/base/words_later.h"

#include "common/base/banned.h"

/* More commits than any branch has: whoever tells of more is not believed. */
#define COMMITS_MAX 1000000000

static const struct {
    const char *name;
    const char *text;
} states[UPDATE_STATE_COUNT] = {
    [UPDATE_KNOWN] = { NULL, NULL },
    [UPDATE_NO_PATH] = { "no_path",
                         WORDS_LATER("its configuration has no install_path, the folder of its "
                                     "git repository") },
    [UPDATE_NO_GIT] = { "no_git", WORDS_LATER("the program git is not installed there") },
    [UPDATE_NO_FOLDER] = { "no_folder", WORDS_LATER("there is no such folder") },
    [UPDATE_NO_REPOSITORY] = { "no_repository", WORDS_LATER("that is no git repository") },
    [UPDATE_FOREIGN] = { "foreign",
                         WORDS_LATER(
                             "the repository belongs to another user. To trust it, type as root: "
                             "git config --system --add safe.directory, and this path") },
    [UPDATE_NO_WRITE] = { "no_write",
                          WORDS_LATER("a fetch writes into .git, and the agent may not, by the "
                                      "owner of the folder or by its systemd unit, which has to "
                                      "name it in ReadWritePaths") },
    [UPDATE_NO_REMOTE] = { "no_remote", WORDS_LATER("the repository has no such remote") },
    [UPDATE_NO_BRANCH] = { "no_branch", WORDS_LATER("the remote has no such branch") },
    [UPDATE_UNREACHABLE] = { "unreachable", WORDS_LATER("the remote cannot be read") },
    [UPDATE_TIMED_OUT] = { "timed_out", WORDS_LATER("the remote did not answer in time") },
    [UPDATE_BUSY] = { "busy", WORDS_LATER("it is asked too often; try again in a minute") },
    [UPDATE_FAILED] = { "failed", WORDS_LATER("git cannot read the repository") },
};

UpdateNews *update_news_new(UpdateState state)
{
    UpdateNews *news = g_new0(UpdateNews, 1);

    news->state = state;
    return news;
}

UpdateNews *update_news_copy(const UpdateNews *news)
{
    UpdateNews *copy = update_news_new(news->state);

    copy->installed = g_strdup(news->installed);
    copy->newest = g_strdup(news->newest);
    copy->branch = g_strdup(news->branch);
    copy->remote = g_strdup(news->remote);
    copy->behind = news->behind;
    copy->ahead = news->ahead;
    copy->subject = g_strdup(news->subject);
    copy->detail = g_strdup(news->detail);
    copy->checked_ms = news->checked_ms;
    return copy;
}

void update_news_free(UpdateNews *news)
{
    if (!news)
        return;

    g_free(news->installed);
    g_free(news->newest);
    g_free(news->branch);
    g_free(news->remote);
    g_free(news->subject);
    g_free(news->detail);
    g_free(news);
}

const char *update_state_name(UpdateState state)
{
    return states[state].name;
}

const char *update_state_text(UpdateState state)
{
    return states[state].text;
}

static void set_present(Json *object, const char *name, const char *value)
{
    if (value)
        json_set_string(object, name, value);
}

Json *update_news_print(const UpdateNews *news)
{
    Json *data = json_new_object();

    set_present(data, "problem", states[news->state].name);
    set_present(data, "subject", news->subject);
    set_present(data, "detail", news->detail);
    set_present(data, "installed", news->installed);
    set_present(data, "newest", news->newest);
    set_present(data, "branch", news->branch);
    set_present(data, "remote", news->remote);
    if (news->state == UPDATE_KNOWN) {
        json_set_int(data, "behind", news->behind);
        json_set_int(data, "ahead", news->ahead);
    }
    if (news->checked_ms > 0) {
        g_autofree char *checked = timestamp_format(news->checked_ms);

        json_set_string(data, "checked", checked);
    }
    return data;
}

/* ---- reading ---- */

/* A member as it may be shown, or NULL. The caller owns it. */
static char *read_line(const Json *data, const char *name, size_t max_chars)
{
    const char *text = json_string(json_member(data, name));
    g_autofree char *line = text ? text_make_line(text, max_chars) : NULL;

    return line && *line ? g_steal_pointer(&line) : NULL;
}

static bool read_count(const Json *data, const char *name, int64_t *out)
{
    const Json *member = json_member(data, name);

    *out = 0;
    return json_kind(member) == JSON_ABSENT ||
           (json_int(member, out) && *out >= 0 && *out <= COMMITS_MAX);
}

static bool read_known(UpdateNews *news, const Json *data)
{
    news->installed = read_line(data, "installed", UPDATE_VERSION_MAX_CHARS);
    news->newest = read_line(data, "newest", UPDATE_VERSION_MAX_CHARS);
    news->branch = read_line(data, "branch", UPDATE_VERSION_MAX_CHARS);
    news->remote = read_line(data, "remote", UPDATE_VERSION_MAX_CHARS);
    return news->installed && news->newest && read_count(data, "behind", &news->behind) &&
           read_count(data, "ahead", &news->ahead);
}

static bool read_problem(UpdateNews *news, const Json *data, const char *word)
{
    int state;

    for (state = UPDATE_KNOWN + 1; state < UPDATE_STATE_COUNT; state++) {
        if (strcmp(states[state].name, word) == 0)
            break;
    }
    if (state == UPDATE_STATE_COUNT)
        return false;

    news->state = (UpdateState)state;
    news->subject = read_line(data, "subject", UPDATE_SUBJECT_MAX_CHARS);
    news->detail = read_line(data, "detail", UPDATE_DETAIL_MAX_CHARS);
    return true;
}

UpdateNews *update_news_read(const Json *data)
{
    g_autoptr(UpdateNews) news = update_news_new(UPDATE_KNOWN);
    const char *problem = json_string(json_member(data, "problem"));
    const char *checked = json_string(json_member(data, "checked"));

    if (problem ? !read_problem(news, data, problem) : !read_known(news, data))
        return NULL;
    if (checked && !timestamp_parse(checked, &news->checked_ms, NULL))
        news->checked_ms = 0;
    return g_steal_pointer(&news);
}

/* ---- words ---- */

static char *describe_known(const UpdateNews *news)
{
    const char *branch = news->branch ? news->branch : "HEAD";

    if (news->behind == 0)
        return g_strdup_printf("up to date: %s (%s)", news->installed, branch);
    return g_strdup_printf(
        "%s is available, %s is installed (%s, %" G_GINT64_FORMAT " commit%s behind)", news->newest,
        news->installed, branch, news->behind, news->behind == 1 ? "" : "s");
}

char *update_news_text(const UpdateNews *news)
{
    if (news->state == UPDATE_KNOWN)
        return describe_known(news);
    return g_strdup_printf("%s%s%s", states[news->state].text, news->subject ? ": " : "",
                           news->subject ? news->subject : "");
}
