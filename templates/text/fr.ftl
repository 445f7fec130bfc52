# Français. On vouvoie la personne. Avant « : », « ? » et « ! » se trouve une espace insécable. Un test compare les clés
# avec celles de en.ftl.

## Partout

product = Abide
foot = Votre mot de passe reste chez Abide. Les applications ne le voient jamais.
skip = Aller au contenu
title-error = Erreur :
optional = facultatif
none = Aucun
cancel = Annuler
never = Jamais
created = Création
action = Action
search = Rechercher
copy = Copier
copied = Copié
next-page = Page suivante
to-account = Aller à votre compte
to-console = Console
app-home = À propos de { $app }
app-policy = Politique de confidentialité
app-terms = Conditions d’utilisation

## Champs

field-username = Nom d’utilisateur
field-password = Mot de passe
field-password-hint = { $count ->
    [one] Au moins un caractère. Plusieurs mots sans rapport entre eux font un bon mot de passe.
   *[other] Au moins { $count } caractères. Plusieurs mots sans rapport entre eux font un bon mot de passe.
}
field-remember = Rester connecté
field-remember-hint = Seulement sur un appareil qui n’appartient qu’à vous.
field-name = Nom complet
field-email = Adresse e-mail
password-show = Afficher
password-hide = Masquer
password-show-label = Afficher le mot de passe
password-hide-label = Masquer le mot de passe

## Se connecter

sign-in = Se connecter
sign-in-heading = Connexion
sign-in-heading-again = Confirmez que c’est bien vous
sign-in-heading-console = Connexion à la console
sign-in-to-continue = pour continuer vers { $app }
sign-in-again = Saisissez de nouveau votre mot de passe pour continuer.
sign-in-again-for = { $app } vous demande de saisir de nouveau votre mot de passe.
sign-in-console = Réservé aux administrateurs de cet Abide.

second-factor-heading = Encore une étape
second-factor-explanation = Ouvrez votre application d’authentification et saisissez son code pour { $person }.
field-code = Code
field-code-hint = Six chiffres qui changent toutes les trente secondes.
field-code-recovery = Si vous n’avez pas l’application sous la main, saisissez l’un de vos codes de récupération.
confirm-code = Continuer

## Choisir un compte

select-heading = Choisissez un compte
select-to-continue = pour continuer vers { $app }
select-another = Utiliser un autre compte

## Consentement

consent-title = Autoriser { $app } ?
consent-heading = { $app } demande un accès
consent-person = Vous êtes connecté en tant que { $person }.
consent-asks = Si vous acceptez, { $app } obtient :
consent-offline = L’accès en votre absence
consent-offline-detail = L’accès se poursuit après votre déconnexion, jusqu’à ce que vous le retiriez.
consent-destination = Vous serez redirigé vers
consent-allow = Autoriser
consent-deny = Ne pas autoriser
consent-withdraw = Vous pouvez retirer cet accès à tout moment sur la page de votre compte.

## Se déconnecter

sign-out = Se déconnecter
sign-out-heading = Voulez-vous vous déconnecter ?
sign-out-asked = { $app } l’a demandé.
sign-out-person = Vous êtes connecté en tant que { $person }.
sign-out-apps = Applications qui utilisent cette connexion
sign-out-destination = Vous serez ensuite dirigé vers { $host }.
sign-out-stay = Rester connecté
sign-out-scope = Jusqu’où ?
sign-out-browser = Dans ce navigateur, de toutes les applications
sign-out-app = Seulement de { $app }
sign-out-everywhere = Partout, sur tous les appareils
signed-out-heading = Vous êtes déconnecté
signed-out = Votre session dans ce navigateur est terminée.
signed-out-app-heading = Vous êtes déconnecté de l’application
signed-out-app = Votre session dans ce navigateur se poursuit, les autres applications aussi.
signed-out-apps = Applications qui l’utilisaient
signed-out-apps-hint = Elles ne peuvent plus renouveler leur accès. Sur un appareil partagé, fermez aussi le navigateur.
signed-out-continue = Continuer
told-underway = notification en cours
told-told = est au courant
told-not-reached = n’a pas pu être jointe ; nous réessayons
told-asked = a été priée de vous déconnecter
told-no-address = l’apprendra à sa prochaine demande
signed-out-again = Se reconnecter
signed-out-idle = Vous avez été déconnecté après un moment d’inactivité.
signed-out-absolute = Vous avez été déconnecté parce qu’il était temps de vous reconnecter.
signed-out-revoked = Cette connexion a été interrompue depuis un autre endroit.
signed-out-credential-changed = Vous avez été déconnecté parce que votre mot de passe a changé.
stayed-heading = Vous êtes toujours connecté
stayed = Rien n’a changé. Vous pouvez fermer cette page.

## Avant la fin de la session

warning-countdown = Vous serez déconnecté dans { $time }.
warning-idle-heading = Êtes-vous toujours là ?
warning-idle = Vous êtes inactif depuis un moment. Rien n’est perdu si vous restez connecté.
warning-absolute-heading = Votre connexion va bientôt expirer
warning-absolute = Pour rester connecté, vous devez vous connecter de nouveau. Vous reviendrez là où vous êtes.
warning-console-countdown = La console se fermera dans { $time }.
warning-console-absolute-heading = La console va bientôt se fermer
warning-console-absolute = Pour continuer, vous devez vous connecter de nouveau. Vous reviendrez là où vous êtes.
console-over-heading = La console est fermée
console-over = Connectez-vous de nouveau pour continuer.
console-over-idle = Vous y étiez inactif depuis un moment. Partout ailleurs, vous êtes toujours connecté.
console-over-absolute = Il était temps de vous reconnecter. Partout ailleurs, vous êtes toujours connecté.
console-over-revoked = Vous n’êtes plus administrateur.

