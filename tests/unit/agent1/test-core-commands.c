/* Commands and orders as people type them: usage, mistakes, what is shown. */
#include "core-world.h"

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *user;
    const char *text;
    const char *answer;
} command_rows[] = {
    { "case does not matter", "vera", "!AGENTS", "web1: online" },
    { "help for one", "vera", "!help agentoff", "This needs the role operator; yours is viewer." },
    { "help for what one may", "oskar", "!help cancel",
      "!cancel <id>: stop the run of that number, whether it waits or is at work; or a whole plan, "
      "as in !cancel p7\nYou may do this, as operator." },
    { "help for one, with its mark", "vera", "!help !cancel", "!cancel <id>" },
    { "help for a trigger", "vera", "!help DELEGATE", "DELEGATE: <agent>" },
    { "help for nothing", "vera", "!help frobnicate", "frobnicate: nothing of that name" },
    { "an operator's help", "oskar", "!help", "!cancel" },
    { "runs of nobody", "vera", "!runs Web/1", "expected !runs [agent]" },
    { "no runs", "vera", "!runs web2", "web2: no runs yet" },
    { "no runs, with a capital", "vera", "!runs Web2", "web2: no runs yet" },
    { "runs of an agent that is none", "vera", "!runs wep2",
      "wep2: no agent of that name; nearest: web2" },
    { "runs of nothing like it", "vera", "!runs frobnicator",
      "frobnicator: no agent of that name; !agents lists them" },
    { "runs", "vera", "!runs", "#1 web1: queued · 14:13 · true" },
    { "no id", "vera", "!run", "expected !run <id>, as in !run 12" },
    { "a word as id", "vera", "!run one", "one: expected !run <id>, as in !run 12" },
    { "zero", "vera", "!run 0", "0: expected !run <id>" },
    { "beyond any number", "vera", "!run 99999999999999999999", "expected !run <id>" },
    { "nothing of that number", "vera", "!run 7", "7: no such run; !runs lists the last ones" },
    { "nothing of that ULID", "vera", "!run 01J000000000000000000000ZZ", "no such run" },
    { "a live one", "vera", "!run #1", "asked for by oskar at 14:13, attempt 1, id " },
    { "cancel without an id", "oskar", "!cancel", "expected !cancel <id>" },
    { "cancel without the right", "vera", "!cancel 1", "!cancel: refused (role)" },
    { "why what", "oskar", "!why", "expected !why <agent> [| <task>]" },
    { "why nobody", "oskar", "!why db9", "db9: not now (unknown_agent)" },
    { "why an agent that is not there", "oskar", "!why web2",
      "web2: allowed now; it is offline, so a task would wait for it" },
    { "off whom", "oskar", "!agentOFF", "expected !agentOFF <agent>" },
    { "on whom", "oskar", "!agentON  ,", "expected !agentON <agent>" },
    { "off nobody", "oskar", "!agentOFF wep2", "wep2: no accepted agent of that name; nearest:" },
    { "off half a name", "oskar", "!agentOFF We",
      "we: no accepted agent of that name; nearest: web1, " },
    { "off a letter", "oskar", "!agentOFF w", "w: no accepted agent of that name; !agents lists" },
    { "off a pattern of nobody", "oskar", "!agentOFF zzzzzzzz*",
      "zzzzzzzz*: refused (unknown_agent): no accepted agent fits; there are web1, web2" },
    { "all off takes nobody", "oskar", "!agentsOFF web1", "!agentsOFF takes no argument" },
    { "awake already", "oskar", "!agentON agent1", "agent1: awake already" },
    { "the links", "vera", "!status", "MQTT: connected since 14:13\nXMPP: connected" },
    { "one run in hand", "vera", "!status", "runs in hand: 1" },
    { "nothing", "vera", " \n ", "nothing to do in this message" },
    { "a second line that is no order", "oskar", "@web1 echo a\necho b",
      "\"echo b\" is no order, so nothing was done; a task is one line" },
    { "a quoted direct order", "oskar", "> @web1 true", "@web1 not run: it stood in a quotation" },
    { "a capital", "oskar", "@Web3 true", "web3: refused (unknown_agent)" },
    { "too few digits", "ana", "!accept web3 1020", "expected at least 8 digits" },
    { "a command without its mark", "vera", "Help",
      "Do you mean !help? A command begins with \"!\"; without it, nothing is done." },
    { "with a stroke", "vera", "/status", "Do you mean !status?" },
    { "with what it is about", "oskar", "cancel 1", "Do you mean !cancel 1?" },
    { "talk that begins so", "oskar", "run the backup please",
      "I understood a part of it, and do nothing by halves" },
    { "leaving", "vera", "exit", "There is nothing to leave here" },
    { "leaving with a stroke", "vera", "/quit", "There is nothing to leave here" },
    { "a trigger with a slip", "oskar", "DELEGAT: web1 | x",
      "DELEGAT: unknown trigger; nearest: DELEGATE:" },
    { "two lines of talk", "vera", "hello\nyou", "I take commands" },
    { "a mark alone is talk", "vera", "!", "I take commands" },
    { "at nobody is talk", "vera", "@ web1", "I understood a part of it" },
};

