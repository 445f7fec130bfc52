# Every word a person reads on a page of ours. A test compares the keys with what templates and code use.

## Everywhere

product = Abide
foot = Your password stays with Abide. Apps never see it.
skip = Skip to the content
title-error = Error:
optional = optional
none = None
cancel = Cancel
never = Never
created = Created
action = Action
search = Search
copy = Copy
copied = Copied
next-page = Next page
to-account = Go to your account
to-console = Console
app-home = About { $app }
app-policy = Privacy policy
app-terms = Terms of use

## Fields

field-username = Username
field-password = Password
field-password-hint = { $count ->
    [one] At least one character. Several unrelated words make a good one.
   *[other] At least { $count } characters. Several unrelated words make a good one.
}
field-remember = Keep me signed in
field-remember-hint = Only on a device that is yours alone.
field-name = Full name
field-email = Email address
password-show = Show
password-hide = Hide
password-show-label = Show password
password-hide-label = Hide password

## Signing in

sign-in = Sign in
sign-in-heading = Sign in
sign-in-heading-again = Confirm it’s you
sign-in-heading-console = Sign in to the console
sign-in-to-continue = to continue to { $app }
sign-in-again = Enter your password again to go on.
sign-in-again-for = { $app } asks you to enter your password again.
sign-in-console = For administrators of this Abide.

second-factor-heading = One more step
second-factor-explanation = Open your authenticator app and enter its code for { $person }.
field-code = Code
field-code-hint = Six digits that change every half minute.
field-code-recovery = Without the app at hand, enter one of your recovery codes.
confirm-code = Continue

## Choosing an account

select-heading = Choose an account
select-to-continue = to continue to { $app }
select-another = Use another account

## Consent

consent-title = Allow { $app }?
consent-heading = { $app } asks for access
consent-person = You are signed in as { $person }.
consent-asks = If you agree, { $app } gets:
consent-offline = Access while you are away
consent-offline-detail = It stays connected after you sign out, until you withdraw it.
consent-destination = You will be sent to
consent-allow = Allow
consent-deny = Don’t allow
consent-withdraw = You can withdraw this at any time on your account page.

## Signing out

sign-out = Sign out
sign-out-heading = Do you want to sign out?
sign-out-asked = { $app } asked for this.
sign-out-person = You are signed in as { $person }.
sign-out-apps = Apps that use this sign-in
sign-out-destination = Afterwards you go on to { $host }.
sign-out-stay = Stay signed in
sign-out-scope = How far?
sign-out-browser = In this browser, with all apps
sign-out-app = Only of { $app }
sign-out-everywhere = Everywhere, on all devices
signed-out-heading = You are signed out
signed-out = Your session in this browser has ended.
signed-out-app-heading = You are signed out of the app
signed-out-app = Your session in this browser goes on, and so do the other apps.
signed-out-apps = Apps that used it
signed-out-apps-hint = They can no longer renew their access. On a shared device, close the browser as well.
signed-out-continue = Continue
told-underway = is being told
told-told = knows
told-not-reached = could not be reached; we keep trying
told-asked = was asked to sign you out
told-no-address = learns when it next asks
signed-out-again = Sign in again
signed-out-idle = You were signed out because you had not been active for a while.
signed-out-absolute = You were signed out because it was time to sign in again.
signed-out-revoked = This sign-in was ended from elsewhere.
signed-out-credential-changed = You were signed out because your password was changed.
stayed-heading = You are still signed in
stayed = Nothing has changed. You can close this page.

## Before the end of the session

warning-countdown = You will be signed out in { $time }.
warning-idle-heading = Are you still there?
warning-idle = You have not been active for a while. Nothing is lost if you stay.
warning-absolute-heading = Your sign-in is about to end
warning-absolute = To stay signed in you need to sign in again. You will come back to where you are.
warning-console-countdown = The console will close in { $time }.
warning-console-absolute-heading = The console is about to close
warning-console-absolute = To go on you need to sign in again. You will come back to where you are.
console-over-heading = The console is closed
console-over = Sign in again to go on.
console-over-idle = You had not been active in it for a while. Everywhere else you are still signed in.
console-over-absolute = It was time to sign in again. Everywhere else you are still signed in.
console-over-revoked = You are no administrator any more.

