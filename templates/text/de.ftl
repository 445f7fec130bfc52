# Deutsch. Die Person wird gesiezt; Apps, nicht „Anwendungen“; Sitzung, nicht „Session“. Ein Test vergleicht die
# Schlüssel mit denen von en.ftl.

## Überall

product = Abide
foot = Ihr Passwort bleibt bei Abide. Apps bekommen es nie zu sehen.
skip = Zum Inhalt springen
title-error = Fehler:
optional = optional
none = Keine
cancel = Abbrechen
never = Nie
created = Angelegt
action = Aktion
search = Suchen
copy = Kopieren
copied = Kopiert
next-page = Nächste Seite
to-account = Zu Ihrem Konto
to-console = Konsole
app-home = Über { $app }
app-policy = Datenschutzerklärung
app-terms = Nutzungsbedingungen

## Felder

field-username = Benutzername
field-password = Passwort
field-password-hint = { $count ->
    [one] Mindestens ein Zeichen. Mehrere Wörter ohne Zusammenhang ergeben ein gutes Passwort.
   *[other] Mindestens { $count } Zeichen. Mehrere Wörter ohne Zusammenhang ergeben ein gutes Passwort.
}
field-remember = Angemeldet bleiben
field-remember-hint = Nur auf einem Gerät, das Ihnen allein gehört.
field-name = Vollständiger Name
field-email = E-Mail-Adresse
password-show = Anzeigen
password-hide = Verbergen
password-show-label = Passwort anzeigen
password-hide-label = Passwort verbergen

## Anmelden

sign-in = Anmelden
sign-in-heading = Anmelden
sign-in-heading-again = Bestätigen Sie, dass Sie es sind
sign-in-heading-console = An der Konsole anmelden
sign-in-to-continue = um mit { $app } fortzufahren
sign-in-again = Geben Sie Ihr Passwort noch einmal ein, um fortzufahren.
sign-in-again-for = { $app } bittet Sie, Ihr Passwort noch einmal einzugeben.
sign-in-console = Für Administratoren dieses Abide.

second-factor-heading = Noch ein Schritt
second-factor-explanation = Öffnen Sie Ihre Authenticator-App und geben Sie den Code für { $person } ein.
field-code = Code
field-code-hint = Sechs Ziffern, die jede halbe Minute wechseln.
field-code-recovery = Wenn Sie die App nicht zur Hand haben, geben Sie einen Ihrer Wiederherstellungscodes ein.
confirm-code = Weiter

## Konto auswählen

select-heading = Konto auswählen
select-to-continue = um mit { $app } fortzufahren
select-another = Anderes Konto verwenden

## Zustimmung

consent-title = { $app } Zugriff erlauben?
consent-heading = { $app } bittet um Zugriff
consent-person = Sie sind als { $person } angemeldet.
consent-asks = Wenn Sie zustimmen, erhält { $app }:
consent-offline = Zugriff während Ihrer Abwesenheit
consent-offline-detail = Die Verbindung bleibt nach dem Abmelden bestehen, bis Sie den Zugriff widerrufen.
consent-destination = Sie werden weitergeleitet zu
consent-allow = Erlauben
consent-deny = Nicht erlauben
consent-withdraw = Sie können den Zugriff jederzeit auf Ihrer Kontoseite widerrufen.

## Abmelden

sign-out = Abmelden
sign-out-heading = Möchten Sie sich abmelden?
sign-out-asked = { $app } hat darum gebeten.
sign-out-person = Sie sind als { $person } angemeldet.
sign-out-apps = Apps, die diese Anmeldung nutzen
sign-out-destination = Danach geht es weiter zu { $host }.
sign-out-stay = Angemeldet bleiben
sign-out-scope = Wie weit?
sign-out-browser = In diesem Browser, bei allen Apps
sign-out-app = Nur bei { $app }
sign-out-everywhere = Überall, auf allen Geräten
signed-out-heading = Sie sind abgemeldet
signed-out = Ihre Sitzung in diesem Browser ist beendet.
signed-out-app-heading = Sie sind bei der App abgemeldet
signed-out-app = Ihre Sitzung in diesem Browser läuft weiter, ebenso die anderen Apps.
signed-out-apps = Apps, die sie genutzt haben
signed-out-apps-hint = Sie können ihren Zugriff nicht mehr erneuern. Schließen Sie auf einem gemeinsam genutzten Gerät auch den Browser.
signed-out-continue = Weiter
told-underway = wird gerade benachrichtigt
told-told = weiß Bescheid
told-not-reached = war nicht erreichbar; wir versuchen es weiter
told-asked = wurde gebeten, Sie abzumelden
told-no-address = erfährt es bei der nächsten Anfrage
signed-out-again = Wieder anmelden
signed-out-idle = Sie wurden abgemeldet, weil Sie eine Weile nicht aktiv waren.
signed-out-absolute = Sie wurden abgemeldet, weil eine neue Anmeldung fällig war.
signed-out-revoked = Diese Anmeldung wurde von anderer Stelle beendet.
signed-out-credential-changed = Sie wurden abgemeldet, weil Ihr Passwort geändert wurde.
stayed-heading = Sie sind weiterhin angemeldet
stayed = Es hat sich nichts geändert. Sie können diese Seite schließen.

## Vor dem Ende der Sitzung

warning-countdown = Sie werden in { $time } abgemeldet.
warning-idle-heading = Sind Sie noch da?
warning-idle = Sie waren eine Weile nicht aktiv. Es geht nichts verloren, wenn Sie angemeldet bleiben.
warning-absolute-heading = Ihre Anmeldung läuft gleich ab
warning-absolute = Um angemeldet zu bleiben, müssen Sie sich noch einmal anmelden. Danach sind Sie wieder an dieser Stelle.
warning-console-countdown = Die Konsole wird in { $time } geschlossen.
warning-console-absolute-heading = Die Konsole wird gleich geschlossen
warning-console-absolute = Um weiterzuarbeiten, müssen Sie sich noch einmal anmelden. Danach sind Sie wieder an dieser Stelle.
console-over-heading = Die Konsole ist geschlossen
console-over = Melden Sie sich wieder an, um weiterzuarbeiten.
console-over-idle = Sie waren darin eine Weile nicht aktiv. Überall sonst sind Sie weiterhin angemeldet.
console-over-absolute = Eine neue Anmeldung war fällig. Überall sonst sind Sie weiterhin angemeldet.
console-over-revoked = Sie sind kein Administrator mehr.

