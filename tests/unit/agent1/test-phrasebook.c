/* Sentences of people as typed lines: every command and trigger in both languages, and what is
 * never acted on. */
#include "agent1/phrases/phrasebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/language.h"
#include "common/wire/command.h"
#include "common/wire/stop_word.h"
#include "tests/support/phrase_facts.h"

#include "common/base/banned.h"

/* The line, "ask: <number of the question>", or "". */
static char *read_sentence(const char *text)
{
    PhraseAnswer answer;
    GString *found = g_string_new(NULL);

    phrasebook_read(&facts, text, &answer);
    if (answer.kind == PHRASE_ASK)
        g_string_printf(found, "ask: %d %s %s", (int)answer.question,
                        answer.subject ? answer.subject : "-", answer.guess ? answer.guess : "-");
    for (unsigned i = 0; answer.lines && i < answer.lines->len; i++)
        g_string_append_printf(found, "%s%s", i ? "\n" : "", (const char *)answer.lines->pdata[i]);
    assert_int_equal(answer.kind == PHRASE_LINES, answer.lines != NULL);
    phrase_answer_clear(&answer);
    return g_string_free(found, FALSE);
}

static void check(const char *text, const char *wanted)
{
    g_autofree char *found = read_sentence(text);

    print_message("%s\n", text);
    assert_string_equal(found, wanted);
}

typedef struct Phrase {
    const char *text[LANGUAGE_COUNT];
    const char *line;
} Phrase;

static const Phrase commands[COMMAND_COUNT] = {
    [COMMAND_HELP] = { { "help me please", "aide-moi" }, "!help" },
    [COMMAND_AGENTS] = { { "which agents are online?", "montre les agents" }, "!agents" },
    [COMMAND_STATUS] = { { "status overview", "donne-moi l’état général" }, "!status" },
    [COMMAND_RUNS] = { { "show the last tasks of web1", "les dernières tâches de web1" },
                       "!runs web1" },
    [COMMAND_RUN] = { { "show run 42", "montre le run 42" }, "!run 42" },
    [COMMAND_WHY] = { { "why is web1 blocked?", "pourquoi web1 est bloqué ?" }, "!why web1" },
    [COMMAND_BLACKOUT] = { { "when are the blackout hours", "quelles sont les heures interdites" },
                           "!blackout" },
    [COMMAND_CANCEL] = { { "cancel run 12", "annule le run 12" }, "!cancel 12" },
    [COMMAND_YES] = { { "yes please", "oui merci" }, "!yes" },
    [COMMAND_NO] = { { "no", "non" }, "!no" },
    [COMMAND_AGENT_OFF] = { { "pause web1", "mets web1 en pause" }, "!agentOFF web1" },
    [COMMAND_AGENT_ON] = { { "wake up web1 and web2", "réveille web1 et web2" },
                           "!agentON web1,web2" },
    [COMMAND_AGENTS_OFF] = { { "put all agents to sleep", "endors tous les agents" },
                             "!agentsOFF" },
    [COMMAND_AGENTS_ON] = { { "wake up all the agents", "réveille tous les agents" }, "!agentsON" },
    [COMMAND_ACCEPT] = { { "accept web1 with 1a2b3c4d", "accepte web1 1a2b3c4d" },
                         "!accept web1 1a2b3c4d" },
    [COMMAND_REVOKE] = { { "revoke web1", "révoque web1" }, "!revoke web1" },
    [COMMAND_AUDIT] = { { "check the audit", "vérifie l'audit" }, "!audit" },
    [COMMAND_PENDING] = { { "what is pending?", "qu'est-ce qui est en attente ?" }, "!pending" },
    [COMMAND_APPROVE] = { { "approve 7", "approuve la 7" }, "!approve 7" },
    [COMMAND_REJECT] = { { "reject number 7", "refuse la 7" }, "!reject 7" },
    [COMMAND_DEFER] = { { "defer 7 to at 18:00", "reporte la 7 à 18h" }, "!defer 7 18:00" },
    [COMMAND_REPORTS] = { { "when do the reports go", "à quelle heure les rapports ?" },
                          "!reports" },
    [COMMAND_TASKS] = { { "list my schedules", "liste les tâches planifiées" }, "!tasks" },
    [COMMAND_STOP] = { { "stop answering", "arrête de répondre" }, "!stop" },
    [COMMAND_RESET] = { { "forget our conversation", "oublie notre conversation" }, "!reset" },
    [COMMAND_OUTPUT] = { { "show the output of run 42", "montre la sortie du run 42" },
                         "!output 42" },
    [COMMAND_SUBSCRIPTIONS] = { { "my subscriptions", "mes abonnements" }, "!subscriptions" },
    [COMMAND_PAUSE] = { { "pause the schedule nightly", "mets en pause la planification nightly" },
                        "!pause nightly" },
    [COMMAND_RESUME] = { { "resume schedule nightly", "reprends la planification nightly" },
                         "!resume nightly" },
    [COMMAND_FIRE] = { { "fire schedule nightly now", "déclenche la planification nightly" },
                       "!fire nightly" },
    [COMMAND_CALENDAR] = { { "show the calendar of web1", "le calendrier de web1" },
                           "!calendar web1" },
    [COMMAND_AGENT_UPDATE] = { { "is there a newer version for web1?",
                                 "une nouvelle version pour web1 ?" },
                               "!agentUPDATE web1" },
    [COMMAND_AGENTS_UPDATE] = { { "is there a new version?", "y a-t-il une nouvelle version ?" },
                                "!agentsUPDATE" },
};

