/* People with two languages: each hears what happens in his own, records stay as they are. ana and
 * oskar read English, paul (admin) and odile (operator) French. It is 14:13 UTC. */
#include "core-xmpp.h"
#include "topic-world.h"

#include "common/base/banned.h"

#define CONFIG(language)                                                                           \
    "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"}," language                      \
    "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["                     \
    "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"role\":\"admin\",\"language\":\"en\"},"    \
    "{\"name\":\"oskar\",\"jids\":[\"oskar@example.org\"],\"role\":\"operator\","                  \
    "\"language\":\"en\"},"                                                                        \
    "{\"name\":\"paul\",\"jids\":[\"paul@example.org\"],\"role\":\"admin\",\"language\":\"fr\"},"  \
    "{\"name\":\"odile\",\"jids\":[\"odile@example.org\"],\"role\":\"operator\","                  \
    "\"language\":\"fr\"},"                                                                        \
    "{\"name\":\"nina\",\"jids\":[\"nina@example.org\"],\"role\":\"operator\"}]}"
#define SKILLS "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"wipe\",\"risk\":\"high\"}]"

static void begin(World *world, const char *config)
{
    json_free(world->config);
    world->config = world_json(config);
    world_configure(world);
    world_register_as(world, 1, "web1", JOURNAL_1, 1, SKILLS);
    world_forget(world);
}

static void answers_are_in_the_language_of_who_asks(void **state)
{
    static const struct {
        const char *text;
        const char *english;
        const char *french;
    } rows[] = {
        { "!pending", "nothing waits for a person or for a window",
          "rien n'attend une personne ni une plage horaire" },
        { "REMEMBER: | x", "the key is empty; expected REMEMBER: <key> | <value>",
          "la clé est vide ; attendu : REMEMBER: <clé> | <valeur>" },
        { "REMEMBER: k | a\u202eb",
          "the value holds hidden or control characters; nothing was kept: a<U+202E>b",
          "la valeur contient des caractères cachés ou de contrôle ; rien n'a été retenu : "
          "a<U+202E>b" },
        { "!yes", "no question is open here", "aucune question n'est ouverte ici" },
        { "!oui", "no question is open here", "aucune question n'est ouverte ici" },
        { "!non", "no question is open here", "aucune question n'est ouverte ici" },
        { "oui", "Do you mean !oui? A command begins with \"!\"; without it, nothing is done.",
          "Vouliez-vous dire !oui ? Une commande commence par « ! » ; sans lui, rien n'est fait." },
        { "Yes", "Do you mean !yes? A command begins with \"!\"; without it, nothing is done.",
          "Vouliez-vous dire !yes ? Une commande commence par « ! » ; sans lui, rien n'est fait." },
        { "!stauts", "!stauts: unknown command; nearest: !status",
          "!stauts: commande inconnue ; la plus proche : !status" },
        { "DELEGATE : web1 | x",
          "Do you mean DELEGATE: web1 | x? It takes a colon right behind its word; without that, "
          "nothing is done.",
          "Vouliez-vous dire DELEGATE: web1 | x ? Il faut les deux-points juste après le mot ; "
          "sans eux, "
          "rien n'est fait." },
        { "!accept web9", "!accept: refused (role): this needs the role admin; yours is operator",
          "!accept: refused (role): il faut le rôle admin ; le vôtre est operator" },
        { "!help reset",
          "!reset: forget your conversation here: the questions that are open in it\n"
          "You may do this, as operator.",
          "!reset: oublie votre conversation ici : les questions qui y sont ouvertes\n"
          "Vous pouvez le faire, avec le rôle operator." },
        { "RECALL: x", "x: not found", "x: introuvable" },
        { "DELEGATE: web1 |",
          "the task is empty; expected @<agent> <task>, or DELEGATE: <agent> | <task>",
          "la tâche est vide ; attendu : @<agent> <tâche>, ou DELEGATE: <agent> | <tâche>" },
    };
    World *world = *state;
    unsigned i;

    begin(world, CONFIG(""));
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, "odile", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].french);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].english);
    }
}

static void aide_is_help(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "odile", NULL, "!aide");
    assert_contains(world_last_said(world), "Vous pouvez, avec le rôle operator (!help <mot> dit");
    assert_contains(world_last_said(world), "\n!status\n  la santé de l'ensemble sur un écran");
    assert_contains(world_last_said(world), "\n  les 20 dernières tâches, de tous les agents");
}

static void who_has_no_language_has_the_installations(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "nina", NULL, "!pending");
    assert_string_equal(world_last_said(world), "nothing waits for a person or for a window");
    begin(world, CONFIG("\"language\":\"fr\","));
    world_write(world, "nina", NULL, "!pending");
    assert_string_equal(world_last_said(world), "rien n'attend une personne ni une plage horaire");
    world_write(world, "ana", NULL, "!pending");
    assert_string_equal(world_last_said(world), "nothing waits for a person or for a window");
}