## Was nicht weitergehen kann

error-reference = Referenz
error-developer = Für die Entwickler der App

## Der erste Administrator

setup-heading = Ersten Administrator anlegen
setup-explanation = Dieses Konto verwaltet Personen, Apps und Sitzungen. Der Link, den Sie geöffnet haben, gilt nur einmal.
setup-create = Administrator anlegen
setup-gone-heading = Dieser Einrichtungslink gilt nicht mehr
setup-gone = Er wurde benutzt, seine Stunde ist um, es gibt einen neueren oder bereits einen Administrator.
setup-gone-new = Einen neuen Link erhalten Sie mit diesem Befehl auf dem Server:
setup-gone-console = Zur Konsole

## Die eigene Seite einer Person

account-title = Ihr Konto
account-sessions = Wo Sie angemeldet sind
account-sessions-detail = Melden Sie ab, was Sie nicht kennen.
account-this-browser = Dieser Browser
account-end-others = Überall sonst abmelden
account-consents = Apps mit Zugriff
account-consents-detail = Apps, denen Sie erlaubt haben, etwas über Sie zu erfahren.
account-consents-none = Sie haben noch keiner App etwas erlaubt.
session-address = Adresse
session-started = Angemeldet
session-last-active = Zuletzt aktiv
session-ends = Endet
session-apps = Apps in der Sitzung mit { $device }
session-end-label = Abmelden: { $device }
session-continued = Nach Ablauf fortgesetzt
limit-idle = wenn Sie nichts tun
limit-absolute = in jedem Fall
app-joined = Dabei seit
app-ends = bis
app-no-end = kein eigenes Ende
app-grants = Weitergegebene Anmeldungen
app-grants-count = { $count }
app-renewals = Zugriff erneuert
app-renewals-count = { $count ->
    [one] einmal
   *[other] { $count }-mal
 }
app-renewed = zuletzt
app-leave = Bei { $app } abmelden
consent-scopes = Was { $app } haben darf
consent-given = Erlaubt am
consent-withdraw-button = Widerrufen
consent-withdraw-label = Zugriff widerrufen: { $app }

## Die Konsole

console = Konsole
console-users = Personen
console-clients = Apps
console-sessions = Sitzungen
console-audit = Protokoll

user-add = Person hinzufügen
user-password = Erstes Passwort
user-admin = Administrator
user-admin-hint = Darf diese Konsole benutzen.
user-search = Nach Benutzername suchen
user-person = Person
user-roles = Rollen
user-state = Status
user-active = Aktiv
user-disabled = Gesperrt
user-disable = Sperren
user-disable-label = { $user } sperren
user-enable = Entsperren
user-enable-label = { $user } entsperren
user-none = Hier ist niemand mit diesem Namen.

client-app = App
client-add = App hinzufügen
client-name = Name
client-name-hint = Was Personen beim Anmelden sehen.
client-kind = Art
client-kind-confidential = Web-App mit Server (kann ein Secret wahren)
client-kind-web = Browser-App (ohne Secret)
client-kind-native = Installierte App (ohne Secret)
client-kind-hint = Nur eine App mit eigenem Server kann ein Secret wahren.
client-redirect-uris = Redirect-URIs
client-redirect-uris-hint = Eine pro Zeile; sie werden Zeichen für Zeichen verglichen.
client-post-logout-redirect-uris = Redirect-URIs nach dem Abmelden
client-post-logout-redirect-uris-hint = Eine pro Zeile.
client-idle-timeout = Grenze bei Untätigkeit
client-max-lifetime = Längste Anmeldung
client-limits-hint = Zum Beispiel 15m, 12h oder 30d. Leer: keine eigenen Grenzen, es gelten die der Sitzung.
client-scope = Scopes
client-scope-hint = Durch Leerzeichen getrennt. Leer: alle Standard-Scopes.
client-consent = Zustimmung
client-skip-consent = Personen nicht um Zustimmung bitten
client-skip-consent-hint = Nur für Apps Ihrer eigenen Organisation.
client-none = Noch keine Apps. Fügen Sie oben die erste hinzu.
client-created = Die App ist registriert
client-id = Client-ID
client-id-copy = Client-ID kopieren
client-secret = Client-Secret
client-secret-copy = Client-Secret kopieren
client-secret-once = Kopieren Sie das Secret jetzt. Es wird nur als Hashwert aufbewahrt und kann nicht noch einmal angezeigt werden.
client-secret-none = Diese App hat kein Secret; sie weist sich mit PKCE aus.

session-search = Nach Benutzername suchen
session-standing = Stand
session-device = Gerät
session-end = Beenden
session-end-of-label = Sitzung von { $user } mit { $device } beenden
session-none = Keine Sitzungen gefunden.

audit-explanation = Was geschehen ist, das Neueste zuerst.
audit-at = Wann
audit-act = Was
audit-actor = Wer
audit-outcome = Ergebnis
audit-reason = Grund
audit-none = Es ist noch nichts geschehen.

## Vorgänge im Protokoll
act-sign-in = Anmeldeversuch
act-session-started = Sitzung begonnen
act-reauthenticated = Erneut angemeldet
act-session-ended = Sitzung beendet
act-session-timed-out = Sitzung abgelaufen
act-session-reconstituted = Sitzung fortgesetzt
act-application-joined = App einer Sitzung beigetreten
act-grant-issued = Berechtigung erteilt
act-grant-revoked = Berechtigung entzogen
act-consent-given = Zustimmung gegeben
act-consent-withdrawn = Zustimmung widerrufen
act-account-created = Konto angelegt
act-account-changed = Konto geändert
act-account-disabled = Konto gesperrt
act-account-enabled = Konto entsperrt
act-password-changed = Passwort gesetzt
act-stepped-up = Zweiter Faktor vorgezeigt
act-factor-added = Zweiter Faktor eingerichtet
act-factor-removed = Zweiter Faktor entfernt
act-recovery-codes-made = Wiederherstellungscodes erstellt
act-recovery-code-used = Wiederherstellungscode benutzt
act-client-created = App hinzugefügt
act-client-changed = App geändert
act-setup-link-made = Einrichtungslink erstellt
act-setup-done = Einrichtung abgeschlossen
outcome-done = Erledigt
outcome-refused = Abgelehnt

