#include "agent1/model/claim.h"

#include <string.h>

#include "common/base/plain_words.h"
#include "common/base/banned.h"

/* Between blanks, so that "undone" is not "done". */
static const char *const phrases[] = {
    " i have ",    " i've ",       " i did ",        " done ",       " i just ",
    " i'll ",      " i will ",     " i am ",         " i'm ",        " executed ",
    " restarted ", " has been ",   " have been ",    " was run ",    " completed ",
    " scheduled ", " delegated ",  " successfully ", " running it ", " on it ",
    " j'ai ",      " c'est fait ", " fait ",         " je viens ",   " a été ",
    " ont été ",   " exécuté ",    " exécutée ",     " redémarré ",  " lancé ",
    " lancée ",    " planifié ",   " planifiée ",    " terminé ",    " effectué ",
    " effectuée ", " je lance ",   " je redémarre ", " je vais ",    " avec succès ",
};

bool claim_is(const char *words)
{
    g_autofree char *plain = plain_words(words);

    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
        if (strstr(plain, phrases[i]))
            return true;
    }
    return false;
}