## Ce qui ne peut pas continuer

error-reference = Référence
error-developer = Pour les développeurs de l’application

## Le premier administrateur

setup-heading = Créer le premier administrateur
setup-explanation = Ce compte gère les personnes, les applications et les sessions. Le lien que vous avez utilisé ne sert qu’une fois.
setup-create = Créer l’administrateur
setup-gone-heading = Ce lien de configuration n’est plus valable
setup-gone = Il a été utilisé, son heure est passée, il en existe un plus récent, ou il y a déjà un administrateur.
setup-gone-new = Pour obtenir un nouveau lien, exécutez ceci sur le serveur :
setup-gone-console = Aller à la console

## La page personnelle

account-title = Votre compte
account-sessions = Où vous êtes connecté
account-sessions-detail = Déconnectez tout ce que vous ne reconnaissez pas.
account-this-browser = Ce navigateur
account-end-others = Se déconnecter partout ailleurs
account-consents = Applications autorisées
account-consents-detail = Applications auxquelles vous avez permis d’en savoir plus sur vous.
account-consents-none = Vous n’avez encore rien permis à aucune application.
session-address = Adresse
session-started = Connexion
session-last-active = Dernière activité
session-ends = Fin
session-apps = Applications de la session : { $device }
session-end-label = Se déconnecter : { $device }
session-continued = Reprise après expiration
limit-idle = si vous ne faites rien
limit-absolute = dans tous les cas
app-joined = Depuis
app-ends = jusqu’au
app-no-end = pas de fin propre
app-grants = Connexions transmises
app-grants-count = { $count }
app-renewals = Accès renouvelé
app-renewals-count = { $count ->
    [one] { $count } fois
   *[other] { $count } fois
 }
app-renewed = dernière fois
app-leave = Se déconnecter de { $app }
consent-scopes = Ce que { $app } peut obtenir
consent-given = Autorisé le
consent-withdraw-button = Retirer
consent-withdraw-label = Retirer l’accès : { $app }

## La console

console = Console
console-users = Personnes
console-clients = Applications
console-sessions = Sessions
console-audit = Journal

user-add = Ajouter une personne
user-password = Premier mot de passe
user-admin = Administrateur
user-admin-hint = Peut utiliser cette console.
user-search = Rechercher par nom d’utilisateur
user-person = Personne
user-roles = Rôles
user-state = État
user-active = Actif
user-disabled = Désactivé
user-disable = Désactiver
user-disable-label = Désactiver { $user }
user-enable = Réactiver
user-enable-label = Réactiver { $user }
user-none = Personne ici ne porte ce nom.

client-app = Application
client-add = Ajouter une application
client-name = Nom
client-name-hint = Ce que les personnes voient en se connectant.
client-kind = Type
client-kind-confidential = Application web avec serveur (garde un secret)
client-kind-web = Application de navigateur (sans secret)
client-kind-native = Application installée (sans secret)
client-kind-hint = Seule une application dotée de son propre serveur peut garder un secret.
client-redirect-uris = URI de redirection
client-redirect-uris-hint = Une par ligne, comparée caractère par caractère.
client-post-logout-redirect-uris = URI de redirection après la déconnexion
client-post-logout-redirect-uris-hint = Une par ligne.
client-idle-timeout = Limite d’inactivité
client-max-lifetime = Durée maximale de connexion
client-limits-hint = Par exemple 15m, 12h ou 30d. Vide : pas de limites propres, celles de la session s’appliquent.
client-scope = Scopes
client-scope-hint = Séparés par des espaces. Vide : tous les scopes standard.
client-consent = Consentement
client-skip-consent = Ne pas demander leur consentement aux personnes
client-skip-consent-hint = Uniquement pour les applications de votre propre organisation.
client-none = Pas encore d’applications. Ajoutez la première ci-dessus.
client-created = L’application est enregistrée
client-id = Client ID
client-id-copy = Copier le Client ID
client-secret = Client secret
client-secret-copy = Copier le Client secret
client-secret-once = Copiez le secret maintenant. Seule son empreinte est conservée : il ne pourra plus être affiché.
client-secret-none = Cette application n’a pas de secret ; elle s’identifie par PKCE.

session-search = Rechercher par nom d’utilisateur
session-standing = État
session-device = Appareil
session-end = Terminer
session-end-of-label = Terminer la session de { $user } : { $device }
session-none = Aucune session trouvée.

audit-explanation = Ce qui s’est passé, du plus récent au plus ancien.
audit-at = Quand
audit-act = Quoi
audit-actor = Qui
audit-outcome = Résultat
audit-reason = Motif
audit-none = Il ne s’est encore rien passé.

## Actes du journal
act-sign-in = Tentative de connexion
act-session-started = Session ouverte
act-reauthenticated = Nouvelle authentification
act-session-ended = Session terminée
act-session-timed-out = Session expirée
act-session-reconstituted = Session reprise
act-application-joined = Application jointe à une session
act-grant-issued = Autorisation accordée
act-grant-revoked = Autorisation révoquée
act-consent-given = Consentement donné
act-consent-withdrawn = Consentement retiré
act-account-created = Compte créé
act-account-changed = Compte modifié
act-account-disabled = Compte désactivé
act-account-enabled = Compte réactivé
act-password-changed = Mot de passe défini
act-stepped-up = Second facteur présenté
act-factor-added = Second facteur configuré
act-factor-removed = Second facteur supprimé
act-recovery-codes-made = Codes de récupération créés
act-recovery-code-used = Code de récupération utilisé
act-client-created = Application ajoutée
act-client-changed = Application modifiée
act-setup-link-made = Lien de configuration créé
act-setup-done = Configuration terminée
outcome-done = Effectué
outcome-refused = Refusé