## Anmeldung und Sicherheit
security-title = Anmeldung und Sicherheit
authenticator-heading = Anmeldung in zwei Schritten
authenticator-detail = Zum Passwort kommt ein Code aus einer App auf Ihrem Telefon. Ein gestohlenes Passwort allein ist dann nichts wert.
authenticator-none = Nicht eingerichtet. Jede Authenticator-App ist geeignet.
authenticator-set-up = Einrichten
authenticator-replace = Auf ein anderes Gerät umziehen
authenticator-name = Authenticator-App
authenticator-remove = Entfernen
authenticator-remove-label = Authenticator-App entfernen
factor-since = Eingerichtet
factor-used = Zuletzt benutzt
recovery-codes = Wiederherstellungscodes
recovery-codes-left = { $count ->
    [0] Keiner mehr übrig. Erstellen Sie neue, bevor Sie sie brauchen.
    [one] Nur noch einer übrig. Erstellen Sie neue, bevor Sie sie brauchen.
   *[other] { $count } übrig
}
recovery-codes-new = Neue Codes erstellen
recovery-codes-explanation = Wenn Sie Ihr Telefon verlieren, tritt einer dieser Codes an seine Stelle. Jeder gilt nur einmal.
recovery-codes-once = Sie sehen die Codes nur dieses eine Mal. Drucken Sie sie aus oder bewahren Sie sie dort auf, wo Sie Ihre Passwörter aufbewahren. Frühere Codes sind ungültig.
recovery-codes-copy = Wiederherstellungscodes kopieren
recovery-codes-print = Drucken
recovery-codes-kept = Ich habe sie aufbewahrt
authenticator-title = Anmeldung in zwei Schritten einrichten
authenticator-scan = Scannen Sie dies mit Ihrer Authenticator-App.
authenticator-picture = QR-Code für Ihre Authenticator-App
authenticator-type = Ich kann ihn nicht scannen
authenticator-copy = Schlüssel kopieren
authenticator-first-code = Geben Sie den Code ein, den die App anzeigt
authenticator-first-code-hint = Sechs Ziffern. Bevor sie stimmen, ändert sich nichts.
authenticator-confirm = Einschalten
password-heading = Passwort
password-since = Gesetzt am
password-current = Bisheriges Passwort
password-new = Neues Passwort
password-others = Überall sonst abmelden
password-others-hint = Beendet auch, was Apps in Ihrer Abwesenheit dürfen. In diesem Browser bleiben Sie angemeldet.
password-change = Passwort ändern
notice-password-changed = Ihr Passwort wurde geändert.
notice-authenticator-added = Die Anmeldung in zwei Schritten ist eingeschaltet.
notice-authenticator-removed = Die Anmeldung in zwei Schritten ist ausgeschaltet.

## Geräte
device = { $browser } unter { $system }
device-unknown = Unbekanntes Gerät

## Hinweise von Formularen
alert-credentials = Benutzername oder Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.
alert-code = Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
alert-first-code = Dieser Code stimmt nicht. Geht die Uhr Ihres Geräts richtig? Geben Sie den Code ein, den die App jetzt anzeigt.
alert-password-current = Das bisherige Passwort stimmt nicht.
alert-throttled = Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es dann noch einmal.
alert-another-tab = Inzwischen wurde in diesem Browser eine andere Seite geöffnet. Bitte melden Sie sich hier noch einmal an.
alert-busy = Gerade melden sich viele Personen an. Versuchen Sie es in ein paar Sekunden noch einmal.
alert-username-taken = Dieser Benutzername ist vergeben.
alert-username-form = Ein Benutzername hat 1 bis 128 Zeichen in einer Zeile, ohne Leerzeichen am Anfang oder Ende.
alert-password-short = { $count ->
    [one] Ein Passwort braucht mindestens ein Zeichen.
   *[other] Ein Passwort braucht mindestens { $count } Zeichen.
}
alert-password-long = Ein Passwort hat höchstens 256 Zeichen.
alert-password-common = Dieses Passwort ist zu leicht zu erraten. Wählen Sie ein anderes.
alert-email = Das ist keine E-Mail-Adresse.
alert-name = Ein Name ist eine Zeile mit höchstens 1.000 Zeichen.
alert-user-unchanged = Es wurde nichts geändert. Sie können Ihr eigenes Konto nicht sperren.

## Mitteilungen
notice-session-ended = Die Sitzung ist beendet.
notice-app-left = Sie sind bei der App abgemeldet.
notice-others-ended = Sie sind überall sonst abgemeldet.
notice-consent-withdrawn = Die App hat keinen Zugriff mehr.
notice-user-added = Die Person kann sich jetzt anmelden.
notice-user-reset = Die Anmeldung in zwei Schritten wurde zurückgesetzt und die Person überall abgemeldet.
alert-user-no-factor = Es wurde nichts geändert. Dieses Konto hat keinen zweiten Faktor.
user-two-step = zwei Schritte
user-reset = Zwei Schritte zurücksetzen
user-reset-label = Zwei Schritte zurücksetzen: { $user }
notice-user-disabled = Das Konto wurde gesperrt und überall abgemeldet.
notice-user-enabled = Die Person kann sich wieder anmelden.
notice-session-ended-of = Die Sitzung ist beendet.

## Scopes
scope-openid = Wer Sie sind
scope-openid-detail = Eine dauerhafte Kennung, an der Sie wiedererkannt werden.
scope-profile = Ihr Profil
scope-profile-detail = Name, Bild, Sprache und ähnliche Angaben.
scope-email = Ihre E-Mail-Adresse
scope-email-detail = Und ob sie bestätigt wurde.
scope-address = Ihre Postanschrift
scope-phone = Ihre Telefonnummer
scope-phone-detail = Und ob sie bestätigt wurde.

## Wörter der Konsole
kind-confidential = Vertraulich
kind-web = Browser-App
kind-native = Installierte App
consent-asked = Wird erfragt
consent-skipped = Wird übergangen
standing-live = Aktiv
standing-warn = Endet bald
standing-dormant = Abgelaufen
standing-expired = Erloschen
standing-ended = Beendet