/* Scripts read them: their heads and their words are the same everywhere. */
static void lines_of_runs_stay(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "odile", NULL, "@web1 uptime");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    world_write(world, "odile", NULL, "@web2 uptime");
    assert_string_equal(world_last_said(world),
                        "#2 web2: queued (pas encore vu ; échéance : 14:28)");
    world_write(world, "odile", NULL, "!cancel 2");
    assert_string_equal(world_last_said(world), "#2 web2: cancelled");
    world_write(world, "odile", NULL, "@loacl uptime");
    assert_contains(world_last_said(world), "loacl: refused (unknown_agent): ");
}

/* What the gate says, at once, asked for by !why, and in a row that was stored before; the row and
 * the audit keep their English. */
static void reasons_are_in_the_language_of_who_reads_them(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "odile", NULL, "@loacl uptime");
    assert_string_equal(
        world_last_said(world),
        "loacl: refused (unknown_agent): pas d'agent de ce nom ; !agents les liste");
    world_write(world, "odile", NULL, "!agentOFF web1");
    world_write(world, "odile", NULL, "!why web1");
    assert_contains(world_last_said(world), "web1: pas maintenant (paused): il est mis en pause "
                                            "par odile depuis 14:13 ; !agentON web1 le remet au "
                                            "travail\n");
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(
        world_last_said(world),
        "web1: not now (paused): it is paused by odile since 14:13; !agentON web1 resumes it\n");
    world_write(world, "odile", NULL, "!agentON web1");
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "odile", NULL, "!run 1");
    assert_contains(world_last_said(world),
                    "#1 web1: awaiting_approval (un travail de risque high exige l'approbation "
                    "d'une deuxième personne ; !approve 1 ou !reject 1 ; échéance : 15:13)");
    assert_contains(row_text(world_run(world, 1), RUNS_REASON), "work of high risk needs");
    world_write(world, "odile", NULL, "!reject 1 trop tard");
    world_write(world, "oskar", NULL, "@web1 wipe");
    world_write(world, "oskar", NULL, "!approve 2");
    assert_contains(world_last_said(world), "refused (policy): you asked for it yourself");
}

static void one_approval_is_told_to_each_in_his_language(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "oskar", NULL, "@web1 wipe");
    assert_string_equal(world_said_to(world, "odile@example.org"),
                        "#1 web1: demandée par oskar, depuis 14:13 : un travail de risque high "
                        "exige l'approbation d'une deuxième personne ; !approve 1 ou !reject 1 ; "
                        "échéance : 15:13\n```\nwipe\n```");
    assert_string_equal(world_said_to(world, "ana@example.org"),
                        "#1 web1: oskar asks since 14:13: work of high risk needs an approval of a "
                        "second user; !approve 1 or !reject 1; expires 15:13\n```\nwipe\n```");
    assert_string_equal(row_text(world_run(world, 1), RUNS_REASON),
                        "work of high risk needs an approval of a second user; !approve 1 or "
                        "!reject 1; expires 15:13");
    /* A French person's yes is told to him in English who asked. */
    world_forget(world);
    world_write(world, "odile", NULL, "!approve 1");
    assert_string_equal(world_said_to(world, "oskar@example.org/phone"),
                        "#1 web1: approved by odile: queued");
    /* And the other way round. */
    world_write(world, "odile", NULL, "@web1 wipe");
    world_write(world, "oskar", NULL, "!approve 2");
    assert_string_equal(world_said_to(world, "odile@example.org/phone"),
                        "#2 web1: approuvée par oskar : queued");
    world_write(world, "oskar", NULL, "!approve 2");
    assert_contains(world_last_said(world),
                    "#2 web1: approved already by oskar at 14:13; its state: ");
    world_write(world, "odile", NULL, "!approve 2");
    assert_contains(world_last_said(world), "#2 web1: déjà approuvée par oskar (14:13) ; état : ");
}

/* Whole sentences, which agree in number, and not the pieces of English ones. */
static void what_is_counted_agrees(void **state)
{
    World *world = *state;
    g_autoptr(GString) skills = g_string_new("[");
    unsigned i;

    begin(world, CONFIG(""));
    for (i = 0; i < 12; i++)
        g_string_append_printf(skills, "%s{\"name\":\"skill.number%u\",\"risk\":\"low\"}",
                               i ? "," : "", i);
    g_string_append_c(skills, ']');
    world_register_as(world, 1, "web1", JOURNAL_1, 2, skills->str);
    world_write(world, "odile", NULL, "!agents");
    assert_contains(world_last_said(world), "\n  skill.number0, skill.number1, skill.number2 et 9 "
                                            "autres : !help web1");
    world_write(world, "odile", NULL, "PLAN: web1|skill.number1 ;; web1|skill.number2");
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "no");
    assert_contains(world_last_said(world), "1 failed, 1 sans exécution; ");
}