## Connexion et sécurité
security-title = Connexion et sécurité
authenticator-heading = Connexion en deux étapes
authenticator-detail = En plus de votre mot de passe, un code d’une application de votre téléphone. Un mot de passe volé ne suffit alors plus.
authenticator-none = Non configurée. N’importe quelle application d’authentification convient.
authenticator-set-up = Configurer
authenticator-replace = Passer à un autre appareil
authenticator-name = Application d’authentification
authenticator-remove = Supprimer
authenticator-remove-label = Supprimer l’application d’authentification
factor-since = Configuration
factor-used = Dernière utilisation
recovery-codes = Codes de récupération
recovery-codes-left = { $count ->
    [0] Il n’en reste aucun. Créez-en de nouveaux avant d’en avoir besoin.
    [one] Il n’en reste qu’un. Créez-en de nouveaux avant d’en avoir besoin.
   *[other] Il en reste { $count }
}
recovery-codes-new = Créer de nouveaux codes
recovery-codes-explanation = Si vous perdez votre téléphone, l’un de ces codes le remplace. Chacun ne sert qu’une fois.
recovery-codes-once = Vous ne les voyez que cette fois. Imprimez-les ou gardez-les là où vous gardez vos mots de passe. Les codes précédents ne sont plus valables.
recovery-codes-copy = Copier les codes de récupération
recovery-codes-print = Imprimer
recovery-codes-kept = Je les ai conservés
authenticator-title = Configurer la connexion en deux étapes
authenticator-scan = Scannez ceci avec votre application d’authentification.
authenticator-picture = Code QR pour votre application d’authentification
authenticator-type = Je ne peux pas le scanner
authenticator-copy = Copier la clé
authenticator-first-code = Saisissez le code affiché par l’application
authenticator-first-code-hint = Six chiffres. Rien ne change tant qu’ils ne sont pas corrects.
authenticator-confirm = Activer
password-heading = Mot de passe
password-since = Défini le
password-current = Mot de passe actuel
password-new = Nouveau mot de passe
password-others = Se déconnecter partout ailleurs
password-others-hint = Met fin aussi à ce que les applications peuvent faire en votre absence. Dans ce navigateur, vous restez connecté.
password-change = Changer le mot de passe
notice-password-changed = Votre mot de passe a été changé.
notice-authenticator-added = La connexion en deux étapes est activée.
notice-authenticator-removed = La connexion en deux étapes est désactivée.

## Appareils
device = { $browser } sous { $system }
device-unknown = Appareil inconnu

## Alertes des formulaires
alert-credentials = Nom d’utilisateur ou mot de passe incorrect. Vérifiez les deux et réessayez.
alert-code = Ce code est incorrect ou a déjà été utilisé. Attendez le suivant et réessayez.
alert-first-code = Ce code est incorrect. L’horloge de votre appareil est-elle à l’heure ? Saisissez le code que l’application affiche maintenant.
alert-password-current = Le mot de passe actuel est incorrect.
alert-throttled = Trop de tentatives. Patientez un moment, puis réessayez.
alert-another-tab = Une autre page a été ouverte entre-temps dans ce navigateur. Veuillez vous connecter ici encore une fois.
alert-busy = Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.
alert-username-taken = Ce nom d’utilisateur est déjà pris.
alert-username-form = Un nom d’utilisateur compte de 1 à 128 caractères sur une ligne, sans espaces autour.
alert-password-short = { $count ->
    [one] Un mot de passe compte au moins un caractère.
   *[other] Un mot de passe compte au moins { $count } caractères.
}
alert-password-long = Un mot de passe compte au plus 256 caractères.
alert-password-common = Ce mot de passe est trop facile à deviner. Choisissez-en un autre.
alert-email = Ce n’est pas une adresse e-mail.
alert-name = Un nom tient sur une ligne de 1 000 caractères au plus.
alert-user-unchanged = Rien n’a été modifié. Vous ne pouvez pas désactiver votre propre compte.

## Avis
notice-session-ended = La session est terminée.
notice-app-left = Vous êtes déconnecté de l’application.
notice-others-ended = Vous êtes déconnecté partout ailleurs.
notice-consent-withdrawn = L’application n’a plus accès.
notice-user-added = La personne peut se connecter dès maintenant.
notice-user-reset = La connexion en deux étapes a été réinitialisée, et la personne est déconnectée partout.
alert-user-no-factor = Rien n’a été modifié. Ce compte n’a pas de second facteur.
user-two-step = deux étapes
user-reset = Réinitialiser les deux étapes
user-reset-label = Réinitialiser les deux étapes : { $user }
notice-user-disabled = Le compte a été désactivé et déconnecté partout.
notice-user-enabled = La personne peut de nouveau se connecter.
notice-session-ended-of = La session est terminée.

## Scopes
scope-openid = Qui vous êtes
scope-openid-detail = Un identifiant permanent, pour vous reconnaître.
scope-profile = Votre profil
scope-profile-detail = Nom, photo, langue et informations similaires.
scope-email = Votre adresse e-mail
scope-email-detail = Et si elle a été vérifiée.
scope-address = Votre adresse postale
scope-phone = Votre numéro de téléphone
scope-phone-detail = Et s’il a été vérifié.

## Mots de la console
kind-confidential = Confidentielle
kind-web = Application de navigateur
kind-native = Application installée
consent-asked = Demandé
consent-skipped = Non demandé
standing-live = Active
standing-warn = Bientôt terminée
standing-dormant = En sommeil
standing-expired = Expirée
standing-ended = Terminée