static void what_commands_answer(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    for (i = 0; i < G_N_ELEMENTS(command_rows); i++) {
        world_forget(world);
        world_write(world, command_rows[i].user, NULL, command_rows[i].text);
        if (!strstr(world_last_said(world), command_rows[i].answer))
            fail_msg("%s: \"%s\"", command_rows[i].what, world_last_said(world));
        assert_int_equal(world->said->len, 1);
        assert_string_equal(world_run_state(world, 1), "queued");
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    }
}

#define SKILLS                                                                                     \
    "{\"name\":\"disk.usage\",\"risk\":\"read\",\"description\":\"Space on "                       \
    "disks\",\"params\":[]},"                                                                      \
    "{\"name\":\"service.restart\",\"risk\":\"guarded\",\"description\":\"Restart a unit\","       \
    "\"params\":[{\"name\":\"unit\",\"type\":\"unit\",\"required\":true}]},"                       \
    "{\"name\":\"wipe\",\"risk\":\"high\",\"params\":[]}"

/* web1 has skills and a shell, web2 skills alone. */
static void register_skilled(World *world)
{
    world_register_as(world, 1, "web1", JOURNAL_1, 1,
                      "[" SKILLS ",{\"name\":\"shell\",\"risk\":\"guarded\"}]");
    world_register_as(world, 2, "web2", JOURNAL_2, 1, "[" SKILLS "]");
}

/* The words are the agent's own, and people read them on a phone. */
static void what_a_skill_expects_is_bounded(void **state)
{
    World *world = *state;
    g_autoptr(GString) skills = g_string_new("[{\"name\":\"pick\",\"risk\":\"read\",\"params\":["
                                             "{\"name\":\"what\",\"type\":\"choice\","
                                             "\"required\":true,\"choices\":[");
    unsigned i;

    for (i = 0; i < 90; i++)
        g_string_append_printf(skills, "%s\"a choice with a long name, number %u\"", i ? "," : "",
                               i);
    g_string_append(skills, "]}]}]");
    world_register_as(world, 1, "web1", JOURNAL_1, 1, skills->str);
    world_write(world, "oskar", NULL, "@web1 pick(nothing)");
    assert_contains(world_last_said(world), "refused (skill): pick: what: ");
    assert_in_range(strlen(world_last_said(world)), 100, 600);
}