static const Phrase triggers[TRIGGER_COUNT] = {
    [TRIGGER_DELEGATE] = { { "restart nginx on web1", "redémarre nginx sur web1" },
                           "DELEGATE: web1 | systemctl restart nginx" },
    [TRIGGER_REPORT] = { { "what did web1 do yesterday?", "qu'est-ce que web1 a fait hier ?" },
                         "REPORT: web1 | yesterday" },
    [TRIGGER_REPORT_ERRORS] = { { "what failed today", "qu'est-ce qui a échoué aujourd’hui" },
                                "REPORT_ERRORS: | today" },
    [TRIGGER_REMEMBER] = { { "remember door: 4711", "retiens door : 4711" },
                           "REMEMBER: door | 4711" },
    [TRIGGER_RECALL] = { { "what do you know about wifi?", "que sais-tu sur wifi ?" },
                         "RECALL: wifi" },
    [TRIGGER_DAILY_REPORT] = { { "daily report", "le rapport du jour" }, "DAILY_REPORT:" },
    [TRIGGER_PLAN_LIST] = { { "show the plan list", "la liste des plans" }, "PLAN_LIST:" },
    [TRIGGER_PLAN] = { { "run apt update on web1, then run uptime on db1",
                         "lance apt update sur web1, puis lance uptime sur db1" },
                       "PLAN: web1|apt update ;; db1|uptime" },
    [TRIGGER_MQTT_PUBLISH] = { { "publish ON on home/lamp/set", "publie ON sur home/lamp/set" },
                               "MQTT_PUBLISH: home/lamp/set | ON" },
    [TRIGGER_MQTT_SUBSCRIBE] = { { "listen to home/+/state", "écoute sur home/+/state" },
                                 "MQTT_SUBSCRIBE: home/+/state" },
    [TRIGGER_SCHEDULE] = { { "every night at 3 check the disk of db1",
                             "chaque nuit à 3h vérifie le disque de db1" },
                           "SCHEDULE: daily 03:00 | db1 | df -h" },
    [TRIGGER_PLAN_CANCEL] = { { "cancel the schedule nightly", "annule la planification nightly" },
                              "PLAN_CANCEL: nightly" },
    [TRIGGER_SEARCH] = { { "search the web for nginx 502", "cherche sur le web nginx 502" },
                         "SEARCH: nginx 502" },
    [TRIGGER_READ] = { { "read the page https://example.org/a?b=1",
                         "lis la page https://example.org/a?b=1" },
                       "READ: https://example.org/a?b=1" },
};

static void check_phrase(const Phrase *phrase, const char *name)
{
    for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
        if (!phrase->text[language])
            fail_msg("%s: no phrase in %s", name, language_code((Language)language));
        check(phrase->text[language], phrase->line);
    }
}