## Pages d’erreur
error-bad-request = Ce lien de connexion ne fonctionne pas
error-bad-request-detail = L’application qui vous a envoyé ici a fait une erreur dans sa demande. Revenez à l’application et réessayez.
error-unknown-client = Nous ne connaissons pas cette application
error-unknown-client-detail = L’application qui vous a envoyé ici n’est pas enregistrée auprès de cet Abide.
error-redirect-uri = Nous ne pouvons pas vous renvoyer vers cette application
error-redirect-uri-detail = L’adresse vers laquelle elle veut vous envoyer n’est pas l’une de celles qu’elle a enregistrées ; rien n’y a donc été envoyé.
error-form = Ce formulaire n’est plus valable
error-form-detail = Il est resté ouvert trop longtemps ou ne venait pas de notre propre page. Revenez en arrière, rechargez la page et réessayez.
error-gone = Cette page a expiré
error-gone-detail = Une réponse a déjà été donnée, ou elle est restée ouverte trop longtemps. Revenez à l’application et connectez-vous à partir de là.
error-forbidden = Cette page n’est pas destinée à votre compte
error-forbidden-detail = Votre compte ne peut pas l’ouvrir. Connectez-vous avec un autre compte ou demandez à un administrateur.
error-not-found = Cette page n’existe pas
error-not-found-detail = Vérifiez l’adresse, ou allez à la page de votre compte.
error-fault = Une erreur s’est produite de notre côté
error-fault-detail = Elle a été enregistrée. Réessayez dans un moment ; si elle persiste, communiquez la référence ci-dessous aux responsables de cet Abide.
error-busy = Nous ne pouvons pas répondre pour le moment
error-busy-detail = Rien n’a été modifié. Réessayez dans quelques secondes.

## Langues et dates
languages = Langue
moment = { $day } { $month } { $year }, { $time } UTC
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.