## What cannot go on

error-reference = Reference
error-developer = For developers of the app

## The first administrator

setup-heading = Create the first administrator
setup-explanation = This account manages people, apps and sessions. The link you used works once.
setup-create = Create administrator
setup-gone-heading = This setup link no longer works
setup-gone = It has been used, its hour is over, a newer one was made, or there already is an administrator.
setup-gone-new = To get a new link, run this on the server:
setup-gone-console = Go to the console

## A person’s own page

account-title = Your account
account-sessions = Where you are signed in
account-sessions-detail = Sign out whatever you do not recognise.
account-this-browser = This browser
account-end-others = Sign out everywhere else
account-consents = Apps with access
account-consents-detail = Apps you allowed to know something about you.
account-consents-none = You have not allowed any app anything yet.
session-address = Address
session-started = Signed in
session-last-active = Last active
session-ends = Ends
session-apps = Apps in the session on { $device }
session-end-label = Sign out: { $device }
session-continued = Continued after a time-out
limit-idle = if you do nothing
limit-absolute = whatever you do
app-joined = Joined
app-ends = until
app-no-end = no end of its own
app-grants = Sign-ins passed on
app-grants-count = { $count }
app-renewals = Access renewed
app-renewals-count = { $count ->
    [one] once
   *[other] { $count } times
 }
app-renewed = last
app-leave = Sign out of { $app }
consent-scopes = What { $app } may have
consent-given = Allowed
consent-withdraw-button = Withdraw
consent-withdraw-label = Withdraw access: { $app }

## The console

console = Console
console-users = People
console-clients = Apps
console-sessions = Sessions
console-audit = Audit

user-add = Add a person
user-password = First password
user-admin = Administrator
user-admin-hint = May use this console.
user-search = Find by username
user-person = Person
user-roles = Roles
user-state = State
user-active = Active
user-disabled = Disabled
user-disable = Disable
user-disable-label = Disable { $user }
user-enable = Enable
user-enable-label = Enable { $user }
user-none = Nobody here by that name.

client-app = App
client-add = Add an app
client-name = Name
client-name-hint = What people see when they sign in.
client-kind = Kind
client-kind-confidential = Web app with a server (keeps a secret)
client-kind-web = Browser app (no secret)
client-kind-native = Installed app (no secret)
client-kind-hint = Only an app with a server of its own can keep a secret.
client-redirect-uris = Redirect URIs
client-redirect-uris-hint = One on each line, compared character by character.
client-post-logout-redirect-uris = Redirect URIs after sign-out
client-post-logout-redirect-uris-hint = One on each line.
client-idle-timeout = Idle limit
client-max-lifetime = Longest sign-in
client-limits-hint = Such as 15m, 12h or 30d. Empty: no limits of its own, those of the session apply.
client-scope = Scopes
client-scope-hint = Separated by spaces. Empty: all standard scopes.
client-consent = Consent
client-skip-consent = Do not ask people for consent
client-skip-consent-hint = Only for apps of your own organisation.
client-none = No apps yet. Add the first one above.
client-created = The app is registered
client-id = Client ID
client-id-copy = Copy client ID
client-secret = Client secret
client-secret-copy = Copy client secret
client-secret-once = Copy the secret now. It is kept only as a digest and cannot be shown again.
client-secret-none = This app has no secret; it proves itself with PKCE.

session-search = Find by username
session-standing = Standing
session-device = Device
session-end = End
session-end-of-label = End the session of { $user } on { $device }
session-none = No sessions found.

audit-explanation = What happened, the newest first.
audit-at = When
audit-act = What
audit-actor = Who
audit-outcome = Outcome
audit-reason = Reason
audit-none = Nothing has happened yet.

## Acts of the audit log
act-sign-in = Sign-in attempt
act-session-started = Session started
act-reauthenticated = Signed in again
act-session-ended = Session ended
act-session-timed-out = Session timed out
act-session-reconstituted = Session continued
act-application-joined = App joined a session
act-grant-issued = Grant issued
act-grant-revoked = Grant revoked
act-consent-given = Consent given
act-consent-withdrawn = Consent withdrawn
act-account-created = Account created
act-account-changed = Account changed
act-account-disabled = Account disabled
act-account-enabled = Account enabled
act-password-changed = Password set
act-stepped-up = Second factor shown
act-factor-added = Second factor set up
act-factor-removed = Second factor removed
act-factor-renamed = Passkey renamed
act-recovery-codes-made = Recovery codes made
act-recovery-code-used = Recovery code used
act-client-created = App added
act-client-changed = App changed
act-setup-link-made = Setup link made
act-setup-done = Setup done
outcome-done = Done
outcome-refused = Refused