#define ALORS " ; je reposerai alors la question, et rien ne démarre sans un oui"

static void what_is_put_off_is_told_and_noted(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "odile", NULL, "@web1 wipe");
    world_write(world, "paul", NULL, "!defer 1 1d");
    assert_string_equal(world_said_to(world, "paul@example.org/phone"),
                        "#1 web1: remise à plus tard : le 22/09 à 14:13" ALORS);
    assert_string_equal(world_said_to(world, "odile@example.org/phone"),
                        "#1 web1: remise à plus tard (le 22/09 à 14:13) par paul" ALORS);
    assert_string_equal(world_last_audit(world, "approval")->text,
                        "#1 web1: put off until 2026-09-22 14:13 by paul");
    assert_contains(row_text(world_run(world, 1), RUNS_REASON), "put off until 2026-09-22 14:13");
}

/* What is wrong with a typed line. */
static void what_is_wrong_is_said_in_french(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        { "PLAN: web1", "étape 1, « web1 » : la barre manque : il faut PLAN:" },
        { "PLAN: web1|a ;;", "l'étape 2 est vide : il faut PLAN:" },
        { "!defer 1 bientôt", "« bientôt » : il faut une heure ou une durée" },
        { "!defer 1", "il faut une heure ou une durée" },
        { "MQTT_SUBSCRIBE: #", "MQTT_SUBSCRIBE: refused: un filtre commence par un mot" },
        { "MQTT_SUBSCRIBE: home/a --keep", "MQTT_SUBSCRIBE: refused: --keep : option inconnue" },
        { "MQTT_SUBSCRIBE: home/a", "mqtt.subscribe de policy.json ne cite rien" },
        { "RECALL: --foo", "--foo: option inconnue" },
    };
    World *world = *state;

    begin(world, CONFIG(""));
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, "paul", NULL, rows[i].text);
        assert_contains(world_last_said(world), rows[i].said);
    }
}

static void admins_are_told_each_in_his_language(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_register_as(world, 7, "web7", JOURNAL_2, 1, SKILLS);
    assert_contains(world_said_to(world, "ana@example.org"),
                    "web7 asks to join. Compare its fingerprint");
    assert_contains(world_said_to(world, "paul@example.org"),
                    "web7 demande à entrer. Comparer son empreinte");
    assert_string_equal(world_said_to(world, "odile@example.org"), "");
}

/* What the file accepts stays: it may name its days in either language. */
static void windows_name_their_days_as_people_do(void **state)
{
    World *world = *state;

    json_free(world->blackouts);
    world->blackouts =
        world_json("[{\"start\":\"14:00\",\"end\":\"15:00\",\"days\":[\"lun\",\"tue\"],"
                   "\"label\":\"mon thé (sun)\"},{\"start\":\"02:00\",\"end\":"
                   "\"03:00\",\"label\":\"sat\"}]");
    begin(world, CONFIG(""));
    world_write(world, "odile", NULL, "!status");
    assert_contains(world_last_said(world), "(14:00-15:00 lun,mar (mon thé (sun)))");
    world_write(world, "odile", NULL, "!agents");
    assert_contains(world_last_said(world), "(14:00-15:00 lun,mar (mon thé (sun)))");
    world_write(world, "odile", NULL, "!blackout");
    assert_contains(world_last_said(world), "\n14:00-15:00 lun,mar (mon thé (sun)): ");
    assert_contains(world_last_said(world), "\n02:00-03:00 (sat): ");
    world_write(world, "oskar", NULL, "!blackout");
    assert_contains(world_last_said(world), "\n14:00-15:00 mon,tue (mon thé (sun)): NOW, until ");
    world_write(world, "oskar", NULL, "!status");
    assert_contains(world_last_said(world), "(14:00-15:00 mon,tue (mon thé (sun)))");
}

static void days_are_written_as_people_write_them(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_wait(world, DAY_MS);
    world_write(world, "odile", NULL, "!status");
    assert_contains(world_last_said(world), "\nMQTT: connecté depuis le 21/09 à 14:13\n");
    world_write(world, "oskar", NULL, "!status");
    assert_contains(world_last_said(world), "\nMQTT: connected since 2026-09-21 14:13\n");
}