/* !why and the gate say the same, whatever the task is. */
static void why_judges_what_the_gate_judges(void **state)
{
    static const struct {
        const char *task;
        const char *agent;
        const char *why;     /* what !why says after the agent's name */
        const char *refused; /* what the gate says to the task itself; NULL: it passes */
    } rows[] = {
        { "uptime", "web1", "allowed now, as a shell command", NULL },
        { "disk.usage", "web1", "allowed now, as the skill disk.usage", NULL },
        { "disk.usge", "web1", "allowed now, as a shell command; nearest skill: disk.usage", NULL },
        { "service.restart(nginx)", "web1", "allowed now, as the skill service.restart", NULL },
        { "service.restart", "web1",
          "not now (skill): service.restart: unit is missing; expected service.restart(unit)",
          "refused (skill): service.restart: unit is missing; expected service.restart(unit)" },
        { "disk.usage /var", "web2", "not now (skill): disk.usage: too many arguments",
          "refused (skill): disk.usage: too many arguments" },
        { "disk.usge", "web2",
          "not now (skill): it has no shell and no such skill; nearest: disk.usage; its skills: ",
          "refused (skill): it has no shell and no such skill; nearest: disk.usage; its skills: " },
        { "wipe", "web1",
          "not without a person (policy): work of high risk needs an approval of a second user",
          "oskar asks since 14:13: work of high risk needs an approval of a second user; "
          "!approve " },
        { "a\xE2\x80\xAE"
          "b",
          "web1", NULL, NULL },
    };
    World *world = *state;
    unsigned i;

    register_skilled(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *why = g_strdup_printf("!why %s | %s", rows[i].agent, rows[i].task);
        g_autofree char *bare = g_strdup_printf("!why %s %s", rows[i].agent, rows[i].task);
        g_autofree char *order = g_strdup_printf("@%s %s", rows[i].agent, rows[i].task);
        g_autofree char *said = NULL;

        world_write(world, "oskar", NULL, why);
        said = g_strdup(world_last_said(world));
        world_write(world, "oskar", NULL, bare);
        assert_string_equal(world_last_said(world), said);
        if (rows[i].why)
            assert_contains(said, rows[i].why);
        world_write(world, "oskar", NULL, order);
        if (rows[i].refused)
            assert_contains(world_last_said(world), rows[i].refused);
        else if (rows[i].why)
            assert_contains(world_last_said(world), ": queued");
        else
            assert_string_equal(world_last_said(world), said);
    }
    world_write(world, "oskar", NULL, "!why Web1 --frob | uptime");
    assert_contains(world_last_said(world), "--frob: no such option");
    world_write(world, "oskar", NULL, "!why web1 ps aux | grep x");
    assert_true(
        g_str_has_prefix(world_last_said(world), "web1: allowed now, as a shell command\n- risk"));
}

static void help_about_skills_and_agents(void **state)
{
    static const struct {
        const char *what;
        const char *user;
        const char *word;
        const char *answer; /* all of it */
    } rows[] = {
        { "a skill", "oskar", "Service.restart",
          "service.restart(unit): Restart a unit (risk guarded)\nunit: the name of a systemd unit\n"
          "On web1, web2, as in: @web1 service.restart(unit)\nYou may do this, as operator." },
        { "a skill that a viewer may not use", "vera", "wipe",
          "wipe (risk high)\nOn web1, web2, as in: @web1 wipe\n"
          "This needs the role operator; yours is viewer." },
        { "the shell", "oskar", "shell",
          "shell (risk guarded)\nOn web1, as in: @web1 uptime\n"
          "You may do this, as operator." },
        { "an agent", "vera", "web2",
          "Skills of web2; !help <skill> tells about one:\n"
          "disk.usage: Space on disks (risk read)\n"
          "service.restart(unit): Restart a unit (risk guarded)\nwipe (risk high)" },
        { "an agent that never came", "vera", "web3",
          "web3: its skills are known when it has registered" },
        { "a skill with a slip", "vera", "disk.usge",
          "disk.usge: nothing of that name; nearest: !help disk.usage" },
        { "the beginning of a skill", "vera", "Disk",
          "Disk: nothing of that name alone; there are: !help disk.usage" },
        { "the beginning of several", "oskar", "agents",
          "!agents [agent]: the agents, all or those that are meant: state, version, work in hand, "
          "skills\nYou may do this, as "
          "operator." },
        { "the beginning of commands", "vera", "agento",
          "agento: nothing of that name alone; there are: !help agentOFF, !help agentON" },
        { "a command with a slip", "vera", "cancle",
          "cancle: nothing of that name; nearest: !help cancel" },
        { "a trigger without its colon", "oskar", "delegate",
          "DELEGATE: <agent> | <task>: one run on each agent that is meant, after the gate: web1 "
          "or "
          "a,b or web* or role=web or all; with --limit <n>, --batch <n>, --now, --defer; short: "
          "@<agent> <task>\n"
          "You may do this, as operator." },
    };
    World *world = *state;
    Json *registry = world->registry;
    unsigned i;

    register_skilled(world);
    json_set(json_member_mutable(registry, "agents"), "web3", json_new_object());
    world_configure(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *order = g_strdup_printf("!help %s", rows[i].word);

        print_message("%s\n", rows[i].what);
        world_write(world, rows[i].user, NULL, order);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
}

/* More skills than a line holds: where the rest is to be found. */
static void many_skills_are_cut_with_the_way_to_them(void **state)
{
    World *world = *state;
    g_autoptr(GString) skills = g_string_new("[");
    unsigned i;

    for (i = 0; i < 120; i++)
        g_string_append_printf(skills, "%s{\"name\":\"skill.number%u\",\"risk\":\"low\"}",
                               i ? "," : "", i);
    g_string_append_c(skills, ']');
    world_register_as(world, 1, "web1", JOURNAL_1, 1, skills->str);
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "\n  skill.number0, skill.number1, skill.number2 and "
                                            "117 more: !help web1");
    world_write(world, "vera", NULL, "!help web1");
    assert_contains(world_last_said(world), "\nskill.number99 (risk low)\nand 20 more");
}