## Sign-in and security
security-title = Sign-in and security
authenticator-heading = Two-step sign-in
authenticator-detail = Besides your password, a code from an app on your phone. A stolen password alone is worth nothing then.
authenticator-none = Not set up. Any authenticator app will do.
authenticator-set-up = Set up
authenticator-replace = Move to another device
authenticator-name = Authenticator app
authenticator-remove = Remove
authenticator-remove-label = Remove the authenticator app
factor-since = Set up
factor-used = Last used
recovery-codes = Recovery codes
recovery-codes-left = { $count ->
    [0] None left. Make new ones before you need them.
    [one] One left. Make new ones before you need them.
   *[other] { $count } left
}
recovery-codes-new = Make new codes
recovery-codes-explanation = If you lose your phone, one of these codes stands in for it. Each works once.
recovery-codes-once = You see them this once. Print them or keep them where you keep your passwords. Codes from before are void.
recovery-codes-copy = Copy the recovery codes
recovery-codes-print = Print
recovery-codes-kept = I have kept them
authenticator-title = Set up two-step sign-in
authenticator-scan = Scan this with your authenticator app.
authenticator-picture = QR code for your authenticator app
authenticator-type = I cannot scan it
authenticator-copy = Copy the key
authenticator-first-code = Enter the code that the app shows
authenticator-first-code-hint = Six digits. Nothing changes before they are right.
authenticator-confirm = Turn on
password-heading = Password
password-since = Set on
password-current = Present password
password-new = New password
password-others = Sign out everywhere else
password-others-hint = Also ends what apps may do while you are away. In this browser you stay signed in.
password-change = Change password
notice-password-changed = Your password has been changed.
notice-authenticator-added = Two-step sign-in is on.
notice-authenticator-removed = Two-step sign-in is off.

## Devices
device = { $browser } on { $system }
device-unknown = Unknown device

## Alerts of forms
alert-credentials = Username or password is not right. Check both and try again.
alert-code = This code is not right, or was used before. Wait for the next one and try again.
alert-first-code = This code is not right. Is the clock of your device right? Enter the code that the app shows now.
alert-password-current = The present password is not right.
alert-throttled = Too many attempts. Wait a moment, then try again.
alert-another-tab = Another page of this browser was opened meanwhile. Please sign in here once more.
alert-busy = Many people are signing in right now. Try again in a few seconds.
alert-username-taken = This username is taken.
alert-username-form = A username has 1 to 128 characters on one line, without spaces around it.
alert-password-short = { $count ->
    [one] A password needs at least one character.
   *[other] A password needs at least { $count } characters.
}
alert-password-long = A password has at most 256 characters.
alert-password-common = This password is too easy to guess. Choose another.
alert-email = This is not an email address.
alert-name = A name is one line of at most 1,000 characters.
alert-user-unchanged = Nothing was changed. You cannot disable your own account.

## Notices
notice-session-ended = The session has ended.
notice-app-left = You are signed out of the app.
notice-others-ended = You are signed out everywhere else.
notice-consent-withdrawn = The app no longer has access.
notice-user-added = The person can sign in now.
notice-user-reset = Two-step sign-in has been taken away, and the person is signed out everywhere.
alert-user-no-factor = Nothing was changed. This account has no second factor.
user-two-step = two-step
user-reset = Reset two-step
user-reset-label = Reset two-step: { $user }
notice-user-disabled = The account has been disabled and signed out everywhere.
notice-user-enabled = The person can sign in again.
notice-session-ended-of = The session has ended.

## Scopes
scope-openid = Who you are
scope-openid-detail = A permanent identifier, so that it knows you again.
scope-profile = Your profile
scope-profile-detail = Name, picture, language and similar details.
scope-email = Your email address
scope-email-detail = And whether it has been verified.
scope-address = Your postal address
scope-phone = Your phone number
scope-phone-detail = And whether it has been verified.