static void the_digest_is_in_the_language_of_who_slept(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_register_as(world, 7, "web7", JOURNAL_2, 1, SKILLS);
    world_write(world, "paul", NULL, "!status");
    assert_contains(world_last_said(world), "agent1: refused (standby): je dors ; ");
    world_forget(world);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_contains(world_said_to(world, "ana@example.org"),
                    "While I was asleep:\nweb7 asks to join.");
    assert_contains(world_said_to(world, "paul@example.org"),
                    "Pendant mon sommeil :\nweb7 demande à entrer.");
    assert_string_equal(world_said_to(world, "ana@example.org/phone"), "agent1: awake");
}

/* What the store answers late is told to who asked, whoever spoke since. */
static void late_answers_are_in_the_language_of_who_asked(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world->is_store_slow = true;
    world_write(world, "odile", NULL, "!run 99");
    world_write(world, "odile", NULL, "DAILY_REPORT:");
    world_write(world, "oskar", NULL, "DAILY_REPORT:");
    world_answer_all(world);
    assert_contains(world_said_to(world, "odile@example.org/phone"),
                    ": ce qui a fini depuis minuit, UTC");
    assert_contains(world_said_to(world, "odile@example.org/phone"),
                    "\nEn tout : 0 tâche\nAudit : 0 ligne,");
    assert_contains(world_said_to(world, "oskar@example.org/phone"),
                    ": what ended since midnight, UTC");
}

/* What is heard on a topic is told in the language of who listens, and audited in English. */
static void topics_are_told_to_who_listens(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    begin(world, CONFIG(""));
    world_policy(world, "{\"mqtt\":{\"publish\":[\"home/+/set\"],\"subscribe\":[\"home/#\"]}}");
    world_write(world, "paul", NULL, "MQTT_SUBSCRIBE: home/# --count 2");
    id = g_strdup(last_other(world, EFFECT_LISTEN)->listen.id);
    broker_listens(world, id, LISTEN_UP, NULL);
    assert_string_equal(world_last_said(world),
                        "s1: j'écoute home/#, pour au plus 2 messages, fin : 14:23 ; "
                        "!subscriptions cancel s1 l'arrête ; si rien n'arrive, la liste d'accès du "
                        "broker l'interdit peut-être, ce que mosquitto ne dit pas");
    world_write(world, "ana", NULL, "!subscriptions");
    assert_string_equal(world_last_said(world),
                        "s1 home/#: 0 of at most 2 messages, until 14:23, for paul");
    broker_sends(world, id, 1, 0);
    assert_contains(world_last_said(world), "s1 home/#: message 1 sur au plus 2\n");
    world_forget(world);
    world_write(world, "ana", NULL, "!subscriptions cancel s1");
    assert_string_equal(world_said_to(world, "paul@example.org/phone"),
                        "s1 home/#: arrêté par ana ; reçu : 1 message");
    assert_string_equal(world_said_to(world, "ana@example.org/phone"),
                        "s1 home/#: ended by ana: 1 message came");
    assert_string_equal(world_last_audit(world, "subscription")->text,
                        "s1 home/#: ended by ana: 1 message came");
}

static void a_publication_is_told_to_who_asked(void **state)
{
    World *world = *state;

    begin(world, CONFIG(""));
    world_policy(world, "{\"mqtt\":{\"publish\":[\"home/+/set\"]}}");
    world_write(world, "paul", NULL, "MQTT_PUBLISH: home/a/set | on");
    broker_answers(world, last_other(world, EFFECT_PUBLISH_PLAIN)->plain.id, PUBLISH_TAKEN, NULL);
    assert_string_equal(world_last_said(world), "home/a/set: publié (2 octets)");
    assert_string_equal(world_last_audit(world, "published")->text,
                        "home/a/set: published (2 bytes)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(answers_are_in_the_language_of_who_asks),
        WORLD_TEST(aide_is_help),
        WORLD_TEST(who_has_no_language_has_the_installations),
        WORLD_TEST(lines_of_runs_stay),
        WORLD_TEST(reasons_are_in_the_language_of_who_reads_them),
        WORLD_TEST(one_approval_is_told_to_each_in_his_language),
        WORLD_TEST(what_is_counted_agrees),
        WORLD_TEST(what_is_put_off_is_told_and_noted),
        WORLD_TEST(what_is_wrong_is_said_in_french),
        WORLD_TEST(admins_are_told_each_in_his_language),
        WORLD_TEST(windows_name_their_days_as_people_do),
        WORLD_TEST(days_are_written_as_people_write_them),
        WORLD_TEST(the_digest_is_in_the_language_of_who_slept),
        WORLD_TEST(late_answers_are_in_the_language_of_who_asked),
        WORLD_TEST(topics_are_told_to_who_listens),
        WORLD_TEST(a_publication_is_told_to_who_asked),
    };

    return cmocka_run_group_tests_name("core-french", tests, NULL, NULL);
}
