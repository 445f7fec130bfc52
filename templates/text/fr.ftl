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
to-security = Connexion et sécurité
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
password-none = Vous n’en avez pas.
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
alert-password-username = Ce mot de passe ressemble trop au nom d’utilisateur. Choisissez-en un autre.
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
