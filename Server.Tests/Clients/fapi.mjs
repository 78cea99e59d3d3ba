// Drives a started server with openid-client as an application of FAPI 2.0: pushed requests, private_key_jwt and DPoP; with message signing, signed requests, answers and introspection too.
//   node fapi.mjs [scenario…]   (all, if none is named)
// Settings come as JSON on standard input:
//   { issuer, username, password, key, clients: { "fapi2": { id, redirectUri, scope }, "fapi2-message-signing": { … } } }     key: the private key of both as a JWK of ES256
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { configure, fill, newRequest, run, settings } from "./session.mjs";

const key = { key: await crypto.subtle.importKey("jwk", settings.key, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]), kid: settings.key.kid };
const registered = { id_token_signed_response_alg: "ES256", authorization_signed_response_alg: "ES256", introspection_signed_response_alg: "ES256" };

await run({
  "fapi2": () => walk(settings.clients.fapi2, false),
  "fapi2-message-signing": () => walk(settings.clients["fapi2-message-signing"], true),
});

async function walk(application, signsMessages) {
  const config = await configure(application, client.PrivateKeyJwt(key), signsMessages ? registered : { id_token_signed_response_alg: "ES256" });
  if (signsMessages) {
    client.useJwtResponseMode(config);
  }

  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const { request, checks } = await newRequest(application);
  let pushed = request;
  if (signsMessages) {
    await assert.rejects(client.buildAuthorizationUrlWithPAR(config, request, { DPoP }), { error: "invalid_request" }, "unsigned");
    pushed = (await client.buildAuthorizationUrlWithJAR(config, { ...request, dpop_jkt: await DPoP.calculateThumbprint() }, key)).searchParams;
  }

  const browser = new Browser();
  const url = await client.buildAuthorizationUrlWithPAR(config, pushed, { DPoP });
  assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  const answer = await browser.walk(url, application.redirectUri, fill);
  assert.deepEqual([...answer.searchParams.keys()].sort(), signsMessages ? ["response"] : ["code", "iss", "state"]);

  const stranger = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  await assert.rejects(client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP: stranger }), { error: "invalid_grant" }, "another key");
  await assert.rejects(client.authorizationCodeGrant(config, answer, checks), { error: "invalid_dpop_proof" }, "no key");
  const tokens = await client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP });
  assert.equal(tokens.token_type, "dpop");
  const { sub } = tokens.claims();
  await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), (error) => error.status === 401, "as a bearer token");

  const first = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(first.refresh_token, tokens.refresh_token, "the refresh token is kept");
  const second = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal((await client.fetchUserInfo(config, second.access_token, sub, { DPoP })).sub, sub);

  const known = await client.tokenIntrospection(config, second.access_token);
  assert.equal(known.active, true);
  assert.equal(known.cnf.jkt, await DPoP.calculateThumbprint());
  if (signsMessages) {
    const plain = await configure(application, client.PrivateKeyJwt(key));
    await assert.rejects(client.tokenIntrospection(plain, second.access_token), (error) => error.status === 406 || error.cause?.status === 406, "a plain answer");
  }
  return { sub };
}
