/* What a model says of itself: whether it claims that something was done. */
#include "agent1/model/claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static const char *const claims[] = {
    /* English */
    "I have restarted web1.",
    "I've just restarted web1.",
    "I\u2019ve scheduled it for 08:00.",
    "I have now saved your pin.",
    "We have stopped it.",
    "Sure! I restarted web1 for you.",
    "I just ran uptime on web1.",
    "I did it.",
    "I did restart web1.",
    "I'll restart web1 now.",
    "I will do that.",
    "I'm restarting web1.",
    "I am running uptime.",
    "I am going to stop it.",
    "I'm on it.",
    "I am done.",
    "On it!",
    "Running it now.",
    "Done.",
    "**Done!**",
    "\u2705 Done",
    "All done.",
    "OK, done: web1 is up.",
    "Remembered!",
    "Noted.",
    "Saved as a note.",
    "Scheduled the backup.",
    "Restarted nginx.",
    "nginx was restarted.",
    "The services were stopped.",
    "web1 has been rebooted.",
    "Both tasks have been scheduled.",
    "It's been saved.",
    "Your pin is saved.",
    "It's done.",
    "That is now scheduled for tomorrow.",
    "The task completed successfully.",
    "I have successfully executed the command.",
    "Nothing to fear. I have restarted it.",
    "I have restarted web1 with no errors.",
    "I have checked web1: it is up.",
    /* French */
    "J\u2019ai redémarré web1.",
    "J'ai bien enregistré votre code.",
    "Je l\u2019ai planifiée pour 8h.",
    "Je les ai arrêtés.",
    "Nous avons relancé nginx.",
    "C\u2019est fait.",
    "C'est bien noté !",
    "Voilà, c\u2019est noté.",
    "C'est enregistré.",
    "C'est planifié pour demain.",
    "Fait.",
    "Noté !",
    "Bien noté.",
    "Enregistrée\u00a0!",
    "nginx a été redémarré.",
    "Les tâches ont bien été planifiées.",
    "Votre code est enregistré.",
    "La commande a été exécutée avec succès.",
    "Sauvegarde lancée avec succès.",
    "Je viens de redémarrer web1.",
    "Je viens d'exécuter la commande.",
    "Je vais redémarrer web1.",
    "Je vais l'arrêter.",
    "Je lance la sauvegarde.",
    "Je redémarre web1.",
    "Je m'en occupe.",
    "On a redémarré web1.",
    "J'ai mis à jour web1.",
    "J'ai vérifié web1 : tout va bien.",
};

static const char *const harmless[] = {
    /* English */
    "",
    "Hello, I am fine.",
    "I am happy to help.",
    "I'm happy to help.",
    "I have no idea.",
    "I have three agents in view.",
    "I am not done.",
    "I've no doubt about it.",
    "I will be happy to help.",
    "I will do my best.",
    "I have done my best.",
    "I am agent1, the orchestrator.",
    "I'm on web1's side.",
    "I did not restart anything.",
    "I haven't restarted it.",
    "I have not restarted it.",
    "Nothing was restarted.",
    "No action has been taken.",
    "It was never scheduled.",
    "I can restart web1 for you.",
    "I could have restarted it.",
    "It may have been restarted.",
    "Shall I restart web1?",
    "Has web1 been restarted?",
    "Do you want it to be scheduled?",
    "If it was restarted, say so.",
    "Once it is done, tell me.",
    "You have scheduled three tasks.",
    "Scheduled tasks: backup, cleanup.",
    "Status: stopped.",
    "#7 on web1: done",
    "The undone one is older.",
    "Notes are saved in the memory of agent1.",
    "The backup is scheduled every night.",
    "nginx was restarted by oskar.",
    "web1 is running.",
    "You can run it with DELEGATE.",
    "A run has a deadline; a late one is stopped.",
    "I run on your own machine.",
    "web1 and web2 are up.",
    /* French */
    "J\u2019ai compris.",
    "J\u2019ai trois agents.",
    "J'ai une question.",
    "J'ai fait de mon mieux.",
    "Je vais bien.",
    "Je vais vous aider.",
    "Je suis là pour vous aider.",
    "Je n'ai rien fait.",
    "Je n\u2019ai pas redémarré web1.",
    "Rien n'a été redémarré.",
    "Aucune tâche n'a été planifiée.",
    "Je peux redémarrer web1.",
    "Voulez-vous que je redémarre web1 ?",
    "Si je redémarre web1, la page tombe.",
    "Une fois que c'est fait, dites-le.",
    "Le port 22 est ouvert.",
    "web1 est arrêté.",
    "État : terminé",
    "La sauvegarde est planifiée chaque nuit.",
    "nginx a été redémarré par oskar.",
    "Vous avez planifié trois tâches.",
    "Il aurait été redémarré.",
    "Au fait, web1 va bien.",
    "C'est une bonne question.",
};

static void what_is_claimed(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++) {
        if (!claim_is(claims[i]))
            fail_msg("no claim: %s", claims[i]);
    }
}

static void what_is_harmless(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++) {
        if (claim_is(harmless[i]))
            fail_msg("a claim: %s", harmless[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_claimed),
        cmocka_unit_test(what_is_harmless),
    };

    return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