## Console words
kind-confidential = Confidential
kind-web = Browser app
kind-native = Installed app
consent-asked = Asked
consent-skipped = Skipped
standing-live = Live
standing-warn = Ending soon
standing-dormant = Timed out
standing-expired = Expired
standing-ended = Ended

## Error pages
error-bad-request = This sign-in link does not work
error-bad-request-detail = The app that sent you here made a mistake in its request. Go back to the app and try again.
error-unknown-client = We do not know this app
error-unknown-client-detail = The app that sent you here is not registered with this Abide.
error-redirect-uri = We cannot send you back to this app
error-redirect-uri-detail = The address it wants you sent to is not one it registered, so nothing was sent there.
error-form = This form is no longer good
error-form-detail = It was open too long or did not come from our own page. Go back, reload the page and try again.
error-gone = This page has expired
error-gone-detail = It was answered already or was open too long. Go back to the app and sign in from there.
error-forbidden = This page is not for your account
error-forbidden-detail = Your account may not open it. Sign in with another account, or ask an administrator.
error-not-found = There is no such page
error-not-found-detail = Check the address, or go to your account page.
error-fault = Something went wrong on our side
error-fault-detail = It has been recorded. Try again in a moment; if it stays, tell the people who run this Abide the reference below.
error-busy = We cannot answer right now
error-busy-detail = Nothing was changed. Try again in a few seconds.

## A second factor is required
set-up-factor-heading = Two-step sign-in is needed
set-up-factor-app = { $app } lets { $person } in with two-step sign-in only.
set-up-factor-console = { $person } may go on with two-step sign-in only.
set-up-factor-explanation = It takes a minute: set it up now, and you go on where you are.
set-up-factor-passkey = Set up a passkey
set-up-factor-authenticator = Set up an authenticator app
set-up-factor-not-now = Not now

## A person and what is kept of them
nav-overview = Overview
profile-title = Profile
profile-detail = Apps see of this what you allow them. Leave empty what you do not want to say.
profile-name = Full name
profile-given-name = Given name
profile-family-name = Family name
profile-nickname = Nickname
profile-website = Web page
profile-zoneinfo = Time zone
profile-locale = Language
profile-locale-hint = These pages and mails are in this language from the next page on. Apps are told of it, too.
profile-save = Save
notice-profile-saved = Your profile has been saved.
alert-profile-line = At most 200 characters on one line.
alert-profile-address = A web address begins with https:// or http://.
alert-profile-zone = This is no time zone. Choose one from the list.
alert-profile-language = Choose a language from the list.
history-title = Sign-in history
history-detail = Your latest sign-ins, at most fifty of them.
history-none = Nobody signed in yet.
history-when = When
history-how = How
history-not-you = Was one of them not you? Change your password and end the other sessions:
signal-new-device = New device
signal-new-network = New network
signal-impossible-travel = Two places at once
way-password = Password
way-code = Code
way-passkey = Passkey
data-title = Your data
data-download = Take your data along
data-download-detail = A file with everything that is kept of you here, without your secrets.
data-download-button = Download
data-delete = Delete your account
data-delete-detail = { $count ->
    [one] Everything works for one more day, in which you can change your mind. Then all that is kept of you here is deleted; apps are told that you are signed out, and what they keep themselves is theirs to delete.
   *[other] Everything works for { $count } more days, in which you can change your mind. Then all that is kept of you here is deleted; apps are told that you are signed out, and what they keep themselves is theirs to delete.
}
data-delete-name = Your username
data-delete-hint = Type { $username } to go on.
data-delete-button = Delete my account
data-leaving = Your account will be deleted
data-leaving-detail = It works until then:
data-keep-button = Keep my account
notice-deletion-asked = Your account is going to be deleted.
notice-deletion-cancelled = Your account stays.
alert-deletion-name = This is not your username.
act-sign-in-unusual = Unusual sign-in
act-deletion-asked = Deletion asked for
act-deletion-cancelled = Deletion taken back
act-account-deleted = Account deleted
act-data-downloaded = Data downloaded
consent-sees = What it sees