## Fehlerseiten
error-bad-request = Dieser Anmeldelink funktioniert nicht
error-bad-request-detail = Die App, von der Sie kommen, hat eine fehlerhafte Anfrage gestellt. Gehen Sie zur App zurück und versuchen Sie es noch einmal.
error-unknown-client = Diese App kennen wir nicht
error-unknown-client-detail = Die App, von der Sie kommen, ist bei diesem Abide nicht registriert.
error-redirect-uri = Wir können Sie nicht zu dieser App zurückleiten
error-redirect-uri-detail = Die Adresse, zu der sie Sie leiten möchte, hat sie nicht registriert. Deshalb wurde nichts dorthin gesendet.
error-form = Dieses Formular gilt nicht mehr
error-form-detail = Es war zu lange geöffnet oder kam nicht von unserer eigenen Seite. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-gone = Diese Seite ist abgelaufen
error-gone-detail = Sie wurde schon beantwortet oder war zu lange geöffnet. Gehen Sie zur App zurück und melden Sie sich von dort aus an.
error-forbidden = Diese Seite ist nicht für Ihr Konto bestimmt
error-forbidden-detail = Ihr Konto darf sie nicht öffnen. Melden Sie sich mit einem anderen Konto an oder fragen Sie einen Administrator.
error-not-found = Diese Seite gibt es nicht
error-not-found-detail = Prüfen Sie die Adresse oder gehen Sie zu Ihrer Kontoseite.
error-fault = Bei uns ist etwas schiefgegangen
error-fault-detail = Der Fehler wurde aufgezeichnet. Versuchen Sie es gleich noch einmal; wenn er bleibt, nennen Sie den Betreibern dieses Abide die Referenz unten.
error-busy = Wir können gerade nicht antworten
error-busy-detail = Es wurde nichts geändert. Versuchen Sie es in ein paar Sekunden noch einmal.

## Sprachen und Daten
languages = Sprache
moment = { $day }. { $month } { $year }, { $time } UTC
month-1 = Jan.
month-2 = Feb.
month-3 = März
month-4 = Apr.
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = Aug.
month-9 = Sept.
month-10 = Okt.
month-11 = Nov.
month-12 = Dez.