/* What is no skill is for the shell; only when that found nothing a skill may have been meant. */
static void a_skill_with_a_slip_that_the_shell_got(void **state)
{
    static const struct {
        const char *task;
        int64_t exit_code;
        bool is_hinted;
    } rows[] = {
        { "disk.usge", 127, true },
        { "disk.usge(/var)", 2, true },
        { "disk.usge /var", 1, false },
        { "grep x", 2, false },
        { "frobnicate", 127, false },
        { "disk.usage", 127, false }, /* the skill itself, which the shell never saw */
    };
    World *world = *state;
    unsigned i;

    register_skilled(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *order = g_strdup_printf("@web1 %s", rows[i].task);
        bool is_hinted;

        print_message("%s\n", rows[i].task);
        world_write(world, "oskar", NULL, order);
        world_result(world, world_run_id(world, i + 1), 1, "failed", rows[i].exit_code, "oh");
        is_hinted = g_str_has_suffix(world_last_said(world),
                                     "```\nNo skill is called so, and the shell got it; nearest "
                                     "skill: disk.usage");
        assert_int_equal(is_hinted, rows[i].is_hinted);
    }
}

static void several_agents_at_once(void **state)
{
    World *world = *state;
    const Row *row;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agentOFF web2, web1");
    assert_string_equal(world_last_said(world),
                        "web1: paused\n"
                        "web2: paused (it is offline; it will be told when it comes back)");
    world_write(world, "oskar", NULL, "!agentON web?");
    assert_contains(world_last_said(world), "web1: resumed");
    assert_contains(world_last_said(world), "web2: resumed");
    row = g_hash_table_lookup(world->store.tables[TABLE_AGENTS], "web1");
    assert_int_equal(row_int(row, AGENTS_IS_PAUSE_WISHED), 0);
}

static void a_pause_outlives_a_restart_and_on_clears_it(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_restart(world);
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: pausing");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (paused)");
    world_write(world, "oskar", NULL, "!agentsON");
    assert_string_equal(world_last_said(world), "agent1: awake already\n2 agents resumed");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
}

static void twenty_orders_at_most(void **state)
{
    World *world = *state;
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < TRIGGERS_MAX_PER_MESSAGE; i++)
        g_string_append(text, "@web1 true\n");
    world_write(world, "oskar", NULL, text->str);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 20);
    g_string_append(text, "@web1 true\n");
    world_write(world, "oskar", NULL, text->str);
    assert_contains(world_last_said(world), "21 orders in one message: at most 20");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 20);
}

static void a_task_of_64_kib_at_most(void **state)
{
    World *world = *state;
    g_autofree char *most = g_strnfill(TASK_TEXT_MAX_BYTES, 'x');
    g_autofree char *fits = g_strdup_printf("@web1 %s", most);
    g_autofree char *more = g_strdup_printf("@web1 %sx", most);

    world_write(world, "oskar", NULL, more);
    assert_contains(world_last_said(world), "the task is 65537 bytes long; at most 65536");
    world_write(world, "oskar", NULL, fits);
    assert_contains(world_last_said(world), "#1 web1: queued");
}

