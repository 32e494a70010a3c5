#include "agent1/phrases/lexicon.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

typedef struct Entry {
    const char *concept;
    const char *words;
} Entry;

static const Entry entries[] = {
    { CONCEPT_FILLER,
      "please both number numero pls plz could can would you your me us the a an of for to on at "
      "my our now just with "
      "ok hey hi and also s ll d from put mets mettre kindly so "
      "stp svp sil te plait vous tu peux pouvez peut pourrais pourriez moi nous la le les l de du "
      "des sur pour un une et en dans ce cette ces cet mon ma mes notre bien maintenant aussi "
      "au aux alors merci thanks thank agent1 c maximum right away" },
    { "ask",
      "how much many is are what which when where any have has do does did tell got was be "
      "been quel quelle quels quelles combien est sont y ont a il t reste restent quand comment "
      "ou que elle fait" },
    { "show",
      "show list display print give see look get view know find montre montrer "
      "liste lister affiche afficher donne donner dis dire voir consulte consulter want need veux "
      "voudrais fais faire trouve" },
    { "check", "check verify inspect verifie verifier regarde regarder controle controler" },
    { "what", "qu quoi" },
    { "why", "why pourquoi" },
    { "who", "who qui" },
    { "since", "long since depuis longtemps" },
    { "doubt",
      "if si unless except but mais sauf should may might must shall why pourquoi before after "
      "until "
      "avant apres he she they we ils elles je i j devrais doit dois peutetre maybe perhaps" },
    { "says", "says said say wrote writes told asks asked saying reads ecrit dit disait demande "
              "affirme ecrivait" },
    { "not",
      "not don dont doesn doesnt didn won wont isn shouldn cannot never without avoid no non ne n "
      "pas jamais sans evite aucun" },
    { "all", "all every each everywhere tous toutes chaque partout" },
    { "machines", "servers machines hosts agents nodes boxes serveurs hotes noeuds workers" },
    { "machine", "server machine host agent node box serveur hote noeud worker" },
    { "disk",
      "disk disks space storage disque disques espace place stockage partition partitions" },
    { "amount",
      "free full left usage used use available libre libres plein pleins utilisation utilise "
      "utilisee utilises disponible occupation consommation remaining restante restant" },
    { "memory", "memory ram mem swap memoire" },
    { "load", "load uptime charge cpu average moyenne" },
    { "people",
      "connected users logged connecte connectes utilisateurs sessions logins connectee" },
    { "kernel", "kernel noyau uname" },
    { "processes", "process processes processus ps" },
    { "runs", "running up alive active tourne tournent fonctionne actif active" },
    { "failed",
      "failed failing broken fail fails echoue echouee echoues errors error erreurs erreur "
      "failures failure echecs echec problemes wrong" },
    { "service", "service services unit units daemon demon unites unite" },
    { "logs", "log logs journal journaux logfile traces" },
    { "recent", "last latest recent recents derniers dernieres derniere dernier recentes" },
    { "updates", "updates upgradable upgraded packages package paquets paquet upgrades" },
    { "ports", "port ports listening ecoute" },
    { "open", "open opened ouverts ouvert ouvertes" },
    { "clock", "clock date horloge time heure" },
    { "ping", "ping" },
    { "status", "status state health etat sante overview summary statut bilan general generale "
                "global" },
    { "restart", "restart relaunch redemarre redemarrer redemarrez relance relancer relancez "
                 "restarter bounce" },
    { "stop", "stop halt arrete arreter arretez stoppe stopper stoppez" },
    { "start", "start demarre demarrer demarrez launch" },
    { "run", "run execute exec runs execution executer executez execution lancer lancez lance" },
    { "danger",
      "delete wipe erase destroy format kill purge drop remove reboot shutdown poweroff rm mkfs "
      "truncate supprime supprimer efface effacer detruis formate formater tue reboote rebooter "
      "eteins eteindre vide vider enleve desinstalle uninstall dd" },
    { "vague",
      "fix repair clean cleanup improve optimize faster better update upgrade install backup "
      "deploy "
      "repare reparer nettoie nettoyer menage ameliore optimise sauvegarde installe deploie works "
      "work marche everything tout" },
    { "it", "it something this that them ca cela lui anything stuff its anybody anyone somebody "
            "someone everybody everyone quelqu quelque personne" },
    { "when",
      "night nights morning evening afternoon day days daily weekly hourly monthly week weeks "
      "month "
      "tomorrow tonight later soon monday tuesday wednesday thursday friday saturday sunday hour "
      "hours minute minutes nuit matin soir jour jours semaine mois demain tard lundi mardi "
      "mercredi "
      "jeudi vendredi samedi dimanche heures minutes planifie planifier programme noon "
      "midi "
      "midnight minuit" },
    { "today", "today aujourd aujourdhui hui" },
    { "yesterday", "yesterday hier" },
    { "report", "report rapport activity activite history historique" },
    { "reports", "reports rapports" },
    { "times", "times go sent leave partent arrivent" },
    { "remember", "remember souviens retiens memorise note rappelle" },
    { "recall", "recall" },
    { "alone", "privately" },
    { "version", "version versions" },
    { "newer", "newer new nouvelle nouvelles recente update" },
    { "online", "online connected here available offline down reachable responding repond "
                "joignable injoignable allume allumee" },
    { "there", "there" },
    { "tasks", "tasks taches task tache" },
    { "executions", "executions" },
    { "schedules", "schedules planifiees planifiee planning plannings planifications scheduled" },
    { "one_schedule", "planification schedule" },
    { "plans", "plans" },
    { "pending", "pending waiting attend attendent" },
    { "approve", "approve approuve approuver valide" },
    { "reject", "reject deny refuse rejette refuser rejeter" },
    { "defer", "defer postpone reporte repousse reporter repousser delay" },
    { "cancel", "cancel abort annule annuler annulez" },
    { "pause", "pause suspend" },
    { "resume", "resume unpause reprends reprendre wake reveille reveiller reactive continue" },
    { "sleep", "sleep endors endormir dors" },
    { "fire", "fire trigger declenche declencher" },
    { "accept", "accept accepte accepter trust" },
    { "revoke", "revoke revoque revoquer distrust" },
    { "audit", "audit" },
    { "blackout", "blackout blackouts" },
    { "calendar", "calendar calendrier agenda" },
    { "output", "output sortie" },
    { "subscriptions", "subscriptions abonnements" },
    { "publish", "publish publie publier" },
    { "listen", "listen subscribe ecouter abonne" },
    { "forget", "forget reset oublie oublier reinitialise" },
    { "answer", "answer answering talking repondre reponse parler" },
    { "conversation", "conversation chat discussion" },
    { "help", "help aide aidez commands commandes" },
    { "yes", "yes yep oui yeah" },
    { "then", "then puis ensuite afterwards" },
    { "first", "first abord" },
    { "blocked", "blocked refused bloque refuse stuck" },
};