## Passkeys
passkeys-heading = Passkeys
passkeys-detail = Sign in with your fingerprint, face or the PIN of your device instead of a password. A passkey works on this site alone, so nobody can trick you out of it.
passkeys-none = You have none yet.
passkey-add = Add a passkey
passkey-title = Add a passkey
passkey-explanation = Your browser asks where to keep it: in this device, on a security key, or with your passwords.
passkey-create = Create passkey
field-passkey-label = Name
field-passkey-label-hint = So that you recognise it later.
passkey-synced = Kept in software, on all your devices.
passkey-device = Kept in one device.
passkey-second-step = After your password only: it does not check who you are.
passkey-rename = Rename
passkey-rename-save = Save name
passkey-remove = Remove
passkey-remove-label = Remove the passkey { $label }
passkey-sign-in = Sign in with a passkey
passkey-use = Use your passkey
passkey-waiting = Follow the instructions of your browser.
passkey-cancelled = Nothing was chosen, or it took too long. You can try again.
passkey-known = There is a passkey for this account on this device already.
passkey-unsupported = This browser cannot use passkeys here.
passkey-failed = The passkey did not work. You can try again.
passkey-script = Passkeys need JavaScript, which your browser does not run.
second-factor-passkey = You are signing in as { $person }. Show that it is you.
second-factor-recovery = You are signing in as { $person }. Enter one of your recovery codes.
field-recovery-code = Recovery code
field-recovery-code-hint = One of those you printed or kept. Each works once.
alert-passkey = This passkey could not be accepted. Try again, or sign in another way.
alert-passkey-new = The passkey could not be added. Try again.
alert-passkey-label = A name has 1 to 64 characters on one line.
alert-passkey-last = Nothing was changed. Without this passkey you could not sign in any more.
notice-passkey-added = The passkey has been added.
notice-passkey-renamed = The passkey has its new name.
notice-passkey-removed = The passkey has been removed. Delete it in your device as well.

## Sign-in by another provider, and several accounts

upstream-or = or
upstream-group = Other ways to sign in
upstream-continue = Continue with { $upstream }
newcomer-heading = Welcome
newcomer-explanation = You signed in at { $upstream } as { $shown }. No account here is connected with it yet.
newcomer-explanation-unnamed = You signed in at { $upstream }. No account here is connected with it yet.
newcomer-username-hint = You can choose any name that is free.
newcomer-create = Create an account
newcomer-connect-hint = You already have an account? Sign in to it once, and from then on { $upstream } signs you in.
newcomer-connect = Sign in to connect it
newcomer-connecting = Sign in to connect your account with { $shown } at { $upstream }.
newcomer-connecting-unnamed = Sign in to connect your account with { $upstream }.
alert-upstream-failed = The other provider did not sign you in. Try again, or sign in another way.
alert-upstream-cancelled = You turned back at the other provider. Try again, or sign in another way.
alert-upstream-stale = The other provider did not ask you to sign in anew, and that is needed here. Sign in another way.
alert-upstream-taken = That is connected with another account here. Disconnect it there first.
alert-upstream-full = Your account is connected with as many as there can be.
alert-upstream-last-way = This is your only way to sign in, so it stays. Set up another one first.
notice-upstream-connected = Your account is connected.
notice-upstream-disconnected = Your account is not connected with it any more.
connected-heading = Connected accounts
connected-detail = Other providers that sign you in here.
connected-none = Your account is connected with none.
connected-add = Connect { $upstream }
connected-remove = Disconnect
connected-remove-label = Disconnect { $upstream }
act-upstream-connected = Upstream connected
act-upstream-disconnected = Upstream disconnected
act-upstream-logout = Upstream signed out
choose-here = Choose an account that is signed in here
accounts-here = Accounts in this browser
accounts-here-detail = Others who are signed in here. Each has a session of their own.
account-add = Add another account
account-switch = Switch
account-switch-label = Switch to { $account }

## Mail: what is sent, and the pages around it

