// Drives a started server with openid-client as applications that prove a key with each request (RFC 9449).
//   node openid-client-dpop.mjs [scenario…]   (all, if none is named)
// Settings come as JSON on standard input:
//   { issuer, username, password, clients: { native: { id, redirectUri, scope }, web: { id, secret, redirectUri, scope } } }
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { fill, run, settings } from "./session.mjs";

const scenarios = {
  native: () => walk(settings.clients.native, client.None()),
  web: () => walk(settings.clients.web, client.ClientSecretBasic(settings.clients.web.secret)),

  async stolen() {
    const { config, tokens, sub } = await begin(settings.clients.native, client.None());
    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: thief }), { error: "invalid_grant" });
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), (error) => error.status === 401);
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub, { DPoP: thief }), (error) => error.status === 401);
    return {};
  },
};

/** Code bound to the key, userinfo, and two refreshes; the library asks again by itself where it is told to use a nonce. */
async function walk(application, authentication) {
  const { config, tokens, sub, DPoP, answers } = await begin(application, authentication);
  assert.equal(tokens.token_type, "dpop");
  const info = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  assert.equal(info.sub, sub);
  const first = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(first.token_type, "dpop");
  assert.notEqual(first.refresh_token, tokens.refresh_token);
  const second = await client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP });
  await client.fetchUserInfo(config, second.access_token, sub, { DPoP });
  return { nonces: answers.filter((nonce) => nonce !== null).length };
}

async function begin({ id, redirectUri, scope }, authentication) {
  const insecure = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  const config = await client.discovery(new URL(settings.issuer), id, undefined, authentication, { execute: [...insecure, client.enableNonRepudiationChecks] });
  assert.ok(config.serverMetadata().dpop_signing_alg_values_supported.includes("ES256"), "ES256 is advertised");
  const answers = [];
  config[client.customFetch] = async (...request) => {
    const answer = await fetch(...request);
    answers.push(answer.headers.get("DPoP-Nonce"));
    return answer;
  };

  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
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
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const answer = await new Browser().walk(url, redirectUri, fill);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  await assert.rejects(client.authorizationCodeGrant(config, answer, checks), { error: "invalid_grant" });
  const tokens = await client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP });
  return { config, tokens, sub: tokens.claims().sub, DPoP, answers };
}

await run(scenarios);