act-factor-renamed = Clé d’accès renommée
set-up-factor-heading = La connexion en deux étapes est nécessaire
set-up-factor-app = { $app } n’accepte { $person } qu’avec la connexion en deux étapes.
set-up-factor-console = { $person } ne peut continuer qu’avec la connexion en deux étapes.
set-up-factor-explanation = Cela prend une minute : configurez-la maintenant, et vous reprendrez là où vous êtes.
set-up-factor-passkey = Configurer une clé d’accès
set-up-factor-authenticator = Configurer une application d’authentification
set-up-factor-not-now = Pas maintenant
nav-overview = Vue d’ensemble
profile-title = Profil
profile-detail = Les applications n’en voient que ce que vous leur permettez. Laissez vide ce que vous ne souhaitez pas indiquer.
profile-name = Nom complet
profile-given-name = Prénom
profile-family-name = Nom de famille
profile-nickname = Surnom
profile-website = Page web
profile-zoneinfo = Fuseau horaire
profile-locale = Langue
profile-locale-hint = Dès la page suivante, ces pages et les e-mails sont dans cette langue. Les applications en sont informées aussi.
profile-save = Enregistrer
notice-profile-saved = Votre profil a été enregistré.
alert-profile-line = 200 caractères au plus, sur une ligne.
alert-profile-address = Une adresse web commence par https:// ou http://.
alert-profile-zone = Ce n’est pas un fuseau horaire. Choisissez-en un dans la liste.
alert-profile-language = Choisissez une langue dans la liste.
history-title = Historique des connexions
history-detail = Vos dernières connexions, cinquante au plus.
history-none = Personne ne s’est encore connecté.
history-when = Quand
history-how = Comment
history-not-you = L’une d’elles n’était pas la vôtre ? Changez votre mot de passe et terminez les autres sessions :
signal-new-device = Nouvel appareil
signal-new-network = Nouveau réseau
signal-impossible-travel = Deux lieux à la fois
way-password = Mot de passe
way-code = Code
way-passkey = Clé d’accès
data-title = Vos données
data-download = Emporter vos données
data-download-detail = Un fichier avec tout ce qui est conservé ici à votre sujet, sans vos secrets.
data-download-button = Télécharger
data-delete = Supprimer votre compte
data-delete-detail = { $count ->
    [one] Tout fonctionne encore pendant un jour, durant lequel vous pouvez changer d’avis. Ensuite, tout ce qui est conservé ici à votre sujet est supprimé ; les applications apprennent que vous êtes déconnecté, et c’est à elles de supprimer ce qu’elles conservent elles-mêmes.
   *[other] Tout fonctionne encore pendant { $count } jours, durant lesquels vous pouvez changer d’avis. Ensuite, tout ce qui est conservé ici à votre sujet est supprimé ; les applications apprennent que vous êtes déconnecté, et c’est à elles de supprimer ce qu’elles conservent elles-mêmes.
}
data-delete-name = Votre nom d’utilisateur
data-delete-hint = Saisissez { $username } pour continuer.
data-delete-button = Supprimer mon compte
data-leaving = Votre compte va être supprimé
data-leaving-detail = Il fonctionne jusque-là :
data-keep-button = Conserver mon compte
notice-deletion-asked = Votre compte va être supprimé.
notice-deletion-cancelled = Votre compte est conservé.
alert-deletion-name = Ce n’est pas votre nom d’utilisateur.
act-sign-in-unusual = Connexion inhabituelle
act-deletion-asked = Suppression demandée
act-deletion-cancelled = Suppression annulée
act-account-deleted = Compte supprimé
act-data-downloaded = Données téléchargées
consent-sees = Ce qu’elle voit
passkeys-heading = Clés d’accès
passkeys-detail = Connectez-vous avec votre empreinte digitale, votre visage ou le code PIN de votre appareil au lieu d’un mot de passe. Une clé d’accès ne fonctionne que sur ce site : personne ne peut donc vous la soutirer par ruse.
passkeys-none = Vous n’en avez pas encore.
passkey-add = Ajouter une clé d’accès
passkey-title = Ajouter une clé d’accès
passkey-explanation = Votre navigateur vous demande où la conserver : dans cet appareil, sur une clé de sécurité ou avec vos mots de passe.
passkey-create = Créer la clé d’accès
field-passkey-label = Nom
field-passkey-label-hint = Pour que vous la reconnaissiez plus tard.
passkey-synced = Conservée par un logiciel, sur tous vos appareils.
passkey-device = Conservée dans un seul appareil.
passkey-second-step = Seulement après votre mot de passe : elle ne vérifie pas qui vous êtes.
passkey-rename = Renommer
passkey-rename-save = Enregistrer le nom
passkey-remove = Supprimer
passkey-remove-label = Supprimer la clé d’accès { $label }
passkey-sign-in = Se connecter avec une clé d’accès
passkey-use = Utiliser votre clé d’accès
passkey-waiting = Suivez les instructions de votre navigateur.
passkey-cancelled = Rien n’a été choisi, ou cela a pris trop de temps. Vous pouvez réessayer.
passkey-known = Il y a déjà une clé d’accès pour ce compte sur cet appareil.
passkey-unsupported = Ce navigateur ne peut pas utiliser de clés d’accès ici.
passkey-failed = La clé d’accès n’a pas fonctionné. Vous pouvez réessayer.
passkey-script = Les clés d’accès ont besoin de JavaScript, que votre navigateur n’exécute pas.
second-factor-passkey = Vous vous connectez en tant que { $person }. Montrez que c’est bien vous.
second-factor-recovery = Vous vous connectez en tant que { $person }. Saisissez l’un de vos codes de récupération.
field-recovery-code = Code de récupération
field-recovery-code-hint = L’un de ceux que vous avez imprimés ou conservés. Chacun ne sert qu’une fois.
alert-passkey = Cette clé d’accès n’a pas pu être acceptée. Réessayez, ou connectez-vous autrement.
alert-passkey-new = La clé d’accès n’a pas pu être ajoutée. Réessayez.
alert-passkey-label = Un nom compte de 1 à 64 caractères sur une ligne.
alert-passkey-last = Rien n’a été modifié. Sans cette clé d’accès, vous ne pourriez plus vous connecter.
notice-passkey-added = La clé d’accès a été ajoutée.
notice-passkey-renamed = La clé d’accès porte son nouveau nom.
notice-passkey-removed = La clé d’accès a été supprimée. Effacez-la aussi de votre appareil.
mail-foot = Envoyé par Abide sur { $host }. Personne ne lit les réponses envoyées à cette adresse.
mail-unasked = Si vous n’avez rien demandé, veuillez ignorer cet e-mail : rien ne se passe sans le lien.
mail-when = Quand
mail-browser = Navigateur
mail-address = Depuis
mail-invited-by = Invité par
mail-reset-subject = Choisissez un nouveau mot de passe pour { $host }
mail-reset-lead = Quelqu’un a demandé un nouveau mot de passe pour ce compte. Le lien ne sert qu’une fois, pendant 30 minutes.
mail-reset-action = Choisir un nouveau mot de passe
mail-reset-browser = Veuillez l’ouvrir dans le navigateur où vous l’avez demandé : il ne fonctionne nulle part ailleurs.
mail-reset-factor = Si vous utilisez la connexion en deux étapes, votre seconde étape reste telle quelle.
mail-reset-sent-subject = Un nouveau mot de passe pour votre compte sur { $host }
mail-reset-sent-lead = Un administrateur vous envoie ce lien pour que vous puissiez choisir un nouveau mot de passe.
mail-reset-once = Le lien ne sert qu’une fois, pendant 30 minutes.
mail-verify-subject = Confirmez votre adresse e-mail pour { $host }
mail-verify-lead = Quelqu’un veut utiliser cette adresse pour son compte. Si c’est vous, veuillez confirmer qu’elle est à vous. Le lien est valable une heure.
mail-verify-action = Confirmer l’adresse
mail-verify-note = Veuillez l’ouvrir dans le navigateur où vous êtes connecté.
mail-sign-up-subject = Terminez la création de votre compte sur { $host }
mail-sign-up-lead = Quelqu’un veut créer un compte avec cette adresse e-mail. Le lien ne sert qu’une fois, pendant une heure.
mail-sign-up-action = Terminer la création du compte
mail-sign-up-note = Veuillez l’ouvrir dans le navigateur où vous avez commencé.
mail-known-subject = Vous avez déjà un compte sur { $host }
mail-known-lead = Quelqu’un a saisi cette adresse e-mail pour un nouveau compte, ou pour un autre. Elle appartient au vôtre ; rien n’a donc été modifié.
mail-known-action = Se connecter
mail-known-note = Si c’était vous et que vous ne connaissez plus votre mot de passe, choisissez-y « Mot de passe oublié ? ». Si ce n’était pas vous, vous n’avez rien à faire.
mail-invitation-subject = Vous êtes invité sur { $host }
mail-invitation-lead = Créez votre compte : choisissez un nom d’utilisateur et un mot de passe. Le lien ne sert qu’une fois, pendant sept jours.
mail-invitation-action = Créer le compte
mail-invitation-note = Quiconque a le lien peut l’utiliser : veuillez ne pas le transmettre.
mail-notice-action = Voir votre compte
mail-notice-note = Si c’était vous, vous n’avez rien à faire. Sinon, changez tout de suite votre mot de passe et prévenez les responsables de ce service.
mail-new-device-subject = Nouvelle connexion à votre compte sur { $host }
mail-new-device-lead = Quelqu’un s’est connecté depuis un navigateur où votre compte n’avait encore jamais été utilisé.
mail-many-failures-subject = Une connexion après des mots de passe incorrects sur { $host }
mail-many-failures-lead = Quelqu’un s’est connecté avec le bon mot de passe après plusieurs mots de passe incorrects.
mail-password-changed-subject = Votre mot de passe sur { $host } a été changé
mail-password-changed-lead = Le mot de passe de ce compte a été changé.
mail-factor-added-subject = Une seconde étape a été ajoutée sur { $host }
mail-factor-added-lead = Un second facteur a été ajouté à ce compte : il est désormais demandé à la connexion.
mail-factor-removed-subject = Une seconde étape a été supprimée sur { $host }
mail-factor-removed-lead = Un second facteur de ce compte a été supprimé.
mail-codes-made-subject = Nouveaux codes de récupération sur { $host }
mail-codes-made-lead = De nouveaux codes de récupération ont été créés pour ce compte. Les codes précédents ne sont plus valables.
mail-code-used-subject = Un code de récupération a été utilisé sur { $host }
mail-code-used-lead = L’un des codes de récupération de ce compte a été utilisé et n’est plus valable.
mail-address-changed-subject = Votre adresse e-mail sur { $host } a été changée
mail-address-changed-lead = L’adresse e-mail de ce compte a été changée. Cet e-mail est envoyé à l’ancienne et à la nouvelle.
mail-connected-subject = Un autre fournisseur vous connecte désormais à { $host }
mail-connected-lead = Ce compte a été associé à un autre fournisseur : se connecter là-bas suffit désormais pour se connecter ici.
mail-disconnected-subject = Un autre fournisseur ne vous connecte plus à { $host }
mail-disconnected-lead = Ce compte a été dissocié d’un autre fournisseur : il ne permet plus de se connecter ici.
act-mail-sent = E-mail envoyé
act-mail-failed = E-mail abandonné
act-password-reset-asked = Lien de mot de passe demandé
act-password-reset = Mot de passe réinitialisé par lien
act-address-asked = Adresse à confirmer
act-address-changed = Adresse confirmée
act-sign-up-asked = Compte demandé
act-invitation-made = Invitation envoyée
act-invitation-revoked = Invitation retirée
field-username-or-email = Nom d’utilisateur ou adresse e-mail
forgot = Mot de passe oublié ?
forgot-heading = Mot de passe oublié ?
forgot-explanation = Nous envoyons un lien à l’adresse e-mail confirmée de votre compte. Il vous permet de choisir un nouveau mot de passe.
forgot-send = Envoyer le lien
forgot-sent-heading = Consultez votre messagerie
forgot-sent = Si ce compte existe et a une adresse e-mail confirmée, un e-mail lui a été envoyé.
forgot-sent-more = Ouvrez le lien dans ce navigateur, dans les 30 minutes. Rien n’est arrivé ? Regardez dans le courrier indésirable, ou adressez-vous aux responsables de ce service.
reset-heading = Choisissez un nouveau mot de passe
reset-explanation = Une fois qu’il est défini, vous êtes déconnecté partout et vous vous connectez avec lui.
reset-set = Définir le mot de passe
reset-done = Votre mot de passe a été changé. Connectez-vous avec le nouveau.
link-elsewhere-heading = Ouvrez ce lien là où vous l’avez demandé
link-elsewhere = Il fonctionne dans le navigateur où vous l’avez demandé, et nulle part ailleurs, pour que personne d’autre lisant vos e-mails ne puisse l’utiliser.
link-elsewhere-more = Copiez le lien de l’e-mail et ouvrez-le là-bas. Si vous ne l’avez pas demandé, vous n’avez rien à faire.
link-gone-heading = Ce lien n’est plus valable
link-gone = Il a déjà été utilisé, est trop ancien ou a été retiré. Rien n’a été modifié.
link-gone-more = Les liens ne servent qu’une fois. S’il vous en faut encore un, demandez-en un autre.
sign-up = Créer un compte
sign-up-heading = Créer un compte
sign-up-explanation = Nous envoyons un lien à votre adresse e-mail. Il vous permet de choisir un mot de passe.
sign-up-hint = Elle vous sert à vous connecter.
sign-up-send = Envoyer le lien
sign-up-instead = J’ai un compte : me connecter
sign-up-sent = Un e-mail a été envoyé à cette adresse. Il indique comment continuer.
sign-up-sent-more = Ouvrez le lien dans ce navigateur, dans l’heure. Rien n’est arrivé ? Regardez dans le courrier indésirable, ou réessayez.
new-account-heading = Terminez la création de votre compte
new-account-explanation = Votre adresse e-mail est confirmée. Choisissez un mot de passe, et c’est terminé.
new-account-create = Créer le compte
alert-username-address = Un nom d’utilisateur avec un @ doit être l’adresse à laquelle l’invitation a été envoyée.
email-heading = Votre adresse e-mail
email-explanation = Une fois confirmée, elle reçoit les liens pour changer de mot de passe et les nouvelles de votre compte.
email-confirmed = Confirmée
email-unconfirmed = Non confirmée
email-none = Votre compte n’a pas encore d’adresse e-mail.
email-new = Nouvelle adresse
email-hint = Nous y envoyons un lien. Rien ne change tant que vous ne l’avez pas ouvert, dans ce navigateur.
email-send = Envoyer le lien
email-sent = Un e-mail a été envoyé à cette adresse. Ouvrez son lien dans ce navigateur, dans l’heure.
email-done = Votre adresse e-mail a été confirmée. Vous pouvez l’utiliser pour vous connecter.
alert-email-same = C’est déjà votre adresse.
alert-email-taken = Un autre compte a cette adresse. Rien n’a été modifié.
email-confirm-heading = Est-ce votre adresse e-mail ?
email-confirm-explanation = Confirmez-la comme adresse de { $user }.
email-confirm = Confirmer l’adresse
email-elsewhere = Il fonctionne pour la personne qui l’a demandé, une fois connectée, dans le navigateur où elle l’a demandé.
to-email = Adresse e-mail
invitations = Invitations
invitations-explanation = La personne que vous invitez reçoit un e-mail avec un lien, et choisit un nom d’utilisateur et un mot de passe. Le lien ne sert qu’une fois, pendant sept jours.
invitations-no-mail = La configuration ne contient pas de section [mail] ; personne ne peut donc être invité.
invitations-none = Personne n’est invité en ce moment.
invite-heading = Inviter une personne
invite-send = Envoyer l’invitation
invitation-until = Jusqu’au
invitation-revoke = Retirer
invitation-revoke-label = Retirer l’invitation : { $user }
notice-invited = L’invitation a été envoyée.
notice-invitation-revoked = L’invitation a été retirée ; son lien n’est plus valable.
notice-reset-sent = Un lien pour choisir un nouveau mot de passe a été envoyé.
alert-invite-known = Une personne a déjà un compte avec cette adresse.
alert-user-no-address = Rien n’a été envoyé. Ce compte n’a pas d’adresse e-mail confirmée, ou il est désactivé.
user-send-reset = Envoyer un lien de mot de passe
user-send-reset-label = Envoyer un lien de mot de passe à { $user }