mail-foot = Sent by Abide at { $host }. Nobody reads answers to this address.
mail-unasked = If you did not ask for this, ignore this mail: nothing happens without the link.
mail-when = When
mail-browser = Browser
mail-address = From
mail-invited-by = Invited by
mail-reset-subject = Choose a new password for { $host }
mail-reset-lead = Somebody asked for a new password for this account. The link works once, for 30 minutes.
mail-reset-action = Choose a new password
mail-reset-browser = Open it in the same browser in which you asked for it: it works nowhere else.
mail-reset-factor = If you use two-step sign-in, your second step stays as it is.
mail-reset-sent-subject = A new password for your account at { $host }
mail-reset-sent-lead = An administrator sends you this link, so that you can choose a new password.
mail-reset-once = The link works once, for 30 minutes.
mail-verify-subject = Confirm your email address for { $host }
mail-verify-lead = Somebody wants to use this address for their account. If it was you, confirm that it is yours. The link works for one hour.
mail-verify-action = Confirm the address
mail-verify-note = Open it in the browser in which you are signed in.
mail-sign-up-subject = Finish your account at { $host }
mail-sign-up-lead = Somebody wants to create an account with this email address. The link works once, for one hour.
mail-sign-up-action = Finish the account
mail-sign-up-note = Open it in the same browser in which you began.
mail-known-subject = You have an account at { $host } already
mail-known-lead = Somebody entered this email address for a new account, or for another one. It belongs to yours, so nothing was changed.
mail-known-action = Sign in
mail-known-note = If that was you and you do not know your password any more, choose “Forgot your password?” there. If it was not, there is nothing to do.
mail-invitation-subject = You are invited to { $host }
mail-invitation-lead = Create your account: choose a username and a password. The link works once, for seven days.
mail-invitation-action = Create the account
mail-invitation-note = Whoever has the link can use it: do not pass it on.
mail-notice-action = Look at your account
mail-notice-note = If this was you, there is nothing to do. If not, change your password now, and tell the people who run this service.
mail-new-device-subject = New sign-in to your account at { $host }
mail-new-device-lead = Somebody signed in from a browser in which your account was not used before.
mail-many-failures-subject = A sign-in after wrong passwords at { $host }
mail-many-failures-lead = Somebody signed in with the right password after several wrong ones.
mail-password-changed-subject = Your password at { $host } was changed
mail-password-changed-lead = The password of this account was changed.
mail-factor-added-subject = A second step was added at { $host }
mail-factor-added-lead = A second factor was added to this account: it is asked for at sign-in from now on.
mail-factor-removed-subject = A second step was taken away at { $host }
mail-factor-removed-lead = A second factor was taken away from this account.
mail-codes-made-subject = New recovery codes at { $host }
mail-codes-made-lead = New recovery codes were made for this account. Those from before do not work any more.
mail-code-used-subject = A recovery code was used at { $host }
mail-code-used-lead = One of the recovery codes of this account was used, and does not work any more.
mail-address-changed-subject = Your email address at { $host } was changed
mail-address-changed-lead = The email address of this account was changed. This mail goes to the old and to the new one.
mail-connected-subject = Another provider signs you in at { $host }
mail-connected-lead = This account was connected with another provider: whoever signs in there can sign in here from now on.
mail-disconnected-subject = Another provider no longer signs you in at { $host }
mail-disconnected-lead = This account was disconnected from another provider: nobody who signs in there can sign in here with it any more.
act-mail-sent = Mail sent
act-mail-failed = Mail given up
act-password-reset-asked = Password link asked for
act-password-reset = Password reset by link
act-address-asked = Address to be confirmed
act-address-changed = Address confirmed
act-sign-up-asked = Account asked for
act-invitation-made = Invitation sent
act-invitation-revoked = Invitation taken back
field-username-or-email = Username or email address
forgot = Forgot your password?
forgot-heading = Forgot your password?
forgot-explanation = We send a link to the confirmed email address of your account. With it you choose a new password.
forgot-send = Send the link
forgot-sent-heading = Look into your mailbox
forgot-sent = If there is such an account, and it has a confirmed email address, a mail is on its way to it.
forgot-sent-more = Open the link in this browser, within 30 minutes. Nothing came? Look into the spam folder, or ask the people who run this service.
reset-heading = Choose a new password
reset-explanation = You are signed out everywhere when it is set, and sign in with it then.
reset-set = Set the password
reset-done = Your password has been changed. Sign in with it.
link-elsewhere-heading = Open this link where you asked for it
link-elsewhere = It works in the browser in which you asked for it, and nowhere else, so that nobody who reads your mail can use it.
link-elsewhere-more = Copy the link from the mail and open it there. If you did not ask for it, there is nothing to do.
link-gone-heading = This link does not work any more
link-gone = It was used already, is too old, or was taken back. Nothing was changed.
link-gone-more = Links work once. If you still need one, ask for another.
sign-up = Create an account
sign-up-heading = Create an account
sign-up-explanation = We send a link to your email address. With it you choose a password.
sign-up-hint = You sign in with it.
sign-up-send = Send the link
sign-up-instead = I have an account: sign in
sign-up-sent = A mail is on its way to this address. It says how to go on.
sign-up-sent-more = Open the link in this browser, within one hour. Nothing came? Look into the spam folder, or try again.
new-account-heading = Finish your account
new-account-explanation = Your email address is confirmed. Choose a password, and you are done.
new-account-create = Create the account
alert-username-address = A username with an @ has to be the address to which the invitation went.
email-heading = Your email address
email-explanation = Links to new passwords and news of your account go to it, once it is confirmed.
email-confirmed = Confirmed
email-unconfirmed = Not confirmed
email-none = Your account has no email address yet.
email-new = New address
email-hint = We send a link to it. Nothing changes before you open it, in this browser.
email-send = Send the link
email-sent = A mail is on its way to the address. Open its link in this browser, within one hour.
email-done = Your email address has been confirmed. You can sign in with it.
alert-email-same = This is your address already.
alert-email-taken = Another account has this address. Nothing was changed.
email-confirm-heading = Is this your email address?
email-confirm-explanation = Confirm it as the address of { $user }.
email-confirm = Confirm the address
email-elsewhere = It works for the person who asked for it, signed in, in the browser in which they asked.
to-email = Email address
invitations = Invitations
invitations-explanation = Whom you invite gets a mail with a link, and chooses username and password. The link works once, for seven days.
invitations-no-mail = There is no [mail] in the configuration, so nobody can be invited.
invitations-none = Nobody is invited at the moment.
invite-heading = Invite somebody
invite-send = Send the invitation
invitation-until = Until
invitation-revoke = Take back
invitation-revoke-label = Take back the invitation of { $user }
notice-invited = The invitation is on its way.
notice-invitation-revoked = The invitation has been taken back; its link is void.
notice-reset-sent = A link to a new password is on its way.
alert-invite-known = Somebody has an account with this address already.
alert-user-no-address = Nothing was sent. This account has no confirmed email address, or is disabled.
user-send-reset = Send password link
user-send-reset-label = Send password link to { $user }
## Languages and dates
languages = Language
# An instant: the day as a number, the month by its short name, the time by the 24-hour clock.
moment = { $day } { $month } { $year }, { $time } UTC
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

