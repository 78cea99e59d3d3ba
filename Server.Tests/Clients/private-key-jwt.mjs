// Drives a started server with openid-client as applications that sign assertions (private_key_jwt).
//   node private-key-jwt.mjs [scenario…]   (all, if none is named)
// Settings come as JSON on standard input:
//   { issuer, username, password, service: { id, alg, pkcs8, kid, scope }, web: { id, alg, pkcs8, kid, redirectUri, scope } }
// pkcs8 is a private key in base64. Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { fill, run, settings } from "./session.mjs";

const scenarios = {
  async client_credentials() {
    const config = await configure(settings.service);
    const { token_endpoint_auth_methods_supported: methods, token_endpoint_auth_signing_alg_values_supported: algorithms } = config.serverMetadata();
    assert.ok(methods.includes("private_key_jwt"), "the method is advertised");
    assert.ok(algorithms.includes(settings.service.alg), "the algorithm is advertised");
    const first = await client.clientCredentialsGrant(config, { scope: settings.service.scope });
    const second = await client.clientCredentialsGrant(config, { scope: settings.service.scope });
    assert.notEqual(first.access_token, second.access_token);
    return { expiresIn: first.expiresIn() };
  },

  async code() {
    const config = await configure(settings.web);
    const { redirectUri, scope } = settings.web;
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
    const answer = await new Browser().walk(url, redirectUri, fill);
    const tokens = await client.authorizationCodeGrant(config, answer, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    await client.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub);
    return { scope: tokens.scope };
  },

  async replay() {
    // the same assertion twice: what is sent once is kept and sent again
    let kept;
    const once = client.PrivateKeyJwt(await keyOf(settings.service));
    const config = await configure(settings.service, (as, application, body, headers) => {
      if (kept === undefined) {
        return Promise.resolve(once(as, application, body, headers)).then(() => {
          kept = [...body];
        });
      }
      for (const [name, value] of kept) {
        body.set(name, value);
      }
    });
    await client.clientCredentialsGrant(config, { scope: settings.service.scope });
    await assert.rejects(client.clientCredentialsGrant(config, { scope: settings.service.scope }), { error: "invalid_client", status: 401 });
    return {};
  },

  async wrong_key() {
    const { privateKey } = await crypto.subtle.generateKey(algorithmOf(settings.service.alg), false, ["sign"]);
    const config = await configure(settings.service, client.PrivateKeyJwt({ key: privateKey, kid: settings.service.kid }));
    await assert.rejects(client.clientCredentialsGrant(config, {}), { error: "invalid_client", status: 401 });
    return {};
  },
};

async function configure(application, authentication) {
  const insecure = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  authentication ??= client.PrivateKeyJwt(await keyOf(application));
  return client.discovery(new URL(settings.issuer), application.id, undefined, authentication, { execute: [...insecure, client.enableNonRepudiationChecks] });
}

async function keyOf({ alg, pkcs8, kid }) {
  return { key: await crypto.subtle.importKey("pkcs8", Buffer.from(pkcs8, "base64"), algorithmOf(alg), false, ["sign"]), kid };
}

function algorithmOf(alg) {
  return alg.startsWith("ES")
    ? { name: "ECDSA", namedCurve: "P-256" }
    : { name: alg.startsWith("PS") ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
}

await run(scenarios);