act-factor-renamed = Passkey umbenannt
set-up-factor-heading = Anmeldung in zwei Schritten erforderlich
set-up-factor-app = { $app } lässt { $person } nur mit Anmeldung in zwei Schritten ein.
set-up-factor-console = { $person } kann nur mit Anmeldung in zwei Schritten fortfahren.
set-up-factor-explanation = Es dauert eine Minute: Richten Sie sie jetzt ein, danach geht es an dieser Stelle weiter.
set-up-factor-passkey = Passkey einrichten
set-up-factor-authenticator = Authenticator-App einrichten
set-up-factor-not-now = Nicht jetzt
nav-overview = Übersicht
profile-title = Profil
profile-detail = Apps sehen davon, was Sie ihnen erlauben. Lassen Sie leer, was Sie nicht angeben möchten.
profile-name = Vollständiger Name
profile-given-name = Vorname
profile-family-name = Nachname
profile-nickname = Spitzname
profile-website = Webseite
profile-zoneinfo = Zeitzone
profile-locale = Sprache
profile-locale-hint = Von der nächsten Seite an erscheinen diese Seiten und E-Mails in dieser Sprache. Auch Apps erfahren davon.
profile-save = Speichern
notice-profile-saved = Ihr Profil wurde gespeichert.
alert-profile-line = Höchstens 200 Zeichen in einer Zeile.
alert-profile-address = Eine Webadresse beginnt mit https:// oder http://.
alert-profile-zone = Das ist keine Zeitzone. Wählen Sie eine aus der Liste.
alert-profile-language = Wählen Sie eine Sprache aus der Liste.
history-title = Anmeldeverlauf
history-detail = Ihre letzten Anmeldungen, höchstens fünfzig.
history-none = Es hat sich noch niemand angemeldet.
history-when = Wann
history-how = Wie
history-not-you = Waren Sie das einmal nicht selbst? Ändern Sie Ihr Passwort und beenden Sie die anderen Sitzungen:
signal-new-device = Neues Gerät
signal-new-network = Neues Netzwerk
signal-impossible-travel = Zwei Orte zugleich
way-password = Passwort
way-code = Code
way-passkey = Passkey
data-title = Ihre Daten
data-download = Daten mitnehmen
data-download-detail = Eine Datei mit allem, was hier über Sie gespeichert ist, ohne Ihre Geheimnisse.
data-download-button = Herunterladen
data-delete = Konto löschen
data-delete-detail = { $count ->
    [one] Noch einen Tag lang funktioniert alles, und Sie können es sich anders überlegen. Danach wird alles gelöscht, was hier über Sie gespeichert ist; Apps erfahren, dass Sie abgemeldet sind, und was sie selbst speichern, müssen sie selbst löschen.
   *[other] Noch { $count } Tage lang funktioniert alles, und Sie können es sich anders überlegen. Danach wird alles gelöscht, was hier über Sie gespeichert ist; Apps erfahren, dass Sie abgemeldet sind, und was sie selbst speichern, müssen sie selbst löschen.
}
data-delete-name = Ihr Benutzername
data-delete-hint = Geben Sie { $username } ein, um fortzufahren.
data-delete-button = Mein Konto löschen
data-leaving = Ihr Konto wird gelöscht
data-leaving-detail = Es funktioniert noch bis:
data-keep-button = Mein Konto behalten
notice-deletion-asked = Ihr Konto wird gelöscht werden.
notice-deletion-cancelled = Ihr Konto bleibt bestehen.
alert-deletion-name = Das ist nicht Ihr Benutzername.
act-sign-in-unusual = Ungewöhnliche Anmeldung
act-deletion-asked = Löschung beantragt
act-deletion-cancelled = Löschung zurückgenommen
act-account-deleted = Konto gelöscht
act-data-downloaded = Daten heruntergeladen
consent-sees = Was sie sieht
passkeys-heading = Passkeys
passkeys-detail = Melden Sie sich mit Fingerabdruck, Gesicht oder der PIN Ihres Geräts statt mit einem Passwort an. Ein Passkey funktioniert nur auf dieser Website, deshalb kann ihn Ihnen niemand entlocken.
passkeys-none = Sie haben noch keinen.
passkey-add = Passkey hinzufügen
passkey-title = Passkey hinzufügen
passkey-explanation = Ihr Browser fragt, wo er aufbewahrt werden soll: in diesem Gerät, auf einem Sicherheitsschlüssel oder bei Ihren Passwörtern.
passkey-create = Passkey erstellen
field-passkey-label = Name
field-passkey-label-hint = Damit Sie ihn später wiedererkennen.
passkey-synced = In Software aufbewahrt, auf allen Ihren Geräten.
passkey-device = In einem einzigen Gerät aufbewahrt.
passkey-second-step = Nur nach Ihrem Passwort: Er prüft nicht, wer Sie sind.
passkey-rename = Umbenennen
passkey-rename-save = Namen speichern
passkey-remove = Entfernen
passkey-remove-label = Passkey { $label } entfernen
passkey-sign-in = Mit Passkey anmelden
passkey-use = Passkey verwenden
passkey-waiting = Folgen Sie den Anweisungen Ihres Browsers.
passkey-cancelled = Es wurde nichts ausgewählt, oder es hat zu lange gedauert. Sie können es noch einmal versuchen.
passkey-known = Auf diesem Gerät gibt es bereits einen Passkey für dieses Konto.
passkey-unsupported = Dieser Browser kann hier keine Passkeys verwenden.
passkey-failed = Der Passkey hat nicht funktioniert. Sie können es noch einmal versuchen.
passkey-script = Passkeys brauchen JavaScript, das Ihr Browser nicht ausführt.
second-factor-passkey = Sie melden sich als { $person } an. Zeigen Sie, dass Sie es sind.
second-factor-recovery = Sie melden sich als { $person } an. Geben Sie einen Ihrer Wiederherstellungscodes ein.
field-recovery-code = Wiederherstellungscode
field-recovery-code-hint = Einer von denen, die Sie ausgedruckt oder aufbewahrt haben. Jeder gilt nur einmal.
alert-passkey = Dieser Passkey konnte nicht angenommen werden. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.
alert-passkey-new = Der Passkey konnte nicht hinzugefügt werden. Versuchen Sie es noch einmal.
alert-passkey-label = Ein Name hat 1 bis 64 Zeichen in einer Zeile.
alert-passkey-last = Es wurde nichts geändert. Ohne diesen Passkey könnten Sie sich nicht mehr anmelden.
notice-passkey-added = Der Passkey wurde hinzugefügt.
notice-passkey-renamed = Der Passkey hat seinen neuen Namen.
notice-passkey-removed = Der Passkey wurde entfernt. Löschen Sie ihn auch in Ihrem Gerät.
mail-foot = Gesendet von Abide auf { $host }. Antworten an diese Adresse werden nicht gelesen.
mail-unasked = Wenn Sie nicht darum gebeten haben, ignorieren Sie bitte diese E-Mail: Ohne den Link geschieht nichts.
mail-when = Wann
mail-browser = Browser
mail-address = Von
mail-invited-by = Eingeladen von
mail-reset-subject = Wählen Sie ein neues Passwort für { $host }
mail-reset-lead = Jemand hat um ein neues Passwort für dieses Konto gebeten. Der Link gilt nur einmal und 30 Minuten lang.
mail-reset-action = Neues Passwort wählen
mail-reset-browser = Bitte öffnen Sie ihn in dem Browser, in dem Sie darum gebeten haben: Anderswo funktioniert er nicht.
mail-reset-factor = Wenn Sie die Anmeldung in zwei Schritten nutzen, bleibt Ihr zweiter Schritt, wie er ist.
mail-reset-sent-subject = Ein neues Passwort für Ihr Konto bei { $host }
mail-reset-sent-lead = Ein Administrator sendet Ihnen diesen Link, damit Sie ein neues Passwort wählen können.
mail-reset-once = Der Link gilt nur einmal und 30 Minuten lang.
mail-verify-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $host }
mail-verify-lead = Jemand möchte diese Adresse für sein Konto verwenden. Waren Sie das, dann bestätigen Sie bitte, dass sie Ihnen gehört. Der Link gilt eine Stunde lang.
mail-verify-action = Adresse bestätigen
mail-verify-note = Bitte öffnen Sie ihn in dem Browser, in dem Sie angemeldet sind.
mail-sign-up-subject = Schließen Sie die Anlage Ihres Kontos bei { $host } ab
mail-sign-up-lead = Jemand möchte mit dieser E-Mail-Adresse ein Konto anlegen. Der Link gilt nur einmal und eine Stunde lang.
mail-sign-up-action = Konto fertigstellen
mail-sign-up-note = Bitte öffnen Sie ihn in dem Browser, in dem Sie begonnen haben.
mail-known-subject = Sie haben bereits ein Konto bei { $host }
mail-known-lead = Jemand hat diese E-Mail-Adresse für ein neues oder ein anderes Konto eingegeben. Sie gehört zu Ihrem Konto, deshalb wurde nichts geändert.
mail-known-action = Anmelden
mail-known-note = Wenn Sie das waren und Ihr Passwort nicht mehr kennen, wählen Sie dort bitte „Passwort vergessen?“. Wenn nicht, brauchen Sie nichts zu tun.
mail-invitation-subject = Sie sind zu { $host } eingeladen
mail-invitation-lead = Legen Sie Ihr Konto an: Wählen Sie einen Benutzernamen und ein Passwort. Der Link gilt nur einmal und sieben Tage lang.
mail-invitation-action = Konto anlegen
mail-invitation-note = Wer den Link hat, kann ihn benutzen: Bitte geben Sie ihn nicht weiter.
mail-notice-action = Konto ansehen
mail-notice-note = Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn nicht, ändern Sie bitte jetzt Ihr Passwort und verständigen Sie die Betreiber dieses Dienstes.
mail-new-device-subject = Neue Anmeldung bei Ihrem Konto auf { $host }
mail-new-device-lead = Jemand hat sich mit einem Browser angemeldet, in dem Ihr Konto bisher nicht benutzt wurde.
mail-many-failures-subject = Anmeldung nach falschen Passwörtern bei { $host }
mail-many-failures-lead = Jemand hat sich nach mehreren falschen Passwörtern mit dem richtigen angemeldet.
mail-password-changed-subject = Ihr Passwort bei { $host } wurde geändert
mail-password-changed-lead = Das Passwort dieses Kontos wurde geändert.
mail-factor-added-subject = Bei { $host } wurde ein zweiter Schritt eingerichtet
mail-factor-added-lead = Für dieses Konto wurde ein zweiter Faktor eingerichtet: Er wird von nun an bei der Anmeldung verlangt.
mail-factor-removed-subject = Bei { $host } wurde ein zweiter Schritt entfernt
mail-factor-removed-lead = Ein zweiter Faktor dieses Kontos wurde entfernt.
mail-codes-made-subject = Neue Wiederherstellungscodes bei { $host }
mail-codes-made-lead = Für dieses Konto wurden neue Wiederherstellungscodes erstellt. Die bisherigen sind nicht mehr gültig.
mail-code-used-subject = Bei { $host } wurde ein Wiederherstellungscode benutzt
mail-code-used-lead = Einer der Wiederherstellungscodes dieses Kontos wurde benutzt und ist nicht mehr gültig.
mail-address-changed-subject = Ihre E-Mail-Adresse bei { $host } wurde geändert
mail-address-changed-lead = Die E-Mail-Adresse dieses Kontos wurde geändert. Diese E-Mail geht an die alte und an die neue Adresse.
mail-connected-subject = Ein anderer Anbieter meldet Sie bei { $host } an
mail-connected-lead = Dieses Konto wurde mit einem anderen Anbieter verknüpft: Wer sich dort anmeldet, kann sich von nun an auch hier anmelden.
mail-disconnected-subject = Ein anderer Anbieter meldet Sie bei { $host } nicht mehr an
mail-disconnected-lead = Die Verknüpfung dieses Kontos mit einem anderen Anbieter wurde getrennt: Damit kann sich hier niemand mehr anmelden.
act-mail-sent = E-Mail gesendet
act-mail-failed = E-Mail nicht zugestellt
act-password-reset-asked = Passwortlink angefordert
act-password-reset = Passwort per Link zurückgesetzt
act-address-asked = Adresse zu bestätigen
act-address-changed = Adresse bestätigt
act-sign-up-asked = Konto angefordert
act-invitation-made = Einladung gesendet
act-invitation-revoked = Einladung zurückgenommen
field-username-or-email = Benutzername oder E-Mail-Adresse
forgot = Passwort vergessen?
forgot-heading = Passwort vergessen?
forgot-explanation = Wir senden einen Link an die bestätigte E-Mail-Adresse Ihres Kontos. Damit wählen Sie ein neues Passwort.
forgot-send = Link senden
forgot-sent-heading = Sehen Sie in Ihr Postfach
forgot-sent = Wenn es dieses Konto gibt und es eine bestätigte E-Mail-Adresse hat, ist eine E-Mail dorthin unterwegs.
forgot-sent-more = Öffnen Sie den Link innerhalb von 30 Minuten in diesem Browser. Nichts angekommen? Sehen Sie im Spam-Ordner nach oder fragen Sie die Betreiber dieses Dienstes.
reset-heading = Neues Passwort wählen
reset-explanation = Sobald es gesetzt ist, werden Sie überall abgemeldet und melden sich dann damit an.
reset-set = Passwort setzen
reset-done = Ihr Passwort wurde geändert. Melden Sie sich damit an.
link-elsewhere-heading = Öffnen Sie diesen Link dort, wo Sie ihn angefordert haben
link-elsewhere = Er funktioniert nur in dem Browser, in dem Sie ihn angefordert haben, damit niemand ihn benutzen kann, der Ihre E-Mails liest.
link-elsewhere-more = Kopieren Sie den Link aus der E-Mail und öffnen Sie ihn dort. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun.
link-gone-heading = Dieser Link gilt nicht mehr
link-gone = Er wurde schon benutzt, ist zu alt oder wurde zurückgenommen. Es wurde nichts geändert.
link-gone-more = Links gelten nur einmal. Wenn Sie noch einen brauchen, fordern Sie einen neuen an.
sign-up = Konto anlegen
sign-up-heading = Konto anlegen
sign-up-explanation = Wir senden einen Link an Ihre E-Mail-Adresse. Damit wählen Sie ein Passwort.
sign-up-hint = Damit melden Sie sich an.
sign-up-send = Link senden
sign-up-instead = Ich habe ein Konto: anmelden
sign-up-sent = Eine E-Mail an diese Adresse ist unterwegs. Darin steht, wie es weitergeht.
sign-up-sent-more = Öffnen Sie den Link innerhalb einer Stunde in diesem Browser. Nichts angekommen? Sehen Sie im Spam-Ordner nach oder versuchen Sie es noch einmal.
new-account-heading = Konto fertigstellen
new-account-explanation = Ihre E-Mail-Adresse ist bestätigt. Wählen Sie noch ein Passwort, dann sind Sie fertig.
new-account-create = Konto anlegen
alert-username-address = Ein Benutzername mit @ muss die Adresse sein, an die die Einladung ging.
email-heading = Ihre E-Mail-Adresse
email-explanation = Sobald sie bestätigt ist, gehen Links für neue Passwörter und Nachrichten zu Ihrem Konto dorthin.
email-confirmed = Bestätigt
email-unconfirmed = Nicht bestätigt
email-none = Ihr Konto hat noch keine E-Mail-Adresse.
email-new = Neue Adresse
email-hint = Wir senden einen Link dorthin. Es ändert sich nichts, bevor Sie ihn in diesem Browser öffnen.
email-send = Link senden
email-sent = Eine E-Mail an die Adresse ist unterwegs. Öffnen Sie den Link darin innerhalb einer Stunde in diesem Browser.
email-done = Ihre E-Mail-Adresse wurde bestätigt. Sie können sich damit anmelden.
alert-email-same = Das ist bereits Ihre Adresse.
alert-email-taken = Diese Adresse gehört zu einem anderen Konto. Es wurde nichts geändert.
email-confirm-heading = Ist das Ihre E-Mail-Adresse?
email-confirm-explanation = Bestätigen Sie sie als Adresse von { $user }.
email-confirm = Adresse bestätigen
email-elsewhere = Er funktioniert nur für die Person, die ihn angefordert hat, angemeldet und in dem Browser, in dem sie ihn angefordert hat.
to-email = E-Mail-Adresse
invitations = Einladungen
invitations-explanation = Wen Sie einladen, erhält eine E-Mail mit einem Link und wählt Benutzername und Passwort. Der Link gilt nur einmal und sieben Tage lang.
invitations-no-mail = In der Konfiguration fehlt [mail], deshalb kann niemand eingeladen werden.
invitations-none = Zurzeit ist niemand eingeladen.
invite-heading = Person einladen
invite-send = Einladung senden
invitation-until = Bis
invitation-revoke = Zurücknehmen
invitation-revoke-label = Einladung von { $user } zurücknehmen
notice-invited = Die Einladung ist unterwegs.
notice-invitation-revoked = Die Einladung wurde zurückgenommen; ihr Link ist ungültig.
notice-reset-sent = Ein Link für ein neues Passwort ist unterwegs.
alert-invite-known = Mit dieser Adresse gibt es bereits ein Konto.
alert-user-no-address = Es wurde nichts gesendet. Dieses Konto hat keine bestätigte E-Mail-Adresse oder ist gesperrt.
user-send-reset = Passwortlink senden
user-send-reset-label = Passwortlink senden an { $user }

