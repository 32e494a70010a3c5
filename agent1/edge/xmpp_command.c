#include "agent1/edge/xmpp_command.h"

#include "common/base/banned.h"

void xmpp_command_free(XmppCommand *command)
{
    if (!command)
        return;

    g_free(command->id);
    g_free(command->jid);
    g_free(command->text);
    g_free(command->replaced);
    xmpp_act_free(command->act);
    g_free(command);
}