/* Turns of several words, the longer ones before those that begin them. */
static const Entry turns[] = {
    { "then", "and then|et puis|et ensuite|puis ensuite|et apres" },
    { "what", "qu est ce qui|qu est ce que|what s|what is|c est quoi" },
    { "ask", "est ce que|y a t il|il y a|what does|tell me|fait il" },
    { "how_is", "how is|how s|how are|comment va|comment vont" },
    { CONCEPT_FILLER,
      "s il te plait|s il vous plait|right now|en ce moment|i want|i need|i would like|i d like|je "
      "veux|je voudrais|j aimerais|let s|can i have|can i see|can you|could you|would you|tu peux|"
      "est ce que tu peux|tout de suite|d accord|at the moment|a l instant" },
    { "updates",
      "mises a jour|mise a jour|a mettre a jour|mettre a jour|can be upgraded|be updated|"
      "can be updated|updates available" },
    { "vague", "mets a jour|met a jour|mettez a jour|mets tout a jour|update everything" },
    { "people", "logged in|logged on|signed in" },
    { "failed", "en echec|en panne|en erreur|a echoue|went wrong|in error" },
    { "pending", "en attente|is waiting|waiting for" },
    { "online", "en ligne" },
    { "danger", "shut down|turn off|power off|switch off|shuts down" },
    { "resume", "wake up|en route" },
    { "sleep", "to sleep|en veille" },
    { "pause", "mets en pause|mettre en pause|en pause|put on hold" },
    { "clock", "what time is it|time is it|what time|heure est il|quelle heure|date and time" },
    { "daily", "daily report|rapport quotidien|rapport du jour|rapport journalier|bilan du jour|"
               "report of the day|report of today" },
    { "schedules",
      "scheduled tasks|taches planifiees|tasks are scheduled|taches prevues|my schedules|"
      "est planifie|est prevu|is planned" },
    { "plans", "plan list|liste des plans" },
    { "executions",
      "the runs|les runs|last runs|latest runs|recent runs|derniers runs|all runs|show runs|"
      "list runs|runs of|runs de|taches en cours|running tasks|tasks running" },
    { "kernel", "kernel version|version du noyau|version de noyau|version du kernel" },
    { "recall",
      "what do you know about|que sais sur|que sais de|que sais tu de|what do you remember about|"
      "do you remember|rappelle moi ce que tu sais sur" },
    { "alone", "for me alone|for me only|only for me|just for me|in private|pour moi seul|"
               "pour moi seule|rien que pour moi|juste pour moi|en prive" },
    { "search_web", "search the web for|search the web|cherche sur le web|recherche sur le web|"
                    "cherche sur internet|search the internet for" },
    { "read_page", "read the page|read the web page|lis la page|lis la page web" },
    { "blackout", "blackout hours|heures interdites|plages interdites|heures de blackout" },
    { "did", "what did|qu a fait|que fait|a fait" },
    { "listen", "listen to|listen on|ecoute le sujet|ecoute sur|abonne toi a|abonne moi a" },
    { "times", "when do|a quelle heure|quand partent|report times|heures des" },
    { "newer", "up to date|a jour" },
};

