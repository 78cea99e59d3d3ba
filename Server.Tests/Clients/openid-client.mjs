// Drives a started server with openid-client, as an application would.
//   node openid-client.mjs [scenario…]   (all, if none is named)
// Settings come as JSON on standard input:
//   { issuer, username, password,
//     clients: { public: { id, redirectUri, scope }, basic: { id, secret, redirectUri, scope },
//                post: { id, secret, redirectUri, scope }, machine: { id, secret, scope } } }
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { fill, run, settings } from "./session.mjs";

const scenarios = {
  async discovery() {
    const metadata = (await configure(settings.clients.public, client.None())).serverMetadata();
    assert.equal(metadata.issuer, settings.issuer);
    assert.ok(metadata.supportsPKCE("S256"), "S256 is advertised");
    assert.ok(!metadata.code_challenge_methods_supported.includes("plain"), "plain is not advertised");
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    return { endpoints: Object.keys(metadata).filter((name) => name.endsWith("_endpoint")) };
  },

  public: () => codeWalk(settings.clients.public, client.None()),
  client_secret_basic: () => codeWalk(settings.clients.basic, client.ClientSecretBasic(settings.clients.basic.secret)),
  client_secret_post: () => codeWalk(settings.clients.post, client.ClientSecretPost(settings.clients.post.secret)),

  async client_credentials() {
    const { secret, scope } = settings.clients.machine;
    const config = await configure(settings.clients.machine, client.ClientSecretBasic(secret));
    const tokens = await client.clientCredentialsGrant(config, scope ? { scope } : {});
    assert.equal(tokens.token_type, "bearer");
    assert.equal(tokens.refresh_token, undefined);
    assert.equal(tokens.id_token, undefined);
    return { expiresIn: tokens.expiresIn() };
  },

  async replay() {
    const config = await configure(settings.clients.public, client.None());
    const { tokens, redeem } = await signIn(config, settings.clients.public);
    await assert.rejects(redeem(), { error: "invalid_grant" });
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
    return {};
  },

  async end_session() {
    const application = settings.clients.basic;
    const config = await configure(application, client.ClientSecretBasic(application.secret));
    const { tokens, browser } = await signIn(config, application);
    const state = client.randomState();
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: settings.postLogoutRedirectUri,
      state,
    });
    const asked = [];
    const answer = await browser.walk(url, settings.postLogoutRedirectUri, (forms) => void asked.push(forms));
    assert.equal(answer.searchParams.get("state"), state);
    assert.equal(asked.length, 0, "nobody is asked: the hint is of this session");
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), { status: 401 });

    const elsewhere = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: "https://evil.example/" });
    await assert.rejects(browser.walk(elsewhere, "https://evil.example/", () => undefined), /answers 400/);
    return {};
  },

  async wrong_secret() {
    const config = await configure(settings.clients.machine, client.ClientSecretBasic(settings.clients.machine.secret + "x"));
    await assert.rejects(client.clientCredentialsGrant(config, {}), (error) => error.status === 401 || error.error === "invalid_client");
    return {};
  },
};

async function configure({ id }, authentication) {
  const insecure = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  // the ID token's signature is checked too, though it came straight from the server
  const execute = [...insecure, client.enableNonRepudiationChecks];
  return client.discovery(new URL(settings.issuer), id, undefined, authentication, { execute });
}

/** Code with PKCE, userinfo, and two refreshes, the second with the first one's token. */
async function codeWalk(application, authentication) {
  const config = await configure(application, authentication);
  const { tokens } = await signIn(config, application);
  const { sub } = tokens.claims();
  const info = await client.fetchUserInfo(config, tokens.access_token, sub);

  const first = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.ok(first.refresh_token !== undefined && first.refresh_token !== tokens.refresh_token, "the refresh token rotates");
  assert.notEqual(first.access_token, tokens.access_token);
  assert.equal(first.claims()?.sub, sub);
  assert.equal(first.claims()?.auth_time, tokens.claims().auth_time);
  const second = await client.refreshTokenGrant(config, first.refresh_token);
  await client.fetchUserInfo(config, second.access_token, sub);

  return { sub, scope: tokens.scope, userinfo: Object.keys(info).sort() };
}

async function signIn(config, { redirectUri, scope }) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const browser = new Browser();
  const answer = await browser.walk(url, redirectUri, fill);
  const redeem = () =>
    client.authorizationCodeGrant(config, answer, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
  return { tokens: await redeem(), redeem, browser };
}

await run(scenarios);