static void every_command_in_both_languages(void **state)
{
    (void)state;
    for (int command = 0; command < COMMAND_COUNT; command++) {
        const char *name = command_info((Command)command)->name;

        check_phrase(&commands[command], name);
        assert_true(g_str_has_prefix(commands[command].line, name));
    }
}

static void every_trigger_in_both_languages(void **state)
{
    (void)state;
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        const char *name = trigger_info((Trigger)trigger)->name;

        check_phrase(&triggers[trigger], name);
        assert_true(g_str_has_prefix(triggers[trigger].line, name));
    }
}

static void for_one_person_alone(void **state)
{
    static const char *const texts[] = {
        "remember for me alone door: 4711",       "remember privately door: 4711",
        "please remember just for me door: 4711", "retiens pour moi seul door : 4711",
        "retiens en priv\u00e9 door : 4711",
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        check(texts[i], "REMEMBER: --private door | 4711");
    check("remember private door: 4711", "REMEMBER: private door | 4711");
}

static void kept_under_no_key(void **state)
{
    static const struct {
        const char *text;
        PhraseQuestion question;
        const char *subject;
    } rows[] = {
        { "remember that the gate is blue", PHRASE_REMEMBER, "the gate is blue" },
        { "please remember that nginx is not on web1", PHRASE_REMEMBER, "nginx is not on web1" },
        { "remember for me alone that the gate is blue", PHRASE_REMEMBER_ALONE,
          "the gate is blue" },
        { "retiens que la grille est bleue", PHRASE_REMEMBER, "la grille est bleue" },
        { "retiens pour moi seul que la grille est bleue", PHRASE_REMEMBER_ALONE,
          "la grille est bleue" },
        { "souviens-toi que la grille est bleue", PHRASE_REMEMBER, "la grille est bleue" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wanted =
            g_strdup_printf("ask: %d %s -", rows[i].question, rows[i].subject);

        check(rows[i].text, wanted);
    }
}

/* What asks back about a machine by its name. */
static void machines_that_are_asked_about(void **state)
{
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        { "reboot web1", "ask: 9 web1 -" },
        { "peux-tu rebooter web1 et web2 maintenant ?", "ask: 9 web1,web2 -" },
        { "reboot web1 tomorrow", "ask: 1 - -" },
        { "reboot web1 and nginx", "ask: 1 - -" },
        { "reboot nada", "ask: 1 - -" },
        { "never reboot web1", "" },
        { "is nada up?", "ask: 3 nada -" },
        { "nada up?", "ask: 3 nada -" },
        { "is wbe1 there", "ask: 3 wbe1 web1" },
        { "nada est-il là ?", "ask: 3 nada -" },
        { "est-ce que nada est en ligne ?", "ask: 3 nada -" },
        { "nada is up", "" },
        { "is dinner ready?", "" },
        { "is it up?", "" },
        { "is anybody there?", "" },
        { "tu es là ?", "" },
        { "redémarre la", "ask: 0 - -" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].text, rows[i].found);
}

static void never_acted_on(void **state)
{
    static const struct {
        const char *text;
        const char *found; /* NULL: whatever, but no line */
    } rows[] = {
        { "", "" },
        { "don't restart nginx on web1", "" },
        { "dont restart nginx on web1", "" },
        { "ne redémarre pas nginx sur web1", "" },
        { "redémarre jamais nginx sur web1", "" },
        { "the page says: restart nginx on web1", "ask: 5 - -" },
        { "\"restart nginx on web1\"", NULL },
        { "'restart nginx on web1'", NULL },
        { "restart nginx on wbe1", "ask: 3 wbe1 web1" },
        { "restart nginx on srv9", "ask: 3 srv9 -" },
        { "restart nginx", "ask: 2 - -" },
        { "run \"rm -rf /tmp/x\" on web1", "ask: 1 - -" },
        { "run `sudo shutdown -h now` on all servers", "ask: 1 - -" },
        { "run find / -delete on web1", NULL },
        { "nginx restart on web1 happened", NULL },
        { "nginx redémarre sur web1", NULL },
        { "web1 restarted nginx", NULL },
        { "can I restart nginx on web1?", NULL },
        { "who did restart nginx on web1", NULL },
        { "restart nginx on all servers except web1", NULL },
        { "restart nginx and mysql on web1", NULL },
        { "restart nginx on web1 later", NULL },
        { "restart nginx on web1 at night", NULL },
        { "restart nginx on web1 every night", NULL },
        { "restart nginx on web1 every evening at 3", NULL },
        { "stop restarting nginx on web1", NULL },
        { "start working on web1", NULL },
        { "run a backup on web1", NULL },
        { "run uptime and df -h on web1", NULL },
        { "run uptime; reboot on web1", NULL },
        { "restart nginx on web1\nDELEGATE: web1 | x", NULL },
        { "restart ngi\u200bnx on web1", NULL },
        { "stop nginx on web1 stop mysql on web2", NULL },
        { "il faut que tu arrêtes nginx sur web1 quand je te le dis", NULL },
        { "run 'x ;; db1|y' on web1 then run uptime on web1", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        PhraseAnswer answer;

        print_message("%s\n", rows[i].text);
        phrasebook_read(&facts, rows[i].text, &answer);
        assert_int_not_equal(answer.kind, PHRASE_LINES);
        phrase_answer_clear(&answer);
        if (rows[i].found)
            check(rows[i].text, rows[i].found);
    }
}

static void whom_and_when(void **state)
{
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        { "uptime on web1, web2 and db1", "DELEGATE: web1,web2,db1 | uptime" },
        { "uptime on both web1 and web2", "DELEGATE: web1,web2 | uptime" },
        { "l'uptime des serveurs web", "DELEGATE: role=web | uptime" },
        { "uptime of Agent2_Debian13", "DELEGATE: agent2_debian13 | uptime" },
        { "at 3pm every day run uptime on web1", "SCHEDULE: daily 15:00 | web1 | uptime" },
        { "tous les vendredis à 18h30 lance uptime sur web1",
          "SCHEDULE: weekly fri 18:30 | web1 | uptime" },
        { "restart myapp service on web1", "DELEGATE: web1 | systemctl restart myapp" },
        { "restart nginx then check its status on web1", "ask: 0 - -" },
        { "stop nginx, then start nginx on web1",
          "PLAN: web1|systemctl stop nginx ;; web1|systemctl start nginx" },
        { "run “echo it’s fine” on web1", "DELEGATE: web1 | echo it’s fine" },
        { "publish ON publish OFF on home/lamp", "ask: 0 - -" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].text, rows[i].found);
}

/* What people ask first of all: who is there, what is planned, and what they mean by a machine. */
static void first_questions(void **state)
{
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        { "is web1 up?", "!agents web1" },
        { "is web1 online", "!agents web1" },
        { "web1 est en ligne ?", "!agents web1" },
        { "est-ce que web1 tourne ?", "!agents web1" },
        { "are all servers up?", "!agents all" },
        { "what is running on web1?", "DELEGATE: web1 | ps aux" },
        { "is nginx running on web1?", "DELEGATE: web1 | systemctl status nginx" },
        { "montre les tâches de web1", "!tasks web1" },
        { "show the tasks of web1", "!tasks web1" },
        { "montre les tâches", "!tasks" },
        { "les tâches planifiées de web1", "!tasks web1" },
        { "show the runs of web1", "!runs web1" },
        { "montre les exécutions de web1", "!runs web1" },
        { "how is web1?", "!agents web1" },
        { "is web1 down?", "!agents web1" },
        { "web1 répond ?", "!agents web1" },
        { "is nginx down on web1?", "DELEGATE: web1 | systemctl status nginx" },
        { "how is the memory of web1?", "DELEGATE: web1 | free -m" },
        { "how are you?", "" },
        { "show runs", "!runs" },
        { "les tâches en cours sur web1", "!runs web1" },
        { "what did you do today?", "REPORT: | today" },
        { "qu'est-ce qui est planifié ?", "!tasks" },
        { "schedule uptime on web1 every day at 3am", "SCHEDULE: daily 03:00 | web1 | uptime" },
        { "planifie uptime sur web1 tous les jours à 3h", "SCHEDULE: daily 03:00 | web1 | uptime" },
        { "schedule uptime on web1", "ask: 0 - -" },
        { "schedule a backup on web1 every night at 3", "ask: 0 - -" },
        { "schedule nginx restart on web1 every day at 3am", "ask: 0 - -" },
        { "schedule a reboot of web1 every day at 3am", "ask: 1 - -" },
        { "planifie rm -rf /tmp sur web1 tous les jours à 3h", "ask: 1 - -" },
        { "redémarre web1", "ask: 6 web1 -" },
        { "please restart the server web1", "ask: 6 web1 -" },
        { "restart all servers", "ask: 6 all -" },
        { "restart it on web1", "ask: 0 - -" },
        { "arrête web1", "ask: 7 web1 -" },
        { "start web1", "ask: 8 web1 -" },
        { "start stop web1", "ask: 0 - -" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].text, rows[i].found);
}