# Sign-in by another provider, and several accounts
upstream-or = oder
upstream-group = Andere Wege, sich anzumelden
upstream-continue = Weiter mit { $upstream }
newcomer-heading = Willkommen
newcomer-explanation = Sie haben sich bei { $upstream } als { $shown } angemeldet. Damit ist hier noch kein Konto verknüpft.
newcomer-explanation-unnamed = Sie haben sich bei { $upstream } angemeldet. Damit ist hier noch kein Konto verknüpft.
newcomer-username-hint = Sie können jeden freien Namen wählen.
newcomer-create = Konto anlegen
newcomer-connect-hint = Sie haben schon ein Konto? Melden Sie sich einmal damit an; von da an meldet { $upstream } Sie an.
newcomer-connect = Anmelden und verknüpfen
newcomer-connecting = Melden Sie sich an, um Ihr Konto mit { $shown } bei { $upstream } zu verknüpfen.
newcomer-connecting-unnamed = Melden Sie sich an, um Ihr Konto mit { $upstream } zu verknüpfen.
alert-upstream-failed = Der andere Anbieter hat Sie nicht angemeldet. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.
alert-upstream-cancelled = Sie haben beim anderen Anbieter abgebrochen. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.
alert-upstream-stale = Der andere Anbieter hat Sie nicht um eine neue Anmeldung gebeten, und die ist hier nötig. Melden Sie sich auf andere Weise an.
alert-upstream-taken = Das ist hier mit einem anderen Konto verknüpft. Trennen Sie zuerst dort die Verknüpfung.
alert-upstream-full = Ihr Konto hat bereits so viele Verknüpfungen wie möglich.
alert-upstream-last-way = Nur auf diesem Weg können Sie sich anmelden, deshalb bleibt er bestehen. Richten Sie zuerst einen anderen ein.
notice-upstream-connected = Ihr Konto ist verknüpft.
notice-upstream-disconnected = Ihr Konto ist nicht mehr damit verknüpft.
connected-heading = Verknüpfte Konten
connected-detail = Andere Anbieter, die Sie hier anmelden.
connected-none = Ihr Konto ist mit keinem verknüpft.
connected-add = { $upstream } verknüpfen
connected-remove = Trennen
connected-remove-label = { $upstream } trennen
act-upstream-connected = Anbieter verknüpft
act-upstream-disconnected = Anbieter getrennt
act-upstream-logout = Vom Anbieter abgemeldet
choose-here = Wählen Sie ein Konto, das hier angemeldet ist
accounts-here = Konten in diesem Browser
accounts-here-detail = Andere, die hier angemeldet sind. Alle haben ihre eigene Sitzung.
account-add = Weiteres Konto hinzufügen
account-switch = Wechseln
account-switch-label = Zu { $account } wechseln

