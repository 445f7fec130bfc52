// npm's `oidc-provider`, a provider of another make, with one client: the app under test. Prints its port and serves
// until its input is closed.

import Provider from "oidc-provider";
import { createServer } from "node:http";

const { CLIENT_ID, CLIENT_SECRET, APP_ORIGIN } = process.env;

const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uris: [`${APP_ORIGIN}/auth/callback`],
    post_logout_redirect_uris: [`${APP_ORIGIN}/auth/signed-out`],
    backchannel_logout_uri: `${APP_ORIGIN}/auth/back-channel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  }],
  cookies: { keys: ["only for this test"] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  // It refuses addresses of this machine, as it should; here both sides live on it.
  fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name"] },
});
const told = (event) => (...args) => console.log(event, args[1]?.message ?? "", args[1]?.cause?.message ?? "", args[1]?.cause?.code ?? "");
provider.on("backchannel.success", told("told"));
provider.on("backchannel.error", told("not told"));
provider.on("server_error", told("server error"));

server.on("request", provider.callback());
console.log(`ready ${issuer}`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
