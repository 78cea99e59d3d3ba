// RFC 7009, driven by openid-client.
//   node revocation.mjs [scenario…]
// Settings as in session.mjs, and clients: { app: { id, secret, redirectUri, scope }, public: { id, redirectUri, scope } }
import assert from "node:assert/strict";
import * as client from "openid-client";
import { configure, run, settings, signIn } from "./session.mjs";

const { app, public: browserless } = settings.clients;
const confidential = () => configure(app, client.ClientSecretBasic(app.secret));

async function dead(config, tokens) {
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck), (error) => error.status === 401);
}

async function refreshToken(config, application) {
  const tokens = await signIn(config, application);
  await client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck);
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: "refresh_token" });
  await dead(config, tokens);
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
  return {};
}

async function accessToken(config, application) {
  const tokens = await signIn(config, application);
  await client.tokenRevocation(config, tokens.access_token);
  await dead(config, tokens);
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  await client.fetchUserInfo(config, next.access_token, client.skipSubjectCheck);
  return {};
}

await run({
  refresh_token: async () => refreshToken(await confidential(), app),
  access_token: async () => accessToken(await confidential(), app),
  public_refresh_token: async () => refreshToken(await configure(browserless, client.None()), browserless),
  public_access_token: async () => accessToken(await configure(browserless, client.None()), browserless),

  async unknown() {
    await client.tokenRevocation(await confidential(), "nobody's");
    return {};
  },

  async another_clients() {
    const config = await confidential();
    const tokens = await signIn(config, app);
    const other = await configure(browserless, client.None());
    await client.tokenRevocation(other, tokens.access_token);
    await client.tokenRevocation(other, tokens.refresh_token);
    await client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck);
    await client.refreshTokenGrant(config, tokens.refresh_token);
    return {};
  },

  async wrong_secret() {
    await assert.rejects(client.tokenRevocation(await configure(app, client.ClientSecretBasic("wrong")), "x"), (error) => error.status === 401 || error.error === "invalid_client");
    return {};
  },
});