## A code that is mailed where a sign-in is unusual

mailed-code-heading = Sehen Sie in Ihre E-Mails
mailed-code-explanation = Sie melden sich von einem Gerät an, das für dieses Konto neu ist. Deshalb haben wir einen Code an { $to } geschickt.
field-mailed-code = Code aus der E-Mail
field-mailed-code-hint = Acht Ziffern. Er gilt nur hier und zehn Minuten lang.
mailed-code-again = Noch einmal senden
alert-mailed-code = Das ist nicht der Code aus der E-Mail. Sehen Sie noch einmal nach, oder lassen Sie ihn noch einmal senden.
mail-code-subject = Ihr Code für die Anmeldung bei { $host }
mail-code-lead = Jemand meldet sich mit Ihrem Passwort von einem Gerät an, das für Ihr Konto neu ist. Sind Sie es, dann geben Sie dort diesen Code ein. Er gilt zehn Minuten lang.
mail-code = Code
mail-code-note = Sind Sie es nicht, dann kennt jemand Ihr Passwort: Ändern Sie es jetzt, und nennen Sie niemandem den Code.

## Passwörter
alert-password-context = Dieses Passwort besteht fast nur aus Ihren eigenen Namen oder dem Namen dieses Dienstes. Wählen Sie ein anderes.
alert-password-breached = Dieses Passwort ist aus einem Datendiebstahl bekannt. Wählen Sie ein anderes, und ändern Sie es überall, wo Sie es sonst noch verwenden.
alert-password-unseen = Dieses Passwort enthält unsichtbare Zeichen. Tippen Sie es ein, statt es einzufügen, oder wählen Sie ein anderes.
alert-factor-needed = { $count ->
    [one] Ihr Passwort reicht nur zusammen mit einem zweiten Schritt aus. Setzen Sie zuerst eines mit mindestens einem Zeichen.
   *[other] Ihr Passwort reicht nur zusammen mit einem zweiten Schritt aus. Setzen Sie zuerst eines mit mindestens { $count } Zeichen.
}
set-up-factor-password = Das Passwort von { $person } reicht nur zusammen mit einem zweiten Schritt aus, und den gibt es nicht mehr.
set-up-factor-longer = Stattdessen ein längeres Passwort wählen