# Sign-in by another provider, and several accounts
upstream-or = ou
upstream-group = Autres façons de se connecter
upstream-continue = Continuer avec { $upstream }
newcomer-heading = Bienvenue
newcomer-explanation = Vous vous êtes connecté chez { $upstream } en tant que { $shown }. Aucun compte n’y est encore associé ici.
newcomer-explanation-unnamed = Vous vous êtes connecté chez { $upstream }. Aucun compte n’y est encore associé ici.
newcomer-username-hint = Vous pouvez choisir n’importe quel nom disponible.
newcomer-create = Créer un compte
newcomer-connect-hint = Vous avez déjà un compte ? Connectez-vous-y une fois ; ensuite, { $upstream } vous connectera.
newcomer-connect = Se connecter pour l’associer
newcomer-connecting = Connectez-vous pour associer votre compte à { $shown } chez { $upstream }.
newcomer-connecting-unnamed = Connectez-vous pour associer votre compte à { $upstream }.
alert-upstream-failed = L’autre fournisseur ne vous a pas connecté. Réessayez, ou connectez-vous autrement.
alert-upstream-cancelled = Vous avez fait demi-tour chez l’autre fournisseur. Réessayez, ou connectez-vous autrement.
alert-upstream-stale = L’autre fournisseur ne vous a pas demandé de vous reconnecter, alors que c’est nécessaire ici. Connectez-vous autrement.
alert-upstream-taken = Ce compte est déjà associé à un autre compte ici. Dissociez-le d’abord de celui-ci.
alert-upstream-full = Votre compte est associé à autant d’autres comptes que possible.
alert-upstream-last-way = C’est votre seule façon de vous connecter ; elle est donc conservée. Configurez-en d’abord une autre.
notice-upstream-connected = Votre compte est associé.
notice-upstream-disconnected = Votre compte n’y est plus associé.
connected-heading = Comptes associés
connected-detail = D’autres fournisseurs qui vous connectent ici.
connected-none = Votre compte n’est associé à aucun.
connected-add = Associer { $upstream }
connected-remove = Dissocier
connected-remove-label = Dissocier { $upstream }
act-upstream-connected = Fournisseur associé
act-upstream-disconnected = Fournisseur dissocié
act-upstream-logout = Déconnexion par le fournisseur
choose-here = Choisir un compte connecté ici
accounts-here = Comptes dans ce navigateur
accounts-here-detail = Les autres comptes connectés ici. Chacun a sa propre session.
account-add = Ajouter un autre compte
account-switch = Basculer
account-switch-label = Basculer vers { $account }