## A code that is mailed where a sign-in is unusual

mailed-code-heading = Check your email
mailed-code-explanation = You sign in from a device that is new to this account, so we sent a code to { $to }.
field-mailed-code = Code from the mail
field-mailed-code-hint = Eight digits. It works here alone, and for ten minutes.
mailed-code-again = Send it again
alert-mailed-code = This is not the code from the mail. Look again, or have it sent again.
mail-code-subject = Your code to sign in at { $host }
mail-code-lead = Somebody signs in with your password from a device that is new to your account. If it is you, enter this code there. It works for ten minutes.
mail-code = Code
mail-code-note = If it is not you, somebody knows your password: change it now, and tell nobody the code.

## Passwords
alert-password-context = This password is little more than your own names and the name of this service. Choose another.
alert-password-breached = This password is known from a data breach. Choose another, and change it wherever else you use it.
alert-password-unseen = This password contains characters that cannot be seen. Type it instead of pasting it, or choose another.
alert-factor-needed = { $count ->
    [one] Your password is good enough beside a second step only. First set one of at least one character.
   *[other] Your password is good enough beside a second step only. First set one of at least { $count } characters.
}
set-up-factor-password = The password of { $person } is good enough beside a second step only, and there is none any more.
set-up-factor-longer = Choose a longer password instead