static void now_may_stand_in_both_places(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *answer;
        const char *task; /* of the run; NULL: none is made */
    } rows[] = {
        { "direct", "@web2 --now true", "web2: refused (offline): it has not been seen yet", NULL },
        { "delegated, after the name", "DELEGATE: web2 --now | true", "web2: refused (offline)",
          NULL },
        { "delegated, before the name", "DELEGATE: --now web2 | true", "web2: refused (offline)",
          NULL },
        { "part of the task", "@web2 echo --now", "#1 web2: queued", "echo --now" },
        { "as a phone writes it", "@web2 \xE2\x80\x94now true", "web2: refused (offline)", NULL },
        { "after a tab", "@web2 --now\ttrue", "web2: refused (offline)", NULL },
        { "a longer word", "@web2 --nowadays true",
          "--nowadays: no such option, so nothing was done; there are --now, --defer, --limit <n> "
          "and --batch <n>. A task that begins so stands after a bar: @web2 | --nowadays "
          "\xE2\x80\xA6",
          NULL },
        { "it would not wait anyway", "@web2 --defer true", "#1 web2: queued", "true" },
        { "both of them", "@web2 --Defer --now true", "web2: refused (offline)", NULL },
        { "a short one", "@web2 -n true", "-n: no such option", NULL },
        { "a phone's dash", "@web2 \xE2\x80\x93n true", "\xE2\x80\x93n: no such option", NULL },
        { "after the right one", "@web2 --now --dry-run true", "--dry-run: no such option", NULL },
        { "delegated", "DELEGATE: web2 --force 1 | true", "--force: no such option", NULL },
        { "after a bar it is the shell's", "@web2 | --nowadays", "#1 web2: queued", "--nowadays" },
        { "and so it is delegated", "DELEGATE: web2 | --now", "#1 web2: queued", "--now" },
        { "two agents", "DELEGATE: web1 web2 | true", "expected one target before the bar", NULL },
        { "no task is left", "@web2 --now", "the task is empty", NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        world_write(world, "oskar", NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\"", rows[i].what, world_last_said(world));
        assert_int_equal(world_count_rows(world, TABLE_RUNS), rows[i].task != NULL);
        if (rows[i].task)
            assert_string_equal(row_text(world_run(world, 1), RUNS_TASK), rows[i].task);
        world_free(world);
    }
}

/* There is nothing to propose where there is no task. */
static void no_bar_and_no_task(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "DELEGATE: web2");
    assert_string_equal(world_last_said(world),
                        "expected DELEGATE: <agent> | <task>: there is no bar");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void cancelling_somebody_elses_run_tells_both(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    world_forget(world);
    world_write(world, "ana", NULL, "!cancel 1");
    assert_int_equal(world->said->len, 2);
    assert_string_equal(((const Effect *)world->said->pdata[0])->say.jid,
                        "oskar@example.org/phone");
    assert_string_equal(((const Effect *)world->said->pdata[1])->say.jid, "ana@example.org/phone");
    assert_string_equal(world_last_said(world), "#1 web1: cancelled");
    assert_string_equal(row_text(world_run(world, 1), RUNS_CANCELLED_BY), "ana");
}

/* Written on the desk, cancelled on the way. */
static void cancelling_from_another_place_tells_both(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CHAT);

    world_write(world, "oskar", NULL, "@web1 true");
    world_forget(world);
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("oskar@example.org/desk");
    event->chat.principal = g_strdup("oskar@example.org");
    event->chat.text = g_strdup("!cancel 1");
    world_step(world, event);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(((const Effect *)world->said->pdata[0])->say.jid,
                        "oskar@example.org/phone");
    assert_string_equal(((const Effect *)world->said->pdata[1])->say.jid, "oskar@example.org/desk");
}

static void runs_are_found_by_their_ulid(void **state)
{
    World *world = *state;
    g_autofree char *show = NULL;
    g_autofree char *cancel = NULL;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    show = g_strdup_printf("!run %s", world_run_id(world, 1));
    cancel = g_strdup_printf("!cancel %s", world_run_id(world, 1));
    world_write(world, "vera", NULL, show);
    assert_contains(world_last_said(world), "#1 web1: queued");
    world_result(world, world_run_id(world, 1), 1, "failed", 3, "oops");
    world_write(world, "vera", NULL, show);
    assert_contains(world_last_said(world), "#1 web1: failed (exit 3, 0.4 s)");
    assert_contains(world_last_said(world), "```\noops\n```");
    world_write(world, "oskar", NULL, cancel);
    assert_contains(world_last_said(world), "#1 web1: it ended already: failed");
}

static void blackouts_as_they_are_now(void **state)
{
    World *world = *state;

    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\",\"label\":\"tea\"},"
                                  "{\"start\":\"02:00\",\"end\":\"05:00\"},"
                                  "{\"start\":\"08:00\",\"end\":\"09:00\",\"enabled\":false},"
                                  "{\"start\":\"00:00\",\"end\":\"24:00\"}]");
    world_configure(world);
    world_write(world, "vera", NULL, "!blackout");
    assert_string_equal(world_last_said(world),
                        "Blackout hours, zone UTC (people edit blackout_hours.json):\n"
                        "14:00-15:00 (tea): NOW, until 15:00 UTC\n"
                        "02:00-05:00: next 2026-09-22 02:00 UTC\n"
                        "08:00-09:00: switched off\n"
                        "00:00-24:00: now, without an end");
}

