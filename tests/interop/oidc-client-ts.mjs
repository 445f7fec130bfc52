// An app that lives in the browser alone, on npm's oidc-client-ts. docs/clients/oidc-client-ts.md shows the parts.

import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { settings } from "/settings.mjs";

export const manager = new UserManager({
  ...settings,
  redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/silent`,
  post_logout_redirect_uri: `${location.origin}/goodbye`,
  scope: "openid profile email",
  loadUserInfo: true,
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  automaticSilentRenew: true,
  monitorSession: false,
});

const nonce = () => crypto.randomUUID();

// Ends at /callback with somebody, or with `login_required` where `prompt` is "none" and nobody is signed in.
const signIn = (prompt) => manager.signinRedirect({ prompt, nonce: nonce() });

// A hidden frame: whoever is signed in at the provider. It works on the provider's own site only.
const look = () => manager.signinSilent({ forceIframeAuth: true, nonce: nonce() });

// With the refresh token. Where it has ended, the frame knows whether its session has. One look, never a loop.
const renew = () => manager.signinSilent({ nonce: nonce() }).catch(afterFailure);
const afterFailure = (error) => (error.error === "invalid_grant" ? look().catch(leave) : leave(error));

// The network may fail and come back; `login_required` is final.
async function leave(error) {
  if (error.error === "login_required") await manager.removeUser();
  show(await manager.getUser(), error.error ?? error.message);
}

manager.events.addSilentRenewError(afterFailure);
manager.events.addUserLoaded((user) => show(user));

async function arrive() {
  switch (location.pathname) {
    case "/silent":
      return manager.signinSilentCallback();
    case "/callback":
      return manager.signinRedirectCallback().catch(leave).finally(forgetTheAddress);
    case "/goodbye":
      return manager.signoutRedirectCallback().then(() => show(null, "signed out")).finally(forgetTheAddress);
  }
}

// Code and state have done their work: a reload shall not send them again.
const forgetTheAddress = () => history.replaceState(null, "", "/");

function show(user, ended = "") {
  document.querySelector("#who").textContent = user?.profile.name ?? "";
  document.querySelector("#ended").textContent = ended;
}

for (const [id, act] of Object.entries({
  "sign-in": () => signIn(),
  look: () => look().catch(leave),
  renew,
  "sign-out": () => manager.signoutRedirect(),
})) {
  document.getElementById(id).addEventListener("click", act);
}

await arrive();
document.body.dataset.ready = "true";