# Deletion and wrong codes by mail; who cannot go
mail-deletion-subject = Your account at { $host } is going to be deleted
mail-deletion-lead = Somebody who was signed in asked for this account to be deleted, in 14 days. Until then it works as before, and whoever signs in can keep it on the account page.
mail-deletion-cancelled-subject = Your account at { $host } stays
mail-deletion-cancelled-lead = Somebody who was signed in took back that this account is to be deleted.
mail-many-codes-subject = A sign-in after wrong codes at { $host }
mail-many-codes-lead = Somebody who knew the first step of your sign-in typed several wrong codes and then a right one.
alert-deletion-administrator = You are the only administrator who stays. Make somebody else one first.
## Pictures, choices in the profile, invitations with groups, a first password
picture-heading = Picture
picture-detail = Shown here and in the apps that you allow to see your profile. It is cut to a square.
picture-file = Picture file
picture-hint = PNG, JPEG or WebP, at most 4 MB. Places and dates in the file are not kept.
picture-save = Upload
picture-remove = Remove
picture-remove-label = Remove your picture
picture-elsewhere = Apps are shown the picture at this address until you upload one:
notice-picture-saved = Your picture has been saved.
notice-picture-removed = Your picture has been removed.
alert-picture-nothing = Choose a file first.
alert-picture-size = The file is too large. It may have 4 MB.
alert-picture-format = This is no complete PNG, JPEG or WebP picture. Choose another file.
alert-picture-dimensions = The picture has too many pixels. It may have 25 megapixels, and no side longer than 10,000.
profile-locale-browser = As my browser says
profile-zone-none = Not said
invite-groups = Groups
invite-words-hint = Separated by commas. The account has them from its first sign-in on.
alert-invite-words = Roles and groups are at most 32 words each, separated by commas, of at most 64 characters.
password-set-detail = You have none, and sign in by other means. With a password you have one more way in.
password-set = Set a password
notice-password-set = Your password has been set.

# Names that newcomers choose

alert-username-foreign = A username with an @ has to be your own confirmed email address.

# The answer to an app, as a form

form-post-heading = Signing you in
form-post = You are on your way back to { $host }.
form-post-continue = Continue

act-signing-key-made = Signing key made
act-signing-key-revoked = Signing key revoked

# Devices without a browser

act-device-answered = Device answered
enter-code-heading = Connect a device
enter-code-lead = Enter the code that your device shows.
field-user-code = Code
field-user-code-hint = Eight letters. Enter it only if the device is in front of you.
enter-code-continue = Continue
alert-user-code = There is no device with this code, or its time is over. Look at the device again; it may show a new code.
allow-device-title = Allow { $app } on a device?
allow-device-heading = Allow { $app } on another device?
allow-device-compare = Does your device show this very code?
allow-device-what = Device
allow-device-where = Address
allow-device-when = Asked
allow-device-elsewhere = This device is in another network than you are. If it is not in front of you, do not allow it.
allow-device-sent = Did somebody send you the code or the link? Then it is their device that would be signed in as you.
allow-device-allow = Yes, it is my device
allow-device-deny = No, stop it
device-allowed = Your device is connected
device-allowed-lead = Go on there. You can close this page.
device-denied = The device was turned away
device-denied-lead = It gets nothing. You can close this page.
device-late = The time is over
device-late-lead = The code was answered already, or took too long. Begin again on the device.
device-refused = The device cannot be connected
device-refused-lead = The app may not have what it asks for. Whoever makes it can tell you more.
device-refused-factor = The app needs a second factor, and none was set up.

# What a developer is told

error-explained = For whoever develops this app
error-explained-wrong = What was wrong
error-explained-rule = Rule
error-explained-right = What would be right

# Apps that can be opened

app-open = Open { $app }

# Apps that register themselves

act-client-removed = App removed
onward-heading = Continue to { $host }?
onward-lead = { $app } sent you here, and nobody was signed in to it. This app registered itself: nobody here has checked who is behind it.
onward-signed-out = You are signed out, and { $app } asks you to go on to its page. This app registered itself: nobody here has checked who is behind it.
onward-care = If you did not mean to go there, close this page. Never enter your password for this account there.
onward-continue = Continue
self-registered = This app registered itself. Nobody here has checked who is behind it, and its name is its own choice.
consent-registered = Asked; registered itself

client-remove = Remove
client-remove-label = Remove { $app }
client-remove-detail = Nobody can sign in to it any more, and all its tokens end. This cannot be undone.
notice-client-removed = The app has been removed.
alert-client-gone = This app is no longer here.