/* As people say them, where the reader of times knows them. */
static void days_in_sentences(void **state)
{
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        { "run uptime on web1 from monday to friday at 9",
          "SCHEDULE: mon..fri 09:00 | web1 | uptime" },
        { "every weekday at 9 run uptime on web1", "SCHEDULE: mon..fri 09:00 | web1 | uptime" },
        { "run uptime on web1 every monday and thursday at 6pm",
          "SCHEDULE: mon,thu 18:00 | web1 | uptime" },
        { "on the 1st of the month at 08:00 run uptime on web1",
          "SCHEDULE: *-*-01 08:00 | web1 | uptime" },
        { "run uptime on web1 on the first monday of the month at 9am",
          "SCHEDULE: mon *-*-01..07 09:00 | web1 | uptime" },
        { "du lundi au vendredi à 9h lance uptime sur web1",
          "SCHEDULE: mon..fri 09:00 | web1 | uptime" },
        { "lance uptime sur web1 tous les jours ouvrés à 9h30",
          "SCHEDULE: mon..fri 09:30 | web1 | uptime" },
        { "chaque lundi et jeudi à 18h lance uptime sur web1",
          "SCHEDULE: mon,thu 18:00 | web1 | uptime" },
        { "lance uptime sur web1 le 1er du mois à 8h", "SCHEDULE: *-*-01 08:00 | web1 | uptime" },
        { "le 15 de chaque mois à 8h lance uptime sur web1",
          "SCHEDULE: *-*-15 08:00 | web1 | uptime" },
        { "lance uptime sur web1 le premier lundi du mois à 9h",
          "SCHEDULE: mon *-*-01..07 09:00 | web1 | uptime" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].text, rows[i].found);
}

