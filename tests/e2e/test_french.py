"""A person who reads French, on XMPP and with agentctl, beside one who reads English: over the real
programs, each hears what happens in his own language; what scripts read is the same for both."""

ASK = {"rules": [{"skill": "shell", "role": "operator", "decision": "ask", "second": True,
                  "reason": "four eyes"}]}


def speaks(house, name, language):
    for user in house.agent1.config["users"]:
        if user["name"] == name:
            user["language"] = language


def begin(house, policy=None):
    """agent1 in English, web1, odile (operator) in French, ana (admin) and bert (operator) in English."""
    house.agent1.policy = policy or {}
    house.agent("web1")
    odile = house.person("odile", "operator")
    ana = house.person("ana")
    console = house.ctl("odile", "operator")
    house.ctl("bert", "operator")
    speaks(house, "odile", "fr")
    house.start()
    house.wait_status("web1", "online")
    return odile, ana, console


def test_a_wrong_language_of_a_user_is_refused(house):
    house.ctl("odile", "operator")
    speaks(house, "odile", "french")
    house.agent1.write()
    checked = house.agent1.run("--check")
    assert checked.returncode == 78, checked
    assert 'language: "french": expected en or fr' in checked.stdout + checked.stderr


def test_answers_at_both_doors(house):
    odile, ana, console = begin(house)
    odile.ask("!aide", r"Vous pouvez, avec le rôle operator \(!help <mot> dit tout sur un mot\) :")
    odile.ask("!stauts", r"!stauts: commande inconnue ; la plus proche : !status")
    ana.ask("!stauts", r"!stauts: unknown command; nearest: !status")
    odile.ask("!accept web9 12345678", r"!accept: refused \(role\): il faut le rôle admin")
    said = console.send("!help status")
    assert said.stdout.startswith("!status: la santé de l'ensemble sur un écran\n"), said
    said = console.send("!oui")
    assert said.returncode == 3 and "aucune question n'est ouverte ici" in said.stdout, said
    assert "MQTT: connecté depuis " in console.send("!status").stdout


def test_a_run_has_the_same_lines(house):
    odile, _, console = begin(house)
    odile.send("@web1 echo bonjour")
    odile.wait_for(r"#1 web1: succeeded \(exit 0, [0-9.]+ s\)\n```\nbonjour")
    said = console.send("@web1 exit 3")
    assert said.returncode == 1 and "#2 web1: failed (exit 3" in said.stdout, said
    said = console.send("!run 2")
    assert "tâche : exit 3\ndemandée par odile (" in said.stdout, said
    house.agents["web1"].stop()
    house.wait_status("web1", "offline")
    # Before midnight it expires on another day.
    odile.ask("@web1 true", r"#3 web1: queued \(hors ligne depuis \d\d:\d\d ; échéance : (le \d\d/\d\d à )?\d\d:\d\d\)")


def test_one_approval_in_two_languages(house):
    odile, ana, console = begin(house, ASK)
    bert = house.consoles["bert"]
    odile.send("@web1 echo un")
    ana.wait_for(r"#1 web1: odile asks since \d\d:\d\d: .*!approve 1 or !reject 1; expires ")
    ana.send("!approve 1")
    odile.wait_for(r"#1 web1: approuvée par ana : queued")
    odile.wait_for(r"#1 web1: succeeded")
    assert bert.send("@web1 echo deux").returncode == 4
    odile.wait_for(r"#2 web1: demandée par bert, depuis \d\d:\d\d : .*!approve 2 ou !reject 2 ; échéance : ")
    said = console.send("!pending")
    assert "#2 web1: demandée par bert" in said.stdout, said
    odile.ask("!reject 2 trop tard", r"#2 web1: denied")
    assert "échéance" not in bert.send("!run 2").stdout