# Löschung und falsche Codes per E-Mail; wer nicht gehen kann
mail-deletion-subject = Ihr Konto bei { $host } wird gelöscht
mail-deletion-lead = Jemand, der angemeldet war, hat verlangt, dass dieses Konto in 14 Tagen gelöscht wird. Bis dahin funktioniert es wie bisher, und wer sich anmeldet, kann es auf der Kontoseite behalten.
mail-deletion-cancelled-subject = Ihr Konto bei { $host } bleibt bestehen
mail-deletion-cancelled-lead = Jemand, der angemeldet war, hat die Löschung dieses Kontos zurückgenommen.
mail-many-codes-subject = Anmeldung nach falschen Codes bei { $host }
mail-many-codes-lead = Jemand, der den ersten Schritt Ihrer Anmeldung kannte, hat mehrere falsche Codes und dann einen richtigen eingegeben.
alert-deletion-administrator = Außer Ihnen bleibt niemand, der diesen Dienst verwaltet. Geben Sie zuerst jemand anderem diese Rolle.
## Bilder, Auswahl im Profil, Einladungen mit Gruppen, ein erstes Passwort
picture-heading = Bild
picture-detail = Zu sehen hier und in den Apps, denen Sie Ihr Profil zeigen. Es wird quadratisch zugeschnitten.
picture-file = Bilddatei
picture-hint = PNG, JPEG oder WebP, höchstens 4 MB. Orts- und Zeitangaben in der Datei werden nicht aufbewahrt.
picture-save = Hochladen
picture-remove = Entfernen
picture-remove-label = Ihr Bild entfernen
picture-elsewhere = Bis Sie eines hochladen, erhalten Apps das Bild unter dieser Adresse:
notice-picture-saved = Ihr Bild wurde gespeichert.
notice-picture-removed = Ihr Bild wurde entfernt.
alert-picture-nothing = Wählen Sie zuerst eine Datei aus.
alert-picture-size = Die Datei ist zu groß. Sie darf höchstens 4 MB haben.
alert-picture-format = Das ist kein vollständiges Bild in PNG, JPEG oder WebP. Wählen Sie eine andere Datei.
alert-picture-dimensions = Das Bild hat zu viele Pixel. Erlaubt sind 25 Megapixel und Seiten von höchstens 10.000 Pixeln.
profile-locale-browser = Wie mein Browser es vorgibt
profile-zone-none = Keine Angabe
invite-groups = Gruppen
invite-words-hint = Durch Kommas getrennt. Das Konto hat sie von der ersten Anmeldung an.
alert-invite-words = Rollen und Gruppen sind jeweils höchstens 32 durch Kommas getrennte Wörter mit höchstens 64 Zeichen.
password-set-detail = Sie haben keines und melden sich auf andere Weise an. Ein Passwort ist ein weiterer Weg hinein.
password-set = Passwort festlegen
notice-password-set = Ihr Passwort wurde festgelegt.

# Names that newcomers choose

alert-username-foreign = Ein Benutzername mit @ muss Ihre eigene bestätigte E-Mail-Adresse sein.

# The answer to an app, as a form

form-post-heading = Sie werden angemeldet
form-post = Es geht zurück zu { $host }.
form-post-continue = Weiter

act-signing-key-made = Signaturschlüssel erstellt
act-signing-key-revoked = Signaturschlüssel widerrufen

# Devices without a browser

act-device-answered = Gerät beantwortet
enter-code-heading = Gerät verbinden
enter-code-lead = Geben Sie den Code ein, den Ihr Gerät anzeigt.
field-user-code = Code
field-user-code-hint = Acht Buchstaben. Geben Sie ihn nur ein, wenn das Gerät vor Ihnen steht.
enter-code-continue = Weiter
alert-user-code = Es gibt kein Gerät mit diesem Code, oder seine Zeit ist abgelaufen. Sehen Sie noch einmal nach; vielleicht zeigt das Gerät einen neuen Code.
allow-device-title = { $app } auf einem Gerät zulassen?
allow-device-heading = { $app } auf einem anderen Gerät zulassen?
allow-device-compare = Zeigt Ihr Gerät genau diesen Code?
allow-device-what = Gerät
allow-device-where = Adresse
allow-device-when = Angefragt
allow-device-elsewhere = Dieses Gerät befindet sich in einem anderen Netz als Sie. Lassen Sie es nicht zu, wenn es nicht vor Ihnen steht.
allow-device-sent = Hat Ihnen jemand den Code oder den Link geschickt? Dann wäre es dessen Gerät, das als Sie angemeldet wird.
allow-device-allow = Ja, das ist mein Gerät
allow-device-deny = Nein, abbrechen
device-allowed = Ihr Gerät ist verbunden
device-allowed-lead = Machen Sie dort weiter. Diese Seite können Sie schließen.
device-denied = Das Gerät wurde abgewiesen
device-denied-lead = Es bekommt nichts. Diese Seite können Sie schließen.
device-late = Die Zeit ist abgelaufen
device-late-lead = Der Code wurde schon beantwortet, oder es hat zu lange gedauert. Fangen Sie am Gerät neu an.
device-refused = Das Gerät kann nicht verbunden werden
device-refused-lead = Die App darf nicht bekommen, was sie verlangt. Mehr weiß, wer sie herstellt.
device-refused-factor = Die App verlangt einen zweiten Faktor, und es wurde keiner eingerichtet.

# What a developer is told

error-explained = Für alle, die diese App entwickeln
error-explained-wrong = Was falsch war
error-explained-rule = Regel
error-explained-right = Was richtig wäre

# Apps that can be opened

app-open = { $app } öffnen

# Apps that register themselves

act-client-removed = App entfernt
onward-heading = Weiter zu { $host }?
onward-lead = { $app } hat Sie hierher geschickt, und eine Anmeldung ist nicht zustande gekommen. Diese App hat sich selbst registriert: Niemand hier hat geprüft, wer dahintersteht.
onward-signed-out = Sie sind abgemeldet, und { $app } bittet Sie auf eine Seite der App. Diese App hat sich selbst registriert: Niemand hier hat geprüft, wer dahintersteht.
onward-care = Wenn Sie dort nicht hinwollten, schließen Sie diese Seite. Geben Sie das Passwort für dieses Konto dort niemals ein.
onward-continue = Weiter
self-registered = Diese App hat sich selbst registriert. Niemand hier hat geprüft, wer dahintersteht, und ihren Namen hat sie selbst gewählt.
consent-registered = Wird erfragt; hat sich selbst registriert

client-remove = Entfernen
client-remove-label = { $app } entfernen
client-remove-detail = Niemand kann sich mehr bei ihr anmelden, und alle ihre Tokens enden. Das lässt sich nicht rückgängig machen.
notice-client-removed = Die App wurde entfernt.
alert-client-gone = Diese App gibt es hier nicht mehr.