## A code that is mailed where a sign-in is unusual

mailed-code-heading = Consultez vos e-mails
mailed-code-explanation = Vous vous connectez depuis un appareil nouveau pour ce compte : nous avons envoyé un code à { $to }.
field-mailed-code = Code reçu par e-mail
field-mailed-code-hint = Huit chiffres. Il n’est valable qu’ici, pendant dix minutes.
mailed-code-again = Le renvoyer
alert-mailed-code = Ce n’est pas le code reçu par e-mail. Vérifiez-le, ou faites-le renvoyer.
mail-code-subject = Votre code de connexion à { $host }
mail-code-lead = Quelqu’un se connecte avec votre mot de passe depuis un appareil nouveau pour votre compte. Si c’est vous, saisissez-y ce code. Il est valable dix minutes.
mail-code = Code
mail-code-note = Si ce n’est pas vous, quelqu’un connaît votre mot de passe : changez-le maintenant, et ne donnez ce code à personne.

## Mots de passe
alert-password-context = Ce mot de passe se compose presque uniquement de vos propres noms ou du nom de ce service. Choisissez-en un autre.
alert-password-breached = Ce mot de passe figure dans une fuite de données connue. Choisissez-en un autre, et changez-le partout où vous l’utilisez.
alert-password-unseen = Ce mot de passe contient des caractères invisibles. Saisissez-le au clavier au lieu de le coller, ou choisissez-en un autre.
alert-factor-needed = { $count ->
    [one] Votre mot de passe ne suffit qu’avec une deuxième étape. Choisissez-en d’abord un d’au moins un caractère.
   *[other] Votre mot de passe ne suffit qu’avec une deuxième étape. Choisissez-en d’abord un d’au moins { $count } caractères.
}
set-up-factor-password = Le mot de passe de { $person } ne suffit qu’avec une deuxième étape, et il n’y en a plus.
set-up-factor-longer = Choisir plutôt un mot de passe plus long