static const char services[] =
    "nginx apache2 apache httpd caddy haproxy traefik varnish lighttpd mysql mysqld mariadb "
    "postgresql "
    "postgres redis redis-server memcached mongodb mongod cassandra elasticsearch kibana grafana "
    "prometheus influxdb postfix exim4 dovecot rspamd opendkim amavis clamav spamassassin sshd ssh "
    "cron "
    "crond docker containerd podman kubelet k3s mosquitto rabbitmq rabbitmq-server emqx nats "
    "prosody "
    "ejabberd bind9 named unbound dnsmasq squid openvpn wireguard fail2ban ufw nftables firewalld "
    "samba "
    "smbd nfs-server vsftpd proftpd cups avahi-daemon bluetooth networkmanager systemd-resolved "
    "systemd-timesyncd chrony chronyd ntp ntpd rsyslog syslog-ng logrotate php-fpm php7.4-fpm "
    "php8.2-fpm "
    "gunicorn uwsgi tomcat tomcat9 jenkins gitlab gitea nextcloud jellyfin plex homeassistant "
    "zigbee2mqtt "
    "libvirtd qemu-guest-agent zabbix-agent node_exporter telegraf netdata collectd vault consul "
    "agent2";

static const char programs[] = "apt apt-get ansible-playbook apt-cache awk cat curl df dig dpkg "
                               "docker dmesg du echo env free git "
                               "grep head hostname hostnamectl id ip iostat journalctl ls lsblk "
                               "lscpu lsof lsusb mount netstat "
                               "nproc ping ps pwd sed ss stat sudo sysctl systemctl tail "
                               "timedatectl top uname uptime vmstat w wc "
                               "wget who whoami zpool zfs ifconfig route nslookup traceroute "
                               "sensors smartctl nginx mysql psql "
                               "rsync tar pip python3 bash sh sleep true false date";

static const char destructive[] = "rm rmdir dd mkfs mkfs.ext4 mkfs.xfs shred wipefs fdisk parted "
                                  "shutdown reboot poweroff halt kill killall pkill truncate init "
                                  "userdel deluser dropdb unlink purge autoremove remove";

bool lexicon_list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    if (length == 0 || strchr(word, ' '))
        return false;
    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

const char *lexicon_concept(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        if (lexicon_list_has(entries[i].words, word))
            return entries[i].concept;
    }
    return NULL;
}

/* How many of the words one turn of a list takes, at most. */
static size_t longest_turn(const char *list, const char *const *words, size_t count)
{
    g_auto(GStrv) all = g_strsplit(list, "|", -1);
    size_t longest = 0;

    for (unsigned i = 0; all[i]; i++) {
        g_auto(GStrv) turn = g_strsplit(all[i], " ", -1);
        size_t length = g_strv_length(turn);
        size_t same = 0;

        while (same < length && same < count && strcmp(turn[same], words[same]) == 0)
            same++;
        if (same == length)
            longest = MAX(longest, length);
    }
    return longest;
}

const char *lexicon_turn(const char *const *words, size_t count, size_t *out_count)
{
    const char *concept = NULL;

    *out_count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(turns); i++) {
        size_t length = longest_turn(turns[i].words, words, count);

        if (length > *out_count) {
            *out_count = length;
            concept = turns[i].concept;
        }
    }
    return concept;
}

bool lexicon_is_service(const char *word)
{
    return lexicon_list_has(services, word);
}

bool lexicon_is_program(const char *word)
{
    return lexicon_list_has(programs, word);
}

bool lexicon_is_destructive(const char *word)
{
    return lexicon_list_has(destructive, word);
}
