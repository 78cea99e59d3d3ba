// Drives a started server with openid-client, as an application of several APIs would (RFC 8707).
//   node resource-indicators.mjs [scenario…]   (all, if none is named)
// Settings come as JSON on standard input:
//   { issuer, username, password, files, notes, foreign, own,
//     reader: { id, secret, redirectUri }, machine: { id, secret } }
// files and notes are APIs of both clients, foreign is none, own is one at the issuer's origin that publishes metadata (RFC 9728).
// Each scenario prints one line of JSON: { scenario, ok, error?, … }. Tokens are never printed.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { allowInsecureRequests, processResourceDiscoveryResponse, resourceDiscoveryRequest } from "oauth4webapi";
import { Browser } from "./browser.mjs";
import { fill, run, settings } from "./session.mjs";

const { files, notes, foreign } = settings;

const scenarios = {
  async narrowing() {
    const config = await configure(settings.reader);
    const { redeem } = await authorize(config, "openid read:files read:notes offline_access", [files, notes]);
    const first = await redeem({ resource: notes });
    assert.deepEqual(audience(first), [notes, settings.issuer].sort());
    assert.deepEqual(scope(first), ["offline_access", "openid", "read:notes"]);

    const second = await client.refreshTokenGrant(config, first.refresh_token, { resource: files, scope: "read:files" });
    assert.deepEqual(audience(second), [files]);
    assert.deepEqual(scope(second), ["read:files"]);

    const both = new URLSearchParams([["resource", files], ["resource", notes], ["scope", "read:files read:notes"]]);
    const third = await client.refreshTokenGrant(config, second.refresh_token, both);
    assert.deepEqual(audience(third), [files, notes].sort());
    assert.deepEqual(scope(third), ["read:files", "read:notes"]);
    return { audiences: [audience(first), audience(second), audience(third)] };
  },

  // Two APIs called at the same moment, and one refresh token: each gets a token of its own, and there is one successor.
  async at_once() {
    const config = await configure(settings.reader);
    const { redeem } = await authorize(config, "openid read:files read:notes offline_access", [files, notes]);
    const { refresh_token } = await redeem({});
    const answers = await Promise.all([files, notes].map((resource) => client.refreshTokenGrant(config, refresh_token, { resource })));
    assert.deepEqual(answers.map(audience), [files, notes].map((resource) => [resource, settings.issuer].sort()));
    assert.equal(answers[0].refresh_token, answers[1].refresh_token);
    return {};
  },

  async invalid_target() {
    const config = await configure(settings.reader);
    await assert.rejects(authorize(config, "openid read:files", [foreign]), { error: "invalid_target" });
    const { redeem } = await authorize(config, "openid read:files offline_access", [files]);
    await assert.rejects(redeem({ resource: notes }), { error: "invalid_target" });
    const tokens = await redeem({ resource: files });   // what was refused has cost nothing
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, { resource: foreign }), { error: "invalid_target" });
    await client.refreshTokenGrant(config, tokens.refresh_token, { resource: files });
    return {};
  },

  async client_credentials() {
    const config = await configure(settings.machine);
    const tokens = await client.clientCredentialsGrant(config, { resource: files });
    assert.deepEqual(audience(tokens), [files]);
    assert.deepEqual(scope(tokens), ["read:files"]);
    await assert.rejects(client.clientCredentialsGrant(config, { resource: foreign }), { error: "invalid_target" });
    await assert.rejects(client.clientCredentialsGrant(config, { resource: files, scope: "read:notes" }), { error: "invalid_scope" });
    return {};
  },

  // RFC 9728: from the resource to the server that gives tokens for it, and back
  async protected_resource() {
    const own = new URL(settings.own);
    const response = await resourceDiscoveryRequest(own, { [allowInsecureRequests]: own.protocol === "http:" });
    const resource = await processResourceDiscoveryResponse(own, response);
    assert.deepEqual(resource.authorization_servers, [settings.issuer]);
    const metadata = (await configure(settings.machine)).serverMetadata();
    assert.ok(metadata.protected_resources.includes(resource.resource), "each names the other");
    return { scopes: resource.scopes_supported };
  },
};

async function configure({ id, secret }) {
  const insecure = settings.issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
  return client.discovery(new URL(settings.issuer), id, undefined, client.ClientSecretBasic(secret), { execute: [...insecure, client.enableNonRepudiationChecks] });
}

async function authorize(config, wanted, resources) {
  const { redirectUri } = settings.reader;
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const parameters = new URLSearchParams({
    redirect_uri: redirectUri,
    scope: wanted,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  for (const resource of resources) {
    parameters.append("resource", resource);
  }
  const answer = await new Browser().walk(client.buildAuthorizationUrl(config, parameters), redirectUri, fill);
  const redeem = (more) => client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedState: state }, more);
  if (answer.searchParams.has("error")) {
    await redeem({});   // throws what the answer says
  }
  return { redeem };
}

const audience = (tokens) => [JSON.parse(Buffer.from(tokens.access_token.split(".")[1], "base64url")).aud].flat().sort();
const scope = (tokens) => tokens.scope.split(" ").sort();

await run(scenarios);