# Suppression et codes incorrects par e-mail ; qui ne peut pas partir
mail-deletion-subject = Votre compte sur { $host } va être supprimé
mail-deletion-lead = Une personne connectée a demandé la suppression de ce compte dans 14 jours. Jusque-là, il fonctionne comme avant, et il suffit de se connecter pour le conserver depuis la page du compte.
mail-deletion-cancelled-subject = Votre compte sur { $host } est conservé
mail-deletion-cancelled-lead = Une personne connectée a annulé la suppression de ce compte.
mail-many-codes-subject = Une connexion après des codes incorrects sur { $host }
mail-many-codes-lead = Une personne qui connaissait la première étape de votre connexion a saisi plusieurs codes incorrects, puis un code correct.
alert-deletion-administrator = Vous êtes la seule personne à administrer ce service. Donnez d’abord ce rôle à quelqu’un d’autre.
## Photos, choix du profil, invitations avec groupes, premier mot de passe
picture-heading = Photo
picture-detail = Visible ici et dans les applications autorisées à voir votre profil. Elle est recadrée en carré.
picture-file = Fichier de la photo
picture-hint = PNG, JPEG ou WebP, 4 Mo au plus. Les lieux et les dates inscrits dans le fichier ne sont pas conservés.
picture-save = Envoyer
picture-remove = Retirer
picture-remove-label = Retirer votre photo
picture-elsewhere = Tant que vous n’en envoyez pas, les applications reçoivent la photo à cette adresse :
notice-picture-saved = Votre photo a été enregistrée.
notice-picture-removed = Votre photo a été retirée.
alert-picture-nothing = Choisissez d’abord un fichier.
alert-picture-size = Le fichier est trop volumineux. Il peut faire 4 Mo au plus.
alert-picture-format = Ce n’est pas une image PNG, JPEG ou WebP complète. Choisissez un autre fichier.
alert-picture-dimensions = L’image a trop de pixels. Elle peut avoir 25 mégapixels, et des côtés de 10 000 pixels au plus.
profile-locale-browser = Celle de mon navigateur
profile-zone-none = Non indiqué
invite-groups = Groupes
invite-words-hint = Séparés par des virgules. Le compte les a dès la première connexion.
alert-invite-words = Les rôles et les groupes sont au plus 32 mots chacun, séparés par des virgules, de 64 caractères au plus.
password-set-detail = Vous n’en avez pas et vous connectez autrement. Un mot de passe est un moyen de plus.
password-set = Définir un mot de passe
notice-password-set = Votre mot de passe a été défini.

# Names that newcomers choose

alert-username-foreign = Un nom d’utilisateur avec un @ doit être votre propre adresse e-mail confirmée.

# The answer to an app, as a form

form-post-heading = Connexion en cours
form-post = Vous retournez vers { $host }.
form-post-continue = Continuer

act-signing-key-made = Clé de signature créée
act-signing-key-revoked = Clé de signature révoquée

# Devices without a browser

act-device-answered = Réponse donnée à un appareil
enter-code-heading = Connecter un appareil
enter-code-lead = Saisissez le code affiché par votre appareil.
field-user-code = Code
field-user-code-hint = Huit lettres. Ne le saisissez que si l’appareil est devant vous.
enter-code-continue = Continuer
alert-user-code = Aucun appareil n’a ce code, ou son délai est écoulé. Regardez de nouveau l’appareil : il affiche peut-être un nouveau code.
allow-device-title = Autoriser { $app } sur un appareil ?
allow-device-heading = Autoriser { $app } sur un autre appareil ?
allow-device-compare = Votre appareil affiche-t-il exactement ce code ?
allow-device-what = Appareil
allow-device-where = Adresse
allow-device-when = Demandé
allow-device-elsewhere = Cet appareil se trouve sur un autre réseau que vous. S’il n’est pas devant vous, ne l’autorisez pas.
allow-device-sent = Quelqu’un vous a-t-il envoyé le code ou le lien ? C’est alors son appareil qui serait connecté à votre nom.
allow-device-allow = Oui, c’est mon appareil
allow-device-deny = Non, arrêter
device-allowed = Votre appareil est connecté
device-allowed-lead = Continuez sur l’appareil. Vous pouvez fermer cette page.
device-denied = L’appareil a été refusé
device-denied-lead = Il n’obtient rien. Vous pouvez fermer cette page.
device-late = Le délai est écoulé
device-late-lead = Une réponse a déjà été donnée à ce code, ou il est trop tard. Recommencez sur l’appareil.
device-refused = L’appareil ne peut pas être connecté
device-refused-lead = L’application n’a pas droit à ce qu’elle demande. Son éditeur pourra vous en dire plus.
device-refused-factor = L’application exige un second facteur, et aucun n’a été configuré.

# What a developer is told

error-explained = Pour qui développe cette application
error-explained-wrong = Ce qui n’allait pas
error-explained-rule = Règle
error-explained-right = Ce qui serait juste

# Apps that can be opened

app-open = Ouvrir { $app }

# Apps that register themselves

act-client-removed = Application supprimée
onward-heading = Continuer vers { $host } ?
onward-lead = { $app } vous a envoyé ici, et aucune connexion n’a eu lieu. Cette application s’est enregistrée elle-même : personne ici n’a vérifié qui est derrière.
onward-signed-out = Vous êtes déconnecté, et { $app } vous invite à continuer vers sa page. Cette application s’est enregistrée elle-même : personne ici n’a vérifié qui est derrière.
onward-care = Si vous ne vouliez pas y aller, fermez cette page. N’y saisissez jamais le mot de passe de ce compte.
onward-continue = Continuer
self-registered = Cette application s’est enregistrée elle-même. Personne ici n’a vérifié qui est derrière, et elle a choisi son nom elle-même.
consent-registered = Demandé ; s’est enregistrée elle-même

client-remove = Supprimer
client-remove-label = Supprimer { $app }
client-remove-detail = Plus personne ne pourra s’y connecter, et tous ses jetons prennent fin. Cette action est irréversible.
notice-client-removed = L’application a été supprimée.
alert-client-gone = Cette application n’existe plus ici.