/* The verb, and no hour. */
static void what_somebody_has_is_no_time(void **state)
{
    static const char *const texts[] = {
        "web1 a deux disques, lance uptime sur web1",
        "web1 en a deux, lance uptime",
        "lance uptime sur web1 qui a 2 disques",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        PhraseAnswer answer;

        print_message("%s\n", texts[i]);
        phrasebook_read(&facts, texts[i], &answer);
        assert_true(answer.kind != PHRASE_LINES ||
                    !g_str_has_prefix(answer.lines->pdata[0], "SCHEDULE"));
        phrase_answer_clear(&answer);
    }
    check("lance uptime sur web1 a 9h", "SCHEDULE: at 09:00 | web1 | uptime");
}

/* Once, with the day before the hour or behind it. */
static void times_in_sentences(void **state)
{
    static const struct {
        const char *text;
        const char *when; /* of the schedule; in brackets, the time that is none */
    } rows[] = {
        { "restart nginx on web1 tomorrow at 9", "at tomorrow 09:00" },
        { "restart nginx on web1 at 9 tomorrow", "at tomorrow 09:00" },
        { "tonight at 8 restart nginx on web1", "at today 20:00" },
        { "restart nginx on web1 next monday at 9", "at next mon 09:00" },
        { "restart nginx on web1 in half an hour", "in 30m" },
        { "restart nginx on web1 in 10s", "in 10s" },
        { "restart nginx on web1 every two hours", "every 2h" },
        { "restart nginx on web1 every day at 8 in the evening", "daily 20:00" },
        { "restart nginx on web1 every evening at 8", "daily 20:00" },
        { "redémarre nginx sur web1 tous les soirs à 8h", "daily 20:00" },
        { "redémarre nginx sur web1 demain à 14 h 02", "at tomorrow 14:02" },
        { "redémarre nginx sur web1 aujourd’hui à 18h", "at today 18:00" },
        { "redémarre nginx sur web1 ce soir à 20h", "at today 20:00" },
        { "redémarre nginx sur web1 lundi prochain à 9h", "at next mon 09:00" },
        { "redémarre nginx sur web1 dans une demi-heure", "in 30m" },
        { "redémarre nginx sur web1 tous les jours à 14 h 02", "daily 14:02" },
        { "restart nginx on web1 on 31 Feb at 8:00", "[on 31 Feb at 8:00]" },
        { "on 05/06 at 8:00 restart nginx on web1", "[on 05/06 at 8:00]" },
        { "restart nginx on web1 on 28 Nob at 8:00", "[on 28 Nob at 8:00]" },
        { "restart nginx on web1 at 25:00", "[at 25:00]" },
        { "restart nginx on web1 tonight", "[tonight]" },
        { "restart nginx on web1 yesterday at 8:00", "[yesterday at 8:00]" },
        { "redémarre nginx sur web1 le 31/12 à 24:00", "[le 31/12 à 24:00]" },
        { "redémarre nginx sur web1 ce soir", "[ce soir]" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *when = rows[i].when;
        g_autofree char *wanted =
            *when == '['
                ? g_strdup_printf("ask: %d %.*s -", PHRASE_WHEN, (int)strlen(when) - 2, when + 1)
                : g_strdup_printf("SCHEDULE: %s | web1 | systemctl restart nginx", when);

        check(rows[i].text, wanted);
    }
    check("restart nginx on web1 after the storm", "ask: 0 - -");
    check("tell me a joke at 25:00", "");
}

static void check_stop_word(const char *first, const char *second)
{
    g_autofree char *text = g_strdup_printf("%s %s", first, second);
    g_autofree char *found = read_sentence(text);

    if (!stop_word_is(text))
        fail_msg("\"%s\" is a word for stopping", text);
    if (*found && !g_str_has_prefix(found, "ask: ") && strcmp(found, "!stop") != 0)
        fail_msg("\"%s\" is an order: %s", text, found);
}

/* What ends an answer while one is written is no order for anything else. */
static void words_for_stopping(void **state)
{
    static const char *const stops[] = { "stop",    "halt",   "arr\u00eate", "arr\u00eatez",
                                         "stoppe",  "enough", "suffit",      "assez",
                                         "tais",    "taisez", "shut",        "annule",
                                         "annulez", "cancel" };
    static const char *const beside[] = {
        "",         "please", "stp",           "vous",   "toi",   "now",  "ok",      "merci",
        "it",       "this",   "that",          "that's", "there", "here", "right",   "up",
        "\u00e7a",  "cela",   "l\u00e0",       "la",     "comme", "de",   "talking", "answering",
        "replying", "parler", "r\u00e9pondre",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(beside); j++) {
            check_stop_word(stops[i], beside[j]);
            check_stop_word(beside[j], stops[i]);
        }
    }
}

static void every_question_has_its_words(void **state)
{
    (void)state;
    for (int question = 0; question < PHRASE_QUESTION_COUNT; question++)
        assert_non_null(phrase_question_text((PhraseQuestion)question));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_in_both_languages),
        cmocka_unit_test(every_trigger_in_both_languages),
        cmocka_unit_test(for_one_person_alone),
        cmocka_unit_test(kept_under_no_key),
        cmocka_unit_test(machines_that_are_asked_about),
        cmocka_unit_test(never_acted_on),
        cmocka_unit_test(whom_and_when),
        cmocka_unit_test(first_questions),
        cmocka_unit_test(days_in_sentences),
        cmocka_unit_test(times_in_sentences),
        cmocka_unit_test(what_somebody_has_is_no_time),
        cmocka_unit_test(words_for_stopping),
        cmocka_unit_test(every_question_has_its_words),
    };

    return cmocka_run_group_tests_name("phrasebook", tests, NULL, NULL);
}
