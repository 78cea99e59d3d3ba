// Drives a started server with openid-client: requests that are pushed (RFC 9126), signed (RFC 9101), and answered by a signed response (JARM).
//   node openid-client-requests.mjs scenario…
// Settings come as JSON on standard input:
//   { issuer, username, password, key,      key: the client's private key as a JWK of ES256
//     plain: { id, secret, redirectUri, scope }, strict: { …, responseAlg } }     strict: registered for all three and nothing less
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { fill, newRequest, settings } from "./session.mjs";

const key = await crypto.subtle.importKey("jwk", settings.key, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
const signingKey = { key, kid: settings.key.kid };

const scenarios = {
  async pushed() {
    const config = await configure(settings.plain);
    const { request, checks } = await newRequest(settings.plain);
    const url = await client.buildAuthorizationUrlWithPAR(config, request);
    assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
    const browser = new Browser();
    const answer = await browser.walk(url, settings.plain.redirectUri, fill);
    const tokens = await client.authorizationCodeGrant(config, answer, checks);
    await assert.rejects(browser.walk(url, settings.plain.redirectUri, fill), /answers 400/);
    await assert.rejects(client.buildAuthorizationUrlWithPAR(config, { ...request, scope: "openid nonsense" }), { error: "invalid_scope" });
    await assert.rejects(client.buildAuthorizationUrlWithPAR(config, { ...request, redirect_uri: "https://evil.example/" }), { error: "invalid_request" });
    return { sub: tokens.claims().sub };
  },

  async signed() {
    const config = await configure(settings.plain);
    const { request, checks } = await newRequest(settings.plain);
    const url = await client.buildAuthorizationUrlWithJAR(config, { ...request, max_age: "3000", claims: '{"userinfo":{"email":null}}' }, signingKey);
    assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request"]);
    const answer = await new Browser().walk(url, settings.plain.redirectUri, fill);
    const tokens = await client.authorizationCodeGrant(config, answer, { ...checks, maxAge: 3000 });

    const stranger = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const forged = await client.buildAuthorizationUrlWithJAR(config, request, stranger.privateKey);
    await assert.rejects(new Browser().walk(forged, settings.plain.redirectUri, fill), /answers 400/);
    return { sub: tokens.claims().sub };
  },

  async answered() {
    const config = await configure(settings.plain);
    client.useJwtResponseMode(config);
    const { request, checks } = await newRequest(settings.plain);
    const url = client.buildAuthorizationUrl(config, request);
    const answer = await new Browser().walk(url, settings.plain.redirectUri, fill);
    assert.deepEqual([...answer.searchParams.keys()], ["response"]);
    const tokens = await client.authorizationCodeGrant(config, answer, checks);

    const silent = client.buildAuthorizationUrl(config, { ...request, prompt: "none" });
    const refusal = await new Browser().walk(silent, settings.plain.redirectUri, fill);
    assert.deepEqual([...refusal.searchParams.keys()], ["response"]);
    await assert.rejects(client.authorizationCodeGrant(config, refusal, checks), (error) => (error.cause?.get?.("error") ?? error.error) === "login_required");
    return { sub: tokens.claims().sub };
  },

  async together() {
    const { redirectUri, responseAlg } = settings.strict;
    const config = await configure(settings.strict, { authorization_signed_response_alg: responseAlg });
    client.useJwtResponseMode(config);
    const { request, checks } = await newRequest(settings.strict);
    await assert.rejects(client.buildAuthorizationUrlWithPAR(config, request), { error: "invalid_request" }, "unsigned");
    const { searchParams } = await client.buildAuthorizationUrlWithJAR(config, request, signingKey);
    const url = await client.buildAuthorizationUrlWithPAR(config, searchParams);
    const answer = await new Browser().walk(url, redirectUri, fill);
    const tokens = await client.authorizationCodeGrant(config, answer, checks);
    return { sub: tokens.claims().sub };
  },
};

async function configure({ id, secret }, metadata = {}) {
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  return client.discovery(new URL(settings.issuer), id, metadata, client.ClientSecretBasic(secret), { execute });
}

for (const scenario of process.argv.slice(2)) {
  let result;
  try {
    result = { scenario, ok: true, ...(await scenarios[scenario]()) };
  } catch (error) {
    process.exitCode = 1;
    const { code, status, error: wire, error_description: description, cause } = error;
    result = { scenario, ok: false, error: error.message, code, status, wire, description, cause: cause?.message };
  }
  console.log(JSON.stringify(result));
}
