// Drives a started server with openid-client as applications that show a certificate (RFC 8705), at the aliases that discovery names.
//   node openid-client-mtls.mjs [scenario…]   (all, if none is named; bank and bankWithProofs need a server with PAR, DPoP and profiles)
// Settings come as JSON on standard input, certificates and keys as PEM:
//   { issuer, username, password, ca, stranger: { cert, key }, service: { id, scope, cert, key }, web: { id, redirectUri, scope, cert, key },
//     bank: { … as web }, bankWithProofs: { … } }     the last two with the security profile of FAPI 2.0
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import https from "node:https";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { configure, fill, run, settings, signIn } from "./session.mjs";

const scenarios = {
  async service() {
    const { service } = settings;
    const config = await known(service, service);
    const tokens = await client.clientCredentialsGrant(config, { scope: service.scope });
    const again = await client.clientCredentialsGrant(config, { scope: service.scope });
    assert.notEqual(tokens.access_token, again.access_token);
    if (config.serverMetadata().introspection_endpoint) {
      const told = await client.tokenIntrospection(config, tokens.access_token);
      assert.equal(told.active, true);
      assert.equal(told.cnf["x5t#S256"], thumbprintOf(service.cert));
    }
    if (config.serverMetadata().revocation_endpoint) {
      await client.tokenRevocation(config, tokens.access_token);
    }
    const also = ["introspection_endpoint", "revocation_endpoint"].filter((name) => config.serverMetadata()[name]);
    assert.equal(config.calls, 2 + also.length);
    return {};
  },

  async refused() {
    const { service, stranger } = settings;
    for (const shown of [{}, stranger]) {
      const config = await known(service, shown);
      await assert.rejects(client.clientCredentialsGrant(config, { scope: service.scope }), { error: "invalid_client", status: 401 });
    }
    return {};
  },

  async web() {
    const { web, stranger } = settings;
    const config = await known(web, web);
    const tokens = await signIn(config, web);
    const { sub } = tokens.claims();
    assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
    for (const shown of [{}, stranger]) {
      await assert.rejects(client.fetchUserInfo(await known(web, shown), tokens.access_token, sub), (error) => error.status === 401);
    }
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    await client.fetchUserInfo(config, refreshed.access_token, sub);
    return { calls: config.calls };
  },

  bank: () => profiled(settings.bank),

  bankWithProofs: () => profiled(settings.bankWithProofs, true),
};

/** FAPI 2.0: a certificate authenticates, and binds the tokens, or proofs do. */
async function profiled(application, proves = false) {
  const as = (shown) => known(application, shown, { id_token_signed_response_alg: "ES256" });
  const config = await as(application);
  const others = [await as({}), await as(settings.stranger)];
  const isUnknown = { error: "invalid_client", status: 401 };
  const DPoP = proves ? client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) : undefined;
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const request = {
    redirect_uri: application.redirectUri,
    scope: application.scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
  };

  for (const other of others) {
    await assert.rejects(client.buildAuthorizationUrlWithPAR(other, request, { DPoP }), isUnknown);
  }
  const url = await client.buildAuthorizationUrlWithPAR(config, request, { DPoP });
  assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  const answer = await new Browser().walk(url, application.redirectUri, fill);

  for (const other of others) {
    await assert.rejects(client.authorizationCodeGrant(other, answer, checks, undefined, { DPoP }), isUnknown);
  }
  if (proves) {
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks), { error: "invalid_dpop_proof" }, "a certificate is no proof");
  }
  const tokens = await client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP });
  assert.equal(tokens.token_type, proves ? "dpop" : "bearer");
  const { sub } = tokens.claims();
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).sub, sub);
  for (const other of proves ? [config] : others) {
    await assert.rejects(client.fetchUserInfo(other, tokens.access_token, sub), (error) => error.status === 401);
  }

  for (const other of others) {
    await assert.rejects(client.refreshTokenGrant(other, tokens.refresh_token, undefined, { DPoP }), isUnknown);
  }
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(refreshed.refresh_token, tokens.refresh_token, "the refresh token is kept");
  if (config.serverMetadata().introspection_endpoint) {
    const told = await client.tokenIntrospection(config, refreshed.access_token);
    assert.deepEqual(told.cnf, proves ? { jkt: await DPoP.calculateThumbprint() } : { "x5t#S256": thumbprintOf(application.cert) });
  }
  return {};
}

/** A configuration whose calls to aliases show this certificate, or none; keys are read where everybody reads them. */
async function known(application, { cert, key }, metadata = {}) {
  const config = await configure(application, client.TlsClientAuth(), { ...metadata, use_mtls_endpoint_aliases: true });
  const aliases = config.serverMetadata().mtls_endpoint_aliases;
  assert.ok(aliases.token_endpoint.startsWith("https:"), "the alias is advertised");
  const agent = new https.Agent({ cert, key, ca: settings.ca });
  config.calls = 0;
  config[client.customFetch] = (url, options) => {
    if (String(url) === config.serverMetadata().jwks_uri) {
      return fetch(url, options);
    }
    assert.ok(Object.values(aliases).includes(String(url)), `${url} is an alias`);
    config.calls++;
    return fetchBy(agent, url, options);
  };
  return config;
}

/** What fetch does, as far as it is used here, over an agent of node's own. */
function fetchBy(agent, url, { method, headers, body, signal }) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, { agent, method, headers: Object.fromEntries(new Headers(headers)), signal }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const content = answer.statusCode === 204 ? null : Buffer.concat(chunks);
        resolve(new Response(content, { status: answer.statusCode, headers: Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one])) }));
      });
    });
    request.on("error", reject);
    request.end(body === undefined || body === null ? undefined : String(body));
  });
}

function thumbprintOf(pem) {
  return createHash("sha256").update(new X509Certificate(pem).raw).digest("base64url");
}

await run(scenarios);