static void reload(World *world, const char *error)
{
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup(error);
    world_step(world, event);
}

/* The admins read chat, not the log; and the same mistake is told once. */
static void a_bad_edit_is_told_once_and_so_is_its_end(void **state)
{
    static const char *const bad = "blackout_hours.json: [0].start: \"25:00\": expected HH:MM";
    World *world = *state;

    reload(world, NULL);
    assert_int_equal(world->said->len, 0);
    reload(world, bad);
    reload(world, bad);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(((const Effect *)world->said->pdata[0])->say.jid, "ana@example.org");
    assert_contains(world_last_said(world), "I keep the running configuration, since the new one "
                                            "is wrong: blackout_hours.json: [0].start: \"25:00\"");
    assert_contains(world_last_said(world), ". Mend the file and save it (");
    world_write(world, "vera", NULL, "!blackout");
    assert_contains(world_last_said(world), "\nThe edited files are NOT in use (since 14:13): "
                                            "an admin can see why");
    world_write(world, "ana", NULL, "!status");
    assert_contains(world_last_said(world), "\nThe edited files are NOT in use (since 14:13): "
                                            "blackout_hours.json");
    world_forget(world);
    reload(world, "/etc/agent1/agents_registry.json: line 3: expected ','");
    assert_contains(world_last_said(world), "expected ','. Mend the file and save it (");
    assert_int_equal(world->said->len, 1); /* another mistake */
    reload(world, NULL);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(world_last_said(world), "The configuration is good again, and in use.");
    reload(world, NULL);
    assert_int_equal(world->said->len, 2);
    world_write(world, "vera", NULL, "!blackout");
    assert_null(strstr(world_last_said(world), "NOT in use"));
}

static void what_changes_something_is_audited(void **state)
{
    static const struct {
        const char *user;
        const char *text;
        const char *kind; /* NULL: nothing */
        const char *audit;
    } rows[] = {
        { "vera", "!agents", NULL, NULL },
        { "oskar", "!agentOFF web1", "command", "!agentOFF web1" },
        { "vera", "!agentOFF web1", "refused", "role: !agentOFF" },
        { "oskar", "@db9 true", "refused", "unknown_agent: no agent of that name" },
        { "oskar", "@web2 a\tb", "run", "#1 queued by oskar: a b" },
        { "mallory", "!agents", "refused", "a stranger wrote" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        print_message("%s\n", rows[i].text);
        assert_int_equal(world->audit->len, rows[i].kind != NULL);
        if (rows[i].kind) {
            const EffectAudit *audit = world_last_audit(world, rows[i].kind);
            g_autofree char *principal = g_strdup_printf("%s@example.org", rows[i].user);

            assert_non_null(audit);
            assert_string_equal(audit->principal, principal);
            assert_true(g_str_has_prefix(audit->text, rows[i].audit));
            assert_int_equal(audit->at_ms, world->now_ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_commands_answer),
        WORLD_TEST(what_a_skill_expects_is_bounded),
        WORLD_TEST(why_judges_what_the_gate_judges),
        WORLD_TEST(help_about_skills_and_agents),
        WORLD_TEST(many_skills_are_cut_with_the_way_to_them),
        WORLD_TEST(a_skill_with_a_slip_that_the_shell_got),
        WORLD_TEST(several_agents_at_once),
        WORLD_TEST(a_pause_outlives_a_restart_and_on_clears_it),
        WORLD_TEST(twenty_orders_at_most),
        WORLD_TEST(a_task_of_64_kib_at_most),
        WORLD_TEST(now_may_stand_in_both_places),
        WORLD_TEST(no_bar_and_no_task),
        WORLD_TEST(cancelling_somebody_elses_run_tells_both),
        WORLD_TEST(cancelling_from_another_place_tells_both),
        WORLD_TEST(runs_are_found_by_their_ulid),
        WORLD_TEST(blackouts_as_they_are_now),
        WORLD_TEST(a_bad_edit_is_told_once_and_so_is_its_end),
        WORLD_TEST(what_changes_something_is_audited),
    };

    return cmocka_run_group_tests_name("core-commands", tests, NULL, NULL);
}
